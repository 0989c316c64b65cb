"""Dates, times and durations.

What is made in the playbook is stored form: held to the microsecond, without a zone in UTC, and null outside of the
years 1 to 9999 (`temporal.wide.stored`). A length is bounded before it is added, so the engine's own calendar is never
left. Months clamp the day to the end of the month, as the engines' own month arithmetic does. Whatever reads a clock in
a time zone falls back.
"""

from __future__ import annotations

from sqlglot import exp

from .. import tree
from ..temporal.properties import MONTH_NAMES, WEEKDAYS
from ..temporal.wide import is_length
from .dialect import (
    Expr,
    at_most,
    binary,
    both,
    call,
    case,
    cast,
    equals,
    less,
    minus,
    negation,
    null,
    number,
    plus,
    rest,
    string,
    times,
)
from .emit import CALLS, Emitter, builtin, constant_of, emits
from .forms import (
    Bounds,
    Clock,
    Day,
    Exact,
    FallsBack,
    Form,
    Length,
    Made,
    Moment,
    Months,
    Null,
    Quotient,
    Text,
    Truth,
    exact,
)
from .numbers import negative

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_LENGTH_DIGITS, _MONTHS_DIGITS = 21, 19
_LENGTH_LIMIT, _MONTHS_LIMIT = 999_999_999 * _DAY, 2**63
_MOST_DAYS, _MOST_MONTHS = 3_660_000, 120_000  # More than lie between the years 1 and 9999.
_FIRST, _LAST = -62_135_596_800 * _SECOND, 253_402_300_800 * _SECOND - 1


@emits(tree.Zoned)
def stored(emitter: Emitter, node: tree.Zoned) -> Made:
    of = node.of
    if isinstance(of, tree.Arithmetic):
        return made_temporal(emitter, of)
    if isinstance(of, tree.Call) and of.function in CALLS:
        return emitter.value(of)
    if isinstance(of, tree.Call):
        raise FallsBack(f"{of.function}() does not run as SQL")
    made = emitter.value(of)
    if is_length(getattr(of, "value", None)) or isinstance(made.form, Day | Moment | Null | Months):
        return made
    raise FallsBack("it makes a time in a way that SQL cannot follow")


def made_temporal(emitter: Emitter, node: tree.Arithmetic) -> Made:
    """A date, time or duration that is computed."""
    a, b = emitter.value(node.left), emitter.value(node.right)
    if isinstance(a.form, Null) or isinstance(b.form, Null):
        return Made(null(), Null())
    run = _sum if node.op in "+-" else _scaled
    made = run(emitter, node.op, a, b)
    if made is None:
        raise FallsBack("it computes a time from values of other kinds")
    return made


def floor_div(emitter: Emitter, a: Expr, unit: int, *, wide: bool) -> Expr:
    """An integer divided by a positive one, down."""
    cut = emitter.dialect.cut(a, number(unit), wide=wide)
    return minus(cut, case((less(rest(a, number(unit)), number(0)), number(1)), otherwise=number(0)))


def within(value: Expr, low: int, high: int) -> Expr:
    return both(at_most(number(low), value), at_most(value, number(high)))


def _length(emitter: Emitter, made: Made) -> Made:
    """A computed duration, null where it is longer than any that is stored."""
    limit = _LENGTH_LIMIT if isinstance(made.form, Length) else _MONTHS_LIMIT
    return Made(emitter.once(made, lambda sql: case((within(sql, 1 - limit, limit - 1), sql))), made.form)


def _sum(emitter: Emitter, op: str, a: Made, b: Made) -> Made | None:
    sign = op == "-"
    wide = emitter.dialect.wide
    match a.form, b.form:
        case (Length(), Length()) | (Months(), Months()):
            return _length(emitter, Made(binary(exp.Sub if sign else exp.Add, a.sql, b.sql), a.form))
        case (Day() | Moment(), Day() | Moment()) if sign:
            return _length(emitter, Made(minus(_micros(emitter, a), _micros(emitter, b)), Length()))
        case (Clock(), Clock()) if sign:
            between = minus(emitter.dialect.clock_micros(a.sql), emitter.dialect.clock_micros(b.sql))
            return Made(cast(between, wide), Length())
        case (Day() | Moment() | Clock(), Length() | Months()):
            return _moved(emitter, a, Made(negative(b.sql), b.form) if sign else b)
        case (Length() | Months(), Day() | Moment() | Clock()) if not sign:
            return _moved(emitter, b, a)
    return None


def _micros(emitter: Emitter, at: Made) -> Expr:
    """Microseconds since 1970, in 128 bits."""
    wide = emitter.dialect.wide
    if isinstance(at.form, Moment):
        return cast(emitter.dialect.micros(at.sql), wide)
    return times(cast(emitter.dialect.day_number(at.sql), wide), number(_DAY))


def _moved(emitter: Emitter, at: Made, by: Made) -> Made | None:
    dialect = emitter.dialect
    if isinstance(by.form, Months):
        if isinstance(at.form, Clock):
            return None
        fixed = constant_of(by.sql.this) if isinstance(by.sql, exp.Cast) else None
        if fixed is not None and abs(fixed) < _MOST_MONTHS:
            return Made(_fixed_months_later(emitter, at, fixed), at.form)
        months = emitter.once(
            by, lambda sql: case((within(sql, -_MOST_MONTHS, _MOST_MONTHS), cast(sql, "INTEGER")))
        )  # fmt: skip
        later = dialect.months_later(at.sql, months, moment=isinstance(at.form, Moment))
        return Made(emitter.once(Made(later, at.form), lambda sql: _in_years(emitter, sql, at.form)), at.form)
    if isinstance(at.form, Clock):
        moved = plus(cast(dialect.clock_micros(at.sql), dialect.wide), by.sql)
        turned = rest(plus(rest(moved, number(_DAY)), number(_DAY)), number(_DAY))
        return Made(dialect.clock_at(cast(turned, dialect.narrow)), Clock())
    if isinstance(at.form, Moment):
        moved = plus(_micros(emitter, at), by.sql)
        return Made(_moment_at(emitter, moved), Moment())
    # A date is its midnight, and what is left of a day is cut off downwards.
    days = Made(floor_div(emitter, by.sql, _DAY, wide=True), Exact(0, 21, True))
    near = emitter.once(days, lambda sql: case((within(sql, -_MOST_DAYS, _MOST_DAYS), cast(sql, "INTEGER"))))
    later = dialect.days_later(at.sql, near)
    return Made(emitter.once(Made(later, Day()), lambda sql: _in_years(emitter, sql, Day())), Day())


def _fixed_months_later(emitter: Emitter, at: Made, months: int) -> Expr:
    """A written number of months later: what would leave the years 1 to 9999 is told by the date itself."""
    later = emitter.dialect.months_later(at.sql, number(months), moment=isinstance(at.form, Moment))
    if not months:
        return later
    year, month = divmod((12 if months < 0 else 10_000 * 12) - months, 12)
    if not 1 <= year <= 9999:
        return cast(null(), emitter.type_text(at.form))
    # The first month whose dates go too far, or that stays within: the day does not matter.
    edge = cast(string(f"{year:04}-{month + 1:02}-01"), emitter.type_text(at.form))
    return case((less(at.sql, edge) if months > 0 else at_most(edge, at.sql), later))


def _moment_at(emitter: Emitter, micros: Expr) -> Expr:
    dialect = emitter.dialect
    return emitter.once(
        Made(micros, Length()),
        lambda sql: case((within(sql, _FIRST, _LAST), dialect.moment_at(cast(sql, dialect.narrow)))),
    )


def _in_years(emitter: Emitter, sql: Expr, form: Form) -> Expr:
    """A date or timestamp of the years 1 to 9999, else null."""
    type_ = emitter.type_text(form)
    last = "9999-12-31 23:59:59.999999" if isinstance(form, Moment) else "9999-12-31"
    held = both(at_most(cast(string("0001-01-01"), type_), sql), at_most(sql, cast(string(last), type_)))
    return case((held, sql))


def _scaled(emitter: Emitter, op: str, a: Made, b: Made) -> Made | None:
    """A duration times or divided by a number, cut to whole nanoseconds or months towards zero, then as stored."""
    if isinstance(b.form, Length | Months) and op == "*":
        a, b = b, a
    if not isinstance(a.form, Length | Months):
        return None
    if not isinstance(b.form, Exact):
        raise FallsBack("it scales a duration by a number that is not exact")
    nanos = 1000 if isinstance(a.form, Length) else 1
    digits = _LENGTH_DIGITS + 3 if nanos > 1 else _MONTHS_DIGITS
    if digits + b.form.digits > 34 and not (op == "/" and b.form.scale == 0):
        raise FallsBack("it scales a duration by a number that may be long")
    unit, wide = 10**b.form.scale, emitter.dialect.wide
    finer = times(a.sql, number(nanos)) if nanos > 1 else a.sql
    if op == "*":
        cut = emitter.dialect.cut(times(finer, cast(b.sql, wide)), number(unit), wide=True)
    else:
        divisor = call("nullif", cast(b.sql, wide), cast(number(0), wide))
        cut = emitter.dialect.cut(times(finer, number(unit)) if unit > 1 else finer, divisor, wide=True)
    if nanos > 1:
        whole = Made(cut, Exact(0, 34, True))
        cut = emitter.once(whole, lambda sql: floor_div(emitter, sql, nanos, wide=True))
    return _length(emitter, Made(cut, a.form))


def lengths_divided(a: Made, b: Made) -> Made | None:
    """A duration divided by another of its family, not carried out; None for others."""
    if isinstance(a.form, Length | Months) and type(a.form) is type(b.form):
        form = Exact(0, _LENGTH_DIGITS if isinstance(a.form, Length) else _MONTHS_DIGITS, True)
        return Made(null(), Quotient(a.sql, b.sql, form, form))
    return None


# Parts


@emits(tree.Property)
def part(emitter: Emitter, node: tree.Property) -> Made:
    of = emitter.value(node.of)
    dialect = emitter.dialect
    match of.form:
        case Null():
            return of
        case Bounds(of=ends):
            name = {"start": "low", "end": "high", "start included": "low_closed", "end included": "high_closed"}
            field = dialect.field(of.sql, name[node.name])
            return Made(field, ends if node.name in ("start", "end") else Truth())
        case Day() | Moment() if node.name in ("year", "month", "day", "weekday"):
            return Made(dialect.part(node.name, of.sql), Exact(0, 4))
        case Moment() | Clock() if node.name in ("hour", "minute", "second"):
            return Made(dialect.part(node.name, of.sql), Exact(0, 2))
        case Length():
            return _length_part(emitter, node.name, of)
        case Months():
            cut, left = dialect.cut(of.sql, number(12), wide=True), rest(of.sql, number(12))
            return Made(cut if node.name == "years" else left, exact(0, _MONTHS_DIGITS))
    raise FallsBack("it reads the time zone of a time")


def _length_part(emitter: Emitter, name: str, of: Made) -> Made:
    unit, modulus = {"days": (86_400, 0), "hours": (3600, 24), "minutes": (60, 60), "seconds": (1, 60)}[name]
    whole = emitter.dialect.cut(of.sql, number(unit * _SECOND), wide=True)
    return Made(rest(whole, number(modulus)) if modulus else whole, exact(0, 19))


# Functions


def _on(emitter: Emitter, node: tree.Call, place: int = 0) -> Made:
    """A date or date and time."""
    made = emitter.value(node.arguments[place])
    if isinstance(made.form, Day | Moment | Null):
        return made
    raise FallsBack("whether it is a date is only known when it is read")


@builtin("day of year", "week of year", "last day of month")
def calendar_number(emitter: Emitter, node: tree.Call) -> Made:
    on = _on(emitter, node)
    return on if isinstance(on.form, Null) else Made(emitter.dialect.part(node.function, on.sql), Exact(0, 3))


@builtin("day of week", "month of year")
def calendar_name(emitter: Emitter, node: tree.Call) -> Made:
    on = _on(emitter, node)
    if isinstance(on.form, Null):
        return on
    part_name, names = ("weekday", WEEKDAYS) if node.function == "day of week" else ("month", MONTH_NAMES)
    ifs = [exp.If(this=number(place), true=string(name)) for place, name in enumerate(names, 1)]
    return Made(exp.Case(this=emitter.dialect.part(part_name, on.sql), ifs=ifs), Text())


@builtin("date")
def date_(emitter: Emitter, node: tree.Call) -> Made:
    if len(node.arguments) > 1:
        return _date_of_parts(emitter, [emitter.value(argument) for argument in node.arguments])
    made = emitter.value(node.arguments[0])
    match made.form:
        case Day() | Null():
            return made
        case Moment():
            return Made(emitter.dialect.day_of(made.sql), Day())
    raise FallsBack("it makes a date of a text")


def _small(emitter: Emitter, made: Made, low: int, high: int) -> Made:
    """A whole number from low to high, in 64 bits; else null."""
    if not isinstance(made.form, Exact):
        raise FallsBack("it makes a date of numbers that are not exact")
    unit, narrow, wide = 10**made.form.scale, emitter.dialect.narrow, made.form.wide

    def run(sql: Expr) -> Expr:
        near = [within(sql, low * unit, high * unit)]
        if unit > 1:
            near.append(equals(rest(sql, number(unit)), number(0)))
        return case((both(*near), cast(emitter.dialect.cut(sql, number(unit), wide=wide) if unit > 1 else sql, narrow)))

    return Made(emitter.once(made, run), Exact(0, 10))


def _date_of_parts(emitter: Emitter, parts: list[Made]) -> Made:
    if any(isinstance(one.form, Null) for one in parts):
        return Made(null(), Null())
    year, month, day = (
        _small(emitter, one, low, high) for one, low, high in zip(parts, (1, 1, 1), (9999, 12, 31), strict=True)
    )
    dialect = emitter.dialect
    # From the first of the year: months, then days, and only if that is still in the month.
    months = minus(plus(times(minus(year.sql, number(1970)), number(12)), month.sql), number(1))
    first = dialect.months_later(cast(string("1970-01-01"), "DATE"), cast(months, "INTEGER"), moment=False)

    def on(start: Expr) -> Expr:
        held = at_most(day.sql, dialect.part("last day of month", start))
        return case((held, dialect.days_later(start, cast(minus(day.sql, number(1)), "INTEGER"))))

    return Made(emitter.once(Made(first, Day()), on), Day())


@builtin("time")
def time_(emitter: Emitter, node: tree.Call) -> Made:
    if len(node.arguments) == 1:
        made = emitter.value(node.arguments[0])
        if isinstance(made.form, Clock | Null):
            return made
        if isinstance(made.form, Moment | Day):
            # It is in UTC, and a stored time of day has no zone: so none is made.
            return Made(null(), Null())
        raise FallsBack("it makes a time of a text")
    parts = [emitter.value(argument) for argument in node.arguments]
    if len(parts) > 3 or any(not isinstance(one.form, Exact | Null) for one in parts):
        raise FallsBack("it makes a time with a zone or of real numbers")
    if any(isinstance(one.form, Null) for one in parts):
        return Made(null(), Null())
    if parts[2].form != Exact(0, getattr(parts[2].form, "digits", 0), getattr(parts[2].form, "wide", False)):
        raise FallsBack("it makes a time of parts of seconds")
    hour, minute, second = (_small(emitter, one, 0, high) for one, high in zip(parts, (23, 59, 59), strict=True))
    seconds = plus(plus(times(hour.sql, number(3600)), times(minute.sql, number(60))), second.sql)
    return Made(emitter.dialect.clock_at(times(seconds, number(_SECOND))), Clock())


@builtin("date and time")
def date_and_time(emitter: Emitter, node: tree.Call) -> Made:
    if len(node.arguments) > 2:
        raise FallsBack("it makes a date and time of parts")
    on = _on(emitter, node)
    if isinstance(on.form, Null):
        return on
    if len(node.arguments) == 1:
        return on if isinstance(on.form, Moment) else Made(cast(on.sql, emitter.type_text(Moment())), Moment())
    at = emitter.value(node.arguments[1])
    if isinstance(at.form, Null):
        return at
    if not isinstance(at.form, Clock):
        raise FallsBack("whether it is a time is only known when it is read")
    day = on if isinstance(on.form, Day) else Made(emitter.dialect.day_of(on.sql), Day())
    return Made(_moment_at(emitter, plus(_micros(emitter, day), emitter.dialect.clock_micros(at.sql))), Moment())


@builtin("years and months duration")
def months_between(emitter: Emitter, node: tree.Call) -> Made:
    start, end = _on(emitter, node), _on(emitter, node, 1)
    if any(isinstance(one.form, Null) for one in (start, end)):
        return Made(null(), Null())
    dialect = emitter.dialect
    (y1, m1, d1), (y2, m2, d2) = (
        [dialect.part(name, one.sql) for name in ("year", "month", "day")] for one in (start, end)
    )

    def months(a: Expr, b: Expr, c: Expr, d: Expr, e: Expr, f: Expr) -> Expr:
        whole = plus(times(minus(d, a), number(12)), minus(e, b))
        return minus(whole, case((less(f, c), number(1)), otherwise=number(0)))

    def place(y: Expr, m: Expr, d: Expr) -> Expr:
        return plus(times(plus(times(y, number(12)), m), number(31)), d)

    forward = at_most(place(y1, m1, d1), place(y2, m2, d2))
    made = case(
        (forward, months(y1, m1, d1, y2, m2, d2)), (negation(forward), negative(months(y2, m2, d2, y1, m1, d1)))
    )
    return Made(cast(made, dialect.wide), Months())

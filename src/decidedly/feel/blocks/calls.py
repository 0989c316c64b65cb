"""The register of built-ins over columns: for which static types each has a form, and the form.

Functions of strings run once for each entry of a dictionary. What is not here runs by the reference's function for each
distinct set of arguments, and `why_not` says so to the author.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..builtins import BUILTINS
from ..functions import run_builtin
from ..tree import Call
from ..types import BOOLEAN, DATE, DATE_TIME, DAYS, MONTHS, NULL, REAL, STRING, TIME, ListOf, Money, Number, Type
from . import calendar, numbers, sequences, spans, texts
from .columns import Coded, Column, Flags, Lists
from .compare import equal
from .distinct import mapped
from .frames import Step
from .logic import every_of, known_where, some_of

Kernel = Callable[[Step, list[Column]], Column | None]


class Register(dict[str, tuple[Callable[[Sequence[Type]], bool], Kernel]]):
    """Built-in name -> for which static types of arguments it has a form over columns, and the form."""

    def add(self, name: str, takes: Callable[[Sequence[Type]], bool], run: Kernel) -> None:
        assert name in BUILTINS
        self[name] = takes, run


KERNELS = Register()


def called(step: Step, arguments: list[Column]) -> Column | None:
    """The result of a built-in over columns; None where it has no form for them."""
    node = step.node
    assert isinstance(node, Call)
    found = KERNELS.get(node.function)
    if found is not None:
        made = found[1](step, arguments)
        if made is not None:
            return made
    return _by_entry(step, node, arguments)


def _by_entry(step: Step, node: Call, arguments: list[Column]) -> Column | None:
    """A function of one string and constants, for each entry of the dictionary; remembered with the dictionary."""
    moving = [place for place, part in enumerate(step.parts) if part.constant is None]
    if len(moving) != 1:
        return None
    of = arguments[moving[0]]
    if not isinstance(of, Coded) or not of.texts or len(of.entries) > 2 * len(of) + 100:
        return None
    found = of.entries.found  # type: ignore[attr-defined]
    key = step.number, id(step)
    if key not in found:
        given: list[Any] = [part.constant and part.constant[0] for part in step.parts]

        def run(text: Any) -> Any:
            given[moving[0]] = text
            return run_builtin(node.function, given, node.form)

        if run(None) is not None:
            return None
        found[key] = step, mapped(run, of.entries, node.type)
    made: Column = found[key][1]
    return made.take(of.places)


# What types of arguments a form takes


def exact(type_: Type) -> bool:
    return isinstance(type_, Number | Money)


def whole(type_: Type) -> bool:
    return isinstance(type_, Number) and type_.scale == 0


def numeric(type_: Type) -> bool:
    return exact(type_) or type_ == REAL


def _all(test: Callable[[Type], bool]) -> Callable[[Sequence[Type]], bool]:
    return lambda types: all(map(test, types))


def _first(test: Callable[[Type], bool]) -> Callable[[Sequence[Type]], bool]:
    return lambda types: bool(types) and test(types[0])


def _list_of(test: Callable[[Type], bool]) -> Callable[[Sequence[Type]], bool]:
    return _first(lambda type_: isinstance(type_, ListOf) and test(type_.of))


def simple(type_: Type) -> bool:
    """Whether values of a type have an order in columns."""
    return numeric(type_) or type_ in (STRING, DATE, DATE_TIME, TIME, DAYS, MONTHS)


def _any_list(type_: Type) -> bool:
    return isinstance(type_, ListOf)


def _of(run: Callable[..., Column | None]) -> Kernel:
    return lambda step, given: run(*given)


def _on_list(run: Callable[..., Column | None]) -> Kernel:
    return lambda step, given: run(*given) if isinstance(given[0], Lists) else None


def _rounding(name: str) -> Kernel:
    def run(step: Step, given: list[Column]) -> Column | None:
        scale: Any = 0
        if len(given) > 1:
            scale = step.parts[1].constant and step.parts[1].constant[0]
            if scale is None or scale != int(scale) or not -15 <= scale <= 15:
                return None
        return numbers.rounded(name, given[0], int(scale))

    return run


def _abs(of: Column) -> Column | None:
    made = numbers.absolute(of)
    return calendar.absolute(of) if made is None else made


def _truths(lists: Lists, *, every: bool) -> Column:
    made = every_of(lists, lists.items) if every else some_of(lists, lists.items)
    return known_where(made, lists)


def _concatenate(step: Step, given: list[Column]) -> Column | None:
    # The lists are the items of one list: taken apart where they are written one by one.
    (lists,) = given
    if not isinstance(lists, Lists) or not isinstance(lists.items, Lists):
        return None
    inner = lists.items
    widths = set(lists.lengths.tolist())
    if len(widths) != 1 or lists.valid is not None:
        return None
    width = widths.pop()
    if not width:
        return None
    rows = np.arange(len(lists)) * width
    return sequences.concatenated([_as_lists(inner.take(rows + place)) for place in range(width)])


def _as_lists(column: Column) -> Lists:
    assert isinstance(column, Lists)
    return column


def _union(step: Step, given: list[Column]) -> Column | None:
    made = _concatenate(step, given)
    return sequences.distinct(made) if isinstance(made, Lists) else None


def _append(step: Step, given: list[Column]) -> Column | None:
    lists, added = given
    if not isinstance(lists, Lists) or not isinstance(added, Lists):
        return None
    return sequences.concatenated([lists, added])


def _flatten(lists: Lists) -> Column | None:
    while isinstance(lists.items, Lists):
        inner = lists.items
        if inner.valid is not None:
            return None
        lists = Lists(inner.offsets[lists.offsets], inner.items, lists.valid)
    return lists if not len(lists) or np.diff(lists.offsets).max() <= 10_000 else None


def _date(step: Step, given: list[Column]) -> Column | None:
    return calendar.date_of_parts(*given) if len(given) == 3 else calendar.date_of(given[0])


def _moment(step: Step, given: list[Column]) -> Column | None:
    if len(given) == 1:
        return calendar.midnight(given[0])
    return calendar.moment_of(*given) if len(given) == 2 else None


def _time(step: Step, given: list[Column]) -> Column | None:
    return calendar.time_of_parts(*given) if len(given) == 3 else None


def _relation(name: str) -> Kernel:
    return lambda step, given: spans.related(name, *given)


def _relatable(name: str) -> Callable[[Sequence[Type]], bool]:
    return lambda types: spans.relatable(name, types)


def _is(a: Column, b: Column) -> Column | None:
    same = equal(a, b)
    return None if same is None else Flags(same)


_dated = _all(lambda type_: type_ in (DATE, DATE_TIME))
_text = _all(lambda type_: type_ in (STRING,) or exact(type_))
for _name in numbers.ROUNDINGS:
    KERNELS.add(_name, _first(exact) if _name.startswith("round half") and _name != "round half even" else
                _first(numeric), _rounding(_name))  # fmt: skip
KERNELS.add("abs", _first(lambda t: numeric(t) or t in (DAYS, MONTHS)), _of(_abs))
KERNELS.add("modulo", _all(numeric), _of(numbers.modulo))
KERNELS.add("even", _all(exact), _of(lambda of: numbers.parity(of, 0)))
KERNELS.add("odd", _all(exact), _of(lambda of: numbers.parity(of, 1)))
KERNELS.add("sqrt", _first(lambda t: t == REAL), _of(numbers.square_root))
KERNELS.add("count", _first(_any_list), _on_list(sequences.count))
KERNELS.add("sum", _list_of(numeric), _on_list(sequences.total))
KERNELS.add("product", _list_of(numeric), _on_list(sequences.product))
KERNELS.add("mean", _list_of(lambda t: t == REAL), _on_list(sequences.mean))
KERNELS.add("min", _list_of(simple), _on_list(lambda lists: sequences.extreme(lists, least=True)))
KERNELS.add("max", _list_of(simple), _on_list(lambda lists: sequences.extreme(lists, least=False)))
KERNELS.add("list contains", _list_of(lambda t: simple(t) or t in (BOOLEAN, NULL)), _on_list(sequences.contains))
KERNELS.add("index of", _list_of(lambda t: simple(t) or t in (BOOLEAN, NULL)), _on_list(sequences.index_of))
KERNELS.add("any", _list_of(lambda t: t == BOOLEAN), _on_list(lambda lists: _truths(lists, every=False)))
KERNELS.add("all", _list_of(lambda t: t == BOOLEAN), _on_list(lambda lists: _truths(lists, every=True)))
KERNELS.add("reverse", _first(_any_list), _on_list(sequences.reverse))
KERNELS.add("append", _first(_any_list), _append)
KERNELS.add("concatenate", _list_of(_any_list), _concatenate)
KERNELS.add("union", _list_of(lambda t: isinstance(t, ListOf) and simple(t.of) and t.of != REAL), _union)
KERNELS.add("distinct values", _list_of(lambda t: t == NULL or (simple(t) and t != REAL)), _on_list(sequences.distinct))
KERNELS.add("flatten", _list_of(lambda t: isinstance(t, ListOf)), _on_list(_flatten))
KERNELS.add("sublist", _first(_any_list), _on_list(sequences.sublist))
KERNELS.add("remove", _first(_any_list), _on_list(sequences.remove))
KERNELS.add("insert before", _first(_any_list), _on_list(sequences.insert))
KERNELS.add("list replace", lambda types: _any_list(types[0]) and exact(types[1]), _on_list(sequences.replace))
KERNELS.add(
    "sort",
    lambda types: len(types) == 1 and _list_of(simple)(types),
    lambda step, given: sequences.sort(given[0]) if len(given) == 1 and isinstance(given[0], Lists) else None,
)
KERNELS.add("date", lambda types: types[0] == STRING or _dated(types) or _all(exact)(types), _date)
KERNELS.add("date and time", lambda types: len(types) <= 2 and (types[0] == STRING or _dated(types[:1])), _moment)
KERNELS.add("string", _first(texts.has_text), _of(texts.text_of))
KERNELS.add("string join", texts.can_join, _of(texts.joined_texts))
KERNELS.add("time", lambda types: types[0] in (TIME, STRING) or (len(types) == 3 and all(map(whole, types))), _time)
KERNELS.add("years and months duration", _dated, _of(calendar.months_between))
KERNELS.add("day of year", _dated, _of(calendar.day_of_year))
KERNELS.add("week of year", _dated, _of(calendar.week_of_year))
KERNELS.add("last day of month", _dated, _of(calendar.last_day_of_month))
KERNELS.add("day of week", _dated, _of(calendar.day_of_week))
KERNELS.add("month of year", _dated, _of(calendar.month_of_year))
KERNELS.add("absolute duration", _all(lambda t: t in (DAYS, MONTHS)), _of(calendar.absolute))
for _name in spans.RELATIONS:
    KERNELS.add(_name, _relatable(_name), _relation(_name))
KERNELS.add("is", _all(lambda t: simple(t) or t == BOOLEAN), _of(_is))

BY_ENTRY = frozenset(
    ["string length", "contains", "starts with", "ends with", "upper case", "lower case", "trim", "substring",
     "substring before", "substring after", "matches", "replace", "split", "number", "time", "duration"]
)  # fmt: skip
"""Functions of strings alone: once for each entry of a dictionary, or each pair of entries."""


def is_native(node: Call) -> bool:
    """Whether a call has a form over columns for the static types of its arguments."""
    types = [argument.type for argument in node.arguments]
    found = KERNELS.get(node.function)
    if found is not None and found[0](types):
        return True
    return node.function in BY_ENTRY and types[0] == STRING and _text(types[1:])

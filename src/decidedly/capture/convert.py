"""Convert: a cell as a file holds it into a value of the dictionary's type, or why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from decidedly.core.mapping import Value, Written
from decidedly.feel.diagnostics import did_you_mean
from decidedly.feel.types import AnyType, Boolean, Date, DateTime, ListOf, Money, Number, Real, String, Time, Type

UNIX = {"unix seconds": 1, "unix milliseconds": 1_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKENS = {"YYYY": r"(?P<Y>\d{4})", "YY": r"(?P<y>\d{2})", "MM": "(?P<m>{})", "DD": "(?P<d>{})",
           "hh": "(?P<H>{})", "mm": "(?P<M>{})", "ss": r"(?P<S>\d{1,2}(?:\.\d{1,6})?)"}  # fmt: skip
_TOKEN = re.compile("|".join(_TOKENS))
_CENTURY = 69
"""Two digits up to this are of the twenty-first century (POSIX strptime, %y)."""


class Unreadable(Exception):
    """A cell that is no value of the wanted type. hint: how it would be written."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


Convert = Callable[[Any], Any]


def converter(type_: Type, value: Value, written: Written) -> Convert:
    """From a cell to a value of this type as events carry it, None where the cell is empty. It raises Unreadable.

    Amounts of money become minor units, dates and times ISO 8601 texts.
    """
    of = _of(type_, value, written)
    return _unless_empty(_translated(value.words, of) if value.words else of, written)


def time_converter(value: Value, written: Written) -> Convert:
    """From a cell to the moment in UTC at which something happened. It raises Unreadable."""
    read = moment(value, written)
    return _unless_empty(lambda cell: read(cell).astimezone(UTC), written)


def text_converter(written: Written) -> Convert:
    """From a cell to its text as it stands there, None where it is empty."""
    return _unless_empty(text_of, written)


def _unless_empty(of: Convert, written: Written) -> Convert:
    empty = frozenset(text.casefold() for text in written.empty)

    def convert(cell: Any) -> Any:
        if isinstance(cell, str):
            cell = cell.strip()
            if not cell or cell.casefold() in empty:
                return None
        elif cell is None or cell != cell:
            return None
        return of(cell)

    return convert


def _of(type_: Type, value: Value, written: Written) -> Convert:
    number = _number(written.decimal)
    match type_:
        case Money():
            scale = 0 if value.unit == "minor" else type_.scale or 0
            return lambda cell: _whole(number(cell).scaleb(scale), cell, "more digits than the currency has")
        case Number(scale=0):
            return lambda cell: _whole(number(cell), cell, "digits after the point")
        case Number() | Real():
            return lambda cell: _plain(number(cell))
        case Boolean():
            return _boolean(written)
        case Date():
            read = moment(value, written)
            return lambda cell: _day(cell, read, value.zone or written.zone)
        case DateTime():
            read = moment(value, written)
            return lambda cell: read(cell).astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Time():
            return _clock
        case ListOf(of=of):
            member = converter(of, msgspec.structs.replace(value, words={}, split=""), written)
            return lambda cell: [one for one in map(member, _members(cell, value.split)) if one is not None]
        case String():
            return text_of
        case AnyType():
            return _json
        case _:
            return lambda cell: _object(cell)


def _translated(words: Mapping[str, Any], of: Convert) -> Convert:
    known = {word.casefold(): meaning for word, meaning in words.items()}

    def convert(cell: Any) -> Any:
        word = text_of(cell).casefold()
        if word not in known:
            near = did_you_mean(word, words)
            raise Unreadable(f"{shown(cell)} is none of the words", near or f"Known are {', '.join(words)}.")
        return None if known[word] == "" else of(known[word])

    return convert


def _number(decimal: str) -> Callable[[Any], Decimal]:
    """Reads numbers with this decimal character. Thousands may be set apart, but then rightly: 1.234,50 not 12.5."""
    other = "," if decimal == "." else "."
    point = re.escape(decimal)
    grouped = re.compile(rf"[+-]?\d{{1,3}}(?:[{re.escape(other)}'’\s]\d{{3}})+(?:{point}\d*)?")
    plain = re.compile(rf"[+-]?(?:\d+(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d{{1,3}})?")
    apart = re.compile(rf"[{re.escape(other)}'’\s]")

    def read(cell: Any) -> Decimal:
        if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal | str):
            raise Unreadable(f"{shown(cell)} is no number")
        if isinstance(cell, str):
            if plain.fullmatch(cell):
                return Decimal(cell.replace(decimal, "."))
            if grouped.fullmatch(cell):
                return Decimal(apart.sub("", cell).replace(decimal, "."))
            hint = (
                f"Numbers are written with '{decimal}' as the decimal point: the mapping may say decimal = \"{other}\"."
            )
            looks = re.fullmatch(r"[+-]?[\d.,'’\s]+", cell)
            raise Unreadable(f"{shown(cell)} is no number", hint if looks else "")
        try:
            found = Decimal(str(cell))
        except InvalidOperation as error:
            raise Unreadable(f"{shown(cell)} is no number") from error
        if not found.is_finite():
            raise Unreadable(f"{shown(cell)} is no number")
        return found

    return read


def _whole(number: Decimal, cell: Any, why: str) -> int:
    whole = int(number)
    if whole != number:
        raise Unreadable(f"{shown(cell)} has {why}", 'Is it in minor units already? Then say unit = "minor".'
                         if "currency" in why else "")  # fmt: skip
    return whole


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() and abs(number) < 1 << 63 else float(number)


def _boolean(written: Written) -> Convert:
    known = {word.casefold(): False for word in written.no} | {word.casefold(): True for word in written.yes}

    def convert(cell: Any) -> bool:
        if isinstance(cell, bool):
            return cell
        word = text_of(cell).casefold()
        if word not in known:
            hint = 'Say in the mapping, under [from], what they are: yes = ["..."], no = ["..."].'
            raise Unreadable(f"{shown(cell)} is neither yes nor no", hint)
        return known[word]

    return convert


def moment(value: Value, written: Written) -> Callable[[Any], datetime]:
    """From a cell to a moment: ISO 8601, the pattern, a date alone (its midnight), or seconds since 1970.

    A time that names no zone is of the value's or the mapping's. It raises Unreadable.
    """
    zone = ZoneInfo(value.zone or written.zone)
    wanted = value.dates or written.dates
    if wanted in UNIX:
        number, per_second = _number("."), UNIX[wanted]
        return lambda cell: cell if isinstance(cell, datetime) else _unix(number(cell), per_second, cell)
    pattern = pattern_of(wanted) if wanted else None

    def read(cell: Any) -> datetime:
        found: datetime | None = None
        if isinstance(cell, datetime):
            found = cell
        elif isinstance(cell, date):
            found = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - the zone comes below
        else:
            found = _by(pattern, str(cell)) if pattern is not None else None
            found = found if found is not None else _iso(str(cell))
        if found is None:
            told = f"as {wanted} or as 2017-10-30" if wanted else "as 2017-10-30"
            hint = "" if wanted else 'The mapping may say how dates are written: dates = "DD.MM.YYYY".'
            raise Unreadable(f"{shown(cell)} is no date or time written {told}", hint)
        return found if found.tzinfo is not None else found.replace(tzinfo=zone)

    return read


def pattern_of(wanted: str) -> re.Pattern[str]:
    """The pattern of dates as a regular expression; a time of day may follow a date. Raises ValueError."""
    # Without anything between the parts only the full number of digits tells where one ends.
    width = r"\d{2}" if re.search(r"YYMM|MMDD|DDMM|MMYY|hhmm|YYYYMM", wanted) else r"\d{1,2}"
    parts, end = [], 0
    for token in _TOKEN.finditer(wanted):
        parts += [re.escape(wanted[end : token.start()]), _TOKENS[token[0]].replace("{}", width)]
        end = token.end()
    parts.append(re.escape(wanted[end:]))
    text = "".join(parts)
    if re.search("[A-Za-z]", _TOKEN.sub("", wanted)) or not all(f"(?P<{one}>" in text for one in "md"):
        raise ValueError(wanted)
    if "(?P<Y>" not in text and "(?P<y>" not in text:
        raise ValueError(wanted)
    if "(?P<H>" not in text:
        text += r"(?:[ T](?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}(?:\.\d{1,6})?))?)?"
    return re.compile(text)


def _by(pattern: re.Pattern[str], text: str) -> datetime | None:
    found = pattern.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    year = int(parts.get("Y") or 0) or _year(int(parts.get("y") or 0))
    seconds = Decimal(parts.get("S") or 0)
    try:
        day = datetime(year, int(parts["m"]), int(parts["d"]), int(parts.get("H") or 0), int(parts.get("M") or 0))  # noqa: DTZ001
    except ValueError:
        return None
    return None if seconds >= 60 else day + timedelta(microseconds=int(seconds * 1_000_000))


def _year(short: int) -> int:
    return 2000 + short if short < _CENTURY else 1900 + short


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _unix(number: Decimal, per_second: int, cell: Any) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=int(number * 1_000_000 / per_second))
    except OverflowError as error:
        raise Unreadable(f"{shown(cell)} lies outside the years 1 to 9999") from error


def _day(cell: Any, read: Callable[[Any], datetime], zone: str) -> str:
    at = read(cell)
    aware = isinstance(cell, datetime) and cell.tzinfo is not None
    return (at.astimezone(ZoneInfo(zone)) if aware else at).date().isoformat()


def _clock(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.time().isoformat()
    if isinstance(cell, time):
        return cell.isoformat()
    try:
        return time.fromisoformat(str(cell)).isoformat()
    except ValueError as error:
        raise Unreadable(f"{shown(cell)} is no time of day", "Write it as 08:30 or 08:30:00.") from error


def _members(cell: Any, split: str) -> list[Any]:
    if isinstance(cell, list | tuple):
        return list(cell)
    if split and isinstance(cell, str):
        return cell.split(split)
    found = _object(cell)
    if not isinstance(found, list):
        raise Unreadable(f"{shown(cell)} is no list", 'Say what separates the members: split = ";".')
    return found


def _object(cell: Any) -> Any:
    """A list or object, perhaps as JSON in a text."""
    if not isinstance(cell, str):
        return _json(cell)
    try:
        return msgspec.json.decode(cell)
    except msgspec.DecodeError as error:
        hint = 'Of a list the mapping may say what separates the members: split = ";".'
        raise Unreadable(f"{shown(cell)} is no list or object in JSON", hint) from error


def text_of(cell: Any) -> str:
    """A cell as a text: whole numbers without a point, times in ISO 8601."""
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).lower()
        case float() | Decimal():
            exact = Decimal(str(cell))
            return f"{exact:f}" if not exact.is_finite() or exact != exact.to_integral_value() else str(int(exact))
        case datetime() | date() | time():
            return cell.isoformat()
        case bytes():
            return cell.decode("utf-8", "replace")
        case list() | dict():
            return msgspec.json.encode(cell, enc_hook=str).decode()
        case _:
            return str(cell)


def _json(cell: Any) -> Any:
    """As JSON has it: for a field of any type, or one that the dictionary does not declare."""
    match cell:
        case str() | bool() | int() | None:
            return cell
        case float() | Decimal():
            return _plain(Decimal(str(cell))) if Decimal(str(cell)).is_finite() else None
        case list() | tuple():
            return [_json(one) for one in cell]
        case dict():
            return {str(name): _json(one) for name, one in cell.items()}
        case _:
            return text_of(cell)


def shown(cell: Any) -> str:
    """A cell in a message."""
    text = text_of(cell)
    return f"'{text}'" if len(text) <= 40 else f"'{text[:37]}...'"

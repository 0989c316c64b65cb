"""As read: days and times, which are kept as texts, as what rules compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from decidedly.core.dictionary import Dictionary, Root
from decidedly.feel.temporal import parse_duration
from decidedly.feel.types import Date, DateTime, DaysDuration, ListOf, MonthsDuration, Time, Type
from decidedly.person.declared import aggregate_type
from decidedly.person.schema import remembered, type_of

Read = Callable[[Any], Any]
Readers = Mapping[str, Read]
"""Attribute id -> how its kept value becomes the one that rules read; none where that is the same."""


@remembered
def readers_of(dictionary: Dictionary) -> Mapping[Root, Readers]:
    """The readers of this very dictionary, those of aggregates among the person's."""
    zone = ZoneInfo(dictionary.time_zone)
    types: dict[Root, dict[str, str]] = {"person": {}, "action": {}, "candidate": {}, "context": {}}
    for attribute in dictionary.readable:
        types[attribute.of][attribute.id] = attribute.type
    for aggregate in dictionary.aggregates:
        types[aggregate.root][aggregate.id] = aggregate_type(aggregate, dictionary)
    return {
        root: {id: read for id, text in named.items() if (read := reader(type_of(text), zone)) is not None}
        for root, named in types.items()
    }


def as_read(values: Mapping[str, Any], readers: Readers) -> dict[str, Any]:
    """The values as rules read them."""
    found = dict(values)
    for id in readers.keys() & found.keys() if readers else ():
        found[id] = readers[id](found[id])
    return found


def reader(type_: Type, zone: ZoneInfo) -> Read | None:
    """How a kept value of this type becomes the one that rules read; None where they are the same.

    A date and time that names no zone is of the given one. A text that is no value of the type stays a text, on which
    no rule holds.
    """
    match type_:
        case Date():
            return _parsed(date.fromisoformat)
        case Time():
            return _parsed(time.fromisoformat)
        case DateTime():
            return _parsed(lambda text: _aware(datetime.fromisoformat(text), zone))
        case DaysDuration() | MonthsDuration():
            return _parsed(_lapse)
        case ListOf(of=of):
            member = reader(of, zone)
            return None if member is None else lambda value: _each(member, value)
        case _:
            return None


def _parsed(read: Callable[[str], Any]) -> Read:
    def parsed(value: Any) -> Any:
        try:
            return read(value) if isinstance(value, str) else value
        except ValueError:
            return value

    return parsed


def _lapse(text: str) -> Any:
    found = parse_duration(text)
    if found is None:
        raise ValueError(text)
    return found


def _aware(at: datetime, zone: ZoneInfo) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _each(read: Read, value: Any) -> Any:
    return [read(one) for one in value] if isinstance(value, list | tuple) else value

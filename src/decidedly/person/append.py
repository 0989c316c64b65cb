"""Append: events into the history of one leaf and kind.

Most events come alone and last, so they are packed by the interpreter and put behind what is there; arrays are made
only where events come between others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import accumulate, chain
from struct import Struct, error, pack
from typing import Any

from decidedly.core.derive import key64
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.person import Pane
from decidedly.person.panes import string_key, union
from decidedly.person.schema import INTEGER_NULL, Column, KindSchema

FEW = 8
"""Events that are put behind a history one by one."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_from_bytes = int.from_bytes
_INT64, _INT32 = Struct("<q"), Struct("<i")
_PACK = {"q": _INT64.pack, "i": _INT32.pack, "d": Struct("<d").pack}


def append(pane: Pane, events: Sequence[Event], schema: KindSchema) -> Pane:
    """The pane with these events of its kind in it: a set union by message id, whatever the order of arrival.

    Raises BadInput where a number does not fit its column.
    """
    if len(events) <= FEW:
        quick = _one_by_one(pane, events, schema)
        if quick is not None:
            return quick
    new = _pane(events, schema)
    if not pane.at:
        return new
    return _behind(pane, new, schema) or union([pane, new], schema)


def _one_by_one(pane: Pane, events: Sequence[Event], schema: KindSchema) -> Pane | None:
    """The pane with these events behind it, where each comes after all before it; else None."""
    at, micros, keys, first, columns = pane.at, pane.micros, pane.key, pane.first, pane.columns
    for event in events if len(events) == 1 else sorted(events, key=_moment_of):
        passed = event.at - _EPOCH
        second, micro = passed.days * _DAY_S + passed.seconds, passed.microseconds
        key = blake2b(event.message_id.encode(), digest_size=8).digest()  # the bytes of `derive.key64`
        if at:
            last = _from_bytes(at[-8:], "little", signed=True)
            later = second > last or (second == last and micro > (_from_bytes(micros[-4:], "little") if micros else 0))
            if not later or keys.find(key) >= 0:
                return None
        items: Sequence[dict[str, Any]] = (
            event.properties.get(schema.items) or () if schema.items else (event.properties,)
        )
        before = _from_bytes(first[-4:], "little")
        longer = {}
        for name, column in schema.columns.items():
            raw = columns.get(name, b"") if at else b""
            if len(raw) != before * column.width:
                return None
            values = [item.get(name) for item in items]
            longer[name] = raw + (_value(values[0], column) if len(values) == 1 else _values(values, column))
        if micros or micro:
            micros = (micros or bytes(len(at) >> 1)) + _INT32.pack(micro)
        at += _INT64.pack(second)
        keys += key
        first += _INT32.pack(before + len(items))
        columns = longer
    return Pane(at=at, key=keys, first=first, columns=columns, micros=micros)


def _moment_of(event: Event) -> datetime:
    return event.at


def item_lists(events: Iterable[Event], items: str) -> list[Sequence[dict[str, Any]]]:
    """The items of each event: those it lists, or its properties as its only item."""
    if not items:
        return [(event.properties,) for event in events]
    return [event.properties.get(items) or () for event in events]


def _behind(pane: Pane, new: Pane, schema: KindSchema) -> Pane | None:
    """Both panes, where every event of the second comes after those of the first; else None."""
    if _moment(new, 0) <= _moment(pane, -8):
        return None
    for start in range(0, len(new.key), 8):
        if pane.key.find(new.key[start : start + 8]) >= 0:
            return None  # the same message under another time, or by chance bytes of two neighbours
    (items,) = _INT32.unpack_from(pane.first, len(pane.first) - 4)
    columns = {}
    for name, column in schema.columns.items():
        before = pane.columns.get(name)
        if before is None or len(before) != items * column.width:
            return None
        columns[name] = before + new.columns[name]
    if pane.micros or new.micros:
        micros = (pane.micros or bytes(len(pane.at) >> 1)) + (new.micros or bytes(len(new.at) >> 1))
    else:
        micros = b""
    ends = memoryview(new.first).cast("i")[1:]
    return Pane(
        at=pane.at + new.at,
        key=pane.key + new.key,
        first=pane.first + (_INT32.pack(items + ends[0]) if len(ends) == 1 else _ints([items + end for end in ends])),
        columns=columns,
        micros=micros,
    )


def _moment(pane: Pane, place: int) -> tuple[int, int, int]:
    """Where an event stands in canonical order; place: offset of its eight bytes, -8 for the last."""
    at, key = pane.at[place:][:8], pane.key[place:][:8]
    micros = pane.micros[place // 2 :][:4]
    return _INT64.unpack(at)[0], _INT32.unpack(micros)[0] if micros else 0, _INT64.unpack(key)[0]


def _pane(events: Sequence[Event], schema: KindSchema) -> Pane:
    """The events as a pane, each once, in canonical order."""
    if len(events) == 1:
        seconds, micros, key = _place(events[0])
        at, keys, fractions = _INT64.pack(seconds), _INT64.pack(key), _INT32.pack(micros) if micros else b""
    else:
        placed = sorted((_place(event), number) for number, event in enumerate(events))
        once: dict[int, tuple[tuple[int, int, int], int]] = {}
        for place in placed:
            once.setdefault(place[0][2], place)
        events = [events[number] for _, number in once.values()]
        places = [place for place, _ in once.values()]
        at, keys = _longs([place[0] for place in places]), _longs(list(once))
        fractions = _ints([place[1] for place in places]) if any(place[1] for place in places) else b""
    lists = item_lists(events, schema.items)
    flat = lists[0] if len(lists) == 1 else list(chain.from_iterable(lists))
    return Pane(
        at=at,
        key=keys,
        first=_ints([0, *accumulate(map(len, lists))]),
        columns={name: _values([item.get(name) for item in flat], column) for name, column in schema.columns.items()},
        micros=fractions,
    )


def _place(event: Event) -> tuple[int, int, int]:
    """(second, microsecond, key): the canonical order of events."""
    passed = event.at - _EPOCH
    return passed.days * _DAY_S + passed.seconds, passed.microseconds, key64(event.message_id)


def _longs(values: list[int]) -> bytes:
    return pack(f"<{len(values)}q", *values)


def _ints(values: list[int]) -> bytes:
    return pack(f"<{len(values)}i", *values)


def _values(values: list[Any], column: Column) -> bytes:
    if column.number is not None:
        number = column.number
        return pack(f"<{len(values)}{column.code}", *(column.null if one is None else number(one) for one in values))
    if column.code == "q":
        return _longs(list(map(string_key, values)))
    if None in values:
        values = [column.null if value is None else value for value in values]
    try:
        return pack(f"<{len(values)}{column.code}", *values)
    except error:
        return _converted(values, column)


def _value(value: Any, column: Column) -> bytes:
    if value is None:
        return _PACK[column.code](column.null)
    if column.number is not None:
        return _PACK[column.code](column.number(value))
    if column.code == "q":
        return _INT64.pack(string_key(value))
    try:
        return _PACK[column.code](value)
    except error:
        return _converted([value], column)


def _converted(values: list[Any], column: Column) -> bytes:
    """Whole numbers that came as floats (2.0) stand in a column of integers; a fraction comes never this far."""
    try:
        return pack(f"<{len(values)}{column.code}", *map(int, values))
    except (error, OverflowError) as cause:
        raise BadInput(
            f"A number in '{column.name}' does not fit into 32 bits ({INTEGER_NULL + 1} to {-INTEGER_NULL - 1}).",
            place=f"properties.{column.name}",
            hint="Declare the field as a number without a scale, or do not keep it.",
        ) from cause

"""List functions (DMN 1.5, table 78). Positions count from 1; a negative one counts from the end.

Those that give one value of a whole list, such as `sum`, are in `aggregates.py`.
"""

from decimal import Decimal
from functools import cmp_to_key
from operator import contains as _contains
from typing import Any

from ..operators import conjunction, disjunction, equal, less, same_values
from ..types import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    REAL,
    FunctionOf,
    ListOf,
    Money,
    Number,
    String,
    Type,
    join,
    plain_type,
)
from ..values import EXTENT_LIMIT, LIST_LIMIT, Function, extent
from .registry import Native, Param, builtin

LIST = Param("list", ListOf(ANY))
_LISTS = Param("list", ListOf(ListOf(ANY)))
_CONDITIONS = Param("list", ListOf(BOOLEAN))
_ELEMENT = Param("element", ANY, nullable=True)
_NEW_ITEM = Param("newItem", ANY, nullable=True)
_POSITION = Param("position", NUMBER)
_MATCH = Param("match", FunctionOf((("item", ANY), ("newItem", ANY)), BOOLEAN))
_PRECEDES = Param("precedes", FunctionOf((("x", ANY), ("y", ANY)), BOOLEAN), optional=True)


def items_of(type_: Type) -> Type:
    """The type of the items of a list type."""
    return type_.of if isinstance(type_, ListOf) else ANY


def is_scaled(type_: Type) -> bool:
    """Whether values of a type are stored as scaled integers."""
    return isinstance(type_, Number | Money) and type_.scale is not None


def same_list(types: tuple[Type, ...]) -> Type:
    """The type of the first argument."""
    return plain_type(types[0])


def _joined_items(items: Type, item: Type) -> Type:
    of, item = plain_type(items), plain_type(item)
    # A list of exact numbers with a real one keeps both as they are.
    return ListOf(ANY if REAL in (of, item) and of != item else join(of, item) or ANY)


def _with_last(types: tuple[Type, ...]) -> Type:
    return _joined_items(items_of(types[0]), types[-1])


def _element_fits(types: tuple[Type, ...]) -> str:
    of = items_of(types[0])
    return "" if join(of, types[1]) is not None else f"The list holds {of} values, never a {types[1]}."


def _bounded(items: list[Any]) -> list[Any] | None:
    return items if len(items) <= LIST_LIMIT else None


def _offset(position: Any, length: int) -> int | None:
    """The place from 0 of a position, or null where the list has none such."""
    place = int(position)
    if not 1 <= abs(place) <= length:
        return None
    return place - 1 if place > 0 else length + place


def _native_contains(types: tuple[Type, ...]) -> Native | None:
    of = join(items_of(types[0]), types[1])
    alike = isinstance(of, String) or (of is not None and is_scaled(of))
    return Native((ListOf(of), of), BOOLEAN, _contains) if alike and of is not None else None


@builtin("list contains", [LIST, _ELEMENT], BOOLEAN, total=True, native=_native_contains, check=_element_fits)
def list_contains(items: list[Any], element: Any) -> bool:
    """list contains(["a", "b"], "b") = true"""
    return any(equal(item, element) is True for item in items)


def _with_items(types: tuple[Type, ...]) -> Type:
    return _joined_items(items_of(types[0]), items_of(types[1]))


@builtin("append", [LIST, Param("item", ListOf(ANY))], _with_items, gather="rest")
def append(items: list[Any], added: list[Any]) -> list[Any] | None:
    """append([1], 2, 3) = [1, 2, 3]"""
    return _bounded([*items, *added])


def _joined(types: tuple[Type, ...]) -> Type:
    return plain_type(items_of(types[0])) if isinstance(items_of(types[0]), ListOf) else ListOf(ANY)


@builtin("concatenate", [_LISTS], _joined, gather="rest")
def concatenate(lists: list[Any]) -> list[Any] | None:
    """concatenate([1], [2, 3]) = [1, 2, 3]"""
    if None in lists or sum(map(len, lists)) > LIST_LIMIT:
        return None
    return [item for items in lists for item in items]


@builtin("union", [_LISTS], _joined, gather="rest")
def union(lists: list[Any]) -> list[Any] | None:
    """union([1, 2], [2, 3]) = [1, 2, 3]"""
    joined = concatenate(lists)
    return None if joined is None else distinct_values(joined)


@builtin("distinct values", [LIST], same_list)
def distinct_values(items: list[Any]) -> list[Any] | None:
    """distinct values([1, 2, 1]) = [1, 2]"""
    groups = same_values(items)
    return None if groups is None else [items[places[0]] for places in groups]


def _flat_type(types: tuple[Type, ...]) -> Type:
    of = items_of(types[0])
    while isinstance(of, ListOf):
        of = of.of
    return ListOf(plain_type(of))


@builtin("flatten", [LIST], _flat_type)
def flatten(items: list[Any]) -> list[Any] | None:
    """flatten([1, [2, [3]]]) = [1, 2, 3]"""
    if extent(items) > EXTENT_LIMIT:
        return None
    flat: list[Any] = []
    waiting = list(reversed(items))
    while waiting and len(flat) <= LIST_LIMIT:
        item = waiting.pop()
        if isinstance(item, list | tuple):
            waiting.extend(reversed(item))
        else:
            flat.append(item)
    return None if waiting else _bounded(flat)


@builtin("reverse", [LIST], same_list, total=True)
def reverse(items: list[Any]) -> list[Any]:
    """reverse([1, 2]) = [2, 1]"""
    return list(reversed(items))


@builtin("index of", [LIST, Param("match", ANY, nullable=True)], ListOf(INTEGER), total=True, check=_element_fits)
def index_of(items: list[Any], match: Any) -> list[int]:
    """index of(["a", "b", "a"], "a") = [1, 3]"""
    return [place for place, item in enumerate(items, 1) if equal(item, match) is True]


@builtin("sublist", [LIST, Param("start position", NUMBER), Param("length", NUMBER, optional=True)], same_list)
def sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    """sublist([4, 5, 6], 2) = [5, 6]"""
    begin = _offset(start, len(items))
    if begin is None:
        return None
    if length is None:
        return list(items[begin:])
    return list(items[begin : begin + int(length)]) if 0 <= length <= len(items) - begin else None


@builtin("insert before", [LIST, _POSITION, _NEW_ITEM], _with_last)
def insert_before(items: list[Any], position: Decimal, new: Any) -> list[Any] | None:
    """insert before([1, 3], 2, 2) = [1, 2, 3]"""
    place = _offset(position, len(items))
    return None if place is None else _bounded([*items[:place], new, *items[place:]])


@builtin("remove", [LIST, _POSITION], same_list)
def remove(items: list[Any], position: Decimal) -> list[Any] | None:
    """remove([1, 2, 3], 2) = [1, 3]"""
    place = _offset(position, len(items))
    return None if place is None else [*items[:place], *items[place + 1 :]]


@builtin("list replace", [LIST, _POSITION, _NEW_ITEM], _with_last)
def list_replace(items: list[Any], position: Decimal, new: Any) -> list[Any] | None:
    """list replace([1, 2, 3], 2, 4) = [1, 4, 3]"""
    place = _offset(position, len(items))
    return None if place is None else [*items[:place], new, *items[place + 1 :]]


@builtin("list replace", [LIST, _MATCH, _NEW_ITEM], _with_last)
def list_replace_matches(items: list[Any], match: Function, new: Any) -> list[Any] | None:
    """list replace([2, 4, 7], function(item, newItem) item < newItem, 5) = [5, 5, 7]"""
    found = [match.run([item, new]) for item in items]
    if not all(isinstance(matches, bool) for matches in found):
        return None
    return [new if matches else item for item, matches in zip(items, found, strict=True)]


class _NoOrder(Exception):
    """Ends a sort whose items have no order."""


@builtin("sort", [LIST, _PRECEDES], same_list)
def sort(items: list[Any], precedes: Function | None = None) -> list[Any] | None:
    """sort([3, 1, 2], function(x, y) x < y) = [1, 2, 3]"""

    def before(x: Any, y: Any) -> bool:
        found = less(x, y) if precedes is None else precedes.run([x, y])
        if not isinstance(found, bool):
            raise _NoOrder
        return found

    try:
        return sorted(items, key=cmp_to_key(lambda x, y: -1 if before(x, y) else 1 if before(y, x) else 0))
    except _NoOrder:
        return None


@builtin("any", [_CONDITIONS], BOOLEAN, gather="items")
def any_(items: list[Any]) -> bool | None:
    """any(false, true) = true"""
    return disjunction(items)


@builtin("all", [_CONDITIONS], BOOLEAN, gather="items")
def all_(items: list[Any]) -> bool | None:
    """all([true, true]) = true"""
    return conjunction(items)

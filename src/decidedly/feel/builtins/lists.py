"""List functions (DMN 1.5, table 78). Positions count from 1; a negative one counts from the end."""

from collections.abc import Callable
from decimal import Decimal
from operator import contains as _contains
from typing import Any

from ..operators import add, conjunction, disjunction, divide, equal, greater, less
from ..types import ANY, BOOLEAN, INTEGER, NUMBER, REAL, ListOf, Money, Number, String, Type, at_scale, join, plain_type
from ..values import LIST_LIMIT, fits
from .registry import Native, Param, builtin

_LIST = Param("list", ListOf(ANY))
_LISTS = Param("list", ListOf(ListOf(ANY)))
_ELEMENT = Param("element", ANY, nullable=True)


def _of(type_: Type) -> Type:
    return type_.of if isinstance(type_, ListOf) else ANY


def item_type(types: tuple[Type, ...]) -> Type:
    """The type of one item of the first argument."""
    return plain_type(_of(types[0]))


def same_list(types: tuple[Type, ...]) -> Type:
    """The type of the first argument."""
    return plain_type(types[0])


def _with_element(types: tuple[Type, ...]) -> Type:
    of, item = plain_type(_of(types[0])), plain_type(types[1])
    # A list of exact numbers with a real one keeps both as they are.
    return ListOf(ANY if REAL in (of, item) and of != item else join(of, item) or ANY)


def _element_fits(types: tuple[Type, ...]) -> str:
    of = _of(types[0])
    return "" if join(of, types[1]) is not None else f"The list holds {of} values, never a {types[1]}."


def _exact(type_: Type) -> bool:
    return isinstance(type_, Number | Money) and type_.scale is not None


def _bounded(items: list[Any]) -> list[Any] | None:
    return items if len(items) <= LIST_LIMIT else None


def _native_extreme(run: Callable[[Any], Any]) -> Callable[[tuple[Type, ...]], Native | None]:
    def extreme(items: Any) -> Any:
        return None if not items or None in items else run(items)

    def native(types: tuple[Type, ...]) -> Native | None:
        of = _of(types[0])
        plain = _exact(of) or isinstance(of, String)
        return Native(types, of, extreme, total=False) if plain else None

    return native


@builtin("min", [_LIST], item_type, gather=True, native=_native_extreme(min))
def min_(items: list[Any]) -> Any:
    """min(3, 1, 2) = 1"""
    return _extreme(items, less)


@builtin("max", [_LIST], item_type, gather=True, native=_native_extreme(max))
def max_(items: list[Any]) -> Any:
    """max([3, 1, 2]) = 3"""
    return _extreme(items, greater)


def _extreme(items: list[Any], better: Callable[[Any, Any], bool | None]) -> Any:
    if not items or less(items[0], items[0]) is None:
        return None
    best = items[0]
    for item in items[1:]:
        wins = better(item, best)
        if wins is None:
            return None
        best = item if wins else best
    return best


def _native_sum(types: tuple[Type, ...]) -> Native | None:
    of = _of(types[0])
    if not isinstance(of, Number | Money) or of.scale is None:
        return None
    wide = at_scale(of, of.scale, of.digits + len(str(LIST_LIMIT)))
    return Native(types, wide, _sum_exact, total=False) if wide.scale is not None else None


def _sum_exact(items: Any) -> Any:
    return None if not items or None in items else sum(items)


@builtin("sum", [_LIST], item_type, gather=True, native=_native_sum)
def sum_(items: list[Any]) -> Any:
    """sum(1, 2.5) = 3.5"""
    if not items or not all(fits(NUMBER, item) or isinstance(item, float) for item in items):
        return None
    total: Any = items[0]
    for item in items[1:]:
        total = add(total, item)
    return total


@builtin("mean", [_LIST], item_type, gather=True)
def mean(items: list[Any]) -> Any:
    """mean([1, 2, 6]) = 3"""
    return divide(sum_(items), Decimal(len(items)))


def _native_count(types: tuple[Type, ...]) -> Native:
    return Native(types, INTEGER, len)


@builtin("count", [_LIST], INTEGER, total=True, native=_native_count)
def count(items: list[Any]) -> int:
    """count(["a", null]) = 2"""
    return len(items)


def _native_contains(types: tuple[Type, ...]) -> Native | None:
    of = join(_of(types[0]), types[1])
    alike = isinstance(of, String) or (of is not None and _exact(of))
    return Native((ListOf(of), of), BOOLEAN, _contains) if alike and of is not None else None


@builtin("list contains", [_LIST, _ELEMENT], BOOLEAN, total=True, native=_native_contains, check=_element_fits)
def list_contains(items: list[Any], element: Any) -> bool:
    """list contains(["a", "b"], "b") = true"""
    return any(equal(item, element) is True for item in items)


@builtin("append", [_LIST, Param("item", ANY, nullable=True)], _with_element)
def append(items: list[Any], item: Any) -> list[Any] | None:
    """append([1], 2) = [1, 2]"""
    return _bounded([*items, item])


def _joined(types: tuple[Type, ...]) -> Type:
    return plain_type(_of(types[0])) if isinstance(_of(types[0]), ListOf) else ListOf(ANY)


@builtin("concatenate", [_LISTS], _joined, gather=True)
def concatenate(lists: list[Any]) -> list[Any] | None:
    """concatenate([1], [2, 3]) = [1, 2, 3]"""
    if any(items is None for items in lists) or sum(map(len, lists)) > LIST_LIMIT:
        return None
    return [item for items in lists for item in items]


@builtin("union", [_LISTS], _joined, gather=True)
def union(lists: list[Any]) -> list[Any] | None:
    """union([1, 2], [2, 3]) = [1, 2, 3]"""
    return distinct_values(concatenate(lists))


@builtin("distinct values", [_LIST], same_list)
def distinct_values(items: list[Any] | None) -> list[Any] | None:
    """distinct values([1, 2, 1]) = [1, 2]"""
    if items is None:
        return None
    # Strings hash as they compare; other values may be equal without being of one Python type.
    return list(dict.fromkeys(items)) if all(isinstance(item, str) for item in items) else _distinct_slowly(items)


def _distinct_slowly(items: list[Any]) -> list[Any] | None:
    if len(items) > 1_000:
        return None
    kept: list[Any] = []
    for item in items:
        if not list_contains(kept, item):
            kept.append(item)
    return kept


def _flat_type(types: tuple[Type, ...]) -> Type:
    of = _of(types[0])
    while isinstance(of, ListOf):
        of = of.of
    return ListOf(plain_type(of))


@builtin("flatten", [_LIST], _flat_type)
def flatten(items: list[Any]) -> list[Any] | None:
    """flatten([1, [2, [3]]]) = [1, 2, 3]"""
    flat: list[Any] = []
    waiting = list(reversed(items))
    while waiting and len(flat) <= LIST_LIMIT and len(waiting) <= LIST_LIMIT * 10:
        item = waiting.pop()
        if isinstance(item, list | tuple):
            waiting.extend(reversed(item))
        else:
            flat.append(item)
    return None if waiting else _bounded(flat)


@builtin("reverse", [_LIST], same_list, total=True)
def reverse(items: list[Any]) -> list[Any]:
    """reverse([1, 2]) = [2, 1]"""
    return list(reversed(items))


@builtin("index of", [_LIST, Param("match", ANY, nullable=True)], ListOf(INTEGER), total=True, check=_element_fits)
def index_of(items: list[Any], match: Any) -> list[int]:
    """index of(["a", "b", "a"], "a") = [1, 3]"""
    return [place for place, item in enumerate(items, 1) if equal(item, match) is True]


@builtin("sublist", [_LIST, Param("start position", NUMBER), Param("length", NUMBER, optional=True)], same_list)
def sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    """sublist([4, 5, 6], 2) = [5, 6]"""
    first = int(start)
    begin = first - 1 if first > 0 else len(items) + first
    if first == 0 or not 0 <= begin < len(items):
        return None
    if length is None:
        return list(items[begin:])
    return list(items[begin : begin + int(length)]) if 0 <= length <= len(items) - begin else None


@builtin("any", [_LIST], BOOLEAN, gather=True)
def any_(items: list[Any]) -> bool | None:
    """any(false, true) = true"""
    return disjunction(items)


@builtin("all", [_LIST], BOOLEAN, gather=True)
def all_(items: list[Any]) -> bool | None:
    """all([true, true]) = true"""
    return conjunction(items)

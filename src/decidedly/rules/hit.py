"""Hit policies: what the outputs are when several rows match (DMN 1.5, 8.2.8 and 10.3.4.6).

Where a table has several outputs, each is collected and aggregated for itself; priority looks at the outputs that have
allowed values, from left to right. The same code settles plain values for the reference and stored ones for what is
compiled.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from decidedly.feel.operators import add, equal, less
from decidedly.feel.values import kind

from .definition import Hit

Outputs = tuple[Any, ...]
_LISTS = frozenset(["collect", "rule order", "output order"])


class Fired(msgspec.Struct, frozen=True):
    """What a table gave: its outputs, the rows that decided (from 0), and a problem where it broke a rule."""

    outputs: Outputs
    rows: tuple[int, ...]
    problem: str = ""


class Settling(msgspec.Struct, frozen=True):
    """What a hit policy needs to know of a table.

    orders  : the allowed values of each output, best first; empty where it has none
    allowed : whether a value of an output is allowed; None where every value is
    """

    hit: Hit
    names: tuple[str, ...]
    orders: tuple[tuple[Any, ...], ...]
    allowed: tuple[Callable[[Any], bool] | None, ...]

    @property
    def lists(self) -> bool:
        """Whether each output is a list of what the rows give."""
        return self.hit in _LISTS

    def none(self, default: Outputs | None) -> Fired:
        """The result where no row matches."""
        if default is not None:
            return Fired(tuple([value] for value in default) if self.lists else default, ())
        return Fired((0 if self.hit == "collect #" else None,) * len(self.names), ())

    def settle(self, matched: Sequence[int], found: Sequence[Outputs]) -> Fired:
        """The result for the rows that match, at least one, with the outputs of each."""
        for row, outputs in zip(matched, found, strict=True):
            if problem := self._not_allowed(row, outputs):
                return self._broken(matched, problem)
        match self.hit:
            case "unique":
                if len(matched) > 1:
                    return self._broken(matched, f"unique: {_rows(matched)} match")
                return Fired(found[0], (matched[0],))
            case "any":
                for row, outputs in zip(matched[1:], found[1:], strict=True):
                    if equal(list(outputs), list(found[0])) is not True:
                        pair = _rows((matched[0], row))
                        return self._broken(matched, f"any: {pair} match and give different results")
                return Fired(found[0], tuple(matched))
            case "first":
                return Fired(found[0], (matched[0],))
            case "priority":
                best = min(range(len(found)), key=lambda place: self._rank(found[place]))
                return Fired(found[best], (matched[best],))
            case "output order":
                ranked = sorted(range(len(found)), key=lambda place: self._rank(found[place]))
                rows = tuple(matched[place] for place in ranked)
                return Fired(_columns([found[place] for place in ranked]), rows)
            case "collect" | "rule order":
                return Fired(_columns(found), tuple(matched))
            case "collect #":
                return Fired((len(found),) * len(self.names), tuple(matched))
            case _:
                aggregate = AGGREGATES[self.hit]
                return Fired(tuple(aggregate(column) for column in _columns(found)), tuple(matched))

    def _broken(self, rows: Sequence[int], problem: str) -> Fired:
        return Fired((None,) * len(self.names), tuple(rows), problem)

    def _not_allowed(self, row: int, outputs: Outputs) -> str:
        for name, allowed, value in zip(self.names, self.allowed, outputs, strict=True):
            if allowed is not None and value is not None and not allowed(value):
                return f"row {row + 1} gives a value that is not allowed for '{name}'"
        return ""

    def _rank(self, outputs: Outputs) -> tuple[int, ...]:
        return tuple(
            next((place for place, value in enumerate(order) if equal(value, output) is True), len(order))
            for order, output in zip(self.orders, outputs, strict=True)
        )


def _rows(rows: Sequence[int]) -> str:
    """`rows 1 and 3`, as a person counts them."""
    numbers = [str(row + 1) for row in rows]
    return f"rows {', '.join(numbers[:-1])} and {numbers[-1]}"


def _columns(found: Sequence[Outputs]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*found, strict=True))


def _sum(values: list[Any]) -> Any:
    # The built-in sum(): of numbers alone. Scaled integers are summed as they are stored.
    result = values[0]
    if kind(result) != "number":
        return None
    for value in values[1:]:
        if kind(value) != "number":
            return None
        result = result + value if isinstance(value, int) and isinstance(result, int) else add(result, value)
    return result


def _least(values: list[Any]) -> Any:
    result = values[0]
    for value in values:
        before = less(value, result)
        if before is None:
            return None
        result = value if before else result
    return result


def _most(values: list[Any]) -> Any:
    result = values[0]
    for value in values:
        after = less(result, value)
        if after is None:
            return None
        result = value if after else result
    return result


AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {"collect +": _sum, "collect <": _least, "collect >": _most}
"""Null where a value is null or of a kind that cannot be aggregated."""

"""Hit policies: what the outputs are when several rows match (DMN 1.5, 8.2.8 and 8.2.11)."""

from typing import Any

import msgspec

from decidedly.feel.operators import add, equal, less
from decidedly.feel.types import Type

from .definition import Hit


class Fired(msgspec.Struct, frozen=True):
    """What a table gave: its outputs, the rows that decided (from 0), and a problem if the hit policy was broken."""

    outputs: tuple[Any, ...]
    rows: tuple[int, ...]
    problem: str = ""


def rows_that_match(tests: tuple[bool, ...]) -> tuple[int, ...]:
    """The places of the true tests."""
    return tuple([place for place, test in enumerate(tests) if test])


def settle(
    hit: Hit,
    orders: list[list[Any]],
    types: tuple[Type, ...],
    matched: tuple[int, ...],
    outputs: tuple[tuple[Any, ...], ...],
    default: tuple[Any, ...] | None,
) -> Fired:
    """The result for the rows that match; `orders` are the allowed values of each output, best first."""
    blank = (None,) * len(types)
    if not matched:
        if default is None and hit == "collect #":
            return Fired((0,) * len(types), ())
        return Fired(blank if default is None else default, ())
    found = [outputs[row] for row in matched]
    match hit:
        case "unique":
            if len(matched) > 1:
                return Fired(blank, matched, "unique: more than one row matches")
            return Fired(found[0], matched)
        case "any":
            if any(equal(list(other), list(found[0])) is not True for other in found[1:]):
                return Fired(blank, matched, "any: rows that match give different results")
            return Fired(found[0], matched)
        case "first":
            return Fired(found[0], matched[:1])
        case "priority":
            best = min(range(len(found)), key=lambda place: _rank(orders, found[place]))
            return Fired(found[best], (matched[best],))
        case "output order":
            ranked = sorted(range(len(found)), key=lambda place: _rank(orders, found[place]))
            return Fired(_columns([found[place] for place in ranked]), tuple(matched[place] for place in ranked))
        case "collect" | "rule order":
            return Fired(_columns(found), matched)
        case "collect #":
            return Fired((len(found),) * len(types), matched)
        case _:
            return Fired(tuple(_aggregate(hit, column) for column in _columns(found)), matched)


def _columns(found: list[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*found, strict=True))


def _rank(orders: list[list[Any]], outputs: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(
        order.index(output) if output in order else len(order) for order, output in zip(orders, outputs, strict=True)
    )


def _aggregate(hit: Hit, values: list[Any]) -> Any:
    if None in values:
        return None
    result = values[0]
    for value in values[1:]:
        if hit == "collect +":
            # Scaled integers are summed as they are stored.
            result = result + value if isinstance(value, int) and isinstance(result, int) else add(result, value)
        elif less(value, result) is (hit == "collect <"):
            result = value
    return result

"""Parts of a tree whose value no fact changes: constants, and what is null whatever the facts are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from .. import tree
from ..builtins import BUILTINS
from ..interpret import evaluate
from ..tree import Node
from ..types import DATE, DATE_TIME, FunctionOf


def is_constant(node: Node) -> bool:
    """Whether it reads nothing, so that it is computed once."""
    return not isinstance(node.type, FunctionOf) and not tree.references(node) and not tree.free_locals(node)


def constant(node: Node) -> tuple[Any] | None:
    """The plain value of what reads nothing, in a tuple; else None."""
    return (evaluate(node, {}),) if is_constant(node) else None


def is_null(node: Node, constants: list[tuple[Any] | None]) -> bool:
    """Whether it is null for all facts: a call or an arithmetic operation of which a constant operand is, or the stored
    form of the time of day of a date and time, as that has a zone.

    constants : the value of each of its children that is constant, in a tuple
    """
    places = [place for place, found in enumerate(constants) if found == (None,)]
    if isinstance(node, tree.Arithmetic):
        return bool(places)
    if isinstance(node, tree.Zoned):
        made = node.of
        return isinstance(made, tree.Call) and made.function == "time" and _zoned(made.arguments)
    if not isinstance(node, tree.Call) or not places:
        return False
    forms = BUILTINS[node.function].forms
    taken = forms if node.form < 0 else forms[node.form : node.form + 1]
    return any(all(_wants(form, place) for form in taken) for place in places)


def _zoned(arguments: tuple[Node, ...]) -> bool:
    return len(arguments) == 1 and arguments[0].type in (DATE, DATE_TIME)


def _wants(form: Any, place: int) -> bool:
    """Whether a form gives null where the argument at a place is null."""
    if place >= len(form.params):
        return True
    gathered = form.gather == "rest" and place == len(form.params) - 1
    return not form.params[place].nullable and not gathered


def reciprocal(found: tuple[Any] | None) -> tuple[int, int] | None:
    """One divided by a constant exactly, as a whole number and its scale; None where that takes many digits."""
    if found is None or not isinstance(found[0], Decimal) or not found[0] or abs(found[0].adjusted()) > _FAR:
        return None
    inverse = 1 / Fraction(found[0])
    for scale in range(_FAR + 1):
        whole = inverse * 10**scale
        if whole.denominator == 1:
            return whole.numerator, scale
    return None


_FAR = 9

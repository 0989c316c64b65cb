"""The operators `+`, `-`, `*`, `/` and `**`: by the forms of their sides."""

from __future__ import annotations

from .. import tree
from ..types import DATE, DATE_TIME, DAYS, MONTHS, TIME
from . import calendar, numbers, texts
from .dialect import null
from .emit import Emitter, emits
from .forms import FallsBack, Made, Null, Text

_TEMPORAL = (DATE, DATE_TIME, TIME, DAYS, MONTHS)


@emits(tree.Arithmetic)
def arithmetic(emitter: Emitter, node: tree.Arithmetic) -> Made:
    a, b = emitter.value(node.left), emitter.value(node.right)
    if isinstance(a.form, Null) or isinstance(b.form, Null):
        return Made(null(), Null())
    if node.op == "**":
        raise FallsBack("it raises to a power")
    if isinstance(a.form, Text) and isinstance(b.form, Text) and node.op == "+":
        return texts.joined(emitter, a, b)
    if node.type in _TEMPORAL:
        raise FallsBack("it computes a time that is not held to what is stored")
    if node.op == "/" and (divided := calendar.lengths_divided(a, b)):
        return divided
    return numbers.add(emitter, node.op, a, b)

"""The typed tree: frozen nodes with their place, static type and resolved references.

Only `check.py` makes nodes, so a tree without errors is well typed. The interpreter and every backend read it alone.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_type_hints

import msgspec

from .scope import Reference
from .types import Type


class Span(msgspec.Struct, frozen=True):
    """Offsets in the text, and the line and column (from 1) of the start."""

    start: int
    end: int
    line: int
    column: int


class Node(msgspec.Struct, frozen=True):
    at: Span
    type: Type
    height: int


class Literal(Node, frozen=True):
    """A plain value: an exact number is a Decimal."""

    value: Any


class Fact(Node, frozen=True):
    reference: Reference


class Local(Node, frozen=True):
    """A name bound by `for`, `some`, `every`, a filter (`item`) or a table's column (`?`)."""

    name: str
    number: int


class Negate(Node, frozen=True):
    of: Node


class Arithmetic(Node, frozen=True):
    op: str
    left: Node
    right: Node


class Compare(Node, frozen=True):
    op: str
    left: Node
    right: Node


class And(Node, frozen=True):
    parts: tuple[Node, ...]


class Or(Node, frozen=True):
    parts: tuple[Node, ...]


class Not(Node, frozen=True):
    of: Node


class Between(Node, frozen=True):
    """`of between low and high`, or `of` in a literal range."""

    of: Node
    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


class Member(Node, frozen=True):
    """`of` equals one of several literals."""

    of: Node
    values: tuple[Literal, ...]


class Matches(Node, frozen=True):
    """`of in test` where the static types do not tell what is meant."""

    of: Node
    test: Node


class If(Node, frozen=True):
    condition: Node
    then: Node
    otherwise: Node


class For(Node, frozen=True):
    """`flat`: a second binder is the For that is the body, its results are joined. `partial` is the number of the local
    that holds the results so far, the same for all binders of one loop, 0 where it is not used."""

    number: int
    over: Node
    body: Node
    flat: bool
    partial: int = 0


class Quantified(Node, frozen=True):
    every: bool
    number: int
    over: Node
    body: Node


class Filter(Node, frozen=True):
    """The items whose condition is true; a condition of type any may turn out to be a number, the position of one."""

    number: int
    over: Node
    condition: Node


class Index(Node, frozen=True):
    over: Node
    index: Node


class Items(Node, frozen=True):
    """A list literal."""

    items: tuple[Node, ...]


class AsList(Node, frozen=True):
    """A value of unknown type as a list: a list itself, null as the empty list, others as a list of one; with `counts`
    to be gone through: a range is the numbers or dates in it, and null is none."""

    of: Node
    counts: bool = False


class Count(Node, frozen=True):
    """The whole numbers or dates from low to high, for iteration."""

    low: Node
    high: Node


class Bounds(Node, frozen=True):
    """A range literal; `form` as in values.Range."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool
    form: str = ""


class Entries(Node, frozen=True):
    """A context literal. Where later entries read earlier ones, `numbers` are those of the Locals for the entries."""

    names: tuple[str, ...]
    values: tuple[Node, ...]
    numbers: tuple[int, ...] = ()


class Field(Node, frozen=True):
    """A field of a context; where the type does not tell, of each context of a list, or a part of a temporal value."""

    of: Node
    name: str


class Lookup(Node, frozen=True):
    """A name in a filter over items of unknown type: the field of the item if it is a context that has it, else what
    the name means outside of the filter."""

    item: Node
    name: str
    otherwise: Node


class Property(Node, frozen=True):
    """A part of a temporal value or range: year, hours, start included."""

    of: Node
    name: str


class Call(Node, frozen=True):
    """A built-in with its arguments in the order of the parameters of one of its forms.

    Trailing optional ones may be missing. `form` is that form's place where the parameters' names told it, and -1 where
    the number and types of the arguments do.
    """

    function: str
    arguments: tuple[Node, ...]
    form: int = -1


class InstanceOf(Node, frozen=True):
    of: Node
    wanted: Type


class Named(Node, frozen=True):
    """A name that stands for an expression, such as a segment: transparent in every backend."""

    name: str
    of: Node


class Zoned(Node, frozen=True):
    """A temporal value that was made, as it is stored: in UTC where it names no offset or zone, null where Python's
    types are too small. So it is meant in the playbook; decision models keep it as it is."""

    of: Node


class Lambda(Node, frozen=True):
    """A function literal: its parameters are Locals of these numbers; `own` is the number of the Local that is the
    function itself, 0 where its body does not read it."""

    names: tuple[str, ...]
    numbers: tuple[int, ...]
    types: tuple[Type, ...]
    body: Node
    own: int = 0


class BuiltIn(Node, frozen=True):
    """The bare name of a built-in function: the function as a value."""

    name: str


class Invoke(Node, frozen=True):
    """The call of a function value: `names` is empty where the arguments are positional."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    for name, many in _parts(type(node)):
        if many:
            yield from getattr(node, name)
        else:
            yield getattr(node, name)


@cache
def _parts(of: type[Node]) -> tuple[tuple[str, bool], ...]:
    """The fields of a kind of node that hold nodes, and whether each holds several."""
    hints = get_type_hints(of)
    nodes = (Node, Literal, tuple[Node, ...], tuple[Literal, ...])
    return tuple((name, hints[name] not in (Node, Literal)) for name in of.__struct_fields__ if hints[name] in nodes)


def references(node: Node) -> tuple[Reference, ...]:
    """All facts a tree can read, each once, in the order of the text."""
    found: dict[Reference, None] = {}
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Fact):
            found[here.reference] = None
        waiting.extend(reversed(list(children(here))))
    return tuple(found)


def free_locals(node: Node) -> tuple[Local, ...]:
    """The locals that a tree reads and does not bind itself, each once."""
    found: dict[int, Local] = {}
    own: set[int] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Local):
            found.setdefault(here.number, here)
        elif isinstance(here, For):
            own |= {here.number, here.partial}
        elif isinstance(here, Quantified | Filter):
            own.add(here.number)
        elif isinstance(here, Entries | Lambda):
            own.update(here.numbers)
            own.add(getattr(here, "own", 0))
        waiting.extend(children(here))
    return tuple(local for number, local in found.items() if number not in own)


def depth(node: Node) -> int:
    """The levels of a tree, those of named expressions included."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        here, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(here))
    return deepest


def named_in(node: Node) -> Iterator[Named]:
    """The names that stand for expressions in a tree, without those inside of one another."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Named):
            yield here
        else:
            waiting.extend(children(here))


def lowest_number(node: Node) -> int | None:
    """The lowest number of a local that a tree binds or reads; None where it has none."""
    found: list[int] = []
    waiting = [node]
    while waiting:
        here = waiting.pop()
        found += [n for name in ("number", "partial", "own") if (n := getattr(here, name, 0))]
        found += [n for n in getattr(here, "numbers", ()) if n]
        waiting.extend(children(here))
    return min(found, default=None)


def renumbered(node: Node, by: int) -> tuple[Node, int]:
    """The tree with the numbers of its locals moved, so that they meet no others; and the highest number then."""
    highest = by
    changes: dict[str, Any] = {}
    for name in node.__struct_fields__[3:]:
        value = getattr(node, name)
        if name in ("number", "partial", "own"):
            changes[name] = value + by if value else 0
            highest = max(highest, changes[name])
        elif name == "numbers":
            changes[name] = tuple(number + by if number else 0 for number in value)
            highest = max(highest, by, *changes[name])
        elif isinstance(value, Node):
            changes[name], high = renumbered(value, by)
            highest = max(highest, high)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            moved = [renumbered(item, by) if isinstance(item, Node) else (item, by) for item in value]
            changes[name] = tuple(item for item, _ in moved)
            highest = max(highest, *(high for _, high in moved))
    return (msgspec.structs.replace(node, **changes) if changes else node), highest

"""Segments as names that stand for their rules, so that policies, priorities and other segments can use them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decidedly.core.dictionary import Dictionary
from decidedly.core.policy import Segment
from decidedly.feel import ANY, BOOLEAN, Diagnostic, Name, Place, Scope, did_you_mean, parse
from decidedly.feel.reports import HEIGHT_LIMIT
from decidedly.feel.tree import Literal, Named, Node, Span, children
from decidedly.feel.types import NULL
from decidedly.playbook.scope import SEGMENT, policy_scope
from decidedly.rules import as_expression, is_condition, read_table, type_table

BELONGS = "belongs"
"""The output of a segment's table that says who is in it."""

NESTED = 20
"""Most segments inside one another."""

_UNKNOWN = Literal(Span(0, 0, 1, 1), BOOLEAN, 1, None)
"""Stands for a segment whose rule cannot be read: nobody is in it."""


def segment_names(dictionary: Dictionary, segments: Sequence[Segment]) -> tuple[Name, ...]:
    """A name with its tree for each segment, in the order given; of a checked playbook all of them can be read."""
    return read_segments(dictionary, segments)[0]


def read_segments(
    dictionary: Dictionary, segments: Sequence[Segment]
) -> tuple[tuple[Name, ...], tuple[Diagnostic, ...]]:
    """As `segment_names`, with what is wrong: a rule that cannot be read, and circles of segments with their path."""
    by_id = {one.id: one for one in segments}
    draft = policy_scope(dictionary, [Name(id, BOOLEAN, tree=_UNKNOWN) for id in by_id])
    uses = {one.id: tuple(dict.fromkeys(_uses(_tree(one, draft)[0]))) for one in segments}
    order, circles = _order(uses)
    trees: dict[str, Node] = dict.fromkeys(by_id, _UNKNOWN)
    problems = [_circle(path, by_id) for path in circles]
    depth: dict[str, int] = {}
    for id in order:
        depth[id] = 1 + max((depth.get(used, 0) for used in uses[id]), default=0)
        if depth[id] > NESTED:
            message = f"This segment lies more than {NESTED} segments deep in others."
            problems.append(Diagnostic("segments.nested", message, "Write out one of them.", by_id[id].place))
            continue
        scope = policy_scope(dictionary, [Name(name, BOOLEAN, tree=known) for name, known in trees.items()])
        found, more = _tree(by_id[id], scope)
        problems += more
        if found is not None:
            trees[id] = found
    return tuple(Name(id, BOOLEAN, tree=known) for id, known in trees.items()), tuple(problems)


def _tree(segment: Segment, scope: Scope) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    if segment.table is not None:
        return _of_table(segment, scope)
    if segment.when is None:
        return None, ()
    found, problems = parse(segment.when.text, scope, place=segment.when.place)
    if found is not None and found.type != BOOLEAN and found.type not in (ANY, NULL):
        message = f"A segment is a condition, but this gives {found.type}."
        return None, (*problems, Diagnostic("feel.type", message, "Compare it with something.", segment.when.place))
    return found, problems


def _of_table(segment: Segment, scope: Scope) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    assert segment.table is not None
    table, problems = read_table(segment.table.text, place=segment.table.place)
    if table is None:
        return None, problems
    typed, problems = type_table(table, scope)
    if typed is None:
        return None, problems
    names = [output.head.text for output in typed.outputs]
    if BELONGS not in names or not is_condition(typed, BELONGS):
        message = f"A segment's table must say '-> {BELONGS}': true or false."
        hint = did_you_mean(BELONGS, names)
        return None, (*problems, Diagnostic("segments.belongs", message, hint, segment.place))
    if table.hit != "first":
        message = f"A segment's table decides by the first row that fits, but this has hit = '{table.hit}'."
        return None, (*problems, Diagnostic("segments.hit", message, 'Write hit = "first".', segment.place))
    found = as_expression(typed, BELONGS)
    if found.height > HEIGHT_LIMIT:
        message = "This table has too many rows for a segment."
        return None, (*problems, Diagnostic("feel.too-deep", message, "Split it into several segments.", segment.place))
    return found, problems


def _uses(node: Node | None) -> Iterator[str]:
    if node is None:
        return
    if isinstance(node, Named):
        if node.name.startswith(f"{SEGMENT}."):
            yield node.name.removeprefix(f"{SEGMENT}.")
        return
    for child in children(node):
        yield from _uses(child)


def _order(uses: dict[str, tuple[str, ...]]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Ids so that each comes after those it uses; and the circles, each once, as the path that leads round."""
    done: dict[str, None] = {}
    circles: dict[frozenset[str], tuple[str, ...]] = {}

    def visit(id: str, path: tuple[str, ...]) -> None:
        if id in path:
            circle = path[path.index(id) :]
            circles.setdefault(frozenset(circle), circle)
        elif id not in done:
            for used in uses[id]:
                visit(used, (*path, id))
            done[id] = None

    for id in uses:
        visit(id, ())
    in_circles = frozenset().union(*circles)
    return [id for id in done if id not in in_circles], list(circles.values())


def _circle(path: tuple[str, ...], by_id: dict[str, Segment]) -> Diagnostic:
    shown = " uses ".join(f"'{id}'" for id in (*path, path[0]))
    place: Place = by_id[path[0]].place
    return Diagnostic(
        "segments.circle",
        f"These segments go round in a circle: {shown}.",
        "Write one of them without the other.",
        place,
    )

"""One person against many candidates gives what the reference gives for each, wherever the facts are told to belong."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from decidedly.feel import BOOLEAN, Name, Scope, compile_expression, evaluate
from decidedly.feel.blocks import one_to_many
from decidedly.feel.tree import Fact, Node

from .feel_cases import FACTS, IDS, Case, Tally, agreement, cases

SCOPE = Scope.of(
    {root: [Name(name, type_, IDS[name]) for name, type_ in FACTS.items()] for root in ("person", "action")},
    bare=["person"],
)
TALLY = Tally("one to many")


def moved(node: Node, ids: frozenset[str]) -> Node:
    """The tree with these facts read from the action instead of the person."""
    if isinstance(node, Fact) and node.reference.id in ids:
        return msgspec.structs.replace(node, reference=msgspec.structs.replace(node.reference, root="action"))
    changes: dict[str, Any] = {}
    for name in node.__struct_fields__[3:]:
        value = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = moved(value, ids)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            changes[name] = tuple(moved(item, ids) if isinstance(item, Node) else item for item in value)
    return msgspec.structs.replace(node, **changes) if changes else node


@agreement
@given(cases(kind="boolean"), st.sets(st.sampled_from(sorted(IDS.values()))))
def test_one_person_against_many_gives_what_the_reference_gives(case: Case, ids: set[str]) -> None:
    node = moved(case.compiled.tree, frozenset(ids))
    ready = one_to_many(node, SCOPE, "action", case.rows)
    TALLY.add(case, () if ready else ("row by row",))
    for person in case.rows[:5] if ready else ():
        found = ready.true(person, {})
        if found is None:  # its values have no form over columns: the rows are asked
            continue
        expected = [evaluate(node, {"person": person, "action": one}) is True for one in case.rows]
        assert found.tolist() == expected, (case.text, ids)


def test_what_rules_of_offers_mostly_are_has_the_form_over_columns() -> None:
    for text in (
        "visits >= action.visits",
        'city = action.city or action.city = "all"',
        "not(action.member) or score > 0.5",
        "action.born <= joined and joined < action.days off[1]",
        "budget between action.budget and action.spend days 31 to 60",
        "if member then true else action.score > score * 2",
    ):
        compiled, problems = compile_expression(text, SCOPE, BOOLEAN)
        assert compiled is not None, problems
        assert one_to_many(compiled.tree, SCOPE, "action", [{}]) is not None, text

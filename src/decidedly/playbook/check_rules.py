"""What can be told of a playbook's rules beyond that they compile.

Their examples come out as they say, they are valid now, and no rule of a lower tier allows what regulation refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from decidedly.core.playbook import Playbook
from decidedly.core.policy import Policy, Segment
from decidedly.feel import BOOLEAN, Diagnostic, Name, Place, Scope, parse
from decidedly.feel.scope import Reference
from decidedly.feel.tree import Literal, Node
from decidedly.feel.types import ANY
from decidedly.feel.values import to_plain
from decidedly.feel.words import fact_words, said_value
from decidedly.rules import (
    MAY_HAVE,
    TypedTable,
    as_expression,
    check_always,
    check_table,
    compare_rules,
    read_table,
    row_condition,
    run_examples,
    share_facts,
    type_table,
)

SOON = timedelta(days=90)
"""A rule that ends within this time is told."""


def check_rules(playbook: Playbook, scope: Scope, segments: Iterable[Name], on: date | None) -> list[Diagnostic]:
    """Problems by rule; a rule that does not compile is told elsewhere and left out here."""
    zone = ZoneInfo(playbook.brand.time_zone)
    found: list[Diagnostic] = []
    rules = {policy.id: rule for policy in playbook.policies if (rule := _rule(policy, scope)) is not None}
    for policy in playbook.policies:
        found += _validity(policy, on)
        rule = rules.get(policy.id)
        if rule is None:
            if policy.examples and policy.decision is not None:
                message = f"The examples of '{policy.name}' are not run: a decision model decides."
                found.append(Diagnostic("examples.not-run", message, "", policy.examples[0].place, "warning"))
            continue
        if not isinstance(rule, TypedTable):
            found += check_always(rule, policy.place, what="This condition")
        found += run_examples(rule, policy.examples, scope, MAY_HAVE, zone)
        if policy.tier != "regulation":
            for higher in playbook.policies:
                if higher.tier == "regulation" and higher.id in rules:
                    found += _against(policy, rule, higher, rules[higher.id])
    for segment, name in zip(playbook.segments, segments, strict=True):
        found += _segment(segment, name, scope, zone)
    return found


def _rule(policy: Policy, scope: Scope) -> Node | TypedTable | None:
    if policy.table is not None:
        table, _ = read_table(policy.table.text, place=policy.table.place)
        typed = None if table is None else type_table(table, scope)[0]
        return typed if typed is not None and MAY_HAVE in [one.head.text for one in typed.outputs] else None
    if policy.when is None:
        return None
    tree, problems = parse(policy.when.text, scope, place=policy.when.place)
    sound = tree is not None and not any(problem.severity == "error" for problem in problems)
    return tree if sound and tree is not None and tree.type in (BOOLEAN, ANY) else None


def _segment(segment: Segment, name: Name, scope: Scope, zone: ZoneInfo) -> Iterator[Diagnostic]:
    assert name.tree is not None
    if segment.table is not None:
        table, _ = read_table(segment.table.text, place=segment.table.place)
        typed = None if table is None else type_table(table, scope)[0]
        yield from () if typed is None else check_table(typed)
    else:
        yield from check_always(name.tree, segment.place, what="This condition")
    yield from run_examples(name.tree, segment.examples, scope, "", zone)


def _validity(policy: Policy, on: date | None) -> Iterator[Diagnostic]:
    start, end = policy.valid_from, policy.valid_to
    if start is not None and end is not None and start > end:
        message = f"'{policy.name}' is valid from {said_value(start)} to {said_value(end)}: never."
        yield Diagnostic("policies.valid", message, "Swap the days.", policy.place)
    elif on is not None and end is not None and end < on:
        message = f"'{policy.name}' lapsed on {said_value(end)}: it drops nothing any more."
        yield Diagnostic("policies.lapsed", message, f"Ask {policy.owner or 'its owner'}.", policy.place, "warning")
    elif on is not None and end is not None and end - on <= SOON:
        message = f"'{policy.name}' lapses after {said_value(end)}: then it drops nothing any more."
        yield Diagnostic("policies.lapses", message, f"Ask {policy.owner or 'its owner'}.", policy.place, "warning")


def _against(policy: Policy, rule: Node | TypedTable, higher: Policy, law: Node | TypedTable) -> Iterator[Diagnostic]:
    """A lower rule against one of regulation: what it allows though the law refuses it; whether it changes anything."""
    if policy.place == higher.place:
        return
    above, own = _tree(law), _tree(rule)
    if above is None or own is None or not share_facts(own, above):
        return
    verdict = compare_rules(own, above)
    if not verdict.told:
        message = f"Whether this contradicts '{higher.name}' was not analysed: {verdict.why}."
        yield Diagnostic("policies.not-analysed", message, "", policy.place, "warning")
        return
    if verdict.refused is not None:
        message = f"All that this lets pass, '{higher.name}' refuses: for example {_point(verdict.refused)}."
        yield Diagnostic("policies.contradiction", message, _law(higher), policy.place, "warning")
    elif verdict.no_effect:
        message = f"This lets pass all that '{higher.name}' lets pass, so it changes nothing."
        yield Diagnostic("policies.no-effect", message, "It can go.", policy.place, "warning")
    elif isinstance(rule, TypedTable):
        yield from _rows(rule, higher, above)


def _rows(typed: TypedTable, higher: Policy, above: Node) -> Iterator[Diagnostic]:
    """Rows that say true where regulation always says otherwise."""
    for row, values in enumerate(typed.values):
        value, condition = values[typed.place(MAY_HAVE)], row_condition(typed, row)
        if condition is None or not (isinstance(value, Literal) and value.value is True):
            continue
        verdict = compare_rules(condition, above) if share_facts(condition, above) else None
        if verdict is not None and verdict.refused is not None:
            message = f"This row allows what '{higher.name}' refuses: for example {_point(verdict.refused)}."
            place: Place = typed.table.rows[row].place
            yield Diagnostic("policies.contradiction", message, _law(higher), place, "warning")


def _tree(rule: Node | TypedTable) -> Node | None:
    if not isinstance(rule, TypedTable):
        return rule
    return as_expression(rule, MAY_HAVE) if rule.table.hit == "first" else None


def _law(higher: Policy) -> str:
    return f"Nothing may override it: {higher.source}." if higher.source else "Nothing may override it."


def _point(point: dict[Reference, object]) -> str:
    return ", ".join(
        f"{fact_words(one.path, one.root)} is {said_value(to_plain(one.type, value), one.type)}"
        for one, value in point.items()
    )

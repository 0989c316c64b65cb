"""Circle: a group as of a moment, and what the decisions for one of its members may read of it.

Of the members who refused profiling nothing is read for anybody else. Of a group with more members than its kind has,
nothing is told of any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from decidedly.core.dictionary import GROUP_ROLE, HIDDEN, MEMBERS, PROFILING, SINCE, Dictionary, GroupKind, Seen, SeenIs
from decidedly.core.errors import BadInput
from decidedly.core.group import TOLD, Group, Member, Membership
from decidedly.core.person import Pane, Person
from decidedly.core.provenance import Fact, Provenance
from decidedly.feel import BOOLEAN, Compiled, Diagnostic, Name, Scope, compile_expression
from decidedly.person.aggregates import aggregates
from decidedly.person.as_read import as_read, readers_of
from decidedly.person.combine import persons_at, seen
from decidedly.person.consent import permitted
from decidedly.person.declared import aggregate_type
from decidedly.person.group import traits_at
from decidedly.person.panes import union
from decidedly.person.schema import Schema, remembered, schema_of, type_of
from decidedly.ports.reader import Gathered

Look = Callable[[Membership, datetime], "Circle"]
"""The group that somebody is in, as of a moment."""


class Circle(msgspec.Struct, frozen=True, eq=False):
    """members: None where there are too many to be told; heard: of each, whether others' decisions may read of them."""

    kind: GroupKind
    traits: dict[str, Fact]
    members: tuple[Person, ...] | None
    heard: tuple[bool, ...] = ()


def circle_of(gathered: Gathered, membership: Membership, at: datetime, dictionary: Dictionary) -> Circle:
    """The group of a membership as of a moment."""
    kind = dictionary.group(membership.kind)
    assert kind is not None, "a person is in groups of declared kinds alone"
    traits = traits_at(gathered.leaf, kind, at)
    members = None if gathered.crowded else _members(gathered, membership, at, dictionary)
    if members is None or len(members) > kind.most_members:
        return Circle(kind, traits, None)
    purpose = dictionary.purpose(PROFILING)
    heard = tuple(permitted(one, purpose) for one in members)
    return Circle(kind, traits, members, heard)


def group_at(gathered: Gathered, kind: GroupKind, group: str, at: datetime, dictionary: Dictionary) -> Group:
    """The group as of a moment, for whoever may read people's records."""
    asked = Membership(
        kind=kind.id, group=group, message_id="", provenance=Provenance(how="given", source="", at=at)
    )  # fmt: skip
    members = None if gathered.crowded else _members(gathered, asked, at, dictionary)
    told = None if members is None or len(members) > kind.most_members else members
    return Group(
        kind=kind.id,
        group=group,
        at=at,
        traits=traits_at(gathered.leaf, kind, at),
        members=None if told is None else tuple(
            Member(person=one.id, identifiers=one.identifiers, membership=_in(one, asked.id)) for one in told
        ),
    )  # fmt: skip


def grouped(person: Person, dictionary: Dictionary, look: Look, wanted: Collection[str] | None = None) -> Person:
    """The person with what rules may read of the groups they are in: facts, and the histories that aggregates read.

    Of several groups of one kind the one joined last tells. wanted: ids of facts and aggregates, None for all; nothing
    is looked up where none of them is of a group. Raises BadInput for a condition that `check` reports.
    """
    facts: dict[str, Fact] = {}
    among: dict[str, dict[str, Pane]] = {}
    reads = _reads(dictionary)
    for kind, membership in _told(person.groups).items():
        if wanted is not None and reads[kind].isdisjoint(wanted):
            continue
        circle = look(membership, person.at)
        together = None if circle.members is None else _together(circle, person)
        facts.update(_facts(circle, together, membership, person.at, dictionary, wanted))
        histories = {
            one.of for one in dictionary.aggregates if one.among == kind and (wanted is None or one.id in wanted)
        }
        if histories and together is not None:
            among[kind] = _histories(together, histories, schema_of(dictionary))
    return replace(person, facts={**person.facts, **facts}, among=among) if facts or among else person


def seen_problems(kind: GroupKind, dictionary: Dictionary) -> list[tuple[str, Diagnostic]]:
    """What is wrong with what members see of each other, each with the id of the condition."""
    scope, hidden = _scope(dictionary), dictionary.hidden
    found = []
    for one in kind.sees:
        compiled, problems = compile_expression(one.when.text, scope, BOOLEAN, place=one.when.place)
        found += [(one.id, problem) for problem in problems]
        reads = [str(read) for read in compiled.reads if read.id in hidden] if compiled else []
        if reads and one.sensitivity not in HIDDEN:
            message = f"'{one.name}' reads '{reads[0]}', which is not for everybody, and is for everybody itself."
            hint = 'Give it a sensitivity: "special-category" or "secret".'
            found.append((one.id, Diagnostic("dictionary.group", message, hint, one.when.place)))
    return found


def _members(
    gathered: Gathered, asked: Membership, at: datetime, dictionary: Dictionary
) -> tuple[Person, ...]:  # fmt: skip
    persons = [seen(one, at, dictionary) for stored in gathered.persons for one in persons_at(stored, at)]
    return tuple(sorted((one for one in persons if _in(one, asked.id) is not None), key=lambda one: one.id))


def _in(person: Person, group: str) -> Any:
    return next((one for one in person.groups if one.id == group), None)


def _told(groups: Sequence[Membership]) -> Mapping[str, Membership]:
    """Kind -> the group joined last."""
    return {one.kind: one for one in reversed(groups)}


def _together(circle: Circle, person: Person) -> list[Person]:
    """Those whose records may be read for a person's decisions, the person among them: whole records, of which the one
    at hand may hold only what was wanted."""
    everybody = zip(circle.members or (), circle.heard, strict=True)
    return [one for one, heard in everybody if heard or one.id == person.id]


def _facts(
    circle: Circle,
    together: Sequence[Person] | None,
    membership: Membership,
    at: datetime,
    dictionary: Dictionary,
    wanted: Collection[str] | None,
) -> dict[str, Fact]:
    kind = circle.kind

    def said(value: Any) -> Fact:
        return Fact(value=value, provenance=membership.provenance, message_id=membership.message_id)

    assert membership.since is not None
    found = {SINCE: said(membership.since.isoformat()), **circle.traits}
    if membership.role:
        found[GROUP_ROLE] = said(membership.role)
    if together is not None:
        learnt = Provenance(how="learnt", source=kind.id, at=at)
        sees = [one for one in kind.sees if wanted is None or kind.fact(one.id) in wanted]
        for id, value in {MEMBERS: len(together), **_saw(kind, sees, together, at, dictionary)}.items():
            found[id] = Fact(value=value, provenance=learnt, message_id=TOLD + kind.fact(id))
    return {kind.fact(id): fact for id, fact in found.items()}


def _counted(how: SeenIs, saw: Sequence[bool]) -> bool | int:
    return any(saw) if how == "any" else all(saw) if how == "all" else sum(saw)


def _histories(persons: Sequence[Person], kinds: Iterable[str], schema: Schema) -> dict[str, Pane]:
    return {
        kind: union(panes, schema.kinds[kind]) if len(panes) > 1 else panes[0]
        for kind in sorted(kinds)
        if (panes := [pane for one in persons if (pane := one.panes.get(kind)) is not None])
    }


def _saw(
    kind: GroupKind, sees: Sequence[Seen], together: Sequence[Person], at: datetime, dictionary: Dictionary
) -> dict[str, bool | int]:
    """Id -> whether a condition is true of any or all of these people, or of how many."""
    if not sees:
        return {}
    conditions = {one.id: _conditions(dictionary)[kind.id][one.id] for one in sees}
    reads = {one.id for compiled in conditions.values() for one in compiled.reads if one.root == "person"}
    context = {"now": at, "today": at.astimezone(ZoneInfo(dictionary.time_zone)).date()}
    known = [_known(one, dictionary, reads) for one in together]
    return {one.id: _counted(one.is_, [_holds(conditions[one.id], facts, context) for facts in known]) for one in sees}


def _known(person: Person, dictionary: Dictionary, reads: Collection[str]) -> dict[str, Any]:
    """What a condition may read of a member."""
    counted = aggregates(person, dictionary, reads)
    values = {id: fact.value for id, fact in person.facts.items() if id in reads}
    values.update((id, value) for id, value in counted.items() if value is not None)
    return as_read(values, readers_of(dictionary)["person"])


def _holds(compiled: Compiled, facts: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    """Whether a condition is true; one that breaks on a value is not."""
    try:
        return compiled.fn(facts, context) is True
    except Exception:
        return False


@remembered
def _conditions(dictionary: Dictionary) -> dict[str, dict[str, Compiled]]:
    """Kind -> id -> condition."""
    scope = _scope(dictionary)
    found: dict[str, dict[str, Compiled]] = {}
    for kind in dictionary.groups:
        found[kind.id] = {}
        for one in kind.sees:
            compiled, problems = compile_expression(one.when.text, scope, BOOLEAN, place=one.when.place)
            if compiled is None:
                raise BadInput(problems[0].message, place=f"dictionary group '{kind.id}'", hint=problems[0].hint)
            found[kind.id][one.id] = compiled
    return found


def _scope(dictionary: Dictionary) -> Scope:
    """What a condition on one member may read: attributes and aggregates of their own, nothing of their groups."""
    names = [
        *(Name(one.name, type_of(one.type), one.id) for one in dictionary.attributes if one.of == "person"),
        *(
            Name(one.name, type_of(aggregate_type(one, dictionary)), one.id)
            for one in dictionary.aggregates
            if one.root == "person" and not one.among
        ),
    ]
    return Scope.of({"person": names, "context": ()}, bare=["person"], clock="context")


@remembered
def _reads(dictionary: Dictionary) -> dict[str, frozenset[str]]:
    """Kind -> ids of the person's facts that are told of it."""
    return {
        kind.id: frozenset(
            (
                *(one.id for one in kind.attributes),
                *(one.id for one in dictionary.aggregates if one.among == kind.id),
            )
        )
        for kind in dictionary.groups
    }

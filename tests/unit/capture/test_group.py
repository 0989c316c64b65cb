"""Events about groups: taken in from trackers, CloudEvents and code, checked, each once, in any order."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.memory import MemoryPositions
from decidedly.capture import (
    Graph,
    Ports,
    Word,
    cloudevents,
    infer,
    merge,
    rebuild,
    segment,
    take_rows,
    unmerge,
)
from decidedly.core.event import Event
from decidedly.core.group import TRAITS, group_id
from decidedly.core.identifier import Identifier
from decidedly.core.mapping import Position
from decidedly.playbook import propose, read_mapping
from tests.cases import NOON, event
from tests.homes import HOUR, Town, dictionary, joins, leaves
from tests.unit.capture.test_take_rows import Kept, Rows

HOUSEHOLDS = """
source = "crm"
[from]
file = "households.csv"
[events.group]
key = ["no", "home", "since"]
at = "since"
who.loyalty = "no"
needs = "home"
[events.group.fields]
group_id = "home"
group_kind = {value = "household"}
role = {column = "as", words = {P = "head", C = "child"}}
income-band = "income"
"""
LATER = NOON + timedelta(days=2)
HOME = group_id("household", "H1")


def sent(*messages: dict[str, Any], context: dict[str, Any] | None = None) -> list[Event]:
    batch = {"batch": list(messages), "context": context or {}}
    received = segment(json.dumps(batch).encode(), clock=FixedClock(NOON), dictionary=dictionary())
    assert not received.refusals
    return [raw.event for raw in received.raws]


def message(**more: Any) -> dict[str, Any]:
    return {"type": "group", "messageId": "m1", "userId": "1", "groupId": "H1", **more}


def test_a_trackers_group_message_makes_a_membership_and_the_groups_traits() -> None:
    town = Town()
    told = sent(message(traits={"income-band": "50-74K", "role": "head"}))
    report = town.hear(*told)
    assert (report.accepted, report.duplicates, report.rejected) == (1, 0, 0)
    assert town.told("loyalty:1", LATER, "household.role", "household.income-band") == ["head", "50-74K"]
    assert town.hear(*told) == replace(report, accepted=0, duplicates=1)
    assert town.hear(*told, *told).duplicates == 2


@pytest.mark.parametrize(
    ("more", "context", "group", "role"),
    [
        ({"groupId": 7}, {}, "household:7", ""),
        ({}, {"role": "child"}, "household:H1", "child"),
        ({"traits": {"role": "head"}}, {"role": "child"}, "household:H1", "head"),
        ({"groupId": "account:A1"}, {}, "account:A1", ""),
        ({"traits": {"group_type": "account"}}, {}, "account:H1", ""),
        ({}, {"groupType": "account"}, "account:H1", ""),
        ({"traits": {"group_kind": "account"}}, {"groupType": "household"}, "account:H1", ""),
    ],
)
def test_the_kind_and_the_role_stand_among_the_traits_or_in_the_context(
    more: dict[str, Any], context: dict[str, Any], group: str, role: str
) -> None:
    town = Town()
    report = town.hear(*sent(message(**more), context=context))
    assert report.accepted == 1, report
    (membership,) = town.person("loyalty:1", LATER).groups
    assert (membership.name, membership.role) == (group, role)


def test_a_track_event_ends_a_membership() -> None:
    town = Town()
    town.hear(joins(NOON - HOUR, "j1", "loyalty:1"))
    left = {"type": "track", "event": "Group Left", "messageId": "m2", "userId": "1", "properties": {"group_id": "H1"}}
    assert town.hear(*sent(left)).accepted == 1
    assert [one.name for one in town.person("loyalty:1", NOON).groups] == ["household:H1"]
    assert town.person("loyalty:1", LATER).groups == ()


def test_a_cloudevent_makes_a_membership() -> None:
    body = {
        "specversion": "1.0", "id": "1", "source": "/crm", "type": "group", "subject": "loyalty:1",
        "time": NOON.isoformat(), "data": {"group_id": "A1", "group_kind": "account", "plan": "gold"},
    }  # fmt: skip
    headers = {"content-type": "application/cloudevents+json"}
    received = cloudevents(json.dumps(body).encode(), headers, clock=FixedClock(NOON), dictionary=dictionary())
    town = Town()
    assert town.hear(*(raw.event for raw in received.raws)).accepted == 1
    assert town.told("loyalty:1", LATER, "account.plan") == ["gold"]


@pytest.mark.parametrize(
    ("said", "place", "hint"),
    [
        ({"group_id": "H1", "role": "hed"}, "properties.role", "Did you mean 'head'?"),
        ({"group_id": "H1", "group_kind": "houshold"}, "properties.group_kind", "Did you mean 'household'?"),
        ({"group_id": "A1", "group_kind": "account", "role": "head"}, "properties.role", "Roles are: none."),
        ({"group_id": "  "}, "properties.group_id", ""),
        ({"group_id": "x" * 600}, "properties.group_id", ""),
        ({"group_id": 1}, "properties.group_id", ""),
        ({}, "properties.group_id", "Send 'group_id' (string)."),
        ({"group_id": "H1", "income-band": 5}, "properties.income-band", ""),
    ],
)
def test_what_is_wrong_with_a_group_event_is_refused_with_its_place(
    said: dict[str, Any], place: str, hint: str
) -> None:
    report = Town().hear(event("group", NOON, "m1", "loyalty:1", **said))
    assert (report.accepted, report.rejected) == (0, 1)
    assert [one.place for one in report.refusals] == [f"batch[0].{place}"]
    assert report.refusals[0].hint == hint


def test_a_trait_of_another_kind_of_group_is_kept_and_flagged() -> None:
    town = Town()
    town.hear(joins(NOON, "m1", "loyalty:1", plan="gold"))
    assert town.state.events[0].event.flags == ("undeclared-field",)
    assert town.told("loyalty:1", LATER, "household.plan", "account.plan") == [None, None]


def test_nobody_can_send_the_events_of_a_group_itself() -> None:
    town = Town()
    own = replace(event(TRAITS, NOON, "m1"), identifiers=(Identifier("group/household", "H1"),))
    message = {"type": "track", "event": TRAITS, "messageId": "m2", "properties": {"income-band": "x"}}
    (tracked,) = sent({**message, "userId": "1", "context": {"externalIds": [{"type": "group/household", "id": "H1"}]}})
    assert [str(one) for one in tracked.identifiers] == ["loyalty:1"]
    mixed = replace(own, message_id="m3", identifiers=(*own.identifiers, Identifier("loyalty", "1")))
    assert town.hear(mixed).rejected == 1
    town.hear(tracked)
    assert HOME not in town.state.leaves


def test_events_about_groups_in_any_order_and_twice_make_the_same_state() -> None:
    rng = random.Random(3)
    events = [
        make(
            NOON + HOUR * rng.randrange(6),
            f"m{number}",
            f"loyalty:{rng.randrange(3)}",
            f"household:H{rng.randrange(2)}",
        )
        for number, make in enumerate(rng.choices((joins, leaves), (3, 1), k=30))
    ]
    events = [replace(one, properties={**one.properties, "income-band": one.message_id}) for one in events]
    whole = Town()
    whole.hear(*events)
    for _ in range(5):
        town = Town()
        rng.shuffle(events)
        for start in range(0, 30, 7):
            town.hear(*events[start : start + 7], *rng.sample(events, 3))
        assert {id: replace(one, version=0) for id, one in town.state.leaves.items()} == {
            id: replace(one, version=0) for id, one in whole.state.leaves.items()
        }
        assert town.state.groups == whole.state.groups


def test_rows_that_say_who_is_in_which_household_become_memberships(tmp_path: Path) -> None:
    path = tmp_path / "households.toml"
    path.write_text(HOUSEHOLDS, encoding="utf-8")
    town = Town()
    mapping, problems = read_mapping(path, town.book)
    assert mapping is not None, problems
    rows = [
        {"no": "1", "home": "H1", "since": "2017-10-01", "as": "P", "income": "high"},
        {"no": "2", "home": "H1", "since": "2017-10-02", "as": "C", "income": ""},
        {"no": "3", "home": "", "since": "2017-10-02", "as": "", "income": ""},
        {"no": "4", "home": "H2", "since": "2017-10-02", "as": "", "income": ""},
    ]
    ports = Ports(town.store, town.reader, town.clock, MemoryPositions())
    done = take_rows(mapping, Rows(rows), town.book, ports, Kept(), Position())
    assert (done.events, done.rejected, done.skipped) == (3, 0, 1)
    assert town.told("loyalty:1", LATER, "household.members", "household.role") == [2, "head"]
    assert town.told("loyalty:2", LATER, "household.income-band", "household.role") == ["high", "child"]
    assert town.told("loyalty:4", LATER, "household.members", "household.role") == [1, None]


def test_groups_join_nobody_and_are_no_people() -> None:
    town = Town()
    town.hear(joins(NOON, "j1", "loyalty:1", income_band="a"), joins(NOON, "j2", "loyalty:2", income_band="a"))
    assert town.state.edges == {}
    assert len(town.reader.people()) == 2


def test_a_merge_taken_back_leaves_each_in_their_own_groups() -> None:
    town = Town()
    town.hear(
        joins(NOON, "j1", "loyalty:1", role="head"),
        joins(NOON + HOUR, "j2", "loyalty:2", "household:H2"),
        joins(NOON, "j3", "loyalty:3", "household:H2"),
        joins(NOON, "j4", "loyalty:1", "account:A1", plan="gold"),
    )
    whole = [town.person(f"loyalty:{number}", LATER) for number in (1, 2, 3)]
    one, two = Identifier("loyalty", "1"), Identifier("loyalty", "2")
    graph = Graph(town.store, town.reader, town.book)
    merge(graph, one, two, Word(at=NOON + 2 * HOUR, actor="eve"))
    together = town.person("loyalty:1", LATER)
    assert [each.name for each in together.groups] == ["household:H2", "account:A1"]
    assert together.value("household.members") == 2
    assert town.person("loyalty:1", NOON + 2 * HOUR).value("household.role") == "head"
    unmerge(graph, one, two, Word(at=NOON + 3 * HOUR, actor="eve"))
    assert [town.person(f"loyalty:{number}", LATER) for number in (1, 2, 3)] == whole


def test_a_rebuild_finds_groups_and_traits_that_were_declared_since() -> None:
    bare = replace(dictionary(), groups=(), events=tuple(
        kind for kind in dictionary().events if not kind.id.startswith("group")
    ), aggregates=())  # fmt: skip
    town = Town(bare)
    town.hear(
        joins(NOON, "j1", "loyalty:1", role="head", income_band="a"),
        joins(NOON, "j2", "loyalty:2", income_band="b", size=4),
        joins(NOON, "j3", "loyalty:3", role="aunt"),
    )
    assert town.state.groups == {}
    town.book = dictionary()
    done = rebuild(
        journal=town.journal, store=town.store, reader=town.reader, clock=town.clock, dictionary=town.book
    )  # fmt: skip
    assert (done.persons, done.refused) == (3, 1)
    assert town.told("loyalty:1", LATER, "household.members", "household.income-band") == [2, "b"]
    household = town.book.groups[0]
    size = replace(household.traits[0], id="size", type="number(0)", name="household size")
    town.book = replace(town.book, groups=(replace(household, traits=(*household.traits, size)),))
    town.hear(joins(NOON + HOUR, "j4", "loyalty:4"))
    assert town.told("loyalty:1", LATER, "household.size") == [None]
    before = msgspec.msgpack.encode(town.state.leaves)
    again = rebuild(
        journal=town.journal, store=town.store, reader=town.reader, clock=town.clock, dictionary=town.book
    )  # fmt: skip
    assert again.records == 1
    assert town.told("loyalty:1", LATER, "household.size") == [4]
    assert msgspec.msgpack.encode(town.state.leaves) != before
    assert rebuild(
        journal=town.journal, store=town.store, reader=town.reader, clock=town.clock, dictionary=town.book
    ).records == 0  # fmt: skip


def test_what_is_said_of_groups_undeclared_is_proposed_as_their_traits() -> None:
    town = Town()
    town.hear(
        joins(NOON, "j1", "loyalty:1", role="head", income_band="a", size=4),
        joins(NOON, "j2", "loyalty:2", size=5),
        leaves(NOON, "l1", "loyalty:3"),
    )
    told = propose(infer(town.journal, town.book), town.book)
    assert told == {
        "groups.toml": "# In 2 of 2, such as 4, 5.\n[household.traits.size]\n"
        'name = "household size"\ntype = "number(0)"\n'
    }

"""Groups over every store: taken in, read as of a moment, and left by whoever is erased."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import leaf_id
from decidedly.core.erasure import Erasure, Tombstone, Whose
from decidedly.core.group import group_id, traits_message
from decidedly.core.identifier import Identifier
from decidedly.core.seal import Seal
from decidedly.core.work import Work
from tests.cases import NOON, order, record
from tests.contract.conftest import Ports
from tests.homes import HOUR, Town, joins, leaves

LATER = NOON + timedelta(days=2)
ANN, BOB = "loyalty:4711", "loyalty:9"
HOME = group_id("household", "H1")
SEAL = Seal(b"k" * 32)
ERASURE = Erasure(id="e1", at=LATER, by="officer", why="asked for", key=SEAL.check.hex())


def whose(*who: str) -> Whose:
    named = [Identifier.parse(one) for one in who]
    return Whose(leaves=tuple(map(leaf_id, named)), identifiers=tuple(named), values=tuple(one.value for one in named))


@pytest.fixture
def town(ports: Ports) -> Town:
    town = Town(store=ports.store, reader=ports.reader)
    town.hear(
        joins(NOON, "ann-joins", ANN, role="head", income_band="anns-word", tags=["anns-tag"]),
        joins(NOON + HOUR, "bob-joins", BOB, role="child", income_band="bobs-word"),
        joins(NOON + 2 * HOUR, "ann-again", ANN, income_band="anns-newer-word"),
        order(NOON, "o1", ("a", 200), person=ANN),
        order(NOON, "o2", ("a", 300), person=BOB),
    )
    return town


def test_a_household_is_read_with_its_members_as_of_a_moment(town: Town) -> None:
    ids = ("household.role", "household.members", "household.income-band", "home-spend")
    assert town.told(ANN, LATER, *ids) == ["head", 2, "anns-newer-word", 500]
    assert town.told(BOB, LATER, *ids) == ["child", 2, "anns-newer-word", 500]
    assert town.told(ANN, NOON + HOUR, *ids) == ["head", 1, "anns-word", 200]
    town.hear(leaves(NOON + 3 * HOUR, "bob-leaves", BOB))
    assert town.told(ANN, LATER, *ids) == ["head", 1, "anns-newer-word", 200]


def test_known_events_about_groups_are_known_again(town: Town) -> None:
    again = town.hear(joins(NOON, "ann-joins", ANN, role="head", income_band="anns-word", tags=["anns-tag"]))
    assert (again.accepted, again.duplicates) == (0, 1)


def test_who_is_erased_leaves_the_group_with_all_that_they_said_of_it(town: Town, ports: Ports) -> None:
    read = record("d-bob", leaf_id(Identifier.parse(BOB)))
    trait = town.person(BOB, LATER).facts["household.income-band"]
    read = replace(read, inputs=replace(read.inputs, facts={"household.income-band": trait}))
    other = record("d-other", leaf_id(Identifier.parse(BOB)))
    ports.store.commit([Work(person=read.leaf, record=read), Work(person=other.leaf, record=other)])
    done = ports.holdings.erase(ERASURE, whose(ANN), SEAL)
    assert (done.removed["store.memberships"], done.rewritten["store.groups"]) == (1, 1)
    assert "store.groups" not in done.removed
    ids = ("household.role", "household.members", "household.income-band", "household.tags", "home-spend")
    assert town.told(BOB, LATER, *ids) == ["child", 1, "bobs-word", None, 300]
    group = ports.reader.group(HOME)
    assert [one.leaf for one in group.persons] == [leaf_id(Identifier.parse(BOB))]
    assert b"anns-" not in msgspec.msgpack.encode(group.leaf)
    logged = msgspec.msgpack.encode([one.event for one in ports.holdings.events([HOME, read.leaf])])
    assert b"anns-" not in logged
    assert b"bobs-word" in logged
    assert ports.reader.decision("d-bob") is None
    assert isinstance(ports.reader.decision("d-other"), DecisionRecord)
    laid = ports.holdings.tombstones("e1")
    assert Tombstone("message", SEAL.of("message", traits_message("ann-joins"))) in laid
    assert Tombstone("message", SEAL.of("message", traits_message("bob-joins"))) not in laid


def test_a_group_in_which_nobody_is_left_goes_too(town: Town, ports: Ports) -> None:
    ports.holdings.erase(ERASURE, whose(BOB), SEAL)
    done = ports.holdings.erase(replace(ERASURE, id="e2"), whose(ANN), SEAL)
    assert (done.removed["store.groups"], done.removed["store.memberships"]) == (1, 1)
    assert ports.reader.groups() == []
    assert ports.reader.group(HOME).leaf is None
    assert ports.holdings.events([HOME]) == []
    assert HOME not in ports.holdings.leaves()

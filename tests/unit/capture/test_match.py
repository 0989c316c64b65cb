"""Match: people who are probably one are joined or proposed, and what people decided stands."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from msgspec.structs import replace

from decidedly.adapters.memory import MemoryModelStore
from decidedly.capture import Graph, Word, match, review, unmerge
from decidedly.core.dictionary import Attribute, Namespace
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.person.match import kept
from tests.cases import NOON
from tests.unit.capture.conftest import Hub, raw

HOUR = timedelta(hours=1)
GIVEN = ["Emma", "Hans", "Maria", "Peter", "Anna", "Laura", "David", "Paul", "Otto", "Ida", "Karl", "Rosa"]
SURNAMES = ["Whillas", "Rokobaro", "Trevorrow", "Purdon", "Alderson", "Turtur", "Hannagan", "Wieloch", "Akot", "Moor"]
ANN, TWIN = (Identifier.parse(one) for one in ("loyalty:0", "loyalty:500"))


def attribute(id: str, role: str = "") -> Attribute:
    return Attribute(id=id, name=id, of="person", type="string", role=role)  # type: ignore[arg-type]


@pytest.fixture
def town(hub: Hub) -> Graph:
    """Eighty people, and records of six of them again with a slip in the surname, one of them without the birth."""
    names = [attribute("forename", "given_name"), attribute("familyname"), attribute("dob"), attribute("town")]
    hub.dictionary = replace(
        hub.dictionary, attributes=(*hub.dictionary.attributes, *names),
        namespaces=(Namespace(id="loyalty", at_most=5),),
    )  # fmt: skip
    chance = random.Random(4)
    for n in range(80):
        known = {
            "forename": chance.choice(GIVEN), "familyname": chance.choice(SURNAMES) + chance.choice("xyz"),
            "dob": f"19{chance.randint(20, 99)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            "town": chance.choice(["Leeds", "York", "Bath", "Hull"]),
        }  # fmt: skip
        hub.capture(raw("identify", f"i{n}", NOON - HOUR, f"loyalty:{n}", **known))
        if n < 6:
            known["familyname"] = known["familyname"][:-1] + "q"
            if n == 1:
                del known["dob"]
            hub.capture(raw("identify", f"d{n}", NOON - HOUR, f"loyalty:{500 + n}", **known))
    return Graph(hub.store, hub.reader, hub.dictionary)


def test_the_sure_are_joined_and_the_unsure_proposed_with_reasons(town: Graph) -> None:
    models = MemoryModelStore()
    matched = match(town, models, NOON)
    assert town.cluster(ANN) == town.cluster(TWIN)
    (joins,) = (edge for edge in matched.edges if {edge.a, edge.b} == {ANN, TWIN})
    assert joins.by == "match"
    assert joins.confidence > 0.95
    assert any(reason.startswith("date of birth equal: +") for reason in joins.reasons)
    assert kept(models, matched.model) is not None
    waiting = [edge for _, edge in town.reader.reviews(100)]
    assert all(edge.proposed and edge.reasons for edge in waiting)
    assert {edge.key for edge in waiting} == {edge.key for edge in matched.edges if edge.proposed}


def test_a_dry_run_writes_nothing(town: Graph) -> None:
    models = MemoryModelStore()
    assert match(town, models, NOON, dry_run=True).edges
    assert town.cluster(ANN) != town.cluster(TWIN)
    assert not town.reader.reviews(10)
    assert kept(models) is None


def test_what_was_taken_back_or_rejected_is_not_found_again(town: Graph) -> None:
    match(town, MemoryModelStore(), NOON)
    unmerge(town, ANN, TWIN, Word(at=NOON + HOUR, actor="eve"))
    for number, _ in town.reader.reviews(100):
        review(town, number, same=False, word=Word(at=NOON + HOUR, actor="eve"))
    again = match(town, MemoryModelStore(), NOON + 2 * HOUR)
    assert not [edge for edge in again.edges if {edge.a, edge.b} == {ANN, TWIN}]
    assert town.cluster(ANN) != town.cluster(TWIN)


def test_a_second_run_finds_nothing_new(town: Graph) -> None:
    match(town, MemoryModelStore(), NOON)
    assert match(town, MemoryModelStore(), NOON + HOUR).edges == ()


def test_people_of_whom_nothing_tells_who_they_are_cannot_be_matched(hub: Hub) -> None:
    hub.capture(raw("identify", "i1", NOON, "loyalty:1", **{"age-band": "35-44"}))
    with pytest.raises(BadInput, match="No attribute of people tells who they are"):
        match(Graph(hub.store, hub.reader, hub.dictionary), MemoryModelStore(), NOON + HOUR)

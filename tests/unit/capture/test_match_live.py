"""Match live: who comes or changes is matched with those who are known, as a match of everybody would."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from msgspec.structs import replace

from decidedly.adapters.memory import MemoryHoldings, MemoryModelStore, MemoryPositions
from decidedly.capture import Graph, LiveMatch, Log, Word, match_everybody, matched_until, merge, split, unmerge
from decidedly.capture.match_live import POSITION
from decidedly.core.dictionary import Attribute, Matching, Namespace
from decidedly.core.erasure import Erasure, Whose
from decidedly.core.identifier import Identifier
from decidedly.core.mapping import Position
from decidedly.core.seal import Seal
from decidedly.person.match import Model, keep, kept
from tests.cases import NOON
from tests.unit.capture.conftest import Hub, raw

HOUR = timedelta(hours=1)
GIVEN = ["Emma", "Hans", "Maria", "Peter", "Anna", "Laura", "David", "Paul", "Otto", "Ida", "Karl", "Rosa"]
SYLLABLES = [a + b for a in "bdfgklmnrstw" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "ock")]
TOWNS = ["Leeds", "York", "Bath", "Hull", "Ely", "Truro", "Derby", "Luton"]
WORD = Word(at=NOON + HOUR, actor="eve")
SEAL = Seal(b"k" * 32)
ROLES = {"forename": "given_name", "familyname": "surname", "dob": "birth", "town": "city"}

Said = dict[str, str]


def attribute(id: str, role: str) -> Attribute:
    return Attribute(id=id, name=id, of="person", type="string", role=role)  # type: ignore[arg-type]


def loyalty(number: int) -> Identifier:
    return Identifier("loyalty", str(number))


def people(count: int, seed: int = 4) -> list[tuple[int, Said]]:
    """Records of people, one to three of each, later ones with a slip or a gap; with the number of the person."""
    chance = random.Random(seed)
    out = []
    for who in range(count):
        known = {
            "forename": chance.choice(GIVEN), "familyname": "".join(chance.sample(SYLLABLES, 3)).title(),
            "dob": f"19{chance.randint(20, 99)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            "town": chance.choice(TOWNS),
        }  # fmt: skip
        for n in range(chance.choice([1, 1, 2, 3])):
            said = dict(known)
            if n:
                said["familyname"] = said["familyname"][:-1] + "q"
                if chance.random() < 0.3:
                    del said[chance.choice(["dob", "town"])]
            out.append((who, said))
    chance.shuffle(out)
    return out


class Town:
    """A hub whose dictionary says that people are matched live."""

    def __init__(self, hub: Hub) -> None:
        names = tuple(attribute(id, role) for id, role in ROLES.items())
        hub.dictionary = replace(
            hub.dictionary, attributes=(*hub.dictionary.attributes, *names),
            identifiers=("loyalty", "crm", "email", "phone", "anonymous"),
            namespaces=(Namespace(id="loyalty", at_most=9), Namespace(id="crm", at_most=1)),
            matching=Matching(when="live"),
        )  # fmt: skip
        self.hub = hub
        self.models, self.positions = MemoryModelStore(), MemoryPositions()
        self.holdings = MemoryHoldings(hub.state)
        self.log = Log(hub.journal, self.positions, self.models, self.holdings, SEAL, hub.clock)
        self.times = 0

    @property
    def graph(self) -> Graph:
        return Graph(self.hub.store, self.hub.reader, self.hub.dictionary)

    def say(self, who: str, said: Said) -> None:
        self.times += 1
        self.hub.capture(raw("identify", f"i{self.times}", NOON - HOUR, who, **said))

    def batch(self) -> None:
        match_everybody(self.graph, self.log)

    def live(self) -> LiveMatch:
        return LiveMatch(lambda: self.graph, self.log)

    def joined(self, one: int, other: int) -> bool:
        return self.graph.cluster(loyalty(one)) == self.graph.cluster(loyalty(other))


ANN = {"forename": "Annegret", "familyname": "Sondergeld", "dob": "1961-04-30", "town": "Bath"}
NEAR = ANN | {"familyname": "Sondergelt"}


def settled(hub: Hub) -> Town:
    """A town whose people are known."""
    town = Town(hub)
    for n, (_, said) in enumerate(people(60)):
        town.say(f"loyalty:{n}", said)
    town.say("loyalty:900", ANN)
    return town


@pytest.fixture(scope="module")
def model() -> Model:
    """Of a match of them all, once for all tests."""
    town = settled(Hub())
    town.batch()
    made = kept(town.models)
    assert made is not None
    return made


@pytest.fixture
def town(hub: Hub, model: Model) -> Town:
    town = settled(hub)
    keep(town.models, model)
    matched_until(town.log, town.hub.journal.end())
    return town


@pytest.fixture
def live(town: Town) -> Iterator[LiveMatch]:
    with closing(town.live()) as made:
        made.step()
        yield made


def test_who_comes_is_joined_with_who_is_surely_the_same(town: Town, live: LiveMatch) -> None:
    town.say("loyalty:901", NEAR)
    assert live.step() == 1
    assert town.joined(900, 901)
    (edge,) = (edge for edge in town.graph.cluster(loyalty(901)).joins if edge.by == "match")
    assert edge.at == NOON
    assert edge.confidence >= 0.95
    assert edge.reasons[0].startswith("date of birth equal: +")


def test_who_may_be_the_same_is_proposed_with_reasons(town: Town, live: LiveMatch) -> None:
    before = len(town.graph.reader.reviews(1000))
    town.hub.dictionary = replace(town.hub.dictionary, matching=Matching(when="live", automatic=0.9999, review=0.01))
    town.say("loyalty:901", ANN | {"dob": "1961-04-03", "familyname": "Sonderfeld", "town": "York"})
    live.step()
    assert not town.joined(900, 901)
    proposed = [edge for _, edge in town.graph.reader.reviews(1000)][before:]
    assert {loyalty(900), loyalty(901)} in [{edge.a, edge.b} for edge in proposed]
    assert all(edge.proposed and edge.reasons for edge in proposed)
    town.say("loyalty:901", ANN)
    live.step()
    assert town.joined(900, 901)
    assert {loyalty(900), loyalty(901)} not in [{edge.a, edge.b} for _, edge in town.graph.reader.reviews(1000)]


def test_strangers_are_left_alone(town: Town, live: LiveMatch) -> None:
    before = town.graph.reader.reviews(1000)
    town.say("loyalty:901", {"forename": "Xaver", "familyname": "Quittenbaum", "dob": "2001-11-11", "town": "Rome"})
    assert live.step() == 1
    assert len(town.graph.cluster(loyalty(901)).leaves) == 1
    assert town.graph.reader.reviews(1000) == before


def test_nobody_is_matched_unless_the_dictionary_says_live(town: Town, live: LiveMatch) -> None:
    town.hub.dictionary = replace(town.hub.dictionary, matching=Matching())
    town.say("loyalty:901", NEAR)
    assert live.step() == 0
    assert not town.joined(900, 901)
    town.hub.dictionary = replace(town.hub.dictionary, matching=Matching(when="live"))
    live.step()
    assert town.joined(900, 901)


def test_nobody_is_matched_before_everybody_was_once(hub: Hub) -> None:
    town = Town(hub)
    town.say("loyalty:900", ANN)
    town.say("loyalty:901", NEAR)
    with closing(town.live()) as live:
        assert live.step() == 0
    assert not town.joined(900, 901)


def test_what_is_known_already_is_not_compared_again(town: Town, live: LiveMatch) -> None:
    town.say("loyalty:901", NEAR)
    assert live.step() == 1
    town.say("loyalty:901", NEAR)
    assert live.step() == 0


def test_what_was_not_matched_when_it_stopped_is_matched_after_the_next_start(town: Town, live: LiveMatch) -> None:
    town.say("loyalty:901", NEAR)
    town.say("loyalty:902", {"forename": "Xaver", "familyname": "Quittenbaum", "dob": "2001-11-11"})
    town.say("loyalty:903", {"forename": "Xaver", "familyname": "Quitenbaum", "dob": "2001-11-11"})
    assert live.step(lambda: True) == 1  # told to stop after the first
    with closing(town.live()) as again:
        again.step()
    assert town.joined(900, 901)
    assert town.joined(902, 903)
    assert town.positions.get(POSITION).row == town.hub.journal.end()  # type: ignore[union-attr]


def test_the_same_events_again_give_the_same_edges(town: Town, live: LiveMatch) -> None:
    town.say("loyalty:901", NEAR)
    edges = []
    for _ in range(2):
        town.positions.set(POSITION, Position(part="log", row=0))
        with closing(town.live()) as again:
            assert again.step() > 60
        edges.append(dict(town.hub.state.edges))
    assert len(edges[0]) > 20
    assert edges[0] == edges[1]


def test_two_at_once_write_what_one_writes(town: Town) -> None:
    with closing(town.live()) as one, closing(town.live()) as other:
        one.step()
        other.step()
        town.say("loyalty:901", NEAR)
        town.say("loyalty:902", NEAR | {"town": "Hull"})
        stops = iter([True, False, False])
        one.step(lambda: next(stops))
        other.step()
        one.step()
    edges = [edge for edge in town.hub.state.edges.values() if {edge.a, edge.b} & {loyalty(901), loyalty(902)}]
    assert town.joined(900, 901)
    assert town.joined(900, 902)
    assert len(edges) == 2


def test_a_match_that_breaks_a_limit_is_refused_and_waits(town: Town, live: LiveMatch) -> None:
    town.say("crm:1", ANN)
    town.say("crm:2", NEAR)
    live.step()
    waiting = [edge for _, edge in town.graph.reader.reviews(1000) if edge.refused]
    assert any("two identifiers of crm" in edge.refused for edge in waiting)
    before = len(waiting)
    town.say("crm:2", NEAR | {"town": "Hull"})
    live.step()
    assert len([edge for _, edge in town.graph.reader.reviews(1000) if edge.refused]) == before


def test_what_a_person_took_back_or_split_stays_so(town: Town, live: LiveMatch) -> None:
    town.say("loyalty:901", NEAR)
    live.step()
    unmerge(town.graph, loyalty(900), loyalty(901), WORD)
    town.say("loyalty:901", ANN)
    live.step()
    assert not town.joined(900, 901)
    merge(town.graph, loyalty(900), loyalty(901), replace(WORD, at=NOON + 2 * HOUR))
    live.step()
    split(town.graph, [loyalty(901)], replace(WORD, at=NOON + 3 * HOUR))
    town.say("loyalty:901", NEAR)
    live.step()
    assert not town.joined(900, 901)


def test_who_changed_is_compared_as_they_are_now(town: Town, live: LiveMatch) -> None:
    town.say("loyalty:900", {"forename": "Xaver", "familyname": "Quittenbaum", "dob": "2001-11-11", "town": "Rome"})
    live.step()
    town.say("loyalty:901", NEAR)
    live.step()
    assert not town.joined(900, 901)


def test_who_was_erased_is_known_no_longer(town: Town, live: LiveMatch) -> None:
    (leaf,) = town.graph.cluster(loyalty(900)).leaves
    index = live._live
    assert index is not None
    assert index.get(leaf) is not None
    erasure = Erasure(id="e1", at=NOON, by="eve", why="asked for")
    town.holdings.erase(erasure, Whose(leaves=(leaf,), identifiers=(loyalty(900),)), SEAL)
    live.step()
    assert index.get(leaf) is None
    town.say("loyalty:901", NEAR)
    live.step()
    assert len(town.graph.cluster(loyalty(901)).leaves) == 1


def test_records_that_come_one_by_one_end_as_a_match_of_everybody_puts_them(hub: Hub) -> None:
    """By the model of the same people: what differs are groups that an early record tied before a better one came."""
    records = people(150, seed=9)
    whole, single = Town(hub), Town(Hub())
    for n, (_, said) in enumerate(records):
        whole.say(f"loyalty:{n}", said)
    whole.batch()
    single.models = whole.models
    single.log = Log(single.hub.journal, single.positions, whole.models, single.holdings, SEAL, single.hub.clock)
    with closing(single.live()) as live:
        for n, (_, said) in enumerate(records):
            single.say(f"loyalty:{n}", said)
            live.step()
    pairs = [
        {
            (a, b)
            for a in range(len(records))
            for b in range(a)
            if town.graph.cluster(loyalty(a)) == town.graph.cluster(loyalty(b))
        }
        for town in (whole, single)
    ]
    assert len(pairs[0]) > 50
    assert len(pairs[0] & pairs[1]) >= 0.97 * len(pairs[0] | pairs[1])

"""Who is who, from events as they come in: what docs/identity.md says, each sentence of it here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.capture import Graph, Raw, Report, Word, capture, merge, segment, unmerge
from decidedly.core.dictionary import Dictionary, Namespace
from decidedly.core.identifier import Identifier
from decidedly.core.person import Person
from decidedly.person import seen
from tests.cases import NOON, dictionary
from tests.contract.conftest import Ports, memory, postgres, sqlite
from tests.unit.capture.conftest import raw

SECOND = timedelta(seconds=1)
ANN, BOB, EVE = "loyalty:1", "loyalty:2", "loyalty:3"
PHONE, TABLET = "anonymous:phone", "anonymous:tablet"
FAMILY = "email:family@example.com"


class Shop:
    """A hub on any store, where one second passes between events."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.seconds = 0
        self.dictionary: Dictionary = replace(
            dictionary(),
            namespaces=(
                Namespace(id="email", form="email", also=("email",), shared_above=2),
                Namespace(id="anonymous", shared_above=2),
            ),
        )

    def sees(self, *who: str, at: int | None = None, kind: str = "page", **properties: object) -> Report:
        """One event that names these identifiers, one second after the one before or at a given second."""
        self.seconds += 1
        second = self.seconds if at is None else at
        moment = NOON - timedelta(hours=1) + second * SECOND
        return self.take(raw(kind, f"m{self.seconds}", moment, " ".join(who), **properties))

    def hears(self, **alias: str) -> Report:
        """An alias message of a tracker."""
        self.seconds += 1
        timestamp = (NOON - timedelta(hours=1) + self.seconds * SECOND).isoformat()
        message = {"type": "alias", "messageId": f"m{self.seconds}", "timestamp": timestamp, **alias}
        body = msgspec.json.encode({"batch": [message]})
        return self.take(*segment(body, clock=FixedClock(NOON), dictionary=self.dictionary).raws)

    def take(self, *raws: Raw) -> Report:
        ports = self.ports
        return capture(raws, store=ports.store, reader=ports.reader, clock=FixedClock(NOON), dictionary=self.dictionary)

    def person(self, who: str, at: datetime = NOON + SECOND) -> Person:
        stored = self.ports.reader.person((Identifier.parse(who),))
        assert stored is not None
        return seen(stored, at, self.dictionary)

    def known_as(self, who: str) -> list[str]:
        return [str(one) for one in self.person(who).identifiers]

    def pages(self, who: str) -> int:
        return len(self.person(who).panes["page"].at) // 8

    @property
    def waiting(self) -> list[str]:
        """Why each link waits for a person's decision."""
        return [edge.refused for _, edge in self.ports.reader.reviews()]

    @property
    def graph(self) -> Graph:
        return Graph(self.ports.store, self.ports.reader, self.dictionary)


@pytest.fixture(params=[memory, sqlite, postgres])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    ports = request.param(request)
    yield Shop(ports)
    ports.store.close()


def test_an_anonymous_visitor_becomes_known_with_all_that_went_before(shop: Shop) -> None:
    shop.sees(PHONE)
    shop.sees(PHONE)
    assert not shop.person(PHONE).facts
    shop.sees(ANN, PHONE, kind="identify", **{"age-band": "35-44"})
    assert shop.known_as(PHONE) == [ANN, PHONE]
    assert shop.pages(ANN) == 2
    assert shop.person(PHONE).value("age-band") == "35-44"


def test_several_devices_of_one_account_are_one_person(shop: Shop) -> None:
    shop.sees(PHONE)
    shop.sees(TABLET)
    shop.sees(ANN, PHONE)
    shop.sees(ANN, TABLET)
    assert shop.known_as(PHONE) == [ANN, PHONE, TABLET]
    assert shop.pages(TABLET) == 4


def test_an_address_that_an_account_tells_joins_what_that_address_did(shop: Shop) -> None:
    shop.sees("email:ann@example.com")
    shop.sees(ANN, kind="identify", email=" Ann@Example.com ")
    assert shop.known_as("email:ann@example.com") == [ANN, "email:ann@example.com"]
    assert shop.pages(ANN) == 1


def test_an_alias_of_two_accounts_makes_them_one_person(shop: Shop) -> None:
    shop.sees(ANN)
    shop.sees(BOB)
    shop.hears(userId="1", previousId="2")
    assert shop.known_as(ANN) == [ANN, BOB]
    assert shop.waiting == []


def test_an_alias_of_an_anonymous_id_joins_it_but_no_second_account(shop: Shop) -> None:
    shop.hears(userId="1", anonymousId="x", previousId="x")
    shop.hears(userId="2", anonymousId="x", previousId="x")
    assert shop.known_as("anonymous:x") == [ANN, "anonymous:x"]
    assert shop.waiting == ["would give one person two identifiers of loyalty: 1 and 2"]


def test_after_a_log_out_the_device_is_still_of_who_logged_in_first(shop: Shop) -> None:
    shop.sees(ANN, PHONE)
    shop.sees(PHONE)
    assert shop.pages(ANN) == 2


def test_a_new_anonymous_id_after_a_log_out_is_nobody_we_know(shop: Shop) -> None:
    shop.sees(ANN, PHONE)
    shop.sees("anonymous:new")
    assert shop.known_as("anonymous:new") == ["anonymous:new"]
    assert shop.pages(ANN) == 1


def test_another_persons_log_in_on_the_device_is_theirs_and_the_device_stays(shop: Shop) -> None:
    shop.sees(ANN, PHONE)
    shop.sees(BOB, PHONE)
    shop.sees(PHONE)
    assert shop.known_as(PHONE) == [ANN, PHONE]
    assert (shop.pages(ANN), shop.pages(BOB)) == (2, 1)
    assert shop.waiting == ["would give one person two identifiers of loyalty: 1 and 2"]


def test_a_shared_device_is_of_nobody_and_all_that_it_joined_comes_apart(shop: Shop) -> None:
    for account in (ANN, BOB, EVE):
        shop.sees(account, TABLET)
    shop.sees(TABLET)
    assert shop.known_as(TABLET) == [TABLET]
    assert [shop.pages(account) for account in (ANN, BOB, EVE, TABLET)] == [1, 1, 1, 1]
    assert shop.waiting == ["anonymous:tablet is shared: it is linked with more than 2 others"] * 3


def test_a_family_address_makes_no_family_one_person(shop: Shop) -> None:
    for account in (ANN, BOB, EVE):
        shop.sees(account, kind="identify", email="family@example.com")
    assert [shop.known_as(account) for account in (ANN, BOB, EVE)] == [[ANN], [BOB], [EVE]]
    assert shop.ports.reader.person((Identifier.parse(FAMILY),)) is None


def test_what_a_shared_address_would_join_a_person_may_join(shop: Shop) -> None:
    for account in (ANN, BOB, EVE):
        shop.sees(account, FAMILY)
    shop.sees(FAMILY)
    merge(shop.graph, Identifier.parse(ANN), Identifier.parse(FAMILY), Word(at=NOON - SECOND, actor="ann"))
    assert shop.known_as(FAMILY) == [ANN, FAMILY]
    assert len(shop.waiting) == 2


def test_two_accounts_in_one_event_are_not_joined_and_wait_for_a_decision(shop: Shop) -> None:
    shop.sees(ANN, BOB)
    assert shop.known_as(ANN) == [ANN]
    assert shop.waiting == ["would give one person two identifiers of loyalty: 1 and 2"]


def test_a_link_over_an_address_to_a_second_account_is_refused_and_waits(shop: Shop) -> None:
    shop.sees(ANN, FAMILY)
    shop.sees(BOB, FAMILY)
    assert shop.known_as(FAMILY) == [ANN, FAMILY]
    assert shop.known_as(BOB) == [BOB]
    assert shop.waiting == ["would give one person two identifiers of loyalty: 1 and 2"]


def test_whatever_the_order_of_arrival_the_persons_are_the_same(shop: Shop) -> None:
    said = [(BOB, PHONE), (ANN, PHONE), (ANN, FAMILY), (PHONE,)]
    found = set()
    for number, order in enumerate(permutations(range(len(said)))):
        # Each order with people of its own, in one store.
        for second in order:
            who = [f"{one}-{number}" if "@" not in one else one.replace("@", f"{number}@") for one in said[second]]
            shop.sees(*who, at=second)
        found.add((shop.pages(f"{BOB}-{number}"), shop.pages(f"{ANN}-{number}"), len(shop.known_as(f"{ANN}-{number}"))))
    assert found == {(2, 2, 2)}


def test_a_late_event_that_shows_an_earlier_log_in_moves_the_device(shop: Shop) -> None:
    shop.sees(ANN, PHONE, at=10)
    shop.sees(PHONE, at=11)
    assert shop.pages(ANN) == 2
    shop.sees(BOB, PHONE, at=5)
    assert shop.known_as(PHONE) == [BOB, PHONE]
    assert (shop.pages(BOB), shop.pages(ANN)) == (2, 1)


def test_what_names_nobody_joins_nobody(shop: Shop) -> None:
    shop.sees(ANN, "anonymous:00000000-0000-0000-0000-000000000000")
    shop.sees(BOB, "anonymous:00000000-0000-0000-0000-000000000000")
    assert (shop.known_as(ANN), shop.known_as(BOB)) == ([ANN], [BOB])
    assert shop.waiting == []
    assert shop.sees("anonymous:undefined").rejected == 1


def test_a_merge_is_taken_back_as_if_it_had_never_been(shop: Shop) -> None:
    shop.sees(ANN, PHONE)
    shop.sees(BOB, TABLET)
    before = shop.person(ANN), shop.person(BOB)
    one, other = Identifier.parse(ANN), Identifier.parse(BOB)
    merge(shop.graph, one, other, Word(at=NOON - 2 * SECOND, actor="eve"))
    assert shop.known_as(TABLET) == [ANN, BOB, PHONE, TABLET]
    unmerge(shop.graph, one, other, Word(at=NOON - SECOND, actor="eve"))
    assert (shop.person(ANN), shop.person(BOB)) == before

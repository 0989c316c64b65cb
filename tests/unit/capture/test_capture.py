"""Capture: once each, attributed, folded, and nothing from the future."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from decidedly.adapters.memory import MemoryStore
from decidedly.capture import Contended, Raw, Received, Report, capture_all, examine, settle_rest
from decidedly.core.derive import leaf_id
from decidedly.core.errors import DecidedlyError
from decidedly.core.identifier import Identifier
from decidedly.core.work import Committed, Work
from tests.cases import NOON
from tests.unit.capture.conftest import Hub, RacingStore, raw

MINUTE = timedelta(minutes=1)


def test_an_event_is_stamped_logged_and_folded(hub: Hub) -> None:
    report = hub.capture(raw("identify", "m1", NOON - MINUTE, **{"age-band": "35-44"}))
    assert (report.accepted, report.duplicates, report.future, report.rejected) == (1, 0, 0, 0)
    assert hub.log[0].received_at == NOON
    leaf = hub.leaf("loyalty:1")
    assert leaf.id == leaf_id(Identifier("loyalty", "1"))
    assert leaf.version == 1
    assert leaf.facts["age-band"][0].value == "35-44"


def test_a_trackers_name_means_the_declared_kind(hub: Hub) -> None:
    hub.capture(raw("Product Viewed", "m1", product_id="x"))
    assert hub.log[0].kind == "product-viewed"
    assert hub.log[0].flags == ()


def test_the_same_message_counts_once_in_a_call_and_for_ever(hub: Hub) -> None:
    assert hub.capture(raw("page", "m1"), raw("page", "m1"), raw("page", "m2")).duplicates == 1
    again = hub.capture(raw("page", "m2"), raw("page", "m3"))
    assert (again.accepted, again.duplicates) == (1, 1)
    assert [event.message_id for event in hub.log] == ["m1", "m2", "m3"]
    assert len(hub.leaf("loyalty:1").panes["page"].at) == 3 * 8


def test_events_from_the_future_are_logged_and_folded_into_nothing(hub: Hub) -> None:
    report = hub.capture(
        raw("campaign-received", "m1", NOON + 6 * MINUTE, campaign="18"),
        raw("page", "m2", NOON + 5 * MINUTE),
    )
    assert (report.accepted, report.future) == (2, 1)
    assert [event.flags for event in hub.log] == [("future",), ()]
    stored = hub.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert list(stored.leaves[0].panes) == ["page"]
    assert stored.own.entries == ()


def test_a_person_known_only_from_the_future_is_known_afterwards(hub: Hub) -> None:
    hub.capture(raw("page", "m1", NOON + 6 * MINUTE))
    hub.capture(raw("page", "m2"))
    assert len(hub.reader.people()) == 1


def test_contacts_go_into_the_ledger(hub: Hub) -> None:
    hub.capture(raw("campaign-received", "m1", campaign="18"), raw("page", "m2"))
    stored = hub.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert [entry.id for entry in stored.own.entries] == ["m1"]
    assert stored.own.version == 1


def test_consent_advances_the_epoch(hub: Hub) -> None:
    hub.capture(raw("consent", "m1", purpose="marketing", channel="sms", granted=False))
    stored = hub.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert stored.own.epoch == 1
    assert stored.leaves[0].consents[0].granted is False


def test_an_event_is_of_its_most_telling_identifier_and_joins_the_others_to_it(hub: Hub) -> None:
    hub.capture(raw("page", "m1", who="anonymous:a"))
    hub.capture(raw("page", "m2", who="anonymous:a loyalty:7 email:e@x.de"))
    assert len(hub.reader.people()) == 1
    leaves = {leaf.id: leaf for leaf in hub.leaves("email:e@x.de")}
    assert leaves.keys() == {leaf_id(Identifier("anonymous", "a")), leaf_id(Identifier("loyalty", "7"))}
    seen = leaves[leaf_id(Identifier("loyalty", "7"))]
    assert len(seen.panes["page"].at) == 8
    assert [link.identifier.namespace for link in seen.links] == ["anonymous", "email"]


def test_one_call_links_as_several_do(hub: Hub) -> None:
    hub.capture(
        raw("page", "m1", who="anonymous:a"),
        raw("page", "m2", who="anonymous:a email:e@x"),
        raw("page", "m3", who="email:e@x"),
    )
    assert len(hub.reader.people()) == 1
    assert sum(len(leaf.panes["page"].at) for leaf in hub.leaves("anonymous:a")) == 3 * 8
    assert [edge.message_id for edge in hub.state.edges.values()] == ["m2"]


def test_the_earliest_event_of_a_call_is_the_evidence_of_a_link(hub: Hub) -> None:
    both = "loyalty:1 anonymous:a"
    hub.capture(raw("page", "m1", who=both), raw("page", "m2", NOON - MINUTE, both))
    hub.capture(raw("page", "m3", NOON, both), raw("page", "m4", NOON - 2 * MINUTE, both))
    assert [edge.message_id for edge in hub.state.edges.values()] == ["m4"]
    assert [link.message_id for link in hub.leaves("loyalty:1")[0].links] == ["m4"]


def test_two_known_persons_become_one_and_no_event_moves(hub: Hub) -> None:
    hub.capture(raw("page", "m1", who="loyalty:1"), raw("page", "m2", who="anonymous:a"))
    hub.capture(raw("page", "m3", who="anonymous:a loyalty:1"))
    pages = {leaf.identifiers[0].namespace: len(leaf.panes["page"].at) // 8 for leaf in hub.leaves("loyalty:1")}
    assert pages == {"loyalty": 2, "anonymous": 1}


def test_a_merge_voids_what_is_being_decided(hub: Hub) -> None:
    hub.capture(raw("page", "m1", who="loyalty:1"), raw("page", "m2", who="anonymous:a"))
    hub.capture(raw("page", "m3", who="anonymous:a loyalty:1"))
    stored = hub.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert [ledger.epoch for ledger in stored.ledgers] == [1, 1]


def test_a_crash_between_evidence_and_settling_is_made_good_at_the_next_start(hub: Hub) -> None:
    class Crash(Exception):
        pass

    class Crashing(MemoryStore):
        def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
            if any(work.settled for work in works):
                raise Crash
            return super().commit(works)

    hub.store = Crashing(hub.state)
    with pytest.raises(Crash):  # two persons' evidence in one call hangs together, so it is settled after it is written
        hub.capture(raw("page", "m1", who="anonymous:a loyalty:1"), raw("page", "m2", who="anonymous:a email:e@x.de"))
    assert len(hub.reader.people()) == 2
    assert settle_rest(store=MemoryStore(hub.state), reader=hub.reader, dictionary=hub.dictionary) == 2
    assert len(hub.reader.people()) == 1
    assert hub.reader.unsettled() == []


class CountingStore(MemoryStore):
    """A store that counts its commits."""

    commits = 0

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        self.commits += 1
        return super().commit(works)


def test_evidence_and_who_is_who_by_it_are_one_commit_where_they_are_one_persons(hub: Hub) -> None:
    hub.store = store = CountingStore(hub.state)
    hub.capture(raw("page", "m1"), raw("page", "m2", who="loyalty:2 anonymous:b"))
    for number, visitor in enumerate("acd"):
        hub.capture(raw("page", f"n{number}", NOON - number * MINUTE, f"loyalty:1 anonymous:{visitor}"))
    assert store.commits == 4
    stored = hub.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert len(stored.cluster.leaves) == 4
    assert len(stored.cluster.joins) == 3
    assert hub.reader.unsettled() == []


def test_what_is_joined_meanwhile_is_read_again_and_joined_too(hub: Hub) -> None:
    class Overtaken(MemoryStore):
        """A store in which another worker joins the same person to a third just before."""

        done = False

        def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
            if not self.done:
                self.done = True
                hub.store = MemoryStore(hub.state)
                hub.capture(raw("page", "m1", who="email:e@x.de anonymous:a"))
            return super().commit(works)

    hub.store = Overtaken(hub.state)
    hub.capture(raw("page", "m2", who="loyalty:1 anonymous:a"))
    stored = hub.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert {*stored.cluster.leaves} == {
        leaf_id(Identifier.parse(one)) for one in ("email:e@x.de", "loyalty:1", "anonymous:a")
    }


def test_a_stale_person_is_read_again_and_taken_in() -> None:
    hub = Hub()
    hub.store = RacingStore(hub.state, races=3)
    report = hub.capture(raw("page", "m1"), raw("page", "m2", who="loyalty:2"))
    assert (report.accepted, report.duplicates) == (2, 0)
    assert len(hub.log) == 2
    assert len(hub.leaf("loyalty:1").panes["page"].at) == 8


def test_without_end_contention_is_an_error_and_nothing_is_half_taken() -> None:
    hub = Hub()
    hub.store = RacingStore(hub.state, races=1000)
    with pytest.raises(Contended, match="1 events of 1 persons"):
        hub.capture(raw("page", "m1"))
    assert hub.log == []


class CrowdedStore(MemoryStore):
    """A store in which others never stop writing one person."""

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        crowded = leaf_id(Identifier("loyalty", "1"))
        taken = iter(super().commit([work for work in works if work.person != crowded]))
        return tuple(
            Committed(person=crowded, result="stale") if work.person == crowded else next(taken) for work in works
        )


def test_requests_taken_together_are_answered_each_by_itself(hub: Hub) -> None:
    requests = [
        (raw("page", "m1"), raw("page", "m2", who="loyalty:2"), raw("page", "", who="loyalty:2")),
        (raw("page", "m2", who="loyalty:2"), raw("page", "m3", who="loyalty:2")),
        (),
    ]
    one, other, none = together(hub, requests)
    assert (one.accepted, one.duplicates, one.rejected) == (2, 0, 1)
    assert (other.accepted, other.duplicates, other.rejected) == (1, 1, 0)
    assert none == Report()
    assert len(hub.log) == 3
    assert hub.quarantine.filled().events == 1


def test_only_the_request_whose_person_others_keep_writing_is_contended(hub: Hub) -> None:
    hub.store = CrowdedStore(hub.state)
    one, other = together(
        hub, [(raw("page", "m1"), raw("page", "m2", who="loyalty:2")), (raw("page", "m3", who="loyalty:3"),)]
    )
    assert isinstance(one, Contended)
    assert isinstance(other, Report)
    assert other.accepted == 1
    assert {event.message_id for event in hub.log} == {"m2", "m3"}


def together(hub: Hub, requests: Sequence[Sequence[Raw]]) -> tuple[Report | DecidedlyError, ...]:
    examined = [examine(Received(tuple(raws)), hub.dictionary) for raws in requests]
    return capture_all(
        examined,
        store=hub.store,
        reader=hub.reader,
        clock=hub.clock,
        dictionary=hub.dictionary,
        quarantine=hub.quarantine,
    )


def test_nothing_is_nothing(hub: Hub) -> None:
    assert hub.capture().accepted == 0
    assert hub.log == []

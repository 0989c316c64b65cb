"""The whole year in the store: every count exact, and loading it twice changes nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from decidedly.app import Hub
from decidedly.demo.run import chunks, count
from tests.grocer.steps import load
from tests.unit.demo.data import whole_year


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:  # type: ignore[misc]
    hub = load(tmp_path_factory.mktemp("year"), whole_year())
    yield hub
    hub.close()


def test_every_event_is_in_the_log_and_the_cents_are_exact(hub: Hub) -> None:
    totals = count(hub)
    assert (totals.baskets, totals.lines, totals.cents) == (155_848, 1_469_307, 459_603_958)
    assert (totals.receipts, totals.redemptions) == (6_589, 2_102)


def test_each_household_is_one_person(hub: Hub) -> None:
    assert sum(1 for _ in hub.people()) == 2_469


def test_loading_twice_changes_nothing(hub: Hub) -> None:
    before = {stored.leaf.id: stored for stored in hub.people()}
    counts = hub.journal.counts()
    again = hub.load(chunks(whole_year(), lambda done: None))
    assert (again.accepted, again.rejected) == (0, 0)
    assert hub.journal.counts() == counts
    assert {stored.leaf.id: stored for stored in hub.people()} == before


def test_consents_have_the_shares_that_were_asked_for(hub: Hub) -> None:
    refused: Counter[str] = Counter()
    for stored in hub.people():
        words = {one.channel: one.granted for one in stored.leaf.consents}
        refused.update(channel for channel in ("email", "sms", "print") if not words.get(channel, True))
        assert all(one.provenance.synthetic for one in stored.leaf.consents)
    for channel, share in (("email", 0.15), ("sms", 0.25), ("print", 0.10)):
        spread = (share * (1 - share) / 2_469) ** 0.5
        assert abs(refused[channel] / 2_469 - share) < 4 * spread

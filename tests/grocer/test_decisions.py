"""The grocer's decisions, over a sample of the campaign's households."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from decidedly.app import Hub
from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.demo.run import MODEL
from decidedly.demo.source import Source
from tests.grocer.steps import decide, prepare
from tests.grocer.test_future import frames, sample
from tests.unit.demo.data import whole_year

ALCOHOL = {"BEERS/ALES", "DOMESTIC WINE", "IMPORTED WINE", "MISC WINE", "LIQUOR", "UNKNOWN"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:  # type: ignore[misc]
    whole_year()
    with prepare(tmp_path_factory.mktemp("decisions"), Source(frames(), sample())) as hub:
        yield hub


@pytest.fixture(scope="module")
def records(hub: Hub) -> list[DecisionRecord]:
    return decide(hub)


def test_every_decision_replays_to_the_same_bytes(hub: Hub, records: list[DecisionRecord]) -> None:
    assert all(to_bytes(hub.replay(record.id)) == to_bytes(record) for record in records)


def test_deciding_again_in_the_same_run_changes_nothing(hub: Hub, records: list[DecisionRecord]) -> None:
    assert decide(hub) == records


def test_alone_and_in_the_batch_a_household_gets_the_same_decision(hub: Hub, records: list[DecisionRecord]) -> None:
    for record in records[:40]:
        # The decision itself has since become a contact: decide as if it had not.
        world = hub.world(record.ask.service, "")
        alone = hub.dry_run_by(record.ask, world.plan, world.scorer, instead_of=record.id)
        assert to_bytes(alone) == to_bytes(record)


def test_scores_are_recomputed_from_the_record_of_the_person(hub: Hub, records: list[DecisionRecord]) -> None:
    world = hub.world(records[0].ask.service, "")
    for record in records[:20]:
        stored = hub.reader.leaf(record.leaf)
        assert stored is not None
        again = world.scorer.scores([world.view(stored.leaf, record.ask.at)])
        kept = np.frombuffer(record.inputs.propensity, "<f4")
        assert np.abs(again.propensity[0] - kept).max() <= 1e-6


def test_explain_says_something_of_every_action_and_adds_up(hub: Hub, records: list[DecisionRecord]) -> None:
    for record in records[:10]:
        told = hub.explain(record.id)
        assert len(told.actions) == 209
        statuses = Counter(one.status for one in told.actions)
        assert statuses["won"] == len(record.chosen)
        dropped = sum(one.candidates for one in told.dropped_by)
        alive = int((np.frombuffer(record.dropped, "<u2") == 0).sum())
        assert dropped + alive == 209 * len(record.channels)
        for one in told.actions:
            assert (one.status == "dropped") == (one.rank == 0)
            if one.status == "dropped":
                assert all(drop.rule and drop.stage and drop.place.file for drop in one.drops.values())


def test_asking_why_changes_nothing(hub: Hub, records: list[DecisionRecord]) -> None:
    before = [(stored.leaf, stored.ledger) for stored in hub.people()], hub.journal.counts(), hub.models.current(MODEL)
    stored = to_bytes(hub.decision(records[0].id))
    hub.explain(records[0].id)
    hub.replay(records[0].id)
    after = [(stored.leaf, stored.ledger) for stored in hub.people()], hub.journal.counts(), hub.models.current(MODEL)
    assert after == before
    assert to_bytes(hub.decision(records[0].id)) == stored


def test_nobody_gets_what_a_regulation_forbids(hub: Hub, records: list[DecisionRecord]) -> None:
    actions = hub.plan_of(records[0]).actions
    for record in records:
        stored = hub.reader.leaf(record.leaf)
        assert stored is not None
        ages = {fact.value for fact in stored.leaf.facts.get("age-band", ())}
        for index in record.chosen:
            categories = set(actions[index].facts["categories"])
            assert not categories & {"INFANT FORMULA", "CIGARETTES", "CIGARS", "TOBACCO OTHER"}
            if not ages or "19-24" in ages:
                assert not categories & ALCOHOL


def test_nobody_is_written_to_by_a_channel_they_refused(hub: Hub, records: list[DecisionRecord]) -> None:
    for record in records:
        if record.result == "slate":
            assert record.inputs.consents[record.channel] is True


def test_a_slate_is_one_contact_and_one_message(hub: Hub, records: list[DecisionRecord]) -> None:
    waiting = {message.decision_id for message in hub.reader.messages("waiting", limit=10_000)}
    for record in records:
        stored = hub.reader.leaf(record.leaf)
        assert stored is not None
        own = [entry for entry in stored.ledger.entries if entry.id == record.id]
        if record.result == "slate":
            assert [entry.exposures for entry in own] == [len(record.chosen)]
            assert record.id in waiting
            assert record.probability == (1.0,) * len(record.chosen)
        else:
            assert own == []
            assert record.id not in waiting

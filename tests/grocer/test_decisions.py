"""The grocer's decisions, over a sample of the campaign's households: replayed, explained and added up."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from pathlib import Path

import numpy as np

from decidedly.adapters.sqlite.database import FILE
from decidedly.app import Hub
from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.decide import Explanation
from decidedly.demo.outcome import dropped_over
from tests.grocer.steps import HOUSEHOLDS, decide

ACTIONS = 209
CHANNELS = ("email", "sms", "print")


def test_everybody_on_the_list_is_decided_for_over_all_coupons_and_channels(records: list[DecisionRecord]) -> None:
    assert len({record.leaf for record in records}) == HOUSEHOLDS
    assert {(record.actions, record.channels) for record in records} == {(ACTIONS, CHANNELS)}


def test_some_get_a_slate_and_some_get_nothing(records: list[DecisionRecord]) -> None:
    assert {record.result for record in records} == {"slate", "no-action"}


def test_every_decision_replays_to_the_same_bytes(hub: Hub, records: list[DecisionRecord]) -> None:
    assert all(to_bytes(hub.replay(record.id)) == to_bytes(record) for record in records)


def test_deciding_again_in_the_same_run_changes_nothing(hub: Hub, records: list[DecisionRecord]) -> None:
    assert decide(hub) == records


def test_alone_and_in_the_batch_a_household_gets_the_same_decision(hub: Hub, records: list[DecisionRecord]) -> None:
    for record in records:
        world = hub.world(record.ask.service, "")
        # The decision itself has since become a contact: decide as if it had not.
        alone = hub.dry_run_by(record.ask, world.plan, world.scorer, instead_of=record.id)
        assert to_bytes(alone) == to_bytes(record)


def test_scores_are_recomputed_from_the_record_of_the_person(hub: Hub, records: list[DecisionRecord]) -> None:
    world = hub.world(records[0].ask.service, "")
    for record in records[:20]:
        stored = hub.reader.leaf(record.leaf)
        assert stored is not None
        again = world.scorer.scores([world.view(stored, record.ask.at)])
        kept = np.frombuffer(record.inputs.propensity, "<f4")
        survived = ~np.isnan(kept)
        assert (survived == (np.frombuffer(record.dropped, "<u2") == 0).reshape(ACTIONS, -1).any(axis=1)).all()
        assert np.abs(again.propensity[0] - kept)[survived].max(initial=0) <= 1e-6


def test_every_action_is_explained_once(explanations: list[Explanation]) -> None:
    for told in explanations:
        assert len({one.action for one in told.actions}) == len(told.actions) == ACTIONS


def test_statuses_agree_with_the_record(explanations: list[Explanation], records: list[DecisionRecord]) -> None:
    for told, record in zip(explanations, records, strict=True):
        assert Counter(one.status for one in told.actions)["won"] == len(record.chosen)
        assert all((one.status == "dropped") == (one.rank == 0) for one in told.actions)


def test_ranks_have_no_gaps(explanations: list[Explanation]) -> None:
    for told in explanations:
        ranks = sorted(one.rank for one in told.actions if one.rank)
        assert ranks == list(range(1, len(ranks) + 1))


def test_every_drop_names_its_stage_its_rule_and_its_file(explanations: list[Explanation]) -> None:
    for told in explanations:
        for one in told.actions:
            assert (one.status != "dropped") or one.drops
            assert all(drop.stage and drop.rule and drop.place.file for drop in one.drops.values())


def test_what_the_rules_dropped_and_what_passed_add_up(
    explanations: list[Explanation], records: list[DecisionRecord]
) -> None:
    for told, record in zip(explanations, records, strict=True):
        dropped = sum(one.candidates for one in told.dropped_by)
        passed = int((np.frombuffer(record.dropped, "<u2") == 0).sum())
        assert dropped + passed == ACTIONS * len(CHANNELS)


def test_the_counts_over_all_households_add_up_too(hub: Hub, records: list[DecisionRecord]) -> None:
    over = dropped_over(hub, records)
    passed = sum(int((np.frombuffer(record.dropped, "<u2") == 0).sum()) for record in records)
    assert sum(one.candidates for one in over) + passed == ACTIONS * len(CHANNELS) * HOUSEHOLDS


def contents(folder: Path) -> dict[str, str]:
    """Table -> hash of all its rows; file of the warehouse -> hash of its bytes."""
    found = {}
    connection = sqlite3.connect(folder / FILE)
    try:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = hashlib.sha256()
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1"):
                rows.update(repr(row).encode())
            found[table] = rows.hexdigest()
    finally:
        connection.close()
    for path in sorted((folder / "warehouse").rglob("*")):
        if path.is_file():
            found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def test_explaining_and_replaying_write_nothing(hub: Hub, records: list[DecisionRecord]) -> None:
    before = contents(hub.folder)
    for record in records[:10]:
        hub.explain(record.id)
        hub.replay(record.id)
    assert len(before) > 9
    assert contents(hub.folder) == before


def test_a_slate_is_one_contact_with_its_exposures_and_one_message(hub: Hub, records: list[DecisionRecord]) -> None:
    waiting = Counter(message.decision_id for message in hub.reader.messages("waiting", limit=10_000))
    for record in records:
        stored = hub.reader.leaf(record.leaf)
        assert stored is not None
        own = [entry.exposures for entry in stored.own.entries if entry.id == record.id]
        slate = record.result == "slate"
        assert own == ([len(record.chosen)] if slate else [])
        assert waiting[record.id] == int(slate)


def test_a_slate_of_sixteen_is_one_contact(hub: Hub, records: list[DecisionRecord]) -> None:
    record = next(record for record in records if len(record.chosen) == 16)
    contacts = hub.person(record.ask.who[0], record.ask.at).contacts
    assert [entry.exposures for entry in contacts if entry.at == record.ask.at] == [16]


def test_nobody_gets_more_than_there_are_places(records: list[DecisionRecord]) -> None:
    assert max(len(record.chosen) for record in records) == 16


def test_what_was_chosen_was_chosen_with_certainty(records: list[DecisionRecord]) -> None:
    assert all(record.probability == (1.0,) * len(record.chosen) for record in records)

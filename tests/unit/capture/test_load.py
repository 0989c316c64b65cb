"""Load: history through the same path, resumable."""

from __future__ import annotations

from itertools import chain

from msgspec.structs import replace

from decidedly.capture import load
from decidedly.core.event import Event
from decidedly.core.person import Leaf
from decidedly.person import fold
from tests.cases import NOON, dictionary, event, households
from tests.unit.capture.conftest import Hub

HISTORY = list(households(6, 8))


def run(hub: Hub, chunks: list[list[Event]]) -> tuple[int, int]:
    report = load(chunks, store=hub.store, reader=hub.reader, clock=hub.clock, dictionary=hub.dictionary)
    assert report.rejected == len(report.refusals) == 0
    return report.accepted, report.duplicates


def test_everything_is_taken_in_once(hub: Hub) -> None:
    total = sum(map(len, HISTORY))
    assert run(hub, HISTORY[:3]) == (sum(map(len, HISTORY[:3])), 0)
    assert sum(run(hub, HISTORY)) == total
    assert run(hub, HISTORY) == (0, total)
    assert sorted(one.message_id for one in hub.log) == sorted(one.message_id for one in chain(*HISTORY))


def test_the_record_is_the_fold_of_the_events(hub: Hub) -> None:
    run(hub, HISTORY)
    for events in HISTORY:
        past = [one for one in events if one.at <= NOON]
        leaf = hub.leaf(str(events[0].identifiers[0]))
        folded = fold(Leaf(id=leaf.id, identifiers=leaf.identifiers), past, dictionary())
        assert replace(leaf, version=0) == replace(folded, version=0)


def test_progress_is_told_after_each_chunk(hub: Hub) -> None:
    told: list[tuple[int, int]] = []
    load(
        [HISTORY[0], HISTORY[1]],
        store=hub.store,
        reader=hub.reader,
        clock=hub.clock,
        dictionary=hub.dictionary,
        total=99,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(len(HISTORY[0]), 99), (len(HISTORY[0]) + len(HISTORY[1]), 99)]


def test_bad_events_are_counted_and_placed_over_all_chunks(hub: Hub) -> None:
    bad = event("redemption", NOON, "bad", campaign=18, coupon="c")
    good = event("page", NOON, "good")
    report = load([[good], [bad]], store=hub.store, reader=hub.reader, clock=hub.clock, dictionary=hub.dictionary)
    assert (report.accepted, report.rejected) == (1, 1)
    assert report.refusals[0].place == "events[1].properties.campaign"

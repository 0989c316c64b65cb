"""Quarantine and replay: refused events are kept whole, and taken in as they would have been when they first came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.memory import MemoryQuarantine
from decidedly.core.dictionary import EventKind, Field
from decidedly.core.quarantine import Arrival, QuarantineFull
from tests.cases import NOON, dictionary
from tests.unit.capture.conftest import Hub, raw

MINUTE = timedelta(minutes=1)
BAD = {
    "type": "track",
    "event": "Product Viewed",
    "userId": "1",
    "messageId": "m1",
    "timestamp": "2017-10-30T11:00:00Z",
    "properties": {"product_id": 7, "seconds": 1.5},
}


def mended(hub: Hub) -> None:
    """Let the dictionary have product ids as whole numbers."""
    base = dictionary()
    viewed = EventKind(
        id="product-viewed",
        name="product viewed",
        also=("Product Viewed",),
        fields=(
            Field(name="product_id", type="number(0)", required=True, keep=True),
            Field(name="seconds", type="real", keep=True),
        ),
    )
    events = tuple(viewed if kind.id == viewed.id else kind for kind in base.events)
    hub.dictionary = replace(base, events=events)


def test_a_refused_event_is_kept_with_its_bytes_and_reasons(hub: Hub) -> None:
    report = hub.send({"type": "page", "userId": "1", "messageId": "m0"}, BAD, sentAt="2017-10-30T11:59:00Z")
    assert (report.accepted, report.rejected) == (1, 1)
    [(_, kept)] = hub.quarantine.page()
    assert kept.arrival.body == msgspec.json.encode(BAD)
    assert b'"sentAt":"2017-10-30T11:59:00Z"' in kept.arrival.envelope
    assert (kept.kind, kept.received_at, kept.arrival.format) == ("product-viewed", NOON, "segment")
    assert kept.refusals == report.refusals
    assert kept.refusals[0].place == "batch[1].properties.product_id"


def test_a_message_that_cannot_be_read_is_kept_too(hub: Hub) -> None:
    report = hub.send({"type": "trak", "userId": "1"})
    assert report.rejected == 1
    [(_, kept)] = hub.quarantine.page()
    assert (kept.kind, kept.codes) == ("", ("input.invalid",))


def test_the_same_message_in_another_batch_is_kept_once_and_counted(hub: Hub) -> None:
    hub.send(BAD, sentAt="2017-10-30T11:58:00Z")
    hub.clock = FixedClock(NOON + MINUTE)
    hub.send(BAD, sentAt="2017-10-30T12:00:00Z")
    [(_, kept)] = hub.quarantine.page()
    assert (kept.times, kept.received_at, kept.last_at) == (2, NOON, NOON + MINUTE)


def test_an_event_from_code_is_kept_and_read_again(hub: Hub) -> None:
    hub.capture(raw("product-viewed", "m1", product_id=7))
    [(_, kept)] = hub.quarantine.page()
    assert kept.arrival.format == "event"
    mended(hub)
    assert hub.replay().taken == 1
    assert hub.log[0].message_id == "m1"


def test_replay_takes_in_what_fits_now_as_of_its_first_arrival(hub: Hub) -> None:
    hub.send(BAD, sentAt="2017-10-30T12:10:00Z")
    mended(hub)
    hub.clock = FixedClock(NOON + timedelta(days=3))
    done = hub.replay()
    assert (done.looked_at, done.taken, done.known, done.kept) == (1, 1, 0, 0)
    [event] = hub.log
    assert (event.message_id, event.kind) == ("m1", "product-viewed")
    # The sender's clock was ten minutes ahead of ours when the message came.
    assert event.at == NOON - 70 * MINUTE
    assert event.received_at == NOON
    assert hub.quarantine.page() == []
    assert len(hub.leaf("loyalty:1").panes["product-viewed"].at) == 8


def test_what_is_still_refused_stays_with_its_new_reasons(hub: Hub) -> None:
    hub.send(BAD)
    base = hub.dictionary
    viewed = EventKind(
        id="product-viewed",
        name="product viewed",
        also=("Product Viewed",),
        fields=(Field(name="product_id", type="number(0)"), Field(name="shop", type="string", required=True)),
    )
    hub.dictionary = replace(base, events=(*(one for one in base.events if one.id != viewed.id), viewed))
    done = hub.replay()
    assert (done.taken, done.kept) == (0, 1)
    assert [one.code for one in done.still[0].refusals] == ["event.missing-field"]
    [(_, kept)] = hub.quarantine.page()
    assert (kept.codes, kept.times, kept.received_at) == (("event.missing-field",), 1, NOON)


def test_what_the_sender_sent_again_rightly_is_known_and_leaves(hub: Hub) -> None:
    hub.send(BAD)
    hub.send({**BAD, "properties": {"product_id": "7"}})
    mended(hub)
    done = hub.replay()
    assert (done.taken, done.known, done.kept) == (0, 1, 0)
    assert len(hub.log) == 1
    assert hub.quarantine.page() == []


def test_a_dry_run_changes_nothing(hub: Hub) -> None:
    hub.send(BAD, {**BAD, "messageId": "m2", "properties": {}})
    mended(hub)
    done = hub.replay(dry_run=True)
    assert (done.looked_at, done.taken, done.kept) == (2, 1, 1)
    assert hub.log == []
    assert len(hub.quarantine.page()) == 2


def test_kinds_and_codes_can_be_chosen(hub: Hub) -> None:
    hub.send(
        BAD,
        {"type": "trak", "userId": "1"},
        {**BAD, "messageId": "m2", "properties": {"product_id": 8, "seconds": "x"}},
    )
    mended(hub)
    assert hub.replay(kind="order").looked_at == 0
    assert hub.replay(code="input.invalid").kept == 1
    assert hub.replay(kind="product-viewed").looked_at == 2
    assert len(hub.quarantine.page()) == 2


def test_many_pages_are_replayed_and_those_that_stay_do_not_hold_up_the_rest(hub: Hub) -> None:
    seconds = [1.0 if number % 3 else "x" for number in range(500)]
    hub.send(
        *(
            {**BAD, "messageId": f"m{number}", "properties": {"product_id": number, "seconds": one}}
            for number, one in enumerate(seconds)
        )
    )
    mended(hub)
    done = hub.replay()
    assert (done.looked_at, done.taken, done.kept) == (500, 333, 167)
    assert hub.replay().taken == 0


class Killed(Exception):
    pass


class Dying(MemoryQuarantine):
    """A quarantine whose process is killed after the events were taken in, before they were removed."""

    dies = True

    def remove(self, ids: Iterable[str]) -> int:
        if self.dies:
            raise Killed
        return super().remove(ids)


def test_a_replay_killed_after_the_commit_counts_nothing_twice(hub: Hub) -> None:
    hub.quarantine = dying = Dying()
    hub.send(BAD)
    mended(hub)
    with pytest.raises(Killed):
        hub.replay()
    assert len(hub.log) == 1
    dying.dies = False
    done = hub.replay()
    assert (done.taken, done.known) == (0, 1)
    assert len(hub.log) == 1
    assert hub.quarantine.page() == []


def test_when_it_is_full_what_is_valid_is_taken_in_and_the_sender_is_told(hub: Hub) -> None:
    hub.quarantine.most = 1
    hub.send(BAD)
    with pytest.raises(QuarantineFull):
        hub.send({"type": "page", "userId": "1", "messageId": "m9"}, {**BAD, "messageId": "m2"})
    assert [event.message_id for event in hub.log] == ["m9"]
    assert hub.quarantine.filled().events == 1


def test_a_format_that_nothing_reads_stays(hub: Hub) -> None:
    hub.send(BAD)
    [(_, kept)] = hub.quarantine.page()
    hub.quarantine = MemoryQuarantine()
    hub.quarantine.put([replace(kept, arrival=replace(kept.arrival, format="telex"))])
    assert hub.replay().still[0].refusals[0].message == "Nothing reads the format 'telex'."


def test_whom_it_is_about_can_be_told_from_the_bytes() -> None:
    hub = Hub()
    hub.send({"type": "trak"})
    [(_, kept)] = hub.quarantine.page()

    def holds(body: bytes, *values: str) -> bool:
        envelope = b'{"context":{"traits":{"email":"a@b.c"}}}'
        arrival = Arrival(format="segment", body=body, source="web", envelope=envelope)
        return replace(kept, arrival=arrival).mentions(values)

    assert holds(b'{"userId": 1029}', "1029")
    assert holds(b'{"userId": "1029"}', "77", "1029")
    assert not holds(b'{"userId": "11029", "n": 10290, "b": true}', "1029", "True")
    assert holds(b"{}", "a@b.c")
    assert holds(b'{"userId": "1029", broken', "1029")
    assert not holds(b'{"userId": "11029", broken', "1029")

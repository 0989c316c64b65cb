"""A sender claims before it hands over: from then on nothing takes the message's place. What has changed is seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from decidedly.adapters.senders.folder import FolderSender
from decidedly.core.ledger import Entry
from decidedly.core.message import Message
from decidedly.core.policy import Cap, Per
from decidedly.core.work import Committed, Work
from decidedly.deliver import Delivered, run
from decidedly.ledger import Calendar, displace, displaced
from decidedly.ports.reader import Stored
from decidedly.ports.sender import Envelope
from tests.unit.deliver.test_run import NOW, Hub

DAY = timedelta(days=1)
ONE_IN_A_WEEK = Cap(id="one", name="One a week", at_most=1, per=Per(unit="week"))


def send(hub: Hub, at: object = NOW, caps: Sequence[Cap] = (ONE_IN_A_WEEK,)) -> Delivered:
    return run(
        hub.reader, hub.store, hub.senders, hub.compose, at,  # type: ignore[arg-type]
        caps=lambda stored, moment: (caps, Calendar(ZoneInfo("UTC"))),
    )  # fmt: skip


def add(hub: Hub, worth: float, id: str = "d9", **changes: object) -> Entry:
    """One more contact of person 0, reserved and with its row in the outbox, which nothing renders."""
    stored = own(hub)
    entry = replace(stored.own.entries[0], id=id, worth=worth, **changes)
    ledger = replace(stored.own, version=stored.own.version + 1, entries=(*stored.own.entries, entry))
    row = Message(key=id, decision_id=id, leaf="p0", channel="email", due_at=NOW + 9 * DAY)
    hub.store.commit([Work(person="p0", ledgers=(ledger,), outbox=(row,))])
    return entry


def own(hub: Hub) -> Stored:
    stored = hub.reader.leaf("p0")
    assert stored is not None
    return stored


def rows(hub: Hub, state: str) -> list[str]:
    return [row.key for row in hub.reader.messages(state)]  # type: ignore[arg-type]


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path / "pickup")


def test_the_ledger_says_that_it_is_being_sent_before_it_is_handed_over(hub: Hub) -> None:
    class Looking(FolderSender):
        seen: tuple[Entry, ...] = ()

        def send(self, envelope: Envelope) -> str:
            Looking.seen = own(hub).own.entries
            return super().send(envelope)

    hub.senders = {"email": Looking(hub.folder)}
    assert send(hub, NOW + DAY).sent == 1
    ((claimed,),) = (Looking.seen,)
    assert (claimed.state, claimed.until, claimed.at) == ("sending", None, NOW + DAY)
    assert own(hub).own.entries[0].at == NOW + DAY


def test_a_message_that_another_displaced_between_the_look_and_the_claim_is_never_sent(hub: Hub) -> None:
    class Slower:
        """A store on which somebody displaces the message just before the claim is written."""

        done = False

        def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
            if not self.done:
                self.done = True
                before = own(hub)
                gone = before.own.entries
                work = Work(
                    person="p0", ledgers=(displace(before.own, gone, "d8"),),
                    outbox=displaced(gone, before.ledgers, "d8"),
                )  # fmt: skip
                hub.store.commit([work])
            return hub.store.commit(works)

        def close(self) -> None: ...

    found = run(hub.reader, Slower(), hub.senders, hub.compose, NOW)
    assert found == Delivered(sent=0, failed=0, withheld=0, by_channel={})
    assert (rows(hub, "displaced"), list(hub.folder.iterdir())) == (["d0"], [])


def test_a_message_that_goes_late_waits_where_something_better_is_reserved_by_then(hub: Hub) -> None:
    add(hub, worth=5, at=NOW + 8 * DAY, until=NOW + 11 * DAY)
    assert send(hub, NOW + 1.5 * DAY).sent == 0
    assert hub.state() == ("waiting", "reserved")
    assert send(hub, NOW + 0.5 * DAY).sent == 1


def test_what_is_worth_less_and_waits_gives_way_to_a_message_that_goes_late(hub: Hub) -> None:
    hub.set_entry(worth=7.0)
    add(hub, worth=5, at=NOW + 8 * DAY, until=NOW + 11 * DAY)
    assert send(hub, NOW + 1.5 * DAY).sent == 1
    assert (rows(hub, "displaced"), rows(hub, "sent")) == (["d9"], ["d0"])
    assert [(one.id, one.state, one.displaced_by) for one in own(hub).own.entries] == [
        ("d0", "confirmed", ""), ("d9", "released", "d0"),
    ]  # fmt: skip


def test_of_two_messages_that_a_merge_brought_together_the_better_one_goes(hub: Hub) -> None:
    add(hub, worth=5)
    assert send(hub).sent == 0
    hub.set_entry_of("d9", {"worth": -1.0})
    assert send(hub).sent == 1
    assert rows(hub, "displaced") == ["d9"]


def test_a_claim_that_was_never_recorded_counts_even_where_the_message_may_not_go_any_more(hub: Hub) -> None:
    hub.set_entry(state="sending", until=None)
    run(
        hub.reader, hub.store, hub.senders, hub.compose, NOW,
        further=lambda message, stored, at: "not any more",
    )  # fmt: skip
    assert hub.state() == ("withheld", "confirmed")


def test_an_answer_that_somebody_is_looking_at_gives_way_to_nothing(hub: Hub) -> None:
    hub.set_entry(worth=7.0)
    add(hub, worth=1, channel="web")
    assert send(hub).sent == 0

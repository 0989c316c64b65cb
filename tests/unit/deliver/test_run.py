"""The outbox: what is due goes out once, what may not go is withheld, what fails gives its contact back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from decidedly.adapters.memory import MemoryReader, MemoryStore, State
from decidedly.adapters.senders.folder import FolderSender
from decidedly.core.ask import Ask
from decidedly.core.consent import Consent
from decidedly.core.decision import KERNEL_VERSION, DecisionRecord, Inputs
from decidedly.core.errors import NotReady, SendFailed
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry, Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf
from decidedly.core.provenance import Provenance
from decidedly.core.work import Committed, Expect, Work
from decidedly.deliver import Composed, Delivered, due, run
from decidedly.ports.reader import Stored
from decidedly.ports.sender import Envelope, Sender
from tests.unit.content.views import template, view

NOW = datetime(2017, 10, 30, 9, tzinfo=UTC)
TEMPLATE = template()


def consent(granted: bool, at: datetime = NOW - timedelta(days=9), channel: str = "email") -> Consent:
    said = Provenance(how="given", source="form", at=at)
    return Consent(purpose="marketing", channel=channel, granted=granted, provenance=said, message_id=f"c{at:%s}")


def record_of(number: int) -> DecisionRecord:
    who = (Identifier("loyalty", str(number)),)
    return DecisionRecord(
        id=f"d{number}",
        ask=Ask(ask_id=f"a{number}", who=who, service="weekly-coupons", at=NOW),
        leaf=f"p{number}",
        known=True,
        result="slate",
        playbook="h",
        model="",
        kernel=KERNEL_VERSION,
        seed=1,
        arm="",
        inputs=Inputs(facts={}, consents={}, consent_ids={}, candidates={}, propensity=b"", contacts=(), epoch=0),
        actions=1,
        channels=("email",),
        dropped=b"\0\0",
        priority=b"\0\0\0\0",
        chosen=(0,),
        channel="email",
        probability=(1.0,),
    )


class Hub:
    """A store of some people, each with one decided message, and a pickup folder."""

    def __init__(self, folder: Path, people: int = 1) -> None:
        state = State()
        self.reader, self.store = MemoryReader(state), MemoryStore(state)
        self.folder = folder
        self.senders: dict[str, Sender] = {"email": FolderSender(folder)}
        self.store.commit([self.decided(number) for number in range(people)])

    def decided(self, number: int) -> Work:
        id, decision = f"p{number}", f"d{number}"
        entry = Entry(
            id=decision,
            contact_class="marketing",
            channel="email",
            at=NOW,
            state="reserved",
            until=NOW + timedelta(days=2),
            exposures=16,
        )
        leaf = Leaf(id=id, version=1, identifiers=(Identifier("loyalty", str(number)),), consents=(consent(True),))
        return Work(
            person=id,
            expect=Expect(leaf=0, ledgers={f"p{number}": 0}),
            leaf=leaf,
            ledgers=(Ledger(leaf=id, version=1, entries=(entry,)),),
            record=record_of(number),
            outbox=(Message(key=decision, decision_id=decision, leaf=id, channel="email", due_at=NOW),),
        )

    def compose(self, message: Message, record: DecisionRecord, stored: Stored) -> Composed:
        return Composed(to=f"{stored.person}@example.com", sender="a@maple.example", template=TEMPLATE, view=view(2))

    def run(self, at: datetime = NOW) -> Delivered:
        return run(self.reader, self.store, self.senders, self.compose, at)

    def state(self, number: int = 0) -> tuple[str, str]:
        """State of the message and of its contact."""
        stored = self.reader.leaf(f"p{number}")
        assert stored is not None
        states = ("waiting", "sent", "failed", "withheld")
        found = [state for state in states for row in self.reader.messages(state) if row.key == f"d{number}"]  # type: ignore[arg-type]
        assert len(found) == 1
        return found[0], stored.own.entries[0].state

    def say(self, *consents: Consent) -> None:
        stored = self.reader.leaf("p0")
        assert stored is not None
        leaf = msgspec.structs.replace(stored.leaves[0], version=2, consents=(*stored.leaves[0].consents, *consents))
        self.store.commit([Work(person="p0", expect=Expect(leaf=1), leaf=leaf)])

    def set_entry(self, **changes: object) -> None:
        self.set_entry_of("d0", changes)

    def set_entry_of(self, id: str, changes: dict[str, object]) -> None:
        stored = self.reader.leaf("p0")
        assert stored is not None
        entries = tuple(
            msgspec.structs.replace(entry, **changes) if entry.id == id else entry for entry in stored.own.entries
        )
        ledger = Ledger(leaf="p0", version=stored.own.version + 1, entries=entries)
        self.store.commit([Work(person="p0", expect=Expect(ledgers={"p0": stored.own.version}), ledgers=(ledger,))])


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path / "pickup")


def test_a_due_message_is_sent_and_its_contact_confirmed(hub: Hub) -> None:
    assert hub.run() == Delivered(sent=1, failed=0, withheld=0, by_channel={"email": 1})
    assert hub.state() == ("sent", "confirmed")
    assert [path.name for path in hub.folder.iterdir()] == ["d0.eml"]


def test_a_message_whose_time_has_not_come_waits(hub: Hub) -> None:
    assert list(due(hub.reader, NOW - timedelta(seconds=1))) == []
    assert hub.run(NOW - timedelta(seconds=1)).sent == 0
    assert hub.state() == ("waiting", "reserved")


def test_a_message_that_is_held_goes_on_waiting_and_keeps_its_contact(hub: Hub) -> None:
    def hold(message: Message, record: DecisionRecord, stored: Stored, at: datetime) -> bool:
        return at < NOW + timedelta(hours=1)

    held = run(hub.reader, hub.store, hub.senders, hub.compose, NOW, hold=hold)
    assert (held.sent, hub.state()) == (0, ("waiting", "reserved"))
    assert run(hub.reader, hub.store, hub.senders, hub.compose, NOW + timedelta(hours=1), hold=hold).sent == 1


def test_running_twice_sends_once(hub: Hub) -> None:
    hub.run()
    before = (hub.folder / "d0.eml").stat().st_mtime_ns
    assert hub.run().sent == 0
    assert (hub.folder / "d0.eml").stat().st_mtime_ns == before


def test_a_consent_withdrawn_after_the_decision_withholds_the_message(hub: Hub) -> None:
    hub.say(consent(False, at=NOW - timedelta(minutes=1)))
    assert hub.run().withheld == 1
    assert hub.state() == ("withheld", "released")
    assert list(hub.folder.iterdir()) == []


def test_a_withdrawal_from_another_channel_changes_nothing(hub: Hub) -> None:
    hub.say(consent(False, at=NOW - timedelta(minutes=1), channel="sms"))
    assert hub.run().sent == 1


def test_a_withdrawal_from_all_channels_withholds_the_message(hub: Hub) -> None:
    hub.say(consent(False, at=NOW - timedelta(minutes=1), channel="all"))
    assert hub.run().withheld == 1


@pytest.mark.parametrize(
    "changes", [{"state": "released"}, {"until": NOW}, {"id": "another"}], ids=["released", "lapsed", "replaced"]
)
def test_a_message_without_its_reservation_is_withheld(hub: Hub, changes: dict[str, object]) -> None:
    hub.set_entry(**changes)
    assert hub.run().withheld == 1
    assert hub.state()[0] == "withheld"


def test_a_refused_message_fails_and_gives_its_contact_back(hub: Hub) -> None:
    class Refusing:
        def send(self, envelope: Envelope) -> str:
            raise SendFailed("mailbox full")

    hub.senders = {"email": Refusing()}
    assert hub.run().failed == 1
    assert hub.state() == ("failed", "released")
    assert "mailbox full" in hub.reader.messages("failed")[0].note


def test_a_missing_sender_stops_the_run_and_the_message_waits(hub: Hub) -> None:
    hub.senders = {}
    with pytest.raises(NotReady, match="email"):
        hub.run()
    assert hub.state() == ("waiting", "reserved")


def test_a_crash_before_the_record_is_made_good_without_a_second_send(hub: Hub) -> None:
    class Crashing(MemoryStore):
        def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
            if any(work.outbox for work in works):
                raise KeyboardInterrupt
            return hub.store.commit(works)

    with pytest.raises(KeyboardInterrupt):
        run(hub.reader, Crashing(State()), hub.senders, hub.compose, NOW)
    handed_over = (hub.folder / "d0.eml").stat().st_ino
    assert hub.state() == ("waiting", "sending")
    assert hub.run().sent == 1
    assert (hub.folder / "d0.eml").stat().st_ino == handed_over


def test_a_ledger_that_moved_meanwhile_is_read_again(hub: Hub) -> None:
    class Moving(FolderSender):
        def send(self, envelope: Envelope) -> str:
            hub.set_entry(exposures=3)
            return super().send(envelope)

    hub.senders = {"email": Moving(hub.folder)}
    assert hub.run().sent == 1
    assert hub.state() == ("sent", "confirmed")


def test_many_go_chunk_by_chunk_with_progress(tmp_path: Path) -> None:
    hub, seen, treatments = Hub(tmp_path, people=7), [], []
    found = run(
        hub.reader,
        hub.store,
        hub.senders,
        hub.compose,
        NOW,
        progress=seen.append,
        rendered=lambda message, treatment: treatments.append(message.key),
        chunk=3,
    )
    assert found.sent == 7
    assert seen == [3, 3, 1]
    assert len(set(treatments)) == 7


def test_a_further_reason_withholds(hub: Hub) -> None:
    found = run(hub.reader, hub.store, hub.senders, hub.compose, NOW, further=lambda message, stored, at: "quiet hours")
    assert found.withheld == 1
    assert hub.reader.messages("withheld")[0].note == "quiet hours"

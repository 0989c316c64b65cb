"""Fold: what each kind of event leaves in the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from decidedly.core.dictionary import EventKind
from decidedly.core.event import Event
from decidedly.core.ledger import Entry, Ledger, Mark
from decidedly.core.person import Leaf
from decidedly.core.provenance import Provenance
from decidedly.person import fold, fold_contacts
from tests.cases import NOON, dictionary, event, order

D = dictionary()
LEAF = Leaf(id="p1", version=4)
HOUR = timedelta(hours=1)


def test_facts_keep_their_provenance_and_the_losing_values() -> None:
    said = replace(event("identify", NOON, "m1", **{"age-band": "35-44"}), how="asked", confidence=0.5, synthetic=True)
    later = event("identify", NOON + HOUR, "m2", **{"age-band": "45-54"})
    facts = fold(LEAF, [later, said], D).facts["age-band"]
    assert [fact.value for fact in facts] == ["35-44", "45-54"]
    assert facts[0].provenance == Provenance(how="asked", source="test", at=NOON, confidence=0.5, synthetic=True)
    assert facts[0].message_id == "m1"


def test_only_declared_attributes_of_persons_become_facts() -> None:
    said = event("identify", NOON, "m1", **{"shoe": 42, "categories": ["x"], "kids-count": None})
    assert fold(LEAF, [said], D).facts == {}


def test_properties_of_other_kinds_are_no_facts() -> None:
    assert fold(LEAF, [event("page", NOON, "m1", **{"age-band": "35-44"})], D).facts == {}


def test_a_scaled_number_is_kept_as_an_integer() -> None:
    assert fold(LEAF, [event("identify", NOON, "m1", rating=4.35)], D).facts["rating"][0].value == 435


def test_undeclared_kinds_leave_the_record_alone() -> None:
    assert fold(LEAF, [event("unheard-of", NOON, "m1")], D) is LEAF
    assert fold(LEAF, [], D) is LEAF


def test_the_version_counts_the_writings() -> None:
    assert fold(LEAF, [order(NOON, "1"), order(NOON, "2")], D).version == 5


def test_a_contact_kind_is_a_confirmed_contact() -> None:
    received = replace(event("campaign-received", NOON, "m1", campaign="18"), channel="print")
    ledger = fold_contacts(Ledger(leaf="p1", version=2), [received], D)
    assert ledger.version == 3
    assert ledger.entries == (Entry(id="m1", contact_class="marketing", channel="print", at=NOON, state="confirmed"),)


def test_a_contact_that_answers_a_decision_confirms_its_reservation() -> None:
    reserved = Entry(
        id="d1", contact_class="marketing", channel="print", at=NOON, state="reserved", until=NOON + HOUR, exposures=16
    )
    sent = replace(event("campaign-received", NOON + HOUR, "m1", campaign="18"), decision_id="d1")
    ledger = fold_contacts(Ledger(leaf="p1", version=1, entries=(reserved,)), [sent], D)
    assert ledger.entries == (replace(reserved, state="confirmed", until=None, at=NOON + HOUR),)


RESERVED = Entry(
    id="d1", contact_class="marketing", channel="print", at=NOON, state="reserved", until=NOON + HOUR, exposures=16
)
ANSWERS = replace(
    D,
    events=(
        *D.events,
        *(EventKind(id=id, name=id, outcome=id) for id in ("impression", "reject", "bounce")),
        EventKind(id="no", name="no", outcome="reject", response="click"),
    ),
)


def answer(kind: str, hours: int = 1, decision: str = "d1", machine: float | None = None, **said: Any) -> Event:
    happened = event(kind, NOON + hours * HOUR, f"{kind}{hours}{said}", **said)
    return replace(happened, decision_id=decision, machine=machine)


def told(*answers: Event, entries: tuple[Entry, ...] = (RESERVED,)) -> Ledger:
    return fold_contacts(Ledger(leaf="p1", version=1, entries=entries), answers, ANSWERS)


def test_an_impression_confirms_what_its_decision_reserved_and_nothing_else() -> None:
    assert told(answer("impression")).entries == (replace(RESERVED, state="confirmed", until=None, at=NOON + HOUR),)
    assert told(answer("impression"), entries=()).entries == ()


def test_a_bounce_releases_the_contact_whenever_it_is_heard_of() -> None:
    sent = answer("campaign-received", campaign="18")
    gone = replace(RESERVED, state="released", until=None, at=NOON + HOUR)
    assert told(sent, answer("bounce", 2)).entries == told(answer("bounce", 2), sent).entries == (gone,)


def test_an_answer_leaves_a_mark_for_each_action_it_names() -> None:
    marks = told(answer("reject", actions=["a", "b"])).marks
    assert marks == tuple(Mark(outcome="reject", action=id, at=NOON + HOUR, decision="d1") for id in "ab")
    assert told(answer("reject")).marks == (Mark(outcome="reject", action="", at=NOON + HOUR, decision="d1"),)
    assert told(answer("reject", decision="")).marks == ()


def test_of_several_answers_the_latest_is_kept_in_whatever_order_they_come() -> None:
    early, late = answer("reject", 1, action="a"), answer("reject", 5, action="a")
    assert told(early, late).marks == told(late, early).marks
    assert [mark.at for mark in told(early, late).marks] == [NOON + 5 * HOUR]


def test_software_leaves_no_mark() -> None:
    assert told(answer("no", action="a", machine=0.9)).marks == ()
    assert len(told(answer("no", action="a", machine=0.1)).marks) == 1


def test_a_word_about_consent_advances_the_epoch() -> None:
    said = event("consent", NOON, "m1", purpose="marketing", channel="sms", granted=False)
    assert fold_contacts(Ledger(leaf="p1", epoch=2), [said], D).epoch == 3


def test_events_without_contact_leave_the_ledger_alone() -> None:
    ledger = Ledger(leaf="p1", version=2)
    assert fold_contacts(ledger, [order(NOON, "1")], D) is ledger

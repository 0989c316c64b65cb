"""Consent: which word counts at which moment, of all purposes, channels and leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.consent import ConsentState
from decidedly.core.dictionary import Dictionary, EventKind, Purpose
from decidedly.core.event import Event
from decidedly.core.identity import Cluster
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf, Person
from decidedly.person import combine, consent_for, consented, consents_of, fold, state_of
from decidedly.person.joined import Joined
from decidedly.ports.reader import Stored
from tests import cases
from tests.cases import NOON, event

DAY = timedelta(days=1)


def dictionary(*purposes: Purpose) -> Dictionary:
    base = cases.dictionary()
    kind = EventKind(id="consent-confirmed", name="consent confirmed")
    return replace(base, events=(*base.events, kind), purposes=purposes)


D = dictionary()
LATER = Joined({"p0": {"p1": NOON + DAY}, "p1": {"p0": NOON + DAY}})


def said(
    at: datetime, id: str, granted: bool = True, channel: str = "email", purpose: str = "marketing", **more: Any
) -> Event:
    return event("consent", at, id, purpose=purpose, channel=channel, granted=granted, **more)


def confirmed(at: datetime, consent: str) -> Event:
    return event("consent-confirmed", at, f"yes:{consent}:{at}", consent=consent)


def person(*events: Event, at: datetime = NOON, of: Dictionary = D) -> Person:
    return combine([fold(Leaf(id="p1"), events, of)], at, of)


def alone(leaf: Leaf) -> Stored:
    return Stored(leaf="p1", leaves=(leaf,), ledgers=(Ledger(leaf="p1"),), cluster=Cluster(leaves=("p1",)))


def state(one: Person, channel: str = "email", purpose: str = "marketing") -> ConsentState | None:
    word = consent_for(one, channel, purpose)
    return None if word is None else state_of(word, one.at)


def test_a_word_keeps_its_basis_its_proof_and_the_text_that_was_shown() -> None:
    word = consent_for(
        person(said(NOON - DAY, "c1", basis="contract", proof="form:newsletter-3", text_version="2017-05")), "email"
    )
    assert word is not None
    assert (word.basis, word.proof, word.text_version) == ("contract", "form:newsletter-3", "2017-05")


def test_purposes_do_not_speak_for_each_other() -> None:
    one = person(said(NOON - DAY, "c1", purpose="research"))
    assert (state(one, purpose="research"), state(one)) == ("granted", None)


def test_a_word_about_every_purpose_counts_for_each_until_a_newer_one() -> None:
    one = person(
        said(NOON - 3 * DAY, "c1"),
        said(NOON - 2 * DAY, "c2", granted=False, channel="all", purpose="all"),
        said(NOON - DAY, "c3", purpose="research"),
    )
    assert (state(one), state(one, purpose="research"), state(one, purpose="other")) == (
        "refused",
        "granted",
        "refused",
    )


def test_a_yes_ends_when_it_expires_and_no_event_is_needed() -> None:
    word = said(NOON - DAY, "c1", expires_at="2017-10-30T12:00:00Z")
    assert state(person(word, at=NOON - timedelta.resolution)) == "granted"
    assert state(person(word, at=NOON)) == "expired"


def test_an_expired_yes_does_not_bring_an_earlier_one_back() -> None:
    one = person(said(NOON - 9 * DAY, "c1"), said(NOON - 2 * DAY, "c2", expires_at="2017-10-29T00:00:00Z"))
    assert state(one) == "expired"


def test_a_yes_of_double_opt_in_counts_from_its_confirmation_on() -> None:
    events = said(NOON - 2 * DAY, "c1", double_opt_in=True), confirmed(NOON - DAY, "c1")
    before, after = person(*events, at=NOON - DAY), person(*events)
    assert (state(before), [word.message_id for word in before.pending]) == (None, ["c1"])
    assert (state(after), after.pending) == ("granted", ())


@pytest.mark.parametrize(("days", "counts"), [(29, True), (30, False), (31, False)])
def test_a_confirmation_that_comes_too_late_confirms_nothing(days: int, counts: bool) -> None:
    one = person(said(NOON - 40 * DAY, "c1", double_opt_in=True), confirmed(NOON - (40 - days) * DAY, "c1"))
    assert (state(one) == "granted") is counts
    assert [state_of(word, NOON, pending=True) for word in one.pending] == ([] if counts else ["lapsed"])


def test_while_a_yes_waits_what_was_said_before_stands() -> None:
    waiting = said(NOON - DAY, "c2", double_opt_in=True)
    assert state(person(said(NOON - 2 * DAY, "c1"), waiting)) == "granted"
    assert state(person(said(NOON - 2 * DAY, "c1", granted=False), waiting)) == "refused"


def test_a_confirmation_does_not_undo_a_withdrawal_that_came_between() -> None:
    one = person(
        said(NOON - 3 * DAY, "c1", double_opt_in=True), said(NOON - 2 * DAY, "c2", granted=False),
        confirmed(NOON - DAY, "c1"),
    )  # fmt: skip
    assert state(one) == "refused"


def test_a_refusal_needs_no_confirmation() -> None:
    assert state(person(said(NOON - DAY, "c1", granted=False, double_opt_in=True))) == "refused"


def test_the_purpose_says_which_channels_need_a_second_yes_and_for_how_long_it_is_waited_for() -> None:
    d = dictionary(Purpose(id="marketing", name="marketing", double_opt_in=("email",), confirm_within_days=2))
    one = person(said(NOON - 3 * DAY, "c1"), said(NOON - 3 * DAY, "c2", channel="sms"), of=d)
    assert (state(one), state(one, "sms")) == (None, "granted")
    assert [state_of(word, NOON, pending=True) for word in one.pending] == ["lapsed"]


def test_of_silence_the_lawful_basis_tells_and_a_refusal_counts_on_every_basis() -> None:
    contract, consent = Purpose(id="service", name="service", basis="contract"), Purpose(id="ads", name="ads")
    silent, refused = Leaf(id="p1"), fold(Leaf(id="p1"), [said(NOON - DAY, "c1", False, purpose="service")], D)
    assert consented(alone(silent), contract, "email", NOON)
    assert not consented(alone(silent), consent, "email", NOON)
    assert not consented(alone(refused), contract, "email", NOON)


def test_a_yes_to_profiling_is_not_a_matter_of_channels() -> None:
    word = consent_for(person(said(NOON - DAY, "c1", False, channel="email", purpose="profiling")), "all", "profiling")
    assert word is not None
    assert not word.granted


TIMES = st.integers(0, 9).map(lambda days: NOON - days * DAY)
WORDS = st.builds(
    lambda at, id, granted, channel, purpose, expires, double: said(
        at, f"c{id}", granted, channel, purpose, double_opt_in=double,
        **({"expires_at": expires.isoformat()} if expires else {}),
    ),
    TIMES, st.integers(0, 5), st.booleans(), st.sampled_from(("email", "sms", "all")),
    st.sampled_from(("marketing", "research", "all")), st.none() | TIMES, st.booleans(),
)  # fmt: skip
CONFIRMATIONS = st.builds(lambda at, id: confirmed(at, f"c{id}"), TIMES, st.integers(0, 5))
EVENTS = st.lists(WORDS | CONFIRMATIONS, max_size=8, unique_by=lambda one: one.message_id)


@given(EVENTS, st.randoms(use_true_random=False), TIMES)
def test_every_order_of_arrival_gives_the_same_permissions(events: list[Event], random: Any, at: datetime) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    leaf = Leaf(id="p1")
    for one in shuffled:
        leaf = fold(leaf, [one], D)
    assert combine([leaf], at, D).consents == person(*events, at=at).consents
    assert combine([leaf], at, D).pending == person(*events, at=at).pending


@given(EVENTS, TIMES, st.sampled_from(("email", "sms", "print")), st.sampled_from(("marketing", "research", "other")))
def test_the_word_that_counts_is_the_newest_that_names_them_and_is_in_force(
    events: list[Event], at: datetime, channel: str, purpose: str
) -> None:
    yeses = {one.properties["consent"]: [] for one in events if one.kind == "consent-confirmed"}  # type: ignore[var-annotated]
    for one in events:
        if one.kind == "consent-confirmed":
            yeses[one.properties["consent"]].append(one.at)

    def waits(one: Event) -> bool:
        first = min(yeses.get(one.message_id, [NOON + DAY]))
        return bool(one.properties["granted"] and one.properties["double_opt_in"]) and not (
            first < at and first < one.at + 30 * DAY
        )

    naming = [
        one for one in events
        if one.kind == "consent" and one.at < at and not waits(one)
        and one.properties["channel"] in (channel, "all") and one.properties["purpose"] in (purpose, "all")
    ]  # fmt: skip
    newest = max(naming, key=lambda one: (one.at, one.message_id), default=None)
    found = consent_for(person(*events, at=at), channel, purpose)
    assert (found and found.message_id) == (newest and newest.message_id)


@given(EVENTS, st.lists(st.booleans(), min_size=8, max_size=8), TIMES, st.sampled_from(("email", "sms", "print")))
def test_leaves_that_are_joined_later_permit_what_each_permits_that_says_anything(
    events: list[Event], side: list[bool], at: datetime, channel: str
) -> None:
    plain = [
        replace(one, properties={**one.properties, "double_opt_in": False}) for one in events if one.kind == "consent"
    ]
    parts = [[one for one, left in zip(plain, side, strict=False) if left is which] for which in (True, False)]
    leaves = [fold(Leaf(id=f"p{number}"), part, D) for number, part in enumerate(parts)]
    apart = Person(id="p", at=at, known=True, consents=consents_of(leaves, at, LATER))
    words = [word for leaf in leaves if (word := consent_for(combine([leaf], at, D), channel)) is not None]
    found = consent_for(apart, channel)
    assert (found is None) == (not words)
    assert found is None or found.permits(at) == all(word.permits(at) for word in words)

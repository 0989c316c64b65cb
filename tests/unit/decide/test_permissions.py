"""Permissions: whom we may profile, whom we may decide for without a human being, and for which purpose we write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.core.dictionary import Basis, Purpose
from decidedly.core.policy import ContactPolicy
from decidedly.decide import explain, replay
from tests.cases import event, order
from tests.shop import (
    ALCOHOL,
    COFFEE,
    CONSENT,
    DIAPERS,
    FAMILIES,
    MONDAY,
    WINE,
    Shop,
    dictionary,
    drops,
    plan_of,
    playbook,
)

DAY = timedelta(days=1)
ADULT: dict[str, Any] = {"age_band": "35-44", "kids_count": 2}


def shop(*purposes: Purpose, **service: Any) -> Shop:
    return Shop(playbook(service, dictionary=replace(dictionary(), purposes=purposes), contact=ContactPolicy()))


def say(one: Shop, purpose: str, granted: bool, number: int = 1, **more: Any) -> None:
    words = {"purpose": purpose, "channel": "all", "granted": granted, **more}
    one.hear(event("consent", MONDAY - DAY, f"{purpose}:{granted}:{number}", f"loyalty:{number}", **words))


def refuser(purpose: str, **service: Any) -> Shop:
    one = shop(**service)
    one.meet(**ADULT)
    say(one, purpose, False)
    return one


def record_of(one: Shop, **asked: Any) -> DecisionRecord:
    """The decision, which must replay to its bytes."""
    record = one.dry_run(**asked)
    assert to_bytes(replay(record, plan_of(one.book, record.ask.channel))) == to_bytes(record)
    return record


# Profiling


def test_what_rules_say_of_a_refuser_is_what_they_say_of_a_stranger_but_for_law_and_eligibility() -> None:
    one = refuser("profiling")
    assert drops(record_of(one), one.book) == {
        COFFEE: {"email": None, "sms": None},
        DIAPERS: {"email": FAMILIES, "sms": FAMILIES},  # suitability does not know the two children
        WINE: {"email": None, "sms": None},  # regulation reads the age: the law asks for it
    }


def test_a_refuser_too_young_for_wine_gets_none() -> None:
    one = shop()
    one.meet(age_band="19-24")
    say(one, "profiling", False)
    assert drops(record_of(one), one.book)[WINE]["email"] == ALCOHOL


def test_the_record_of_a_refuser_holds_only_what_the_law_had_to_read() -> None:
    inputs = record_of(refuser("profiling")).inputs
    assert (set(inputs.facts), inputs.open_facts) == ({"age-band"}, {})
    assert inputs.permissions == {"profiling": False, "automated-decision": True}
    assert inputs.permission_ids == {"profiling": "profiling:False:1"}


def test_a_refusal_lasts_until_it_is_taken_back() -> None:
    one = refuser("profiling")
    one.hear(event("consent", MONDAY - DAY / 2, "again", purpose="profiling", channel="all", granted=True))
    assert record_of(one).inputs.open_facts is None


def test_explain_says_that_the_person_was_decided_as_a_stranger() -> None:
    one = refuser("profiling")
    told = explain(record_of(one), plan_of(one.book), action=DIAPERS)
    assert told.summary.endswith("The person refused profiling and was decided as a stranger.")
    assert [(fact.name, fact.value) for fact in told.permissions] == [
        ("permission for profiling", False), ("permission for automated-decision", True),
    ]  # fmt: skip
    assert [(fact.name, fact.value) for fact in told.actions[0].drops["email"].facts if "kids" in fact.name] == [
        ("person.kids count", None)
    ]


@pytest.mark.parametrize(
    ("basis", "allowed"), [("consent", False), ("legitimate-interest", True), ("contract", True)]
)  # fmt: skip
def test_of_silence_the_lawful_basis_of_profiling_tells(basis: Basis, allowed: bool) -> None:
    one = shop(Purpose(id="profiling", name="profiling", basis=basis))
    one.meet(**ADULT)
    assert (record_of(one).inputs.open_facts is None) is allowed


@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from(("a", "b"))), max_size=4), st.sampled_from((0, 1, 3)),
    st.sampled_from(("", "web")), st.integers(0, 9),
)  # fmt: skip
@settings(max_examples=40)
def test_two_refusers_of_one_age_get_the_same_whatever_we_know_of_them(
    bought: list[tuple[int, str]], kids: int, channel: str, seed: int
) -> None:
    one = shop()
    one.meet(1, age_band="35-44", kids_count=kids)
    one.hear(*(order(MONDAY - days * DAY, str(at), (product, 100)) for at, (days, product) in enumerate(bought)))
    one.meet(2, age_band="35-44")
    for number in (1, 2):
        say(one, "profiling", False, number)
    records = [record_of(one, number=number, ask_id=f"a{seed}", channel=channel) for number in (1, 2)]
    known, other = ((r.inputs.propensity, r.inputs.candidates, r.dropped, r.priority, r.chosen) for r in records)
    assert known == other
    assert all(chance == 1.0 for record in records for chance in record.probability)


# Automated decisions


@pytest.mark.parametrize("channel", ["", "web"])
def test_who_refused_automated_decisions_gets_none_and_the_record_says_why(channel: str) -> None:
    one = refuser("automated-decision")
    record = record_of(one, channel=channel)
    assert (record.result, record.chosen, record.probability) == ("no-action", (), ())
    assert {rule for row in drops(record, one.book).values() for rule in row.values()} == {
        plan_of(one.book, channel).automated_rule
    }
    told = explain(record, plan_of(one.book, channel), action=COFFEE)
    assert next(drop.name for drop in told.actions[0].drops.values()) == (
        "The person lets us decide without a human being"
    )
    assert [(fact.value, fact.provenance_id) for fact in next(iter(told.actions[0].drops.values())).facts] == [
        (False, "automated-decision:False:1")
    ]


def test_where_an_employee_decides_by_the_answer_it_is_no_automated_decision() -> None:
    assert record_of(refuser("automated-decision", person_decides=True)).result == "slate"


# The purpose of the service


def service_messages(basis: Basis) -> Shop:
    one = shop(Purpose(id="service", name="service", basis=basis), purpose="service")
    one.meet(yes=(), **ADULT)
    return one


def test_a_service_asks_for_consent_to_its_own_purpose() -> None:
    one = shop(purpose="research")
    one.meet(yes=["email", "sms"], **ADULT)
    assert drops(record_of(one), one.book)[COFFEE] == {"email": CONSENT, "sms": CONSENT}
    say(one, "research", True)
    assert drops(record_of(one), one.book)[COFFEE] == {"email": None, "sms": None}


def test_a_purpose_that_rests_on_a_contract_needs_no_yes_but_hears_a_no() -> None:
    assert drops(record_of(service_messages("consent")), playbook())[COFFEE]["email"] == CONSENT
    one = service_messages("contract")
    assert drops(record_of(one), one.book)[COFFEE]["email"] is None
    say(one, "service", False)
    assert drops(record_of(one), one.book)[COFFEE]["email"] == CONSENT


def test_an_expired_yes_is_a_no() -> None:
    one = shop()
    one.meet(yes=(), **ADULT)
    say(one, "marketing", True, expires_at=(MONDAY - DAY / 2).isoformat())
    assert drops(record_of(one, at=MONDAY - DAY * 3 / 4), one.book)[COFFEE]["email"] is None
    assert drops(record_of(one), one.book)[COFFEE]["email"] == CONSENT

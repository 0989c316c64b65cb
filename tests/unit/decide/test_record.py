"""The record is the decision: alone and in a batch the same bytes, and from its own inputs the same bytes again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord, from_bytes, input_hash, to_bytes
from decidedly.core.errors import BadInput, NotFound, ReplayMismatch
from decidedly.core.policy import Text
from decidedly.decide import replay
from decidedly.decide.online import prepare
from tests.cases import event
from tests.shop import COFFEE, MONDAY, SERVICE, Shop, ask, compile_plan, plan_of, playbook

PEOPLE = 40


@pytest.fixture(scope="module")
def shop() -> Shop:
    """Forty people of every kind: ages, children, consents and contacts that some have and some have not."""
    one = Shop()
    for number in range(1, PEOPLE + 1):
        facts: dict[str, Any] = {}
        if number % 3:
            facts["age_band"] = ("19-24", "35-44")[number % 2]
        if number % 4:
            facts["kids_count"] = number % 4 - 1
        one.meet(number, yes=("email", "sms")[number % 2 : 2 - (number % 5 == 0)], **facts)
        if number % 6 == 0:
            mailed = event(
                "campaign-received", MONDAY - timedelta(days=2), f"m{number}", f"loyalty:{number}", campaign="1"
            )
            one.hear(mailed)
    return one


@pytest.fixture(scope="module")
def records(shop: Shop) -> list[DecisionRecord]:
    return [record for record, _ in prepare([ask(number) for number in range(1, PEOPLE + 1)], shop.world())]


def test_the_people_of_these_tests_are_told_different_things(records: list[DecisionRecord]) -> None:
    assert {record.channel for record in records} == {"", "email", "sms"}
    assert len({record.dropped for record in records}) >= 8


def test_alone_and_in_a_batch_everybody_gets_the_same_record(shop: Shop, records: list[DecisionRecord]) -> None:
    alone = [shop.dry_run(number) for number in range(1, PEOPLE + 1)]
    assert [to_bytes(record) for record in alone] == [to_bytes(record) for record in records]


def test_nobodys_record_depends_on_who_stands_beside_them(shop: Shop, records: list[DecisionRecord]) -> None:
    backwards = prepare([ask(number) for number in range(PEOPLE, 0, -1)], shop.world())
    assert [to_bytes(record) for record, _ in backwards][::-1] == [to_bytes(record) for record in records]


def test_replay_gives_the_same_bytes(shop: Shop, records: list[DecisionRecord]) -> None:
    plan = plan_of(shop.book)
    assert [to_bytes(replay(record, plan)) for record in records] == [to_bytes(record) for record in records]


def test_an_answer_on_the_website_replays_too(shop: Shop) -> None:
    record = shop.dry_run(1, channel="web")
    assert to_bytes(replay(record, plan_of(shop.book, "web"))) == to_bytes(record)


def test_a_decision_for_somebody_unknown_replays_too() -> None:
    one = Shop()
    record = one.dry_run(99, channel="web")
    assert to_bytes(replay(record, plan_of(one.book, "web"))) == to_bytes(record)


def test_what_comes_back_from_bytes_is_the_record(records: list[DecisionRecord]) -> None:
    assert [from_bytes(to_bytes(record)) for record in records] == records


def won() -> tuple[Shop, DecisionRecord]:
    one = Shop()
    one.meet(age_band="35-44", kids_count=2)
    one.scorer.propensity = {own.id: 0.5 for own in one.book.actions}
    return one, one.dry_run()


TAMPERED: dict[str, Any] = {
    "chosen": lambda record: record.chosen[::-1],
    "channel": lambda record: "sms",
    "dropped": lambda record: b"\1\0" + record.dropped[2:],
    "priority": lambda record: b"\0\0\0\0" + record.priority[4:],
    "probability": lambda record: (0.5, 0.5),
    "seed": lambda record: record.seed + 1,
    "result": lambda record: "no-action",
    "arm": lambda record: "challenger",
    "playbook": lambda record: "another",
}


@pytest.mark.parametrize("field", TAMPERED)
def test_a_field_that_was_tampered_with_is_named(field: str) -> None:
    one, record = won()
    with pytest.raises(ReplayMismatch, match=f"differs in: {field}\\."):
        replay(replace(record, **{field: TAMPERED[field](record)}), plan_of(one.book))


def test_an_input_that_was_tampered_with_shows_in_what_follows_from_it() -> None:
    one, record = won()
    inputs = replace(record.inputs, consents={"email": False, "sms": True})
    with pytest.raises(ReplayMismatch, match="dropped, priority, channel"):
        replay(replace(record, inputs=inputs), plan_of(one.book))


def test_a_record_of_another_kernel_is_not_replayed() -> None:
    one, record = won()
    with pytest.raises(ReplayMismatch, match="kernel 0"):
        replay(replace(record, kernel="0"), plan_of(one.book))


def test_a_changed_rule_does_not_replay_as_the_old_one() -> None:
    one, record = won()
    stricter = playbook(policies=(replace(one.book.policies[1], when=Text("false")),))
    with pytest.raises(ReplayMismatch):
        replay(record, plan_of(stricter))


# What is in it


def test_the_record_has_the_facts_that_rules_read_with_their_provenance_and_no_other() -> None:
    one = Shop()
    one.meet(age_band="35-44", kids_count=2, rating=3, born_on="1980-01-01")
    facts = one.dry_run().inputs.facts
    assert {id: (fact.value, fact.message_id, fact.provenance.source) for id, fact in facts.items()} == {
        "age-band": ("35-44", "profile:1", "test"),
        "kids-count": (2, "profile:1", "test"),
    }


def test_the_record_has_each_channels_consent_and_who_said_so() -> None:
    one = Shop()
    one.meet(yes=["email"], no=["sms"])
    inputs = one.dry_run().inputs
    assert inputs.consents == {"email": True, "sms": False}
    assert inputs.consent_ids == {"email": "consent:email:1", "sms": "consent:sms:1"}


def test_the_record_names_playbook_model_and_kernel() -> None:
    one, record = won()
    assert (record.playbook, record.model, record.kernel, record.arm) == (
        plan_of(one.book).playbook_hash,
        "m1",
        "2",
        "champion",
    )


def test_nothing_of_a_moment_after_the_ask_is_in_the_record() -> None:
    one = Shop()
    one.meet(age_band="35-44", kids_count=2)
    before = one.dry_run()
    later = [
        event("identify", MONDAY, "profile:later", **{"age-band": "19-24"}),
        event("consent", MONDAY, "no-more", purpose="marketing", channel="all", granted=False),
        event("campaign-received", MONDAY + timedelta(seconds=1), "mailed", campaign="9"),
    ]
    one.hear(*later)
    after = one.dry_run()
    assert to_bytes(replace(after, inputs=replace(after.inputs, epoch=0))) == to_bytes(
        replace(before, inputs=replace(before.inputs, epoch=0))
    )


def test_equal_inputs_have_equal_hashes_and_others_not() -> None:
    one, record = won()
    assert input_hash(one.dry_run().inputs) == input_hash(record.inputs)
    assert input_hash(replace(record.inputs, epoch=9)) != input_hash(record.inputs)


# The plan


def test_a_service_answers_only_the_channels_that_may_ask_it() -> None:
    with pytest.raises(BadInput, match="does not answer channel 'email'"):
        plan_of(playbook(), "email")


def test_a_service_that_sends_by_no_channel_is_asked_by_one_that_it_answers() -> None:
    with pytest.raises(BadInput, match="sends by no channel") as caught:
        plan_of(playbook(service={"channels": ()}))
    assert "web" in caught.value.hint


def test_an_unknown_service_is_not_found() -> None:
    with pytest.raises(NotFound, match="offer"):
        compile_plan(playbook(), "h", "offer")


def test_candidates_are_those_that_the_services_glob_selects() -> None:
    narrow = playbook(service={"candidates": "grow/*/c*"})
    assert [own.id for own in plan_of(narrow).actions] == [COFFEE]


@pytest.mark.parametrize("channel", ["", "web"])
def test_a_service_without_any_action_answers_no_action(channel: str) -> None:
    one = Shop(playbook(actions=()))
    one.meet()
    record = one.decide(channel=channel)
    assert (record.result, record.actions, record.chosen, record.ask.service) == ("no-action", 0, (), SERVICE)
    assert to_bytes(replay(record, plan_of(one.book, channel))) == to_bytes(record)

"""Why and why not: one status for every action, what dropped it and where that stands, and nothing is changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.core.errors import NotFound
from decidedly.core.policy import Text
from decidedly.decide import Explanation, explain
from tests.cases import event
from tests.shop import COFFEE, DIAPERS, MONDAY, TABLE, WINE, Shop, ask, plan_of, playbook


def shop(**facts: Any) -> Shop:
    one = Shop()
    one.meet(**facts)
    return one


def told(shop: Shop, record: DecisionRecord, action: str = "") -> Explanation:
    return explain(record, plan_of(shop.book, record.ask.channel), action=action)


def test_every_action_is_won_ranked_or_dropped_once() -> None:
    one = shop(age_band="35-44", kids_count=2)
    one.scorer.propensity = {COFFEE: 0.3, DIAPERS: 0.2, WINE: 0.1}
    statuses = [(own.action, own.status, own.rank) for own in told(one, one.dry_run()).actions]
    assert statuses == [(COFFEE, "won", 1), (DIAPERS, "won", 2), (WINE, "ranked", 3)]


def test_dropped_actions_come_last_without_a_rank() -> None:
    one = shop(age_band="19-24")
    one.scorer.propensity = {COFFEE: 0.3}
    statuses = [(own.action, own.status, own.rank) for own in told(one, one.dry_run()).actions]
    assert statuses == [(COFFEE, "won", 1), (DIAPERS, "dropped", 0), (WINE, "dropped", 0)]


def test_ranks_are_those_of_the_chosen_channel() -> None:
    one = shop(age_band="19-24", kids_count=2)
    told_of = told(one, one.dry_run())
    assert told_of.channel == "sms"
    assert {own.channel for own in told_of.actions} == {"sms"}


def test_a_drop_by_a_table_names_rule_source_file_row_and_reason() -> None:
    one = shop(age_band="19-24")
    (own,) = told(one, one.dry_run(), WINE).actions
    drop = own.drops["sms"]
    assert (drop.stage, drop.rule, drop.source) == ("regulation", "alcohol", "23 U.S.C. 158")
    assert (drop.place.file, drop.says) == ("policies/alcohol.table", "may be under 21")
    assert TABLE.splitlines()[drop.row - 1].endswith('"may be under 21"  |')


def test_a_drop_says_in_words_what_decided_and_where_a_null_came_from() -> None:
    one = shop(age_band="19-24")
    (own,) = told(one, one.dry_run(), WINE).actions
    drop = own.drops["sms"]
    assert drop.sentence == 'If age band is "19-24", then may have is false, because "may be under 21".'
    (own,) = told(one, one.dry_run(), DIAPERS).actions
    drop = own.drops["sms"]
    assert drop.sentence.startswith('Wanted: if the action\'s category is "baby", then kids count is more than 0')
    assert drop.nulls == ("kids count is not known",)


def test_a_drop_tells_the_facts_that_the_rule_read_and_who_said_them() -> None:
    one = shop(age_band="19-24")
    (own,) = told(one, one.dry_run(), WINE).actions
    facts = {fact.name: fact for fact in own.drops["sms"].facts}
    age = facts["person.age band"]
    assert (age.value, age.how, age.source, age.provenance_id) == ("19-24", "given", "test", "profile:1")
    assert facts["action.category"].value == "alcohol"


def test_a_fact_that_is_not_known_is_told_as_such() -> None:
    one = shop(age_band="35-44")
    (own,) = told(one, one.dry_run(), DIAPERS).actions
    kids = {fact.name: fact for fact in own.drops["email"].facts}["person.kids count"]
    assert (kids.value, kids.how, kids.provenance_id) == (None, "", "")


def test_a_number_of_the_candidate_is_told_as_learnt() -> None:
    one = shop(age_band="35-44")
    one.scorer.bought = {COFFEE: 7}
    (own,) = told(one, one.dry_run(), COFFEE).actions
    (times,) = own.drops["email"].facts
    assert (times.name, times.value, times.how) == ("candidate.times bought", 7, "learnt")


def test_a_refusal_is_told_with_the_word_that_said_it() -> None:
    one = Shop()
    one.meet(yes=["email"], no=["sms"])
    (own,) = told(one, one.dry_run(), COFFEE).actions
    (said,) = own.drops["sms"].facts
    assert (said.name, said.value, said.provenance_id) == ("consent to marketing by sms", False, "consent:sms:1")


def test_silence_is_told_without_a_word() -> None:
    one = Shop()
    one.meet(yes=["email"])
    (said,) = told(one, one.dry_run(), COFFEE).actions[0].drops["sms"].facts
    assert (said.value, said.provenance_id) == (None, "")


def test_a_cap_is_told_with_the_contacts_that_fill_it() -> None:
    one = shop(age_band="35-44")
    one.hear(event("campaign-received", MONDAY - timedelta(days=3), "mailed", campaign="17"))
    drop = told(one, one.dry_run(), COFFEE).actions[0].drops["email"]
    assert (drop.stage, drop.rule, drop.place.file, drop.place.line) == ("contact", "one-a-week", "contact.toml", 3)
    assert [fact.provenance_id for fact in drop.facts] == ["mailed"]


@pytest.mark.parametrize("at", [MONDAY, MONDAY.replace(hour=23)])
def test_what_the_rules_dropped_and_what_passed_add_up(at: Any) -> None:
    one = shop(age_band="19-24")
    record = one.dry_run(at=at)
    passed = sum(code == 0 for code in memoryview(record.dropped).cast("H"))
    dropped = sum(rule.candidates for rule in told(one, record).dropped_by)
    assert dropped + passed == 3 * 2


def test_a_rule_that_dropped_nothing_is_left_out() -> None:
    one = shop(age_band="35-44", kids_count=0)
    assert [(rule.rule, rule.candidates) for rule in told(one, one.dry_run()).dropped_by] == [("families", 2)]


def test_an_action_that_was_not_considered_is_not_found() -> None:
    one = shop(age_band="35-44")
    with pytest.raises(NotFound, match="grow/week/tea"):
        told(one, one.dry_run(), "grow/week/tea")


def test_reasons_come_from_the_scorer() -> None:
    one = shop(age_band="35-44")
    record = one.dry_run()
    stored = one.reader.person(record.ask.who)
    assert stored is not None
    person = one.view(stored, MONDAY)
    explained = explain(record, plan_of(one.book), person=person, scorer=one.scorer)
    assert {reason.text for own in explained.actions for reason in own.reasons} == {"bought before"}


def test_one_action_is_told_as_among_all() -> None:
    one = shop(age_band="19-24")
    record = one.dry_run()
    everything = {own.action: own for own in told(one, record).actions}
    assert {id: told(one, record, id).actions[0] for id in everything} == everything


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"age_band": "35-44"}, "2 of 3 actions were chosen for email; 2 passed every rule, 1 were dropped."),
        (
            {"yes": ()},
            "None of 3 actions passed every rule; most were dropped by 'Consent to marketing by this channel'.",
        ),
    ],
)
def test_the_summary_is_a_plain_sentence(facts: dict[str, Any], words: str) -> None:
    one = shop(**facts)
    assert told(one, one.dry_run()).summary == words


def test_a_slate_not_worth_its_contact_says_so() -> None:
    one = Shop(playbook(channels=tuple(replace(own, contact_cost=10_000) for own in playbook().channels)))
    one.meet(age_band="35-44")
    assert told(one, one.dry_run()).summary == "2 of 3 actions passed every rule, but no slate was worth its contact."


def test_explaining_somebody_without_a_candidate_works() -> None:
    one = Shop(playbook(actions=()))
    one.meet()
    assert told(one, one.dry_run()).actions == ()


def test_a_rule_that_broke_is_explained_without_breaking() -> None:
    table = 'hit = "first"\n| kids count | -> may have |\n|---|---|\n| > 100 | false |\n| - | true |'
    one = Shop(playbook(policies=(replace(playbook().policies[0], table=Text(table)),)))
    one.meet(age_band="35-44", kids_count=2)
    one.damage("kids-count", "not a number")
    (own,) = told(one, one.dry_run(), COFFEE).actions
    assert own.drops["email"].rule == "alcohol"


def test_asking_why_changes_nothing() -> None:
    one = shop(age_band="19-24")
    record = one.decide()
    before = to_bytes(record), repr(vars(one.state))
    told(one, record)
    told(one, record, WINE)
    stored = one.reader.decision(record.id)
    assert stored is not None
    assert (to_bytes(stored), repr(vars(one.state))) == before


def test_it_is_the_ask_that_is_explained_whatever_came_later() -> None:
    one = shop(age_band="19-24")
    record = one.decide()
    before = told(one, record)
    one.hear(event("identify", MONDAY - timedelta(days=1), "profile:later", **{"age-band": "35-44"}))
    assert told(one, record) == before
    assert one.dry_run(at=MONDAY).ask == ask()


def test_what_is_not_for_everybody_is_masked_and_nothing_said_of_the_rule_gives_it_away() -> None:
    one = shop(age_band="19-24")
    told_of = explain(one.dry_run(), plan_of(one.book), action=WINE, hidden={"age-band"})
    (own,) = told_of.actions
    drop = own.drops["sms"]
    assert [(fact.name, fact.value, fact.masked) for fact in drop.facts if "age" in fact.name] == [
        ("person.age band", None, True)
    ]
    assert (drop.row, drop.says, drop.nulls, drop.sentence) == (0, "", (), "It read a fact that is not for everybody.")
    assert "19-24" not in repr(told_of)

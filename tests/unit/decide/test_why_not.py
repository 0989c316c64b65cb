"""Why not: the first rule that dropped an action and what it read, or by how much it fell short of whom."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from msgspec.structs import replace

from decidedly.core.errors import NotFound
from decidedly.core.policy import Text
from decidedly.core.preference import CHANNEL, PREFERENCES
from decidedly.decide import WhyNot, chances, why_not
from decidedly.decide.why_not import OnChannel
from tests.cases import event
from tests.shop import COFFEE, DIAPERS, MONDAY, WINE, Shop, dictionary, plan_of, playbook


def asked(shop: Shop, action: str, hidden: frozenset[str] = frozenset()) -> WhyNot:
    record = shop.dry_run()
    stored = shop.reader.person(record.ask.who)
    assert stored is not None
    told = chances([record], shop.scorer, [shop.view(stored, MONDAY)])[0]
    return why_not(record, plan_of(shop.book), action, told, hidden)


def on(told: WhyNot, channel: str) -> OnChannel:
    return next(one for one in told.channels if one.channel == channel)


def shop(**facts: object) -> Shop:
    one = Shop()
    one.meet(**facts)
    one.scorer.propensity = {COFFEE: 0.3, DIAPERS: 0.2, WINE: 0.1}
    return one


def test_a_rule_of_the_law_is_told_with_its_source_its_reason_and_the_facts_it_read() -> None:
    told = on(asked(shop(age_band="19-24"), WINE), "email")
    assert told.kept == "dropped"
    assert told.drop is not None
    assert {fact.name: fact.value for fact in told.drop.facts} == {
        "action.category": "alcohol", "person.age band": "19-24",
    }  # fmt: skip
    assert "'Alcohol only to adults whose age we know' (regulation) dropped it: may be under 21" in told.says
    assert told.says.endswith("Source: 23 U.S.C. 158.")


def test_a_fact_that_is_missing_is_named() -> None:
    told = on(asked(shop(), DIAPERS), "email")
    assert told.missing == ("person.kids count",)
    assert told.says.endswith("Not known: person.kids count.")


def test_a_contact_that_fills_a_cap_is_named_with_its_day() -> None:
    one = shop(age_band="35-44")
    one.hear(event("campaign-received", MONDAY - timedelta(days=3), "mailed", campaign="17"))
    says = on(asked(one, COFFEE), "email").says
    assert "'One a week' (contact) dropped it: At most 1 contact in any 7 days" in says
    assert "27 October 2017" in says


def test_a_refusal_is_told_as_one_and_silence_as_not_known() -> None:
    one = Shop()
    one.meet(yes=(), no=("email",))
    told = asked(one, COFFEE)
    assert on(told, "email").says.endswith("dropped it: consent to marketing by email was refused.")
    assert on(told, "sms").missing == ("consent to marketing by sms",)
    assert told.says == "Coffee was dropped by 'Consent to marketing by this channel' (consent) on every channel."


def test_what_passed_and_lost_is_told_by_how_much_to_whom_and_in_which_part() -> None:
    told = on(asked(shop(age_band="35-44", kids_count=2), WINE), "email")
    assert (told.kept, told.part, round(told.ahead, 3)) == ("outranked", "propensity", 2.0)
    assert told.own is not None
    assert told.last is not None
    assert told.last.action == DIAPERS
    assert told.short == pytest.approx(0.4, abs=1e-4)
    assert np.float32(told.last.priority - told.own.priority) == np.float32(told.short)


def test_a_lever_that_makes_the_difference_is_named() -> None:
    book = playbook()
    pushed = tuple(replace(one, lever=5.0) if one.id == DIAPERS else one for one in book.actions)
    one = Shop(replace(book, actions=pushed))
    one.meet(age_band="35-44", kids_count=2, yes=("email",))
    one.scorer.propensity = {COFFEE: 0.9, DIAPERS: 0.1, WINE: 0.1}
    assert on(asked(one, WINE), "email").part == "lever"


def test_a_channel_that_another_was_taken_for_says_so() -> None:
    told = asked(shop(age_band="35-44", kids_count=2), COFFEE)
    assert on(told, "sms").kept == "other-channel"
    assert on(told, "email").kept == "won"
    assert told.says == "Coffee was chosen."


def test_a_preferred_channel_takes_the_choice() -> None:
    known = dictionary()
    one = Shop(playbook(dictionary=replace(known, attributes=known.attributes + PREFERENCES)))
    one.meet(age_band="35-44", kids_count=2, **{CHANNEL.replace("-", "_"): "sms"})
    assert on(asked(one, COFFEE), "email").kept == "other-channel"


def test_a_slate_that_is_not_worth_its_contact_says_so() -> None:
    one = Shop(playbook(channels=tuple(replace(own, contact_cost=10_000) for own in playbook().channels)))
    one.meet(age_band="35-44")
    assert {one.kept for one in asked(one, COFFEE).channels} == {"not-worth-contact"}


def test_what_is_not_for_everybody_is_not_given_away() -> None:
    told = asked(shop(age_band="19-24"), WINE, frozenset({"age-band"}))
    assert "19-24" not in repr(told)
    assert "may be under 21" not in repr(told)


def test_an_action_that_was_not_considered_is_not_found() -> None:
    with pytest.raises(NotFound, match="grow/week/tea"):
        asked(shop(), "grow/week/tea")


def test_a_term_that_speaks_for_the_customer_is_named_where_it_made_the_difference() -> None:
    speaks = Text('if action.category = "baby" then 5 else 0')
    one = Shop(playbook(service={"customer": speaks, "slots": 1}))
    one.meet(age_band="35-44", kids_count=2, yes=("email",))
    one.scorer.propensity = {COFFEE: 0.3, DIAPERS: 0.2, WINE: 0.1}
    told = on(asked(one, COFFEE), "email")
    assert (told.kept, told.part) == ("outranked", "customer")


def test_parts_that_rest_on_what_is_masked_are_left_out() -> None:
    one = shop(age_band="35-44", kids_count=2)
    told = asked(one, WINE, frozenset({"age-band"}))
    assert [each.own.parts for each in told.channels if each.own is not None] == [None] * 2

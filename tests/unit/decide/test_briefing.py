"""The briefing: what to offer and why, what not to offer, and what to leave unsaid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from decidedly.core.policy import Text
from decidedly.decide import Briefing, briefing, explain
from tests.cases import event, order
from tests.shop import COFFEE, DIAPERS, MONDAY, POLICIES, WINE, Shop, dictionary, plan_of, playbook


def brief(shop: Shop) -> Briefing:
    record = shop.dry_run()
    stored = shop.reader.person(record.ask.who)
    assert stored is not None
    plan = plan_of(shop.book)
    told = explain(record, plan, person=shop.view(stored, MONDAY), scorer=shop.scorer)
    return briefing(told, record, plan, shop.book.brand, shop.book.dictionary)


def shop(book: Any = None, **facts: Any) -> Shop:
    one = Shop(book)
    one.meet(**facts)
    one.scorer.propensity = {COFFEE: 0.3, DIAPERS: 0.2, WINE: 0.1}
    return one


def test_what_to_offer_comes_with_its_points_best_first() -> None:
    told = brief(shop(age_band="35-44", kids_count=2))
    assert [one.action for one in told.offers] == [COFFEE, DIAPERS]
    assert told.offers[0].points == ("bought before", "worth $1.00 to them", "valid until 29 November 2017")
    assert told.says == "2 of 3 actions are for this person now."


def test_what_may_not_be_offered_is_told_with_the_rule_and_the_law() -> None:
    told = brief(shop(age_band="19-24", kids_count=2))
    assert [(one.why, one.actions) for one in told.refuse] == [
        ("Alcohol only to adults whose age we know (may be under 21), 23 U.S.C. 158", ("Wine",))
    ]
    assert "Do not offer:\n- Alcohol" in told.text


def test_what_they_never_told_us_is_not_to_be_mentioned() -> None:
    rule = replace(POLICIES[3], when=Text("orders > 0"))
    one = shop(playbook(policies=(rule,)), age_band="35-44")
    one.hear(order(MONDAY - timedelta(days=5), "1", ("a", 100)))
    assert brief(one).unsaid == ("orders: worked out by us, not told by them",)


def test_what_is_private_is_not_to_be_mentioned_even_if_it_counted() -> None:
    known = dictionary()
    secret = tuple(
        replace(one, sensitivity="special-category") if one.id == "age-band" else one for one in known.attributes
    )
    told = brief(shop(playbook(dictionary=replace(known, attributes=secret)), age_band="35-44"))
    assert told.unsaid == ("age band: private, even if it counted",)


def test_nothing_to_offer_says_so() -> None:
    assert brief(shop(yes=())).says == "Nothing is to be offered to this person now."


def test_who_refused_profiling_is_a_stranger_to_the_employee_too() -> None:
    one = shop(age_band="35-44")
    one.hear(event("consent", MONDAY - timedelta(days=1), "no", purpose="profiling", channel="all", granted=False))
    assert "They refused profiling" in brief(one).says

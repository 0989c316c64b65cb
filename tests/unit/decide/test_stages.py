"""Each stage drops what it must, names the rule that did it, and fails closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.policy import ContactPolicy, Policy, Text
from decidedly.decide.kernel import STAGES
from decidedly.feel import Place
from tests.cases import event
from tests.shop import (
    ALCOHOL,
    CHANNELS,
    COFFEE,
    CONSENT,
    CONTACT,
    DATES,
    DIAPERS,
    EMAIL_LATE,
    FAMILIES,
    MONDAY,
    ONE_A_WEEK,
    POLICIES,
    SEEN,
    TWO_SMS,
    WINE,
    Shop,
    drops,
    plan_of,
    playbook,
)

ADULT: dict[str, Any] = {"age_band": "35-44", "kids_count": 2}
NO_CAPS = ContactPolicy()


def shop(contact: ContactPolicy = CONTACT, **changes: Any) -> Shop:
    return Shop(playbook(contact=contact, **changes))


def dropped(shop: Shop, action: str = COFFEE, at: datetime = MONDAY, channel: str = "") -> dict[str, int | None]:
    """What drops an action of person 1, by channel."""
    return drops(shop.dry_run(at=at, channel=channel), shop.book)[action]


def test_the_stages_run_in_the_order_of_the_architecture() -> None:
    assert [name for name, _ in STAGES] == [
        "consent", "own-rules", "regulation", "eligibility", "applicability", "suitability", "contact", "slate",
        "score", "arbitrate", "assign", "choose",
    ]  # fmt: skip


def test_rules_stand_in_the_order_of_the_stages() -> None:
    plan = plan_of(playbook(policies=POLICIES[::-1]))
    tiers = ["consent", "regulation", "eligibility", "applicability", "suitability"]
    assert [rule.stage for rule in plan.rules] == tiers + ["contact"] * 4 + ["consent", "contact"]


def test_one_whom_no_rule_stops_loses_nothing() -> None:
    one = shop()
    one.meet(**ADULT)
    everything = drops(one.dry_run(), one.book)
    assert everything == {action: {"email": None, "sms": None} for action in (COFFEE, DIAPERS, WINE)}


# Consent


def test_silence_is_no_consent() -> None:
    one = shop()
    one.meet(yes=["sms"], **ADULT)
    assert dropped(one) == {"email": CONSENT, "sms": None}


def test_a_refusal_closes_its_own_channel() -> None:
    one = shop()
    one.meet(yes=["email"], no=["sms"], **ADULT)
    assert dropped(one) == {"email": None, "sms": CONSENT}


def test_a_later_refusal_of_everything_closes_every_channel() -> None:
    one = shop()
    one.meet(**ADULT)
    said = {"purpose": "marketing", "channel": "all", "granted": False}
    one.hear(event("consent", MONDAY - timedelta(days=1), "no-more", **said))
    assert dropped(one) == {"email": CONSENT, "sms": CONSENT}


def test_a_refusal_that_comes_after_the_ask_does_not_reach_back() -> None:
    one = shop()
    one.meet(**ADULT)
    said = {"purpose": "marketing", "channel": "all", "granted": False}
    one.hear(event("consent", MONDAY, "no-more", **said))
    assert dropped(one) == {"email": None, "sms": None}


def test_who_asks_is_answered_without_consent() -> None:
    one = shop()
    one.meet(yes=(), no=["email", "sms", "all"], **ADULT)
    assert dropped(one, channel="web") == {"web": None}


def test_nobody_we_do_not_know_is_written_to() -> None:
    record = shop().dry_run(number=99)
    assert (record.known, record.result) == (False, "no-action")


def test_somebody_we_do_not_know_is_answered_what_is_right_for_anybody() -> None:
    one = shop()
    everything = drops(one.dry_run(number=99, channel="web"), one.book)
    assert everything == {COFFEE: {"web": None}, DIAPERS: {"web": FAMILIES}, WINE: {"web": ALCOHOL}}


# Tiers


@pytest.mark.parametrize(("age", "rule"), [("19-24", ALCOHOL), ("35-44", None), (None, ALCOHOL)])
def test_a_decision_table_decides_and_an_unknown_age_is_not_an_adult(age: str | None, rule: int | None) -> None:
    one = shop()
    one.meet(kids_count=0, **({"age_band": age} if age else {}))
    assert dropped(one, WINE)["email"] == rule


@pytest.mark.parametrize(
    ("at", "rule"),
    [(timedelta(days=-7), None), (timedelta(days=-7, microseconds=-1), DATES), (timedelta(days=30), DATES)],
)
def test_an_offer_is_out_before_its_first_and_from_its_end_on(at: timedelta, rule: int | None) -> None:
    one = shop(NO_CAPS)
    one.meet(**ADULT)
    assert dropped(one, at=MONDAY + at)["email"] == rule


@pytest.mark.parametrize(("bought", "rule"), [(4, None), (5, SEEN), (None, SEEN)])
def test_a_rule_on_the_candidate_reads_its_own_number_and_fails_on_null(bought: int | None, rule: int | None) -> None:
    one = shop()
    one.meet(**ADULT)
    one.scorer.bought = {COFFEE: bought, WINE: 0}
    assert (dropped(one, COFFEE)["email"], dropped(one, WINE)["email"]) == (rule, None)


@pytest.mark.parametrize(("kids", "rule"), [(1, None), (0, FAMILIES), (None, FAMILIES)])
def test_a_rule_on_a_null_fact_fails_closed(kids: int | None, rule: int | None) -> None:
    one = shop()
    one.meet(age_band="35-44", **({} if kids is None else {"kids_count": kids}))
    assert (dropped(one, DIAPERS)["email"], dropped(one, COFFEE)["email"]) == (rule, None)


def breaking(stage: str, name: str, text: str) -> Policy:
    return Policy(id=name, name=name, tier=stage, when=Text(text), source="law", place=Place(f"{name}.toml"))  # type: ignore[arg-type]


def damaged(**changes: Any) -> Shop:
    """Person 1 has a text where the dictionary says that a number stands: arithmetic on it breaks."""
    one = shop(**changes)
    one.meet(**ADULT)
    one.damage("kids-count", "not a number")
    return one


@pytest.mark.parametrize("text", ["kids count * 2 > 0", "abs(kids count) >= 0", "not(kids count > 100)"])
def test_a_rule_that_breaks_on_a_value_fails_closed(text: str) -> None:
    one = damaged(policies=(breaking("eligibility", "broken", text),))
    assert dropped(one) == {"email": 1, "sms": 1}


def test_a_table_that_breaks_on_a_value_fails_closed() -> None:
    table = "| kids count | -> may have |\n|---|---|\n| > 100 | false |\n| - | true |"
    one = damaged(policies=(replace(POLICIES[0], table=Text('hit = "first"\n' + table)),))
    assert dropped(one) == {"email": ALCOHOL, "sms": ALCOHOL}


def test_a_weight_that_breaks_on_a_value_still_lets_the_person_have_an_answer() -> None:
    heavy = tuple(replace(channel, weight=Text("kids count * 2")) for channel in CHANNELS)
    assert damaged(policies=(), channels=heavy).dry_run().result == "slate"


def test_a_priority_that_breaks_on_a_value_still_lets_the_person_have_an_answer() -> None:
    one = damaged(policies=(), service={"priority": Text("propensity * (if kids count > 1 then 2 else 1)")})
    assert one.dry_run().result == "no-action"


def test_the_earlier_tier_is_the_one_that_the_record_names() -> None:
    one = shop()
    one.meet(age_band="19-24", kids_count=2)
    one.scorer.bought = {WINE: 9}
    late = dropped(one, WINE, at=MONDAY + timedelta(days=40))
    assert late == {"email": ALCOHOL, "sms": ALCOHOL}


def test_within_a_tier_the_first_rule_of_the_playbook_is_named() -> None:
    no = [breaking("suitability", name, "false") for name in ("one", "two")]
    one = shop(policies=(*POLICIES, *no))
    one.meet(age_band="35-44", kids_count=0)
    everything = drops(one.dry_run(), one.book)
    assert (everything[DIAPERS]["email"], everything[COFFEE]["email"]) == (FAMILIES, FAMILIES + 1)


def test_a_closed_channel_is_consents_even_where_a_later_tier_drops_the_action() -> None:
    one = shop()
    one.meet(yes=["sms"], age_band="19-24")
    assert dropped(one, WINE) == {"email": CONSENT, "sms": ALCOHOL}


def test_a_rule_may_read_what_the_asking_channel_told() -> None:
    only = breaking("eligibility", "page", 'context.page = "checkout"')
    one = shop(policies=(only,))
    one.meet(**ADULT)
    assert dropped(one, channel="web") == {"web": 1}


def test_two_moments_are_judged_apart_however_alike_the_person() -> None:
    one = shop(NO_CAPS)
    one.meet(**ADULT)
    days = (-8, 0, 31, 1, -9)
    assert [dropped(one, at=MONDAY + timedelta(days=day))["email"] for day in days] == [DATES, None, DATES, None, DATES]


# Contact


def test_a_contact_this_week_closes_every_channel() -> None:
    one = shop()
    one.meet(**ADULT)
    one.hear(event("campaign-received", MONDAY - timedelta(days=3), "mailed", campaign="17"))
    assert dropped(one) == {"email": ONE_A_WEEK, "sms": ONE_A_WEEK}


def test_a_channels_own_cap_closes_that_channel() -> None:
    one = shop()
    one.meet(**ADULT)
    for week in (2, 3):
        mailed = event("campaign-received", MONDAY - timedelta(days=7 * week), f"sms-{week}", campaign="17")
        one.hear(replace(mailed, channel="sms"))
    assert dropped(one) == {"email": None, "sms": TWO_SMS}


def test_who_asks_is_answered_however_often_we_wrote() -> None:
    one = shop()
    one.meet(**ADULT)
    one.hear(event("campaign-received", MONDAY - timedelta(days=3), "mailed", campaign="17"))
    assert dropped(one, channel="web") == {"web": None}


def test_quiet_hours_drop_where_they_say_drop_and_wait_where_they_say_defer() -> None:
    one = shop()
    one.meet(**ADULT)
    assert dropped(one, at=MONDAY.replace(hour=23)) == {"email": EMAIL_LATE, "sms": None}


def test_quiet_hours_go_by_the_brands_clock() -> None:
    brand = replace(playbook().brand, time_zone="America/New_York")
    one = shop(brand=brand)
    one.meet(**ADULT)
    # 23:00 UTC is 19:00 in New York, and 03:00 UTC is 23:00 there.
    told = [dropped(one, at=MONDAY.replace(hour=hour))["email"] for hour in (23, 3)]
    assert told == [None, EMAIL_LATE]

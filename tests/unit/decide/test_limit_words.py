"""A cap that stopped a message is told with what it counted, a cool-down with the answer it rests on."""

from __future__ import annotations

from datetime import timedelta

from decidedly.core.decision import DecisionRecord
from decidedly.core.policy import Cooldown
from decidedly.decide.limit_words import limit_words
from tests.cases import event
from tests.shop import COFFEE, MONDAY, WINE, Shop, drops, plan_of
from tests.unit.decide.test_limits import cap, shop

DAY = timedelta(days=1)


def told(one: Shop, record: DecisionRecord, action: str = COFFEE) -> str:
    rule = drops(record, one.book)[action]["email"]
    assert rule is not None
    return limit_words(plan_of(one.book), record, "email", rule)


def test_a_cap_tells_the_contacts_that_filled_it() -> None:
    one = shop(cap(2, contact_class="marketing"))
    for number, days in enumerate((2, 4)):
        one.hear(event("campaign-received", MONDAY - days * DAY, f"m{number}", "loyalty:1", campaign="18"))
    assert told(one, one.dry_run()) == (
        "At most 2 contacts in any 1 week (class marketing); counted: 26 October 2017, 28 October 2017."
    )


def test_a_cap_tells_by_what_a_message_lost() -> None:
    one = shop(cap())
    one.scorer.propensity = {WINE: 0.9, COFFEE: 0.5}
    one.decide()
    one.scorer.propensity = {WINE: 0.1, COFFEE: 0.1}
    said = told(one, one.dry_run(at=MONDAY + DAY))
    assert said.startswith("At most 1 contact in any 1 week (all); counted: 30 October 2017 by email, worth ")
    assert said.endswith(", not sent yet.")


def test_a_cool_down_tells_the_answer_it_rests_on() -> None:
    one = shop(cooldowns=(Cooldown(id="no", name="After a no", after="reject", days=30),))
    one.hear(event("reject", MONDAY - DAY, "no", "loyalty:1", action=WINE))
    assert told(one, one.dry_run(), WINE) == "Nothing for 30 days after reject (action same); heard: 29 October 2017."


def test_of_other_rules_it_says_nothing() -> None:
    one = shop()
    assert limit_words(plan_of(one.book), one.dry_run(), "email", 0) == ""

"""Limits of what a message shows take those actions out; limits of messages take the channel out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.dictionary import EventKind
from decidedly.core.policy import Cap, ContactPolicy, ContactScope, Cooldown, Per, QuietHours
from decidedly.core.preference import PREFERENCES
from decidedly.decide.limits import topics_in
from tests.cases import event
from tests.shop import ACTIONS, COFFEE, DIAPERS, MONDAY, WINE, Shop, dictionary, drops, plan_of, playbook

ADULT: dict[str, Any] = {"age_band": "35-44", "kids_count": 2}
DAY = timedelta(days=1)
WEEK = Per(unit="week")


def shop(*caps: Cap, cooldowns: tuple[Cooldown, ...] = (), quiet: tuple[QuietHours, ...] = (), **service: Any) -> Shop:
    base = dictionary()
    kinds = (
        *(EventKind(id=id, name=id, outcome=id) for id in ("reject", "complain", "impression")),
        EventKind(id="no", name="no", outcome="reject", response="click"),
    )
    known = replace(base, events=(*base.events, *kinds), attributes=(*base.attributes, *PREFERENCES))
    policy = ContactPolicy(caps=caps, cooldowns=cooldowns, quiet=quiet)
    one = Shop(playbook(service, dictionary=known, policies=(), contact=policy))
    one.meet(**ADULT)
    return one


def cap(at_most: int = 1, per: Per = WEEK, **scope: str) -> Cap:
    return Cap(id="cap", name="Cap", at_most=at_most, per=per, scope=ContactScope(**scope))


def out(shop: Shop, at: Any = MONDAY, channel: str = "") -> dict[str, list[str]]:
    """Action -> ids of the rules that drop it, by channel ("" where it passed)."""
    record = shop.dry_run(at=at, channel=channel)
    rules = plan_of(shop.book, channel).rules
    found = drops(record, shop.book)
    return {id: ["" if one is None else rules[one].id for one in by.values()] for id, by in found.items()}


def answered(shop: Shop, kind: str, at: Any, machine: float | None = None, **said: Any) -> None:
    shop.hear(replace(event(kind, at, f"{kind}{at}", "loyalty:1", **said), machine=machine))


def test_a_cap_on_a_topic_takes_out_what_is_about_it() -> None:
    one = shop(cap(topic="Alcohol"))
    one.scorer.propensity = {WINE: 0.9, COFFEE: 0.5, DIAPERS: 0.1}
    first = one.decide()
    stored = one.reader.leaf(first.leaf)
    assert stored is not None
    assert [(entry.actions, entry.topics) for entry in stored.own.entries] == [((WINE, COFFEE), ("alcohol",))]
    assert out(one, MONDAY + DAY) == {COFFEE: ["", ""], DIAPERS: ["", ""], WINE: ["cap", "cap"]}
    assert out(one, MONDAY + 7 * DAY)[WINE] == ["", ""]


def test_a_cap_on_actions_takes_out_those_of_its_glob() -> None:
    one = shop(cap(action="grow/week/[cw]*", channel="email"))
    one.decide()
    assert out(one, MONDAY + DAY) == {COFFEE: ["cap", ""], DIAPERS: ["", ""], WINE: ["cap", ""]}


def test_what_another_limit_dropped_stays_with_that() -> None:
    one = shop(replace(cap(channel="email"), id="first"), cap(action="*"))
    one.decide()
    assert out(one, MONDAY + DAY)[COFFEE] == ["first", "cap"]


def test_after_a_no_none_of_that_offer_for_so_long() -> None:
    one = shop(cooldowns=(Cooldown(id="no", name="After a no", after="reject", days=30),))
    answered(one, "reject", MONDAY - DAY, action=WINE)
    assert out(one) == {COFFEE: ["", ""], DIAPERS: ["", ""], WINE: ["no", "no"]}
    assert out(one, MONDAY + 28 * DAY)[WINE] == ["no", "no"]
    assert out(one, MONDAY + 29 * DAY)[WINE] == ["", ""]


def test_a_no_to_a_message_is_one_to_all_that_it_showed() -> None:
    one = shop(cooldowns=(Cooldown(id="no", name="After a no", after="reject", days=30),))
    one.scorer.propensity = {WINE: 0.9, COFFEE: 0.5, DIAPERS: 0.1}
    record = one.decide()
    one.hear(replace(event("reject", MONDAY + DAY, "no", "loyalty:1"), decision_id=record.id))
    assert out(one, MONDAY + 2 * DAY) == {COFFEE: ["no", "no"], DIAPERS: ["", ""], WINE: ["no", "no"]}


def test_after_a_complaint_no_marketing_but_what_the_scope_leaves() -> None:
    pause = Cooldown(id="sorry", name="Sorry", after="complain", days=90, scope=ContactScope(contact_class="marketing"))
    for contact_class, rule in (("marketing", "sorry"), ("service", "")):
        one = shop(cooldowns=(pause,), contact_class=contact_class)
        answered(one, "complain", MONDAY - DAY, action=WINE)
        assert out(one)[COFFEE] == [rule, rule]


def test_a_cool_down_may_be_of_the_topics_of_what_was_refused() -> None:
    pause = Cooldown(id="no", name="No", after="reject", days=30, of="grow/*", scope=ContactScope(topic="same"))
    one = shop(cooldowns=(pause,))
    answered(one, "reject", MONDAY - DAY, action=WINE)
    answered(one, "reject", MONDAY - DAY / 2, action="keep/other")
    assert out(one) == {COFFEE: ["", ""], DIAPERS: ["", ""], WINE: ["no", "no"]}


@pytest.mark.parametrize(("machine", "rule"), [(0.95, ""), (0.2, "no"), (None, "no")])
def test_what_software_answered_is_no_answer(machine: float | None, rule: str) -> None:
    one = shop(cooldowns=(Cooldown(id="no", name="After a no", after="reject", days=30),))
    answered(one, "no", MONDAY - DAY, machine, action=WINE)
    assert out(one)[WINE] == [rule, rule]


def test_calendar_weeks_are_those_of_the_persons_zone() -> None:
    """Sunday evening in New York is Monday morning in Vienna."""
    week = cap(per=Per(unit="week", calendar=True))
    found = []
    for zone in ("Europe/Vienna", "America/New_York"):
        one = shop(week)
        one.hear(event("identify", MONDAY - 9 * DAY, "zone", "loyalty:1", **{"time-zone": zone}))
        one.decide(at=MONDAY.replace(hour=3))
        found.append(out(one, MONDAY + DAY)[COFFEE])
    assert found == [["cap", "cap"], ["", ""]]


def test_a_message_that_waits_counts_from_when_it_goes() -> None:
    night = QuietHours(id="night", name="Night", channel="email", start_minute=1200, end_minute=480, then="defer")
    one = shop(cap(per=Per(unit="hour", count=30)), quiet=(night,), channels=("email",))
    one.decide(at=MONDAY.replace(hour=22))  # goes on Tuesday at 8
    wednesday = MONDAY + 2 * DAY
    assert out(one, wednesday.replace(hour=13))[COFFEE] == ["cap"]
    assert out(one, wednesday.replace(hour=14))[COFFEE] == [""]


def test_service_messages_go_at_night_where_the_hours_say_so() -> None:
    night = QuietHours(id="night", name="Night", channel="email", start_minute=0, end_minute=1380, with_service=False)
    assert out(shop(quiet=(night,), channels=("email",)))[COFFEE] == ["night"]
    assert out(shop(quiet=(night,), channels=("email",), contact_class="service"))[COFFEE] == [""]


def test_answers_that_count_as_contacts_keep_to_the_caps() -> None:
    for impression, rule in (("contact", "cap"), ("exposure", "")):
        one = shop(cap(), impression=impression)
        one.hear(event("campaign-received", MONDAY - DAY, "mailing", "loyalty:1", campaign="18"))
        assert out(one, MONDAY, "web")[COFFEE] == [rule]


def test_an_answer_that_counts_is_reserved_until_somebody_says_that_it_was_seen() -> None:
    one = shop(cap(), impression="contact")
    record = one.decide(channel="web")
    stored = one.reader.leaf(record.leaf)
    assert stored is not None
    ((reserved,),) = (stored.own.entries,)
    assert (reserved.id, reserved.state, reserved.until) == (record.id, "reserved", MONDAY + timedelta(hours=1))
    assert list(one.reader.messages("waiting")) == []
    assert (out(one, MONDAY + DAY / 48)[COFFEE], out(one, MONDAY + DAY)[COFFEE]) == (["cap", "cap"], ["", ""])
    one.hear(replace(event("impression", MONDAY + DAY / 96, "seen", "loyalty:1"), decision_id=record.id))
    assert out(one, MONDAY + DAY)[COFFEE] == ["cap", "cap"]


def test_topics_are_found_in_texts_and_lists() -> None:
    wine = replace(ACTIONS[2], facts={"category": "Wine", "tags": ["Red", "DRY"], "size": None})
    assert topics_in(wine, ("category", "tags", "size", "none")) == {"wine", "red", "dry"}

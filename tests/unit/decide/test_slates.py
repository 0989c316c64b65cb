"""Services that fill placements: what their rules drop, what stays the same in a session, and what is remembered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.action import Action
from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.core.dictionary import Attribute
from decidedly.core.ledger import Entry
from decidedly.core.policy import ContactPolicy, Text
from decidedly.core.service import AtMostOf, Bundle, NeverTogether, NoRepeat, OnlyAfter, Placement
from decidedly.decide import explain, replay
from decidedly.decide.online import prepare
from decidedly.ledger import reserve
from tests import cases
from tests.shop import ACTIONS, CHANNELS, COFFEE, DIAPERS, MONDAY, WINE, Shop, action, ask, chosen, dictionary, drops
from tests.shop import playbook as shop_playbook

TEA, SOAP = "grow/week/tea", "grow/week/soap"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERO = Placement(id="hero", name="Hero", slots=1)
REST = Placement(id="rest", name="The rest", slots=2)
CALLS = replace(CHANNELS[-1], id="phone", name="Telephone")
SIZES = {COFFEE: 2, DIAPERS: 3, WINE: 1, TEA: 2}


def sized(one: Action) -> Action:
    return replace(one, facts={**one.facts, **({"lines": SIZES[one.id]} if one.id in SIZES else {})})


def shop(*placements: Placement, **service: Any) -> Shop:
    """A shop of five offers, whom the web and the telephone ask, and one person of whom all is allowed."""
    words = dictionary()
    lines = Attribute(id="lines", name="lines", of="action", type="number(0)")
    book = shop_playbook(
        {"placements": placements, "inbound": ("web", "phone"), **service},
        actions=tuple(map(sized, (*ACTIONS, action(TEA, "drinks"), action(SOAP, "home")))),
        dictionary=replace(words, attributes=(*words.attributes, lines)),
        channels=(*CHANNELS, CALLS),
        contact=ContactPolicy(),
    )
    one = Shop(book)
    one.meet(age_band="35-44", kids_count=2)
    one.scorer.propensity = {COFFEE: 0.5, DIAPERS: 0.4, WINE: 0.3, TEA: 0.2, SOAP: 0.1}
    return one


def asked(one: Shop, after: timedelta = timedelta(), channel: str = "web") -> DecisionRecord:
    record = one.decide(at=MONDAY + after, channel=channel)
    assert to_bytes(replay(record, one.world(channel).plan)) == to_bytes(record)
    return record


def rule_of(one: Shop, record: DecisionRecord, action: str) -> str:
    """Id of the rule that dropped an action for the channel that asked; "" where it passed."""
    index = drops(record, one.book)[action][record.ask.channel]
    return "" if index is None else one.world(record.ask.channel).plan.rules[index].id


def test_placements_are_filled_together_and_the_record_says_which_action_stands_where() -> None:
    one = shop(HERO, REST)
    record = asked(one)
    assert chosen(record, one.book) == [COFFEE, DIAPERS, WINE]
    assert record.places == (0, 1, 1)


def test_a_placement_takes_only_the_actions_of_which_its_condition_is_true() -> None:
    families = replace(HERO, when=Text('action.category = "baby" and kids count > 0'))
    one = shop(families, replace(REST, when=Text('action.category = "drinks"')))
    record = asked(one)
    assert chosen(record, one.book) == [DIAPERS, COFFEE, TEA]
    assert rule_of(one, record, SOAP) == "hero"
    drop = explain(record, one.world("web").plan, action=SOAP).actions[0].drops["web"]
    assert (drop.stage, drop.name) == ("slate", "A place in 'Hero'")
    assert "action.category" in [fact.name for fact in drop.facts]


def test_what_is_too_large_for_every_placement_is_dropped_by_it() -> None:
    one = shop(replace(HERO, slots=3, budget=2, size="lines"))
    record = asked(one)
    assert chosen(record, one.book) == [COFFEE]
    assert [rule_of(one, record, id) for id in (DIAPERS, SOAP, TEA)] == ["hero", "hero", ""]


def test_a_limit_on_one_value_leaves_the_place_to_the_next_best() -> None:
    one = shop(replace(REST, slots=3), rules=(AtMostOf(id="r", name="One drink", count=1, of_one="category"),))
    assert chosen(asked(one), one.book) == [COFFEE, DIAPERS, WINE]
    one.scorer.propensity[TEA] = 0.45
    assert chosen(asked(one, HOUR), one.book) == [COFFEE, DIAPERS, WINE]


def test_the_rule_that_kept_an_action_off_the_slate_is_named() -> None:
    one = shop(
        replace(REST, slots=3),
        rules=(
            AtMostOf(id="r", name="One drink", count=1, of_one="category"),
            NeverTogether(id="n", name="Wine never beside diapers", one=WINE, other=DIAPERS),
        ),
    )
    record = asked(one)
    assert chosen(record, one.book) == [COFFEE, DIAPERS, SOAP]
    told = explain(record, one.world("web").plan)
    assert {held.action: held.held_back for held in told.actions if held.status == "ranked"} == {
        WINE: "Wine never beside diapers", TEA: "One drink",
    }  # fmt: skip


def test_what_does_not_fit_the_space_that_is_left_names_the_place() -> None:
    one = shop(replace(HERO, slots=3, budget=3, size="lines"))
    record = asked(one)
    assert chosen(record, one.book) == [COFFEE, WINE]
    (diapers,) = explain(record, one.world("web").plan, action=DIAPERS).actions
    assert diapers.held_back == "A place in 'Hero'"


def test_nothing_comes_again_within_so_many_days_of_an_answer() -> None:
    one = shop(HERO, rules=(NoRepeat(id="fresh", name="Not twice in 7 days", days=7),))
    first, second = asked(one), asked(one, HOUR)
    assert [chosen(record, one.book) for record in (first, second)] == [[COFFEE], [DIAPERS]]
    assert rule_of(one, second, COFFEE) == "fresh"
    assert chosen(asked(one, 7 * DAY), one.book) == [COFFEE]


def test_nothing_comes_again_within_so_many_days_of_a_message_that_showed_it() -> None:
    one = shop(HERO, rules=(NoRepeat(id="fresh", name="Not twice in 7 days", days=7),))
    contact(one, COFFEE, -2 * DAY)
    assert chosen(asked(one), one.book) == [DIAPERS]


def contact(one: Shop, action: str, after: timedelta) -> None:
    """A message that showed an action."""
    (_, work) = prepare([ask()], one.world("web"))[0]
    stored = one.reader.person(ask().who)
    assert stored is not None
    entry = Entry(
        id=f"sent-{action}", contact_class="marketing", channel="email", at=MONDAY + after, state="confirmed",
        exposures=1, actions=(action,),
    )  # fmt: skip
    one.store.commit([replace(work, record=None, ledgers=(reserve(stored.own, entry),))])


@pytest.mark.parametrize(("days", "dropped"), [(None, True), (2, True), (3, False)], ids=["never", "too-soon", "due"])
def test_one_comes_only_so_many_days_after_another(days: int | None, dropped: bool) -> None:
    one = shop(HERO, rules=(OnlyAfter(id="later", name="Coffee after tea", actions=COFFEE, after=TEA, days=3),))
    if days is not None:
        contact(one, TEA, -days * DAY)
    assert (rule_of(one, asked(one), COFFEE) == "later") is dropped


def test_a_bundle_of_which_a_part_was_dropped_is_dropped_whole() -> None:
    one = shop(replace(REST, slots=3), rules=(Bundle(id="set", name="Wine and soap", actions=(WINE, SOAP)),))
    assert chosen(asked(one), one.book) == [COFFEE, DIAPERS, TEA]
    one.scorer.bought[WINE] = 5
    record = asked(one, HOUR)
    assert (rule_of(one, record, WINE), rule_of(one, record, SOAP)) == ("seen", "set")


def test_two_channels_give_one_answer_within_a_session() -> None:
    one = shop(HERO, REST, session=HOUR)
    first = asked(one)
    one.scorer.propensity |= {SOAP: 0.9, TEA: 0.8}
    second = asked(one, HOUR / 2, "phone")
    assert chosen(second, one.book) == chosen(first, one.book)
    assert second.places == first.places
    assert [(earlier.id, earlier.channel) for earlier in second.inputs.earlier] == [(first.id, "web")]
    assert chosen(asked(one, 3 * HOUR, "phone"), one.book)[:2] == [SOAP, TEA]


def test_every_limit_is_checked_anew_within_a_session() -> None:
    one = shop(HERO, REST, session=HOUR)
    assert chosen(asked(one), one.book) == [COFFEE, DIAPERS, WINE]
    one.scorer.bought[DIAPERS] = 5
    assert chosen(asked(one, HOUR / 2), one.book) == [COFFEE, WINE, TEA]


def test_what_is_given_again_in_a_session_is_no_repetition() -> None:
    rule = NoRepeat(id="fresh", name="Not twice in 7 days", days=7)
    one = shop(HERO, session=HOUR, rules=(rule,))
    assert [chosen(asked(one, step * HOUR / 4), one.book) for step in range(3)] == [[COFFEE]] * 3
    assert chosen(asked(one, 3 * HOUR), one.book) == [DIAPERS]


def test_of_two_asks_at_once_the_later_sees_what_the_earlier_was_answered() -> None:
    one = shop(HERO, session=HOUR)
    (_, stale) = prepare([ask(at=MONDAY, channel="phone")], one.world("phone"))[0]
    asked(one)
    (committed,) = one.store.commit([stale])
    assert committed.result == "stale"


def test_who_refused_profiling_is_not_remembered() -> None:
    one = shop(HERO, session=HOUR)
    asked(one)
    refused = {"purpose": "profiling", "channel": "all", "granted": False}
    one.hear(cases.event("consent", MONDAY, "no-profiling", "loyalty:1", **refused))
    assert asked(one, HOUR / 2).inputs.earlier == ()


def test_a_menu_keeps_its_order_until_an_option_is_better_by_more_than_the_margin() -> None:
    menu = Placement(id="menu", name="Menu", slots=5, order="stable", margin=0.2)
    one = shop(menu)
    order = chosen(asked(one), one.book)
    assert order == [COFFEE, DIAPERS, WINE, TEA, SOAP]
    one.scorer.propensity[DIAPERS] = 0.55
    assert chosen(asked(one, HOUR), one.book) == order
    one.scorer.propensity[DIAPERS] = 0.9
    assert chosen(asked(one, 2 * HOUR), one.book) == [DIAPERS, COFFEE, WINE, TEA, SOAP]


def test_a_menu_that_loses_an_option_is_in_predicted_order_again() -> None:
    menu = Placement(id="menu", name="Menu", slots=5, order="stable", margin=1.0)
    one = shop(menu)
    asked(one)
    one.scorer.propensity[DIAPERS] = 0.9
    one.scorer.bought[WINE] = 5
    assert chosen(asked(one, HOUR), one.book) == [DIAPERS, COFFEE, TEA, SOAP]


def test_a_service_that_does_not_look_back_reads_no_earlier_decisions() -> None:
    one = shop(HERO, REST)
    asked(one)
    assert asked(one, HOUR).inputs.earlier == ()

"""What would change it: the least changes, each found true by the kernel, and who could bring them about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.decision import to_bytes
from decidedly.core.dictionary import EventKind
from decidedly.core.errors import NotFound, ReplayMismatch
from decidedly.core.policy import Policy, Text
from decidedly.decide import Counterfactual, chances, counterfactual
from tests.cases import event
from tests.shop import COFFEE, DIAPERS, MONDAY, POLICIES, WINE, Shop, dictionary, plan_of, playbook


def asked(shop: Shop, action: str, channel: str = "", hidden: frozenset[str] = frozenset()) -> Counterfactual:
    record = shop.dry_run(channel=channel)
    stored = shop.reader.person(record.ask.who)
    assert stored is not None
    told = chances([record], shop.scorer, [shop.view(stored, MONDAY)])[0]
    return counterfactual(record, plan_of(shop.book, channel), action, shop.book.dictionary, told, hidden)


def shop(book: Any = None, **facts: Any) -> Shop:
    one = Shop(book)
    one.meet(**facts)
    one.scorer.propensity = {COFFEE: 0.3, DIAPERS: 0.2, WINE: 0.1}
    return one


def changes(told: Counterfactual) -> list[list[tuple[str, Any, str]]]:
    return [[(change.kind, change.after, change.by) for change in way.changes] for way in told.ways]


def test_a_number_stops_at_the_threshold_of_the_rule() -> None:
    told = asked(shop(age_band="19-24", kids_count=0), DIAPERS)
    assert changes(told) == [[("fact", 1, "person")]]
    assert told.ways[0].says == "If kids count were 1 (it is 0): chosen for sms, place 2."


def test_what_is_not_known_could_be_told() -> None:
    (way,) = asked(shop(age_band="19-24"), DIAPERS).ways
    assert (way.changes[0].before, way.changes[0].after, way.changes[0].note) == (None, 1, "only if it is so")


def test_a_lever_and_a_value_are_raised_to_the_least_that_wins() -> None:
    told = asked(shop(age_band="35-44", kids_count=2), WINE)
    assert changes(told) == [[("lever", 2.0, "brand")], [("value", "5.00 USD", "brand")]] or changes(told) == [
        [("lever", 2.01, "brand")], [("value", "5.01 USD", "brand")],
    ]  # fmt: skip
    assert told.ways[0].instead_of == ("Diapers",)


def test_a_consent_that_is_missing_could_be_given() -> None:
    one = shop(yes=(), no=("email",), age_band="35-44")
    told = asked(one, COFFEE)
    assert changes(told) == [[("consent", True, "person")], [("consent", True, "person")]]
    assert [way.channel for way in told.ways] == ["email", "sms"]


def test_a_cap_lapses_by_itself() -> None:
    one = shop(age_band="35-44")
    one.hear(event("campaign-received", MONDAY - timedelta(days=3), "mailed", campaign="17"))
    (way,) = asked(one, COFFEE).ways
    assert [(change.kind, change.after) for change in way.changes] == [("time", MONDAY + timedelta(days=4))]
    assert "not before 3 November 2017 at 12:00 UTC" in way.says


def test_two_obstacles_take_two_changes() -> None:
    one = shop(age_band="35-44", kids_count=0)
    one.hear(event("campaign-received", MONDAY - timedelta(days=3), "mailed", campaign="17"))
    (way,) = asked(one, DIAPERS).ways
    assert sorted(change.kind for change in way.changes) == ["fact", "time"]


def test_what_was_bought_is_told_and_marked_as_what_nobody_can_change() -> None:
    one = shop(age_band="35-44")
    one.scorer.bought = {COFFEE: 9}
    told = asked(one, COFFEE)
    assert changes(told) == [[("history", 4, "nobody")]]
    assert not told.ways[0].changeable
    assert told.says == (
        "Nothing that somebody can bring about would have made Coffee win: it is worked out from what happened."
    )


def test_an_age_that_is_known_is_nobodys_to_change() -> None:
    told = asked(shop(age_band="19-24"), WINE)
    assert [way.changeable for way in told.ways] == [False]
    assert told.ways[0].changes[0].note.startswith("nobody can change it")


def test_what_the_law_decides_by_is_nobodys_to_change() -> None:
    rule = Policy(id="law", name="Only large families", tier="regulation", when=Text("kids count > 3"), source="§ 7")
    told = asked(shop(playbook(policies=(rule,)), kids_count=1), COFFEE)
    assert told.ways[0].changes[0].note == "the law decides by it: § 7"
    assert not told.ways[0].changeable


def test_where_nothing_would_the_law_is_named() -> None:
    rule = Policy(
        id="none", name="No alcohol at all", tier="regulation", when=Text('action.category != "alcohol"'), source="§ 1"
    )
    told = asked(shop(playbook(policies=(rule, *POLICIES)), age_band="35-44"), WINE)
    assert told.ways == ()
    assert "by email 'No alcohol at all' (regulation, § 1) stands in the way" in told.nothing
    assert told.says == told.nothing


def test_an_own_rule_could_be_taken_back() -> None:
    known = dictionary()
    kinds = (*known.events, EventKind(id="own-rule", name="own rule"))
    one = shop(playbook(dictionary=replace(known, events=kinds)), age_band="35-44", kids_count=2)
    rule = event("own-rule", MONDAY - timedelta(days=2), "r1", rule="r", choice="never-about", topic="baby")
    one.hear(rule)
    told = asked(one, DIAPERS, "web")
    assert changes(told) == [[("own-rule", None, "person")]]


def test_an_action_that_won_needs_nothing() -> None:
    told = asked(shop(age_band="35-44"), COFFEE)
    assert (told.wins, told.ways, told.says) == (True, (), "Coffee was chosen as it is.")


def test_facts_that_are_not_for_everybody_are_left_out() -> None:
    told = asked(shop(age_band="19-24"), WINE, hidden=frozenset({"age-band"}))
    assert told.ways == ()
    assert "19-24" not in repr(told)


def test_every_way_has_no_step_too_many() -> None:
    one = shop(yes=("email",), age_band="35-44", kids_count=0)
    for way in asked(one, DIAPERS).ways:
        kinds = [change.kind for change in way.changes]
        assert len(kinds) == len(set(kinds))


def test_asking_changes_nothing() -> None:
    one = shop(age_band="19-24")
    record = one.decide()
    before = to_bytes(record), repr(vars(one.state))
    counterfactual(record, plan_of(one.book), WINE, one.book.dictionary)
    assert (to_bytes(record), repr(vars(one.state))) == before


def test_an_action_that_was_not_considered_is_not_found() -> None:
    one = shop()
    with pytest.raises(NotFound, match="grow/week/tea"):
        counterfactual(one.dry_run(), plan_of(one.book), "grow/week/tea", one.book.dictionary)


def test_what_another_kernel_decided_is_not_told() -> None:
    one = shop(age_band="19-24")
    record = replace(one.dry_run(), kernel="0")
    with pytest.raises(ReplayMismatch, match="made by kernel 0"):
        counterfactual(record, plan_of(one.book), WINE, one.book.dictionary)


def test_texts_that_would_do_as_well_are_all_named() -> None:
    rule = Policy(id="r", name="Some ages", tier="suitability", when=Text('age band in ("35-44", "45-54", "65+")'))
    (way,) = asked(shop(playbook(policies=(rule,)), age_band="19-24"), COFFEE, "web").ways
    assert sorted((way.changes[0].after, *way.changes[0].also)) == ["35-44", "45-54", "65+"]
    assert "or as well" in way.says


def test_a_number_that_is_not_known_is_told_as_small_as_would_do() -> None:
    rule = Policy(id="r", name="Few", tier="suitability", when=Text("kids count <= 2"))
    (way,) = asked(shop(playbook(policies=(rule,)), age_band="35-44"), COFFEE, "web").ways
    assert (way.changes[0].before, way.changes[0].after) == (None, 0)

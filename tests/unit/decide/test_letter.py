"""The letter: a decision told to the person it was about, without a word that only we would know."""

from __future__ import annotations

import re
import string
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.dictionary import Attribute
from decidedly.core.policy import Text
from decidedly.core.preference import PREFERENCES
from decidedly.decide import Letter, explain, letter
from decidedly.decide.letter_words import FALLBACK, WORDS
from tests.cases import event
from tests.shop import COFFEE, DIAPERS, MONDAY, WINE, Shop, dictionary, plan_of, playbook

OURS = ("candidate", "propensity", "slate", "playbook", "kernel", "arbitrat", "lever", "FEEL", "null", "None", "{", "}")


def book(**changes: Any) -> Any:
    known = dictionary()
    more = (*PREFERENCES, Attribute(id="first-name", name="first name", of="person", type="string"))
    return playbook(dictionary=replace(known, attributes=known.attributes + more), **changes)


def written(shop: Shop, hidden: frozenset[str] = frozenset()) -> Letter:
    record = shop.dry_run()
    stored = shop.reader.person(record.ask.who)
    assert stored is not None
    plan, person = plan_of(shop.book), shop.view(stored, MONDAY)
    told = explain(record, plan, person=person, scorer=shop.scorer, hidden=hidden)
    return letter(told, record, plan, person, shop.book.brand, shop.book.dictionary, hidden)


def shop(**facts: Any) -> Shop:
    one = Shop(book())
    one.meet(**facts)
    one.scorer.propensity = {COFFEE: 0.3, DIAPERS: 0.2, WINE: 0.1}
    return one


def test_it_greets_by_name_and_tells_what_was_chosen_and_when() -> None:
    told = written(shop(first_name="Ann", age_band="19-24", kids_count=2))
    assert (told.subject, told.greeting) == ("How we chose what to show you on Oct 30, 2017", "Dear Ann,")
    assert "On Oct 30, 2017 at 12:00 a computer program looked at 3 offers for you (SMS) and chose 2:" in told.text
    assert "- Coffee (what spoke most for it: bought before)" in told.text


def test_every_fact_that_was_used_stands_in_it_with_where_it_came_from() -> None:
    told = written(shop(age_band="19-24", kids_count=2))
    assert "- age band: 19-24 (told to us on Jul 22, 2017, by way of test)" in told.text
    assert "- kids count: 2 (told to us on Jul 22, 2017, by way of test)" in told.text


def test_what_a_rule_took_away_is_told_and_the_law_is_named() -> None:
    told = written(shop(age_band="19-24", kids_count=2))
    line = "- Alcohol only to adults whose age we know: 1 offer (the law demands it: 23 U.S.C. 158)"
    assert line in told.text


def test_it_says_what_the_person_may_do() -> None:
    (can,) = [one for one in written(shop()).sections if one.heading == "What you can do"]
    assert len(can.points) == 7
    assert {word for word in ("wrong", "rule of your own", "permission", "Object", "person looks", "copy", "Complain")
            if not any(word in point for point in can.points)} == set()  # fmt: skip


def test_it_speaks_the_persons_language() -> None:
    told = written(shop(preferred_language="de-AT", age_band="35-44"))
    assert told.language == "de-AT"
    assert told.greeting == "Guten Tag,"
    assert "Am 30.10.2017 um 12:00" in told.text


@pytest.mark.parametrize("wanted", ["fr", "nonsense-", ""])
def test_a_language_without_words_falls_back_to_the_brands(wanted: str) -> None:
    assert written(shop(preferred_language=wanted)).language == "en-US"


def test_the_days_are_those_of_the_persons_clock() -> None:
    told = written(shop(time_zone="Pacific/Auckland", age_band="35-44"))
    assert "On Oct 31, 2017 at 01:00" in told.text


def test_nothing_chosen_is_told_as_being_left_in_peace() -> None:
    told = written(shop(yes=(), no=("email",)))
    assert "chose none of them. You were left in peace." in told.text
    assert "We have no permission to write to you in this way: 3 offers (your permission, or a rule that you set)" in (
        told.text
    )


def test_contacts_and_what_was_counted_are_told() -> None:
    one = shop(age_band="35-44")
    one.hear(event("campaign-received", MONDAY - timedelta(days=40), "mailed", campaign="17"))
    told = written(one)
    assert "Messages that you had from us lately: 1." in told.text
    assert "For each offer also: times bought (worked out from what you did with us)." in told.text


def test_who_refused_profiling_is_told_that_they_were_decided_as_a_stranger() -> None:
    one = shop(age_band="35-44")
    no = event("consent", MONDAY - timedelta(days=1), "no", purpose="profiling", channel="all", granted=False)
    one.hear(no)
    assert "You do not want us to draw conclusions from your habits." in written(one).text


def test_what_is_not_for_everybody_does_not_stand_in_it() -> None:
    told = written(shop(age_band="19-24"), frozenset({"age-band"}))
    assert "19-24" not in told.text
    assert "- age band: known, and not shown in this letter" in told.text


def test_a_service_where_an_employee_decides_says_so() -> None:
    one = Shop(book(service={"person_decides": True, "priority": Text("propensity")}))
    one.meet(age_band="35-44")
    assert "one of our employees decided" in written(one).text


def test_no_word_of_ours_stands_in_it() -> None:
    for facts in ({"age_band": "19-24", "kids_count": 2}, {"yes": ()}, {"preferred_language": "de"}):
        text = written(shop(**facts)).text
        assert [word for word in OURS if re.search(re.escape(word), text)] == []


def test_every_language_has_the_same_words_with_the_same_parts() -> None:
    def parts(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    whole = {key: parts(text) for key, text in WORDS[FALLBACK].items()}
    for language, words in WORDS.items():
        own = {key: parts(text) for key, text in words.items()}
        assert own.keys() == whole.keys(), language
        assert [key for key in own if not own[key] <= whole[key]] == []

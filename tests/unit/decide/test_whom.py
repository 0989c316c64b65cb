"""The identifiers of an ask are written as capture writes them, whoever asks."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from decidedly.core.dictionary import Namespace
from decidedly.core.identifier import Identifier
from decidedly.decide import decide, decide_all
from decidedly.decide.whom import whom
from tests.cases import event
from tests.shop import MONDAY, Shop, ask, playbook

FORMS = (Namespace(id="email", form="email"), Namespace(id="phone", form="phone", region="US"))
BOOK = replace(playbook(), dictionary=replace(playbook().dictionary, namespaces=FORMS))


def asked(*who: str) -> list[str]:
    one = replace(ask(1), ask_id="k1", who=tuple(map(Identifier.parse, who)))
    return list(map(str, whom(one, BOOK.dictionary).who))


def test_the_most_telling_identifier_comes_first() -> None:
    assert asked("email:a@b.c", "loyalty:7") == ["loyalty:7", "email:a@b.c"]


def test_nobody_named_is_somebody_anonymous() -> None:
    assert asked() == ["anonymous:k1"]


def test_who_names_nobody_is_left_off_so_that_no_two_strangers_are_one() -> None:
    assert asked("email:null", "loyalty:7") == ["loyalty:7"]
    assert asked("email:undefined") == ["anonymous:k1"]


@pytest.mark.parametrize(
    ("written", "form"),
    [("email:Ann@Example.COM", "email:ann@example.com"), ("phone:+1 (212) 555-0100", "phone:+12125550100")],
)
def test_an_identifier_is_asked_in_the_form_that_capture_writes(written: str, form: str) -> None:
    assert asked(written) == [form]


def test_one_identifier_in_two_forms_is_one() -> None:
    assert asked("email:A@b.com", "email:a@B.com") == ["email:a@b.com"]


def test_a_decision_is_about_the_person_that_capture_knows_by_it() -> None:
    shop = Shop(BOOK)
    shop.hear(event("identify", MONDAY.replace(day=1), "m1", "email:Ann@Example.com"))
    record = decide(replace(ask(1), who=(Identifier("email", "ANN@example.COM"),)), shop.world())
    assert (record.known, record.ask.who) == (True, (Identifier("email", "ann@example.com"),))


def test_a_list_that_writes_one_person_in_two_ways_decides_once() -> None:
    shop = Shop(BOOK)
    who = [Identifier("phone", "+12125550100"), Identifier("phone", "212 555 0100")]
    report = decide_all("run", who, MONDAY, shop.world())
    assert (len(report.decided), report.fresh) == (1, 1)

"""Survivorship: which of several values counts, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.dictionary import Attribute, Dictionary, Survives
from decidedly.core.event import Event
from decidedly.core.person import Leaf
from decidedly.core.provenance import Fact, How, Provenance
from decidedly.person import check, combine, fold, others
from decidedly.person.survive import survivor
from tests import cases
from tests.cases import NOON, event

DAY = timedelta(days=1)


def attribute(*criteria: Survives, sources: Sequence[str] = (), type: str = "string") -> Attribute:
    return Attribute(
        id="nick", name="nick", of="person", type=type, survivorship=criteria, sources=tuple(sources)
    )  # fmt: skip


def dictionary(one: Attribute) -> Dictionary:
    base = cases.dictionary()
    return replace(base, attributes=(*base.attributes, one))


def fact(value: Any, days: int, how: How = "given", source: str = "web", confidence: float = 1.0) -> Fact:
    said = Provenance(how=how, source=source, at=NOON - days * DAY, confidence=confidence)
    return Fact(value=value, provenance=said, message_id=f"{days}")


@pytest.mark.parametrize(
    ("criteria", "counts"),
    [
        (("newest",), "learnt, new"),
        (("how",), "asked"),
        (("source",), "crm, new"),
        (("source", "how"), "crm, old"),
        (("confidence",), "sure"),
        (("non-empty",), "learnt, new"),
        (("how", "newest"), "asked"),
    ],
)
def test_the_first_criterion_decides_and_then_the_next(criteria: tuple[Survives, ...], counts: str) -> None:
    said = [
        fact("crm, old", 9, "given", "crm", 0.8),
        fact("crm, new", 8, "learnt", "crm", 0.8),
        fact("asked", 7, "asked", "till", 0.8),
        fact("sure", 6, "given", "web", 0.9),
        fact("learnt, new", 5, "learnt", "web", 0.8),
        fact("", 4, "given", "app", 0.8) if criteria == ("non-empty",) else fact("other", 10, confidence=0.1),
    ]
    assert survivor(said, attribute(*criteria, sources=("crm", "till"))).value == counts


def test_a_union_has_every_item_once_in_the_order_in_which_it_was_said() -> None:
    said = [fact(["wine"], 2), fact(["beer", "tea"], 3), fact(["tea", "milk"], 1)]
    found = survivor(said, attribute("union", type="list of string"))
    assert (found.value, found.message_id) == (["beer", "tea", "wine", "milk"], "1")


def said(at: int, id: str, how: How, nick: str) -> Event:
    return replace(event("identify", NOON - at * DAY, id, nick=nick), how=how)


def test_losing_values_are_kept_with_who_said_them_and_stand_as_of_any_moment() -> None:
    d = dictionary(attribute("how"))
    leaf = fold(Leaf(id="p1"), [said(3, "m1", "asked", "Ann"), said(2, "m2", "learnt", "A."), said(1, "m3", "given", "Annie")], d)  # fmt: skip # noqa: E501
    now, before = combine([leaf], NOON, d), combine([leaf], NOON - 2 * DAY, d)
    assert (now.value("nick"), [one.value for one in others([leaf], now)["nick"]]) == ("Ann", ["Annie", "A."])
    assert (before.value("nick"), others([leaf], before)) == ("Ann", {})
    assert [one.provenance.how for one in others([leaf], now)["nick"]] == ["given", "learnt"]


FACTS = st.lists(
    st.builds(
        fact, st.sampled_from(("", "a", "b")), st.integers(1, 9), st.sampled_from(("asked", "given", "learnt")),
        st.sampled_from(("crm", "web", "x")), st.sampled_from((0.5, 1.0)),
    ),
    min_size=1, max_size=6, unique_by=lambda one: one.message_id,
)  # fmt: skip
CRITERIA = st.lists(
    st.sampled_from(("newest", "how", "source", "confidence", "non-empty", "union")),
    min_size=1,
    max_size=3,
    unique=True,
)


@given(FACTS, CRITERIA, st.randoms(use_true_random=False))
def test_the_order_in_which_values_came_does_not_matter(facts: list[Fact], criteria: Any, random: Any) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    rule = attribute(*criteria, sources=("crm", "web"))
    assert survivor(facts, rule) == survivor(shuffled, rule)


@given(FACTS, CRITERIA, st.integers(0, 6))
def test_leaves_together_choose_as_one_leaf_would(facts: list[Fact], criteria: Any, cut: int) -> None:
    d = dictionary(attribute(*criteria, sources=("crm", "web")))
    ordered = sorted(facts, key=lambda one: (one.provenance.at, one.message_id))
    leaves = [Leaf(id=f"p{n}", facts={"nick": tuple(part)} if part else {}) for n, part in enumerate((ordered[:cut], ordered[cut:]))]  # fmt: skip # noqa: E501
    one = combine([Leaf(id="p0", facts={"nick": tuple(ordered)})], NOON, d)
    two = combine(leaves, NOON, d)
    assert two.facts == one.facts
    assert others(leaves, two) == others([Leaf(id="p0", facts={"nick": tuple(ordered)})], one)


@pytest.mark.parametrize(
    "wrong",
    [attribute(), attribute("union"), attribute("union", "how", type="list of string"), attribute("source"),
     attribute("how", sources=("crm",))],
)  # fmt: skip
def test_a_rule_that_cannot_choose_is_told(wrong: Attribute) -> None:
    assert {problem.code for problem in check(dictionary(wrong))} == {"dictionary.survivorship"}

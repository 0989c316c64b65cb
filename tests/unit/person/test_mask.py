"""Masking: what is not for everybody is shown to nobody who may not see it, and the rest to all."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from decidedly.core.dictionary import Aggregate, Attribute, Dictionary, EventKind, Field
from decidedly.core.person import Leaf
from decidedly.person import MASKED, Card, card, combine, fold, masked_card, masked_event, others
from tests import cases
from tests.cases import NOON, event

DAY = timedelta(days=1)


def dictionary() -> Dictionary:
    base = cases.dictionary()
    more = (
        Attribute(id="faith", name="faith", of="person", type="string", sensitivity="special-category"),
        Attribute(id="pin", name="pin", of="person", type="string", sensitivity="secret"),
    )
    visit = EventKind(
        id="visit", name="visit",
        fields=(Field(name="ward", type="string", sensitivity="special-category"), Field(name="desk", type="string")),
        items="tests",
        item_fields=(Field(name="dose", type="number(0)", keep=True, sensitivity="special-category"),),
    )  # fmt: skip
    doses = Aggregate(id="doses", name="doses", is_="sum", of="visit", what="dose")
    return replace(
        base, attributes=(*base.attributes, *more), events=(*base.events, visit), aggregates=(doses,)
    )  # fmt: skip


D = dictionary()
VISIT = event("visit", NOON - DAY, "v1", ward="7", desk="2", tests=[{"dose": 3}, {"dose": None}])
TOLD = (
    event("identify", NOON - 2 * DAY, "m1", faith="none", pin="1234", **{"age-band": "35-44"}),
    event("identify", NOON - DAY, "m2", faith="other"),
)


def shown() -> Card:
    leaf = fold(Leaf(id="p1"), [*TOLD, VISIT], D)
    one = combine([leaf], NOON, D)
    return card(one, D, segments=(), recent=(*TOLD, VISIT), contacts=(), decisions=(), others=others([leaf], one))


def test_secrets_and_special_categories_are_masked_and_the_rest_is_not() -> None:
    facts = {fact.attribute: fact for fact in masked_card(shown(), D).facts}
    assert {id: (fact.value, fact.masked) for id, fact in facts.items()} == {
        "age-band": ("35-44", False), "faith": (None, True), "pin": (None, True),
    }  # fmt: skip
    assert [one.value for one in facts["faith"].others] == [None]
    assert facts["faith"].provenance_id == "m2"


def test_whoever_may_see_it_sees_the_values_and_those_that_lost() -> None:
    facts = {fact.attribute: fact for fact in shown().facts}
    assert (facts["faith"].value, [one.value for one in facts["faith"].others]) == ("other", ["none"])
    assert facts["faith"].sensitivity == "special-category"


def test_no_hidden_value_is_left_anywhere_on_the_card() -> None:
    told = repr(masked_card(shown(), D))
    assert [secret for secret in ("1234", "'none'", "'other'", "'7'", "'dose': 3") if secret in told] == []


def test_hidden_properties_of_events_and_of_their_items_are_masked() -> None:
    assert masked_event(VISIT, D).properties == {
        "ward": MASKED, "desk": "2", "tests": [{"dose": MASKED}, {"dose": None}],
    }  # fmt: skip


def test_an_aggregate_of_a_hidden_field_is_hidden() -> None:
    assert {"faith", "pin", "doses"} == D.hidden

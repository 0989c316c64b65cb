"""What a priority is made of: declared terms, the customer's, service before commerce; what is not known, by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord, Inputs, to_bytes
from decidedly.core.ledger import Entry, Mark
from decidedly.core.policy import ContactPolicy, Text
from decidedly.core.service import Term
from decidedly.decide import explain, replay
from decidedly.decide.record import decide_batch
from tests.shop import ACTIONS, CHANNELS, COFFEE, DIAPERS, MONDAY, WINE, Shop, chosen, playbook

DAY = timedelta(days=1)


def shop(**service: Any) -> Shop:
    one = Shop(playbook({"priority": Text("propensity * value"), **service}, contact=ContactPolicy()))
    one.meet(age_band="35-44", kids_count=2)
    one.scorer.propensity = {COFFEE: 0.5, DIAPERS: 0.25, WINE: 0.125}
    return one


def priorities(one: Shop, record: DecisionRecord) -> dict[str, float]:
    found = np.frombuffer(record.priority, "<f4")
    return {action.id: float(found[index]) for index, action in enumerate(one.book.actions)}


def again(one: Shop, channel: str = "web", **inputs: Any) -> DecisionRecord:
    """The decision of person 1, with some of its inputs another way."""
    plan = one.world(channel).plan
    record = one.dry_run(channel=channel)
    changed: Inputs = replace(record.inputs, **inputs)
    (made,) = decide_batch(plan, [record.ask], [(record.leaf, True)], [changed], "m1")
    assert to_bytes(replay(made, plan)) == to_bytes(made)
    return made


def sent(days: int, *actions: str) -> Entry:
    return Entry(
        id=f"e{days}", contact_class="marketing", channel="email", at=MONDAY - days * DAY, state="confirmed",
        actions=actions,
    )  # fmt: skip


def test_what_speaks_for_the_customer_is_added_to_the_priority() -> None:
    one = shop(customer=Text('if action.category = "baby" then 0.5 else 0'))
    assert priorities(one, one.dry_run(channel="web")) == {COFFEE: 0.5, DIAPERS: 0.75, WINE: 0.125}


def test_terms_are_declared_once_and_may_read_those_before_them() -> None:
    terms = (
        Term(id="needs", name="needs", formula=Text("kids count / 8")),
        Term(id="twice the need", name="twice the need", formula=Text("2 * needs")),
    )
    one = shop(terms=terms, customer=Text("twice the need"))
    assert priorities(one, one.dry_run(channel="web")) == {COFFEE: 1.0, DIAPERS: 0.75, WINE: 0.625}


@pytest.mark.parametrize(
    ("term", "more"),
    [("fatigue", [0.25] * 3), ("exposures", [0.25, 0.0, 0.0]), ("complaints", [0.125] * 3)],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_the_person_has_had_of_us_is_counted_from_the_inputs(term: str, more: list[float]) -> None:
    one = shop(customer=Text(f"{term} / 8"))
    contacts = (sent(1, COFFEE), sent(3, COFFEE), sent(40, WINE))
    marks = (
        Mark(outcome="complain", action=WINE, at=MONDAY - 20 * DAY),
        Mark(outcome="complain", action=COFFEE, at=MONDAY - 100 * DAY),
        Mark(outcome="reject", action=WINE, at=MONDAY - DAY),
    )
    record = again(one, contacts=contacts, marks=marks)
    expected = [base + extra for base, extra in zip((0.5, 0.25, 0.125), more, strict=True)]
    assert list(priorities(one, record).values()) == expected


def test_the_cost_of_the_contact_is_that_of_the_channel() -> None:
    one = shop(customer=Text("0 - contact cost"))
    record = one.dry_run()
    assert np.frombuffer(record.priority, "<f4")[:2].tolist() == pytest.approx([0.49, 0.49])


def test_what_is_owed_comes_before_what_is_sold() -> None:
    served = (*ACTIONS[:2], replace(ACTIONS[2], action_class="service"))
    one = shop()
    one.book = replace(one.book, actions=served)
    assert chosen(one.dry_run(channel="web"), one.book) == [WINE, COFFEE]
    one.book = replace(one.book, services=(replace(one.book.services[0], service_first=False),))
    assert chosen(one.dry_run(channel="web"), one.book) == [COFFEE, DIAPERS]


def test_equal_priorities_are_ordered_by_the_seed_alone() -> None:
    one = shop(priority=Text("1"), slots=3)
    orders = {tuple(chosen(one.dry_run(ask_id=f"a{number}", channel="web"), one.book)) for number in range(40)}
    assert len(orders) == 6


def test_the_parts_of_a_priority_are_told_in_money() -> None:
    one = shop(
        priority=Text("propensity * weight * lever * value"), customer=Text("needs - 0.125 * fatigue"),
        terms=(Term(id="needs", name="needs", formula=Text("kids count / 4")),),
    )  # fmt: skip
    record = again(one, contacts=(sent(1, COFFEE),))
    (told,) = explain(record, one.world("web").plan, action=COFFEE).actions
    assert told.parts is not None
    assert told.parts.terms == {
        "propensity": 0.5, "weight": 1.0, "lever": 1.0, "value": 1.0, "needs": 0.5, "fatigue": 1.0,
    }  # fmt: skip
    assert (told.parts.authored, told.parts.customer, told.parts.total) == (0.5, 0.375, 0.875)
    assert told.parts.total == told.priority
    assert told.parts.nulls == ()


def test_a_part_that_cannot_be_told_counts_as_nothing_and_names_the_fact() -> None:
    one = shop(customer=Text("kids count / 4"))
    one.meet(2, age_band="35-44")
    record = one.dry_run(2, channel="web")
    (told,) = explain(record, one.world("web").plan, action=COFFEE).actions
    assert told.parts is not None
    assert (told.parts.customer, told.parts.nulls) == (0.0, ("kids count is not known",))


def test_a_weight_that_cannot_be_told_names_the_fact() -> None:
    one = shop()
    web = replace(CHANNELS[-1], weight=Text("kids count / 4"))
    one.book = replace(one.book, channels=(*CHANNELS[:-1], web))
    one.meet(2, age_band="35-44")
    (told,) = explain(one.dry_run(2, channel="web"), one.world("web").plan, action=COFFEE).actions
    assert told.parts is not None
    assert "kids count is not known" in told.parts.nulls


def test_a_priority_may_read_what_is_counted_of_the_candidate() -> None:
    one = shop(priority=Text("candidate.times bought / 4"))
    one.scorer.bought = {COFFEE: 1, DIAPERS: 2, WINE: 4}
    assert priorities(one, one.dry_run(channel="web")) == {COFFEE: 0.25, DIAPERS: 0.5, WINE: 1.0}

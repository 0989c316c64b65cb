"""The grocer's services with placements: what each shows of all its actions, and what its rules keep out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from decidedly.core.ask import Ask
from decidedly.core.decision import NULL, DecisionRecord, Inputs, to_bytes
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry
from decidedly.core.playbook import Playbook, playbook_hash
from decidedly.core.provenance import Fact, Provenance
from decidedly.decide import Plan, compile_plan, placements_of, replay
from decidedly.decide.record import decide_batch
from decidedly.playbook import load
from tests.unit.playbook.test_load import GROCER

NOON = datetime(2017, 11, 1, 17, tzinfo=UTC)
SAID = Provenance(how="given", source="test", at=NOON - timedelta(days=9))


@pytest.fixture(scope="module")
def grocer() -> Playbook:
    playbook, problems = load(GROCER)
    assert playbook is not None
    assert problems == ()
    return playbook


def decided(
    book: Playbook, service: str, channel: str, contacts: tuple[Entry, ...] = (), **facts: Any
) -> tuple[Plan, DecisionRecord]:
    """For a member of whom the model thinks as much of one coupon as of another, but for chance."""
    plan = compile_plan(book, playbook_hash(book), service, channel)
    draw = np.random.default_rng(7)
    propensity = [float(draw.integers(1, 64)) / 512 if one.products else 1.0 for one in plan.actions]
    known = {"age-band": "35-44", "orders-in-all": 40, "days-since-last-order": 1, "coupons-redeemed": 0, **facts}
    inputs = Inputs(
        facts={id: Fact(value=value, provenance=SAID, message_id="m") for id, value in known.items()},
        consents={}, consent_ids={},
        candidates={
            id: np.full(len(plan.actions), 0 if id == "times-bought" else NULL, "<i4").tobytes()
            for id in plan.candidate_reads
        },
        propensity=np.array(propensity, "<f4").tobytes(), contacts=contacts, epoch=0,
    )  # fmt: skip
    ask = Ask(ask_id="a", who=(Identifier("loyalty", "1"),), service=service, channel=channel, at=NOON)
    (record,) = decide_batch(plan, [ask], [("p1", True)], [inputs], "m1")
    assert to_bytes(replay(record, plan)) == to_bytes(record)
    return plan, record


def shown(plan: Plan, record: DecisionRecord) -> dict[str, list[str]]:
    """Placement -> ids of its actions."""
    found: dict[str, list[str]] = {one.id: [] for one in plan.slates.placements}
    for index, place in zip(record.chosen, placements_of(record, plan.slates), strict=True):
        found[place].append(plan.action_ids[index])
    return found


def test_the_home_page_is_filled_as_a_whole_and_families_get_their_layout(grocer: Playbook) -> None:
    plan, record = decided(grocer, "home-page", "web", **{"kids-count": "2"})
    page = shown(plan, record)
    assert (page["layout"], page["look"]) == (["page/layout/family"], ["page/look/autumn"])
    assert [len(page[place]) for place in ("banner", "blocks")] == [1, 4]
    (banner,) = (one for one in plan.actions if one.id == page["banner"][0])
    assert banner.facts["product-count"] >= 1000
    blocks = Counter(one.facts["main-category"] for one in plan.actions if one.id in page["blocks"])
    assert set(blocks.values()) == {1}
    plan, record = decided(grocer, "home-page", "web")
    assert shown(plan, record)["layout"] == ["page/layout/columns"]


def test_the_insert_keeps_to_its_lines_and_to_what_was_not_shown_lately(grocer: Playbook) -> None:
    plan, record = decided(grocer, "receipt-insert", "till")
    (first,) = shown(plan, record).values()
    assert sum(one.facts["lines"] for one in plan.actions if one.id in first) <= 14
    sent = Entry(
        id="e", contact_class="marketing", channel="email", at=NOON - timedelta(days=2), state="confirmed",
        exposures=len(first), actions=tuple(first),
    )  # fmt: skip
    plan, record = decided(grocer, "receipt-insert", "till", (sent,))
    (second,) = shown(plan, record).values()
    assert second
    assert not set(first) & set(second)


def test_the_menu_reads_a_recall_first_then_what_the_caller_probably_wants(grocer: Playbook) -> None:
    plan, record = decided(grocer, "ivr-menu", "phone")
    assert shown(plan, record)["options"] == [
        "help/recall", "help/orders", "help/coupons", "help/hours", "help/card",
    ]  # fmt: skip


def test_the_agent_settles_first_and_offers_less_to_who_has_had_much_of_us(grocer: Playbook) -> None:
    plan, record = decided(grocer, "agent-desktop", "desk")
    desk = shown(plan, record)
    assert desk["settle"][0] == "help/recall"
    assert (len(desk["settle"]), len(desk["offer"])) == (2, 3)
    assert plan.told[record.chosen[0]] == {
        "talking-points": ["Say it first: the money is given back without a receipt"]
    }
    sent = [
        Entry(id=f"e{n}", contact_class="marketing", channel="email", at=NOON - timedelta(days=n), state="confirmed")
        for n in range(5)
    ]
    _, tired = decided(grocer, "agent-desktop", "desk", tuple(sent))
    before, after = (np.frombuffer(one.priority, "<f4") for one in (record, tired))
    assert np.nanmax(before - after) == pytest.approx(0.1, abs=1e-6)

"""Nothing dated on or after the decision day is read by a record, a feature, a model or a rule."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from decidedly.app import Hub, fixed_clock
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.demo import run as demo
from decidedly.demo.source import Source
from tests.grocer.steps import HORIZON, HOUSEHOLDS, decide, frames, open_hub, prepare, prepared, sample

DATED = {"transactions": "transaction_timestamp", "coupon_redemptions": "redemption_date"}
MORNING = demo.DECISION_DAY + timedelta(hours=8)
Frames = dict[str, pd.DataFrame]


def without_future() -> Frames:
    """All dated rows from the day on deleted, and the campaigns that begin later with their lists and coupons."""
    told = frames()
    for name, column in DATED.items():
        told[name] = told[name][told[name][column] < HORIZON]
    described = told["campaign_descriptions"]
    told["campaign_descriptions"] = described[described["start_date"] <= HORIZON]
    begun = set(told["campaign_descriptions"]["campaign_id"])
    for name in ("campaigns", "coupons"):
        told[name] = told[name][told[name]["campaign_id"].isin(begun)]
    return told


def with_shuffled_future() -> Frames:
    """Rows from the day on in another order, with each column's values dealt out anew, the dates too."""
    told = frames()
    draw = np.random.default_rng(11)
    for name, column in DATED.items():
        frame = told[name]
        future = frame[column] >= HORIZON
        later = frame[future].copy()
        for values in later.columns:
            later[values] = later[values].to_numpy()[draw.permutation(len(later))]
        if name == "transactions":  # a basket is of one household and one moment
            later["basket_id"] = np.arange(len(later)) + 10**12
        told[name] = pd.concat([frame[~future], later])
    return told


@pytest.mark.parametrize("changed", [without_future, with_shuffled_future], ids=["deleted", "shuffled"])
def test_a_changed_future_changes_no_byte_of_the_model_or_of_a_decision(
    changed: Callable[[], Frames], hub: Hub, records: list[DecisionRecord], tmp_path: Path
) -> None:
    with prepare(tmp_path, Source(changed(), sample())) as other:
        versions = [str(one.models.current(demo.MODEL)) for one in (hub, other)]
        assert hub.models.get(versions[0]) == other.models.get(versions[1])
        assert len(records) == HOUSEHOLDS
        assert [to_bytes(record) for record in decide(other)] == [to_bytes(record) for record in records]


def test_the_changed_futures_are_changed() -> None:
    lines = len(frames()["transactions"])
    assert len(without_future()["transactions"]) < lines - 200_000
    shuffled = with_shuffled_future()["transactions"]
    assert len(shuffled) == lines
    assert (shuffled["product_id"].to_numpy() != frames()["transactions"]["product_id"].to_numpy()).sum() > 200_000


def absurd(household: str) -> Event:
    """A basket of the decision day's first moment that would change any feature that read it."""
    products = [
        {
            "product_id": str(product),
            "quantity": 1000,
            "sales_cents": 10**9,
            "retail_disc_cents": 0,
            "coupon_disc_cents": 10**8,
            "coupon_match_disc_cents": 0,
        }
        for product in range(820_000, 822_000)
    ]
    return Event(
        message_id=f"poison:{household}",
        kind="order",
        at=demo.DECISION_DAY,
        received_at=demo.DECISION_DAY,
        identifiers=(Identifier("loyalty", household),),
        source="till",
        properties={"order_id": "poison", "store": "1", "total_cents": 2 * 10**12, "products": products},
    )


def test_an_absurd_purchase_at_the_first_moment_of_the_day_changes_nothing(
    records: list[DecisionRecord], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shutil.copytree(prepared(tmp_path_factory), tmp_path / "hub")
    with open_hub(tmp_path / "hub") as poisoned:
        events = [absurd(record.ask.who[0].value) for record in records]
        assert poisoned.load([events]).accepted == HOUSEHOLDS
        poisoned.project(demo.DECISION_DAY)
        poisoned.train(demo.MODEL, demo.DECISION_DAY)
        assert [to_bytes(record) for record in decide(poisoned)] == [to_bytes(record) for record in records]


# The next morning


def test_in_the_morning_a_card_holds_nothing_of_the_day_but_what_the_hub_did(
    hub: Hub, records: list[DecisionRecord]
) -> None:
    for record in records:
        card = hub.person(record.ask.who[0], MORNING)
        assert all(event.at < demo.DECISION_DAY for event in card.recent)
        assert all(fact.provenance.at < demo.DECISION_DAY or fact.provenance.at == MORNING for fact in card.facts)
        assert all(entry.at < demo.DECISION_DAY or entry.id == record.id for entry in card.contacts)


def test_in_the_morning_an_aggregate_counts_nothing_of_the_day(hub: Hub, records: list[DecisionRecord]) -> None:
    for record in records[:30]:
        then, morning = (
            {fact.attribute: fact.value for fact in hub.person(record.ask.who[0], at).facts}
            for at in (demo.DECISION_DAY, MORNING)
        )
        assert morning["orders-in-all"] == then["orders-in-all"]


def test_in_the_morning_an_answer_reads_nothing_of_the_day(hub: Hub, records: list[DecisionRecord]) -> None:
    for record in records[:30]:
        ask = Ask(ask_id="m", who=record.ask.who, service=demo.SERVICE, channel="web", at=MORNING)
        inputs = hub.dry_run(ask).inputs
        said = [fact.provenance.at for fact in inputs.facts.values() if fact.provenance.source != "history"]
        assert all(at < demo.DECISION_DAY for at in said)
        orders = inputs.facts["orders-in-all"].value if "orders-in-all" in inputs.facts else 0
        assert orders == record.inputs.facts["orders-in-all"].value


def test_no_record_has_folded_anything_of_the_day(hub: Hub) -> None:
    for stored in hub.people():
        for pane in stored.leaves[0].panes.values():
            if pane.at:
                assert np.frombuffer(pane.at, "<i8").max() < demo.DECISION_DAY.timestamp()


def test_what_the_hub_itself_hears_that_day_the_next_decision_sees(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shutil.copytree(prepared(tmp_path_factory), tmp_path / "hub")
    with Hub.open(tmp_path / "hub", fixed_clock(MORNING)) as served:
        who = Identifier("loyalty", str(sample()[0]))
        before = orders(served, who)
        assert served.load([[absurd(who.value)]]).accepted == 1
        assert orders(served, who) == before + 1


def orders(hub: Hub, who: Identifier) -> int:
    """How many orders the record of a person counts now."""
    return next(int(fact.value) for fact in hub.person(who).facts if fact.attribute == "orders-in-all")

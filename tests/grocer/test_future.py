"""Nothing dated on or after the decision day is read by a record, a feature, a model or a rule."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from decidedly.app import Hub
from decidedly.core.decision import to_bytes
from decidedly.core.identifier import Identifier
from decidedly.demo import run as demo
from decidedly.demo.source import Source
from tests.grocer.steps import HORIZON, decide, prepare
from tests.unit.demo.data import whole_year

HOUSEHOLDS = 120
DATED = {"transactions": "transaction_timestamp", "coupon_redemptions": "redemption_date"}


def frames() -> dict[str, pd.DataFrame]:
    names = ("transactions", "products", "campaigns", "campaign_descriptions", "coupons", "coupon_redemptions")
    return {name: whole_year().frame(name) for name in (*names, "demographics")}


def sample() -> list[int]:
    listed = whole_year().frame("campaigns")
    on_list = sorted(set(listed[listed["campaign_id"] == int(demo.CAMPAIGN)]["household_id"]))
    return np.random.default_rng(7).choice(on_list, HOUSEHOLDS, replace=False).tolist()


def without_future() -> dict[str, pd.DataFrame]:
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


def with_shuffled_future() -> dict[str, pd.DataFrame]:
    """Rows from the day on in another order, with each column's values dealt out anew."""
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


def outcome(folder: Path, told: dict[str, pd.DataFrame]) -> tuple[str, list[bytes]]:
    with prepare(folder, Source(told, sample())) as hub:
        version = hub.models.current(demo.MODEL)
        return str(version), [to_bytes(record) for record in decide(hub)]


@pytest.fixture(scope="module")
def as_it_was(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[bytes]]:
    return outcome(tmp_path_factory.mktemp("as-it-was"), frames())


@pytest.mark.parametrize("changed", [without_future, with_shuffled_future], ids=["deleted", "shuffled"])
def test_a_changed_future_changes_no_byte_of_a_decision(changed, as_it_was, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    version, records = outcome(tmp_path, changed())
    assert version == as_it_was[0]
    assert len(records) == HOUSEHOLDS
    assert records == as_it_was[1]


def test_the_next_morning_a_record_still_holds_nothing_of_the_day(tmp_path: Path) -> None:
    with prepare(tmp_path, Source(frames(), sample()[:20])) as hub:
        for number in sample()[:20]:
            card = hub.person(Identifier("loyalty", str(number)), demo.DECISION_DAY + timedelta(hours=8))
            assert all(event.at < demo.DECISION_DAY for event in card.recent)
            assert all(entry.at < demo.DECISION_DAY for entry in card.contacts)
        assert newest(hub) < demo.DECISION_DAY.timestamp()


def newest(hub: Hub) -> int:
    """Unix seconds of the latest event in any record."""
    times = [
        np.frombuffer(pane.at, "<i8").max() for stored in hub.people() for pane in stored.leaf.panes.values() if pane.at
    ]
    return int(max(times))

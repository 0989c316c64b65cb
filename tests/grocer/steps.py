"""The demo's own steps over tables that a test may change before, and what tests of all workers share."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from decidedly.app import Hub, fixed_clock
from decidedly.core.decision import DecisionRecord
from decidedly.demo import run as demo
from decidedly.demo.playbook import grocer
from decidedly.demo.source import TABLES, Source
from tests.unit.demo.data import whole_year

RUN = "weekly-coupons/2017-10-30"
HORIZON = pd.Timestamp("2017-10-30")
HOUSEHOLDS = 120
_PATIENCE_S = 300


def frames() -> dict[str, pd.DataFrame]:
    """The grocer's tables by name; skips where they are not installed."""
    return {name: whole_year().frame(name) for name in TABLES}


def sample() -> list[int]:
    """Households of the campaign's list, drawn by a fixed seed."""
    listed = whole_year().frame("campaigns")
    on_list = sorted(set(listed[listed["campaign_id"] == int(demo.CAMPAIGN)]["household_id"].tolist()))
    return random.Random(7).sample(on_list, HOUSEHOLDS)


def open_hub(folder: Path) -> Hub:
    """A hub whose clock shows the decision day's first moment."""
    return Hub.open(folder, fixed_clock(demo.DECISION_DAY))


def load(folder: Path, source: Source) -> Hub:
    """A hub of the grocer with everything loaded."""
    hub = open_hub(folder)
    hub.publish(grocer())
    hub.load(demo.chunks(source, lambda done: None))
    return hub


def prepare(folder: Path, source: Source) -> Hub:
    """The same, with the warehouse written and the model trained."""
    hub = load(folder, source)
    for name, table in demo.known(source.tables()).items():
        hub.warehouse.write(name, table)
    hub.project(demo.DECISION_DAY)
    hub.train(demo.MODEL, demo.DECISION_DAY)
    return hub


def decide(hub: Hub) -> list[DecisionRecord]:
    who = demo.audience(hub, demo.CAMPAIGN)
    report = hub.decide_all(RUN, demo.SERVICE, who, demo.DECISION_DAY)
    return [hub.decision(id) for id in report.decided]


# Folders that are made once a run, by whichever worker comes first. Who writes into one takes a copy.


def prepared(factory: pytest.TempPathFactory) -> Path:
    """The sample, ready to decide; nobody has it open."""
    whole_year()
    return _once(factory, "prepared", lambda folder: prepare(folder, Source(frames(), sample())).close())


def decided(factory: pytest.TempPathFactory) -> Path:
    """The sample, decided."""
    before = prepared(factory)

    def build(folder: Path) -> None:
        shutil.copytree(before, folder)
        with open_hub(folder) as hub:
            decide(hub)

    return _once(factory, "decided", build)


def year(factory: pytest.TempPathFactory) -> Path:
    """All households, loaded."""
    source = whole_year()
    return _once(factory, "year", lambda folder: load(folder, source).close())


def _once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, done, failed = root / f"grocer-{name}", root / f"grocer-{name}.done", root / f"grocer-{name}.failed"
    try:
        (root / f"grocer-{name}.lock").mkdir()
    except FileExistsError:
        patience = time.monotonic() + _PATIENCE_S
        while not done.exists():
            assert not failed.exists(), f"another worker could not make the {name} sample"
            assert time.monotonic() < patience, f"another worker did not finish the {name} sample"
            time.sleep(0.05)
        return folder
    try:
        build(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder

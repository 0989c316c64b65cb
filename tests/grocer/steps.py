"""The demo's own steps over tables that a test may change before."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from decidedly.app import Hub, fixed_clock
from decidedly.core.decision import DecisionRecord
from decidedly.demo import run as demo
from decidedly.demo.playbook import grocer
from decidedly.demo.source import Source

RUN = "weekly-coupons/2017-10-30"
HORIZON = pd.Timestamp("2017-10-30")


class Silent:
    """Steps that nobody watches."""

    def step(self, title: str, total: int = 0):  # type: ignore[no-untyped-def]
        from contextlib import nullcontext

        return nullcontext(lambda done: None)


def load(folder: Path, source: Source) -> Hub:
    """A hub of the grocer with everything loaded, the clock at the decision day's first moment."""
    hub = Hub.open(folder, fixed_clock(demo.DECISION_DAY))
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

"""The main job, end to end: a grocer's households get their weekly coupons, each with its reasons.

Load the year, publish the playbook, learn from the campaigns before the decision day, decide for everybody on the
campaign's list, deliver, render, measure, and write the gallery.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec
import pyarrow.compute as pc

from decidedly import capture, decide
from decidedly.app import Hub, fixed_clock
from decidedly.core.errors import NotReady
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.demo import gallery, synthetic
from decidedly.demo.evaluate import Recall, evaluate
from decidedly.demo.playbook import grocer
from decidedly.demo.source import Source

DECISION_DAY = datetime(2017, 10, 30, tzinfo=UTC)
"""First day of campaign 18. Nothing dated on or after it is known to any decision."""
MORNING = DECISION_DAY + timedelta(hours=8)
"""When the demo's server begins its day, and when the night's messages go out."""
SERVICE, CAMPAIGN, MODEL = "weekly-coupons", "18", "coupon-redemption"
SHOWN = 12
RENDERED = ("email", "sms")


class Progress(Protocol):
    """One step on the screen: a title, how much there is to do, and how to say that some of it is done."""

    def step(self, title: str, total: int = 0) -> AbstractContextManager[Callable[[int], None]]: ...


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """Over the whole list: candidates (action x channel) that a rule dropped, households that lost at least one to it,
    and households that lost their last one to it or an earlier rule."""

    stage: str
    rule: str
    name: str
    candidates: int
    households: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The last line of `decidedly demo --json`. Money in cents, time in seconds, memory in MiB."""

    households: int
    baskets: int
    lines: int
    cents: int
    receipts: int
    redemptions: int
    campaign_households: int
    actions: int
    decided: int
    no_action: int
    channels: dict[str, int]
    delivered: dict[str, int]
    rendered: dict[str, int]
    dropped: tuple[Dropped, ...]
    recall_at_16: Recall
    campaign_13: Recall
    seconds: float
    seconds_by_step: dict[str, float]
    peak_mib: float
    gallery: str
    playbook: str
    model: str


def run(workdir: Path, progress: Progress, households: int | None = None) -> Summary:
    """The whole job in a folder; run again in the same folder, it does only what is missing.

    households : take a sample of so many; None takes all
    """
    clock = _Stopwatch(progress)
    workdir.mkdir(parents=True, exist_ok=True)
    with Hub.open(workdir, fixed_clock(DECISION_DAY)) as hub:
        playbook = hub.publish(grocer())
        with clock.step("Read the grocer's year"):
            source = Source.read(households)
        totals = _load(hub, source, clock)
        with clock.step("Project the history and learn from earlier campaigns"):
            for name, table in _known(source.tables()).items():
                hub.warehouse.write(name, table)
            hub.project(DECISION_DAY)
            learnt = hub.train(MODEL, DECISION_DAY)
        who = _list(hub, CAMPAIGN)
        with clock.step("Decide", len(who)) as done:
            report = hub.decide_all(
                f"{SERVICE}/{DECISION_DAY:%Y-%m-%d}", SERVICE, who, DECISION_DAY, lambda count: done(count)
            )
        records = [hub.decision(id) for id in report.decided]
        slates = [record for record in records if record.result == "slate"]
        delivered = _deliver(hub, slates, clock)
        rendered = _render(hub, slates, clock)
        with clock.step("Measure"):
            recall = evaluate_decisions(hub, records, CAMPAIGN, DECISION_DAY)
            earlier = evaluate_earlier(hub)
            dropped = dropped_over(hub, records)
        with clock.step("Write the gallery", SHOWN) as done:
            index = show(hub, workdir / "gallery", records, dropped, recall, earlier, done)
        write_clock(workdir)
        return Summary(
            households=len(source.households),
            **totals,
            campaign_households=len(who),
            actions=records[0].actions if records else 0,
            decided=len(slates),
            no_action=len(records) - len(slates),
            channels=dict(Counter(record.channel for record in slates)),
            delivered=delivered,
            rendered=rendered,
            dropped=dropped,
            recall_at_16=recall,
            campaign_13=earlier,
            seconds=round(clock.total(), 1),
            seconds_by_step=clock.seconds,
            peak_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            gallery=str(index),
            playbook=playbook,
            model=learnt.version,
        )

"""The main job, end to end: a grocer's households get their weekly coupons, each with its reasons.

Load the year, publish the playbook, learn from the campaigns before the decision day, decide for everybody on the
campaign's list, deliver, render, measure, and write the gallery.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from decidedly.app import Hub, Settings, fixed_clock
from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erased
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.demo import synthetic, three
from decidedly.demo.evaluate import Recall
from decidedly.demo.outcome import Dropped, dropped_over, evaluate_decisions, evaluate_earlier
from decidedly.demo.playbook import grocer
from decidedly.demo.show import show
from decidedly.demo.source import BEFORE_THE_YEAR, Source
from decidedly.demo.together import Together, together

DECISION_DAY = datetime(2017, 10, 30, tzinfo=UTC)
"""First day of campaign 18. Nothing dated on or after it is known to any decision."""
MORNING = DECISION_DAY + timedelta(hours=8)
"""When the demo's server begins its day, and when the night's messages go out."""
MATCHED_AT = BEFORE_THE_YEAR + timedelta(days=1)
"""When those are matched whom no identifier joins: decisions know of it."""
SERVICE, CAMPAIGN, MODEL = "weekly-coupons", "18", "coupon-redemption"
RENDERED = ("email", "sms")
_CHUNK = 4000


class Progress(Protocol):
    """One step on the screen: a title, how much there is to do, and how to say how much is done."""

    def step(self, title: str, total: int = 0) -> AbstractContextManager[Callable[[int], None]]: ...


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the event log holds, counted by reading it."""

    baskets: int
    lines: int
    cents: int
    receipts: int
    redemptions: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The last line of `decidedly demo --json`. Money in cents, time in seconds, memory in MiB."""

    households: int
    baskets: int
    lines: int
    cents: int
    receipts: int
    redemptions: int
    by_identifiers: Together
    by_matching: Together
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


def run(workdir: Path, progress: Progress, households: int | None = None, store: str = "") -> Summary:
    """The whole job in a folder; run again in the same folder, it does only what is missing.

    households : take a sample of so many; None takes all
    store      : URL of the operational store, "" for SQLite in the folder
    """
    watch = _Stopwatch(progress)
    with Hub(Settings(workdir, fixed_clock(DECISION_DAY), store=store)) as hub:
        playbook = hub.publish(grocer())
        with watch.step("Read the grocer's year"):
            source = Source.read(households)
        totals = _load(hub, source, watch)
        with watch.step("Count who was put together"):
            accounts = list(three.accounts(map(int, source.households)))
            by_identifiers = together(accounts, hub.reader)
        with watch.step("Match those who are probably one"):
            hub.match(at=MATCHED_AT)
            by_matching = together(accounts, hub.reader)
        with watch.step("Learn from earlier campaigns"):
            for name, table in known(source.tables()).items():
                hub.warehouse.write(name, table)
            hub.privacy.resume(everywhere=True)  # the grocer's own tables name those again who were erased since
            hub.project(DECISION_DAY)
            model = hub.train(MODEL, DECISION_DAY).version
        who = audience(hub, CAMPAIGN)
        with watch.step("Decide", len(who)) as done:
            report = hub.decide_all(f"{SERVICE}/{DECISION_DAY:%Y-%m-%d}", SERVICE, who, DECISION_DAY, done)
        records = list(_kept(hub, report.decided))
        slates = [record for record in records if record.result == "slate"]
        delivered = _deliver(hub, len(slates), watch)
        rendered = _render(hub, slates, watch)
        with watch.step("Measure"):
            recall = evaluate_decisions(hub, records, CAMPAIGN, DECISION_DAY)
            earlier = evaluate_earlier(hub, MODEL, SERVICE, source)
            dropped = dropped_over(hub, records)
        with watch.step("Write the gallery"):
            gallery = show(hub, records, dropped, recall, earlier)
        _write_clock(workdir)
    return Summary(
        households=len(source.households),
        **msgspec.structs.asdict(totals),
        by_identifiers=by_identifiers,
        by_matching=by_matching,
        campaign_households=len(who),
        actions=records[0].actions,
        decided=len(slates),
        no_action=len(records) - len(slates),
        channels=dict(sorted(Counter(record.channel for record in slates).items())),
        delivered=delivered,
        rendered=rendered,
        dropped=dropped,
        recall_at_16=recall,
        campaign_13=earlier,
        seconds=round(sum(watch.seconds.values()), 1),
        seconds_by_step=watch.seconds,
        peak_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        gallery=str(gallery),
        playbook=playbook,
        model=model,
    )


class _Stopwatch:
    """Steps on the screen, and how many seconds each took."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, title: str, total: int = 0) -> Iterator[Callable[[int], None]]:
        began = time.perf_counter()
        with self._progress.step(title, total) as done:
            yield done
        self.seconds[title] = round(time.perf_counter() - began, 2)


def _load(hub: Hub, source: Source, watch: _Stopwatch) -> Totals:
    """All that happened, and who the households are said to be, through the same door as live events."""
    with watch.step("Load what happened", len(source.households)) as done:
        hub.load(chunks(source, done))
    with watch.step("Count the event log"):
        return count(hub)


def chunks(source: Source, done: Callable[[int], None]) -> Iterator[list[Event]]:
    """Whole households, a few thousand events at a time."""
    chunk: list[Event] = []
    for number, (household, events) in enumerate(source.events()):
        of_sources = (account.event for account in three.accounts([int(household)]))
        chunk += [*of_sources, *synthetic.consents(int(household)), *events]
        if len(chunk) >= _CHUNK:
            yield chunk
            chunk = []
            done(number + 1)
    if chunk:
        yield chunk
    done(len(source.households))


def count(hub: Hub) -> Totals:
    """Count the log by reading every event in it."""
    found = Counter(hub.journal.counts())
    cents = lines = after = 0
    while page := hub.journal.read(after, 5000, ("order",)):
        after = page[-1].offset
        for logged in page:
            bought = logged.event.properties["products"]
            lines += len(bought)
            cents += sum(line["sales_cents"] for line in bought)
    return Totals(
        baskets=found["order"],
        lines=lines,
        cents=cents,
        receipts=found["campaign-received"],
        redemptions=found["redemption"],
    )


def known(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The brand's tables as they stand on the decision day: later campaigns are not planned yet."""
    campaigns = tables["campaigns"].filter(pc.less_equal(tables["campaigns"]["from"], pa.scalar(DECISION_DAY)))
    begun = campaigns["campaign"]
    return {
        name: table.filter(pc.is_in(table["campaign"], begun)) if "campaign" in table.column_names else table
        for name, table in tables.items()
    }


def audience(hub: Hub, campaign: str) -> list[Identifier]:
    """Who is on a campaign's list, by rising number."""
    listed = hub.warehouse.query("SELECT loyalty FROM lists WHERE campaign = $campaign", {"campaign": campaign})
    return [Identifier("loyalty", name) for name in sorted(listed["loyalty"].to_pylist(), key=int)]


def _kept(hub: Hub, decisions: Iterable[str]) -> Iterator[DecisionRecord]:
    """Those of the decisions that are not of somebody who was erased since an earlier run in the same folder."""
    for id in decisions:
        with suppress(Erased):
            yield hub.decision(id)


def _deliver(hub: Hub, total: int, watch: _Stopwatch) -> dict[str, int]:
    """Hand over what is due in the morning, when the night's quiet hours are over."""
    settled = 0
    with watch.step("Deliver by the chosen channel", total) as done:

        def more(count: int) -> None:
            nonlocal settled
            settled += count
            done(settled)

        return hub.deliver(MORNING, more).by_channel


def _render(hub: Hub, slates: Sequence[DecisionRecord], watch: _Stopwatch) -> dict[str, int]:
    """Every slate in the forms that cost nothing to look at, whatever channel was chosen."""
    with watch.step("Render as e-mail and SMS", len(slates)) as done:
        for number, record in enumerate(slates, 1):
            for channel in RENDERED:
                hub.render(record, channel)
            done(number)
    return dict.fromkeys(RENDERED, len(slates))


def _write_clock(workdir: Path) -> None:
    """Servers and commands in this folder live through the decision day from its morning on."""
    text = f"# What the clock shows when a command starts here.\nstart = {MORNING:%Y-%m-%dT%H:%M:%SZ}\n"
    (workdir / "clock.toml").write_text(text, encoding="utf-8")

"""Load: history through the same path as live events, chunk by chunk, resumable at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from decidedly.capture.capture import examined
from decidedly.capture.take import Report, take
from decidedly.capture.validate import rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.event import Event
from decidedly.core.refusal import Refusal
from decidedly.ports.clock import Clock
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

Progress = Callable[[int, int], None]

REFUSALS_KEPT = 1000
"""Refusals that a report of a load carries; all are counted."""


def load(
    chunks: Iterable[Sequence[Event]],
    *,
    store: Store,
    reader: Reader,
    clock: Clock,
    dictionary: Dictionary,
    held: bool = False,
    total: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Take in formed events, one durable commit per chunk; a few thousand events a chunk, whole persons, are best.

    Run it again after any interruption: events already in the log are counted as duplicates, nothing is lost or
    doubled. Memory is bounded by the chunk. What is dated now or later is
    logged with the flag "future", and folded when its time comes.

    held     : what is dated now or later is held back for good (flag "held"): it is known how history went on, and
               nobody shall see it
    total    : number of events to come, for the progress
    progress : called after each commit with (events done, total)
    """
    rules = rules_of(dictionary)
    report = Report()
    done = 0
    for chunk in chunks:
        good: list[Event] = []
        refusals: list[Refusal] = []
        for index, event in enumerate(chunk):
            flagged, wrong = examined(event, rules, f"events[{done + index}]")
            if wrong:
                refusals += wrong
            else:
                good.append(flagged)
        report += take(good, rules, store, reader, clock.now(), held=held)
        room = REFUSALS_KEPT - len(report.refusals)
        report += Report(rejected=len(chunk) - len(good), refusals=tuple(refusals[:room]))
        done += len(chunk)
        if progress is not None:
            progress(done, total)
    return report

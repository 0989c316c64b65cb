"""Capture: raw input into the log and the records, once each, durable before the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from decidedly.capture.take import SKEW, Report, take
from decidedly.capture.validate import Refusal, rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.event import Event
from decidedly.ports.clock import Clock
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store


class Raw(msgspec.Struct, frozen=True):
    """An event as it came in, in the hub's time, not checked yet. `place`: where it stood, for diagnostics
    ("batch[3]")."""

    event: Event
    place: str


class Received(msgspec.Struct, frozen=True):
    """What one request brought. refusals: why some of it cannot be read at all."""

    raws: tuple[Raw, ...]
    refusals: tuple[Refusal, ...] = ()


def capture(raws: Iterable[Raw], *, store: Store, reader: Reader, clock: Clock, dictionary: Dictionary) -> Report:
    """Take in what is valid, in one durable commit, and report on all of it.

    Each event is validated by the dictionary, de-duplicated by message id against this call and the log, attributed to
    a person by its identifiers, and folded into that person's record and contact ledger. What is dated more than five
    minutes ahead is logged with the flag "future" and folded into nothing.

    Raises Contended where others kept writing the same person: the events may be sent again.
    """
    rules = rules_of(dictionary)
    good: list[Event] = []
    refusals: list[Refusal] = []
    rejected = 0
    for raw in raws:
        event, wrong = rules.validate(raw.event, raw.place)
        if wrong:
            rejected += 1
            refusals += wrong
        else:
            good.append(event)
    return take(good, rules, store, reader, clock.now() + SKEW + timedelta.resolution) + Report(
        rejected=rejected, refusals=tuple(refusals)
    )

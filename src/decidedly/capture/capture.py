"""Capture: raw input into the log and the records, once each, durable before the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from decidedly.capture.take import SKEW, Report, take
from decidedly.capture.validate import Refusal, rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.provenance import How
from decidedly.ports.clock import Clock
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it came in, in the hub's time. `place`: where it stood, for diagnostics ("batch[3]")."""

    message_id: str
    kind: str
    at: datetime
    identifiers: tuple[Identifier, ...]
    source: str
    channel: str = ""
    properties: dict[str, Any] = {}
    decision_id: str = ""
    how: How = "given"
    confidence: float = 1.0
    synthetic: bool = False
    place: str = ""


def capture(raws: Iterable[Raw], *, store: Store, reader: Reader, clock: Clock, dictionary: Dictionary) -> Report:
    """Take in what is valid, in one durable commit, and report on all of it.

    Each event is validated by the dictionary, stamped, de-duplicated by message id against this call and the log,
    attributed to a person by its identifiers, and folded into that person's record and contact ledger. What is dated
    more than five minutes ahead is logged with the flag "future" and folded into nothing.

    Raises Contended where others kept writing the same person: the events may be sent again.
    """
    rules = rules_of(dictionary)
    now = clock.now()
    good: list[Event] = []
    refusals: list[Refusal] = []
    rejected = 0
    for index, raw in enumerate(raws):
        event, wrong = rules.validate(_stamped(raw, now, dictionary), raw.place or f"events[{index}]")
        if wrong:
            rejected += 1
            refusals += wrong
        else:
            good.append(event)
    return take(good, rules, store, reader, now + SKEW + timedelta.resolution) + Report(
        rejected=rejected, refusals=tuple(refusals)
    )


def _stamped(raw: Raw, now: datetime, dictionary: Dictionary) -> Event:
    kind = dictionary.kind(raw.kind)
    return Event(
        message_id=raw.message_id,
        kind=raw.kind if kind is None else kind.id,
        at=raw.at,
        received_at=now,
        identifiers=raw.identifiers,
        source=raw.source,
        channel=raw.channel,
        properties=raw.properties,
        decision_id=raw.decision_id,
        how=raw.how,
        confidence=raw.confidence,
        synthetic=raw.synthetic,
    )

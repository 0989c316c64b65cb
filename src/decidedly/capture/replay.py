"""Replay: what is in quarantine through the same pipeline again, after the dictionary or the sender was mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from decidedly.capture.capture import examined
from decidedly.capture.formats import FORMATS
from decidedly.capture.take import SKEW, Report, take
from decidedly.capture.times import late
from decidedly.capture.validate import Rules, rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.quarantine import Quarantined
from decidedly.core.refusal import Refusal
from decidedly.ports.clock import Clock
from decidedly.ports.quarantine import Quarantine
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

AT_ONCE = 200
"""Events of one page, taken in by one commit."""
SHOWN = 20
"""Events that are still refused and shown with their reasons."""


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the events in quarantine.

    looked_at : events tried again
    taken     : now durable in the log, and out of quarantine; future: of these, those whose time has not come
    known     : were in the log already, and are out of quarantine too
    kept      : still refused, with their new reasons; still: the first of them
    """

    looked_at: int = 0
    taken: int = 0
    future: int = 0
    known: int = 0
    kept: int = 0
    still: tuple[Quarantined, ...] = ()

    def __add__(self, other: Replayed) -> Replayed:
        return Replayed(
            looked_at=self.looked_at + other.looked_at,
            taken=self.taken + other.taken,
            future=self.future + other.future,
            known=self.known + other.known,
            kept=self.kept + other.kept,
            still=(self.still + other.still)[:SHOWN],
        )


class _Then:
    """The clock at an event's first arrival, so that its times come out as they would have then."""

    def __init__(self, at: datetime, ahead: timedelta) -> None:
        self._at, self._ahead = at, ahead

    def now(self) -> datetime:
        return self._at

    def shift(self, at: datetime) -> datetime:
        return at.astimezone(UTC) + self._ahead


def replay(
    quarantine: Quarantine,
    *,
    store: Store,
    reader: Reader,
    clock: Clock,
    dictionary: Dictionary,
    kind: str = "",
    code: str = "",
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Replayed:
    """Take in what can be taken in now; the rest stays, with its new reasons.

    Message ids, times and the received time are those of the first arrival. An event leaves quarantine only after it
    is durable in the log, where its message id is known for ever: killed at any moment and run again, nothing is lost
    or counted twice. Memory is bounded by a page.

    kind, code : only events of this kind, or refused with this code; all where they are ""
    dry_run    : only say what would become of them
    Raises Contended where others kept writing the same person.
    """
    rules = rules_of(dictionary)
    whole = Replayed()
    after = 0
    while page := quarantine.page(after, AT_ONCE, kind, code):
        after = page[-1][0]
        whole += _page([event for _, event in page], quarantine, store, reader, clock, rules, dry_run)
        progress(whole.looked_at)
    return whole


def _page(
    page: Sequence[Quarantined],
    quarantine: Quarantine,
    store: Store,
    reader: Reader,
    clock: Clock,
    rules: Rules,
    dry_run: bool,
) -> Replayed:
    good: list[Event] = []
    done: list[str] = []
    kept: list[Quarantined] = []
    for one in page:
        events, wrong = _again(one, rules)
        if wrong:
            found = events[0].kind if events else one.kind
            kept.append(replace(one, kind=found, refusals=wrong, times=0))
        else:
            good += events
            done.append(one.id)
    if dry_run:
        known = reader.known_messages([event.message_id for event in good])
        report = Report(accepted=len({event.message_id for event in good} - known), duplicates=len(known))
    else:
        report = take(good, rules, store, reader, clock.now() + SKEW + timedelta.resolution)
        quarantine.remove(done)
        quarantine.put(kept)
    return Replayed(
        looked_at=len(page),
        taken=report.accepted,
        future=report.future,
        known=report.duplicates,
        kept=len(kept),
        still=tuple(kept[:SHOWN]),
    )


def _again(one: Quarantined, rules: Rules) -> tuple[list[Event], tuple[Refusal, ...]]:
    """The events of a message, and everything wrong with them under these rules."""
    then = _Then(one.received_at, one.shift)
    read = FORMATS.get(one.arrival.format)
    try:
        if read is None:
            raise BadInput(f"Nothing reads the format '{one.arrival.format}'.", place="format")
        received = read(one.arrival, clock=then, dictionary=rules.dictionary)
    except BadInput as error:
        refusal = Refusal(code=error.code, message=error.message, place=error.place, hint=error.hint)
        return [], (refusal,)
    events: list[Event] = []
    wrong = received.refusals
    for raw in received.raws:
        event, more = examined(raw.event, rules, raw.place)
        events.append(late(event))
        wrong += more
    return events, wrong

"""Capture: raw input into the log and the records, once each, durable before the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from decidedly.capture.addresses import blanked, without_addresses
from decidedly.capture.robots import judged
from decidedly.capture.take import SKEW, Report, take_all
from decidedly.capture.times import late
from decidedly.capture.validate import Rules, rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import DecidedlyError
from decidedly.core.event import Event
from decidedly.core.quarantine import Arrival, Quarantined, QuarantineFull
from decidedly.core.refusal import Refusal
from decidedly.ports.clock import Clock
from decidedly.ports.quarantine import Quarantine
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

Arrivals = Callable[[Collection[str]], Mapping[str, Arrival]]
"""The messages that stood at these places ("batch[3]"), by place. It is asked only where something is refused."""

_encode = msgspec.json.Encoder().encode


class Raw(msgspec.Struct, frozen=True):
    """An event as it came in, in the hub's time, not checked yet. `place`: where it stood, for diagnostics
    ("batch[3]")."""

    event: Event
    place: str


class Received(msgspec.Struct, frozen=True):
    """What one request brought.

    refusals : why some of it cannot be read at all
    arrivals : its messages, as they came
    """

    raws: tuple[Raw, ...]
    refusals: tuple[Refusal, ...] = ()
    arrivals: Arrivals | None = None


Refused = tuple[Event | None, str, tuple[Refusal, ...]]
"""The event, where the message could be read as one, the place where it stood, and all that is wrong with it."""


class Examined(msgspec.Struct, frozen=True):
    """What one request brought: events that may be taken in, in their order, and what is refused."""

    events: tuple[Event, ...]
    bad: tuple[Refused, ...] = ()
    arrivals: Arrivals | None = None

    @property
    def report(self) -> Report:
        """On what is refused alone."""
        refusals = tuple(refusal for _, _, wrong in self.bad for refusal in wrong)
        return Report(rejected=len(self.bad), refusals=refusals)


def capture(
    raws: Iterable[Raw],
    *,
    store: Store,
    reader: Reader,
    clock: Clock,
    dictionary: Dictionary,
    quarantine: Quarantine | None = None,
    unread: Collection[Refusal] = (),
    arrivals: Arrivals | None = None,
) -> Report:
    """Take in what is valid, in one durable commit, and report on all of it.

    Each event is validated by the dictionary, de-duplicated by message id against this call and the log, attributed to
    a person by its identifiers, and folded into that person's record and contact ledger. What is dated more than five
    minutes ahead is logged with the flag "future" and folded when its time comes. Network addresses are dropped;
    responses get a verdict, human or machine.

    quarantine : keeps what is refused, whole and durably; without one only the report tells of it
    unread     : why messages that came with these could not be read
    arrivals   : the messages as they came, events and those unread; an event without one is kept in our own form

    Raises Contended where others kept writing the same person, QuarantineFull where what was refused could not be
    kept: what is valid is taken in then, and the events may be sent again.
    """
    request = examine(Received(tuple(raws), tuple(unread), arrivals), dictionary)
    (report,) = capture_all(
        [request], store=store, reader=reader, clock=clock, dictionary=dictionary, quarantine=quarantine
    )
    if isinstance(report, DecidedlyError):
        raise report
    return report


def examine(received: Received, dictionary: Dictionary) -> Examined:
    """Each event of a request by itself, before anything is read of anybody: the first half of `capture`."""
    rules = rules_of(dictionary)
    good: list[Event] = []
    bad: list[Refused] = []
    for raw in received.raws:
        event, wrong = examined(raw.event, rules, raw.place)
        if wrong:
            bad.append((raw.event, raw.place, wrong))
        else:
            good.append(late(event))
    bad += ((None, standing(refusal.place), (refusal,)) for refusal in received.refusals)
    return Examined(tuple(good), tuple(bad), received.arrivals)


def capture_all(
    requests: Sequence[Examined],
    *,
    store: Store,
    reader: Reader,
    clock: Clock,
    dictionary: Dictionary,
    quarantine: Quarantine | None = None,
) -> tuple[Report | DecidedlyError, ...]:
    """Take in what several requests brought, in one commit: the second half of `capture`.

    One answer per request, as each would have got after those before it: its report, or Contended or QuarantineFull.
    """
    now = clock.now()
    parts = [request.events for request in requests]
    taken = take_all(parts, rules_of(dictionary), store, reader, now + SKEW + timedelta.resolution, fresh=True)
    answers: list[Report | DecidedlyError] = []
    for request, report in zip(requests, taken, strict=True):
        if request.bad and quarantine is not None and not isinstance(report, DecidedlyError):
            try:
                quarantine.put(_to_keep(request, now, clock))
            except QuarantineFull as error:
                answers.append(error)
                continue
        answers.append(report if isinstance(report, DecidedlyError) else report + request.report)
    return tuple(answers)


def _to_keep(request: Examined, now: datetime, clock: Clock) -> list[Quarantined]:
    came = request.arrivals([place for _, place, _ in request.bad]) if request.arrivals is not None else {}
    return [
        quarantined(arrival, "" if event is None else event.kind, wrong, now, clock)
        for event, place, wrong in request.bad
        if (arrival := came.get(place) or (None if event is None else written(event))) is not None
    ]


def examined(event: Event, rules: Rules, place: str) -> tuple[Event, tuple[Refusal, ...]]:
    """The event judged where it is a response that nobody judged yet, and validated."""
    if rules.responses and event.machine is None and (response := rules.response(event.kind)):
        event = judged(event, response, {})
    return rules.validate(event, place)


def standing(place: str) -> str:
    """Where the message stood of which a place tells: "batch[3].properties.total" is of "batch[3]"."""
    return place[: place.index("]") + 1] if place.startswith("batch[") else place.partition(".")[0]


def written(event: Event) -> Arrival:
    """An event that came from code rather than as a message, as a message that `event_again` reads."""
    plain = replace(event, properties=without_addresses(event.properties))
    return Arrival(format="event", body=_encode(plain), source=event.source)


def quarantined(
    arrival: Arrival, kind: str, wrong: tuple[Refusal, ...], received_at: datetime, clock: Clock
) -> Quarantined:
    """A refused message as it is kept: every byte as it came, apart from network addresses."""
    return Quarantined(
        arrival=replace(arrival, body=blanked(arrival.body), envelope=blanked(arrival.envelope)),
        kind=kind,
        received_at=received_at,
        last_at=received_at,
        refusals=wrong,
        shift=clock.shift(received_at) - received_at,
    )

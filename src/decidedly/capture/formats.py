"""Formats: how a message that was kept whole is read again, by the name of the form it came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from decidedly.capture.capture import Raw, Received
from decidedly.capture.cloudevents import cloudevents_again
from decidedly.capture.segment import segment_again, segment_body_again
from decidedly.capture.validate import rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.quarantine import Arrival
from decidedly.ports.clock import Clock


class ReadAgain(Protocol):
    def __call__(self, arrival: Arrival, *, clock: Clock, dictionary: Dictionary) -> Received:
        """The events of a message, by a clock that stands at its arrival. Raises BadInput where it cannot be read."""
        ...


_events = msgspec.json.Decoder(Event)


def event_again(arrival: Arrival, *, clock: Clock, dictionary: Dictionary) -> Received:
    """An event that came from code, as `capture.written` wrote it."""
    try:
        event = _events.decode(arrival.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInput(f"{error}.", place="event") from error
    named = msgspec.structs.replace(event, kind=rules_of(dictionary).kind(event.kind))
    return Received((Raw(named, "event"),))


FORMATS: Mapping[str, ReadAgain] = {
    "cloudevents": cloudevents_again,
    "event": event_again,
    "segment": segment_again,
    "segment-body": segment_body_again,
}
"""Every form in which messages come, by its name in `Arrival.format`."""

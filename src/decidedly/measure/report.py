"""Report: an outcome that somebody tells us of by the decision's id, as the event that it is."""

from __future__ import annotations

from datetime import datetime

import msgspec

from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import leaf_id
from decidedly.core.dictionary import Dictionary, EventKind
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.outcome import Reported
from decidedly.feel import did_you_mean
from decidedly.measure.shown import Shown
from decidedly.ports.reader import Reader

SOURCE = "decidedly"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome as it was reported. id: the same id twice is the same outcome; machine: whether software gave it."""

    id: str
    outcome: Reported
    at: datetime
    action: str = ""
    value_minor: int | None = None
    machine: bool = False


def report(told: Told, record: DecisionRecord, shown: Shown, dictionary: Dictionary, reader: Reader) -> Event:
    """The event of an outcome. Raises BadInput where the decision can have no such outcome."""
    if not shown.actions:
        raise BadInput("Nothing was chosen, so nothing can come of it.", place="path.id")
    if told.action and not shown.placed(told.action):
        ids = [action.id for action in shown.actions]
        hint = did_you_mean(told.action, ids) or f"It showed: {', '.join(ids)}."
        raise BadInput(f"The decision did not show '{told.action}'.", place="body.action", hint=hint)
    who = whose(record, reader)
    if who is None:
        raise NotFound(f"Nobody is known of whom decision '{record.id}' was.", place="path.id")
    kind = _kind(told.outcome, dictionary)
    properties: dict[str, object] = {"action": told.action} if told.action else {}
    if told.value_minor is not None and kind.worth:
        properties[kind.worth] = told.value_minor
    return Event(
        message_id=f"outcome:{record.id}:{told.id}",
        kind=kind.id,
        at=told.at,
        received_at=told.at,
        identifiers=(who,),
        source=SOURCE,
        channel=record.channel,
        properties=properties,
        decision_id=record.id,
        machine=float(told.machine),
    )


def whose(record: DecisionRecord, reader: Reader) -> Identifier | None:
    """The identifier of the leaf that a decision is about; None where nobody knows it any more."""
    stored = reader.leaf(record.leaf)
    known = [one for leaf in (stored.leaves if stored else ()) for one in leaf.identifiers]
    return next((one for one in (*record.ask.who, *known) if leaf_id(one) == record.leaf), None)


def _kind(outcome: Reported, dictionary: Dictionary) -> EventKind:
    """The kind of that name, or the first that means it where the brand uses the name for something else."""
    own = dictionary.kind(outcome)
    if own is not None and own.means == outcome:
        return own
    found = next((kind for kind in dictionary.events if kind.means == outcome), None)
    if found is None:
        raise BadInput(f"No kind of event is a '{outcome}'.", place="body.outcome",
                       hint=f'Declare one in dictionary/events.toml: outcome = "{outcome}".')  # fmt: skip
    return found

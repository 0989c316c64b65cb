"""Take: checked events into the store, one unit of work per person, each event once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from decidedly.capture.validate import Refusal, Rules
from decidedly.core.derive import leaf_id
from decidedly.core.errors import DecidedlyError
from decidedly.core.event import Edge, Event
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf
from decidedly.core.work import Expect, Work
from decidedly.person import fold, fold_contacts
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.store import Store

SKEW = timedelta(minutes=5)
"""How far ahead of the hub's clock an event may be dated before it is flagged "future"."""

ATTEMPTS = 8
"""How often one person is read again before we give up."""


class Contended(DecidedlyError):
    """Others kept writing the same person; nothing of these events was taken in, and they may be sent again."""

    code = "capture.contended"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what came in.

    accepted   : events now durable in the log, those from the future included
    duplicates : events that were in the log, or came twice
    future     : accepted events dated too far ahead: logged, but not part of any record
    rejected   : events refused
    refusals   : why; one event may have several
    """

    accepted: int = 0
    duplicates: int = 0
    future: int = 0
    rejected: int = 0
    refusals: tuple[Refusal, ...] = ()

    def __add__(self, other: Report) -> Report:
        return Report(
            accepted=self.accepted + other.accepted,
            duplicates=self.duplicates + other.duplicates,
            future=self.future + other.future,
            rejected=self.rejected + other.rejected,
            refusals=self.refusals + other.refusals,
        )


class _Party:
    """The events of one person in one call."""

    def __init__(self, stored: Stored, new: bool) -> None:
        self.stored = stored
        self.new = new
        self.events: list[Event] = []
        self.edges: dict[Identifier, Edge] = {}

    def work(self, rules: Rules) -> Work:
        leaf, ledger = self.stored.leaf, self.stored.ledger
        present = [event for event in self.events if "future" not in event.flags]
        known = replace(leaf, identifiers=rules.ordered((*leaf.identifiers, *self.edges))) if self.edges else leaf
        folded = fold(known, present, rules.dictionary)
        if folded.version == leaf.version and (self.new or self.edges):
            folded = replace(folded, version=leaf.version + 1)
        contacts = fold_contacts(ledger, present, rules.dictionary)
        return Work(
            person=leaf.id,
            expect=Expect(leaf=leaf.version, ledger=ledger.version if contacts is not ledger else None),
            events=tuple(self.events),
            edges=tuple(self.edges.values()),
            leaf=folded if folded is not leaf else None,
            ledger=contacts if contacts is not ledger else None,
        )


def take(events: Sequence[Event], rules: Rules, store: Store, reader: Reader, future: datetime) -> Report:
    """Commit these valid events, each person's all or nothing, and say what became of them.

    future : the first moment that has not come yet; what is dated then or later is logged and folded into nothing

    Durable when it returns. Raises Contended if a person could not be written after several readings; the other
    people's events are taken in then, and sending all again is safe.
    """
    waiting: dict[str, Event] = {}
    for event in events:
        if event.message_id not in waiting:
            late = event.at >= future
            waiting[event.message_id] = replace(event, flags=(*event.flags, "future")) if late else event
    report = Report(duplicates=len(events) - len(waiting))
    for _ in range(ATTEMPTS):
        known = reader.known_messages(waiting)
        fresh = [event for id, event in waiting.items() if id not in known]
        parties = _Parties(rules, reader)
        for event in fresh:
            parties.add(event)
        works = [party.work(rules) for party in parties.by_leaf.values() if party.events]
        committed = store.commit(works) if works else ()
        done = [work for work, answer in zip(works, committed, strict=True) if answer.result == "done"]
        taken = [event for work in done for event in work.events]
        held = sum("future" in event.flags for event in taken)
        report += Report(accepted=len(taken), duplicates=len(known), future=held)
        gone = known.union(event.message_id for event in taken)
        waiting = {id: event for id, event in waiting.items() if id not in gone}
        if not waiting:
            return report
    people = sorted({answer.person for answer in committed if answer.result == "stale"})
    raise Contended(
        f"{len(waiting)} events of {len(people)} persons could not be written: others keep writing them.",
        place=people[0] if people else "",
        hint="Send them again; events that were taken in are recognized.",
    )


class _Parties:
    """The events by person. The most telling known identifier says who it is; unknown ones are linked to that leaf."""

    def __init__(self, rules: Rules, reader: Reader) -> None:
        self._rules = rules
        self._reader = reader
        self._owners: dict[Identifier, str | None] = {}
        self.by_leaf: dict[str, _Party] = {}

    def add(self, event: Event) -> None:
        identifiers = self._rules.ordered(event.identifiers)
        owners = [self._owner(identifier) for identifier in identifiers]
        leaf = next((owner for owner in owners if owner is not None), None) or self._begin(identifiers[0])
        party = self.by_leaf[leaf]
        party.events.append(event)
        for identifier, owner in zip(identifiers, owners, strict=True):
            if owner is None:
                self._owners[identifier] = leaf
            edge = party.edges.get(identifier)
            # The evidence of a link is the earliest event that shows it, whatever the order in this call.
            if owner is None or (edge is not None and (event.at, event.message_id) < (edge.at, edge.message_id)):
                party.edges[identifier] = Edge(
                    identifier=identifier, leaf=leaf, at=event.at, message_id=event.message_id
                )

    def _owner(self, identifier: Identifier) -> str | None:
        if identifier not in self._owners:
            stored = self._reader.person((identifier,))
            self._owners[identifier] = None if stored is None else self._join(stored)
        return self._owners[identifier]

    def _join(self, stored: Stored) -> str:
        id = stored.leaf.id
        if id not in self.by_leaf:
            self.by_leaf[id] = _Party(stored, new=False)
            self._owners.update(dict.fromkeys(stored.leaf.identifiers, id))
        return id

    def _begin(self, identifier: Identifier) -> str:
        id = leaf_id(identifier)
        self.by_leaf[id] = _Party(Stored(Leaf(id=id), Ledger(leaf=id)), new=True)
        return id

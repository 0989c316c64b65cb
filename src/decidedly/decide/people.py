"""People: the one record of each, looked at by a reader: card, segments, and everybody at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from decidedly.capture import counts
from decidedly.core.errors import NotFound
from decidedly.core.event import Event
from decidedly.core.group import Membership as InGroup
from decidedly.core.identifier import Identifier
from decidedly.core.person import Person
from decidedly.decide.membership import Membership, membership
from decidedly.decide.snapshot import Snapshots
from decidedly.feel.tree import references
from decidedly.ledger import combined, in_force
from decidedly.person import (
    Card,
    Circle,
    card,
    circle_of,
    leaves_at,
    masked_card,
    others,
    people_table,
    persons_at,
    viewed,
)
from decidedly.playbook import policy_scope, segment_names
from decidedly.ports.clock import Clock
from decidedly.ports.journal import Journal
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.warehouse import Warehouse
from decidedly.rules import PEOPLE, Count, count_people

PAGE = 500
RECENT = 10
"""How many of the latest events a card shows, of the PAGE latest."""


@dataclass(frozen=True)
class People:
    """Where the records are, and the playbook that says how they are read."""

    reader: Reader
    journal: Journal
    clock: Clock
    snapshots: Snapshots

    def view(self, stored: Stored, at: datetime, wanted: Collection[str] | None = None) -> Person:
        """The person as of a moment, aggregates and what groups tell among the facts: all, or those wanted."""
        return viewed(stored, at, self.snapshots.current().book.dictionary, wanted, self.look)

    def look(self, membership: InGroup, at: datetime) -> Circle:
        """At a group that somebody is in, as of a moment."""
        return circle_of(self.reader.group(membership.id), membership, at, self.snapshots.current().book.dictionary)

    def person(self, who: Identifier) -> Stored:
        """Raises NotFound."""
        stored = self.reader.person((who,))
        if stored is None:
            raise NotFound(f"Nobody is known as {who}.", hint="Write namespace:value, e.g. loyalty:1029.")
        return stored

    def everybody(self, at: datetime | None) -> Iterator[Stored]:
        """Everybody, as who they are now or were at a moment."""
        after = ""
        while page := self.reader.people(after, PAGE):
            for stored in page:
                yield from [stored] if at is None else persons_at(stored, at)
            after = page[-1].person

    def card(self, who: Identifier, at: datetime | None, *, sensitive: bool) -> Card:
        """The record of one person, now or as of a moment, what is sensitive masked or not. Raises NotFound."""
        stored = self.person(who)
        at = at or self.clock.now()
        snapshot = self.snapshots.current()
        one, dictionary = self.view(stored, at), snapshot.book.dictionary
        found = card(
            one,
            dictionary,
            segments=snapshot.segments_of(one),
            recent=self._recent(stored.cluster.leaves, at),
            contacts=in_force(combined(stored.ledgers).entries, at),
            decisions=[record.id for record in self.reader.decisions_of(stored.cluster.leaves, limit=10)],
            others=others(leaves_at(stored, at)[0], one),
        )
        return found if sensitive else masked_card(found, dictionary)

    def membership(self, segment: str, who: Identifier, at: datetime | None, *, sensitive: bool) -> Membership:
        """Why a person is in a segment or not, and when time alone will change it. Raises NotFound."""
        stored, book = self.person(who), self.snapshots.current().book
        hidden = frozenset() if sensitive else book.dictionary.hidden
        return membership(book, segment, partial(self.view, stored), at or self.clock.now(), hidden)

    def count(self, warehouse: Warehouse, wanted: Collection[str], at: datetime | None) -> dict[str, Count]:
        """How many people are in each segment as of a moment (all without any wanted), everybody being written into
        the warehouse first. Raises NotFound."""
        at, book = at or self.clock.now(), self.snapshots.current().book
        names = segment_names(book.dictionary, book.segments)
        rules = {name.name: name.tree for name in names if name.tree is not None}
        for id in wanted:
            if id not in rules:
                raise NotFound.named("segment", id, rules)
        rules = {id: rule for id, rule in rules.items() if id in wanted or not wanted}
        channels = [channel.id for channel in book.channels if channel.direction == "outbound"]
        reads = sorted({one.id for rule in rules.values() for one in references(rule) if one.root == "person"})
        people = (self.view(stored, at, reads) for stored in self.everybody(at))
        warehouse.write(PEOPLE, people_table(people, book.dictionary, reads, channels))
        scope = policy_scope(book.dictionary, names)
        return {id: count_people(rule, scope, warehouse, at, channels) for id, rule in rules.items()}

    def _recent(self, leaves: Sequence[str], at: datetime) -> list[Event]:
        """The latest events before a moment; what is dated ahead is no part of the record before its time."""
        logged = self.journal.of_person(leaves, at, limit=PAGE)
        now = self.clock.now()
        return [one.event for one in logged if counts(one.event, now)][:RECENT]

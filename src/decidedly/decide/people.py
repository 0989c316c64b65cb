"""People: the one record of each, looked at by a reader: card, segments, and everybody at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from decidedly.capture import counts
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.event import Event
from decidedly.core.group import Membership as InGroup
from decidedly.core.group import group_id
from decidedly.core.identifier import Identifier
from decidedly.core.person import Person
from decidedly.decide.membership import Membership, membership
from decidedly.decide.snapshot import Snapshots
from decidedly.feel.tree import references
from decidedly.ledger import combined, in_force
from decidedly.person import (
    Card,
    Circle,
    GroupCard,
    card,
    circle_of,
    group_at,
    group_card,
    leaves_at,
    masked_card,
    masked_group,
    others,
    people_table,
    persons_at,
    viewed,
)
from decidedly.playbook import policy_scope, segment_names
from decidedly.ports.clock import Clock
from decidedly.ports.journal import Journal
from decidedly.ports.reader import Gathered, Reader, Stored
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
        return self._circle(self.reader.group(membership.id), membership, at)

    def _circle(self, gathered: Gathered, membership: InGroup, at: datetime) -> Circle:
        return circle_of(gathered, membership, at, self.snapshots.current().book.dictionary)

    def _often(self, stored: Stored) -> Callable[[datetime], Person]:
        """The view of one person at many moments: the groups they are in are read once."""
        gathered: dict[str, Gathered] = {}

        def look(membership: InGroup, at: datetime) -> Circle:
            known = gathered.get(membership.id) or self.reader.group(membership.id)
            gathered[membership.id] = known
            return self._circle(known, membership, at)

        dictionary = self.snapshots.current().book.dictionary
        return lambda at: viewed(stored, at, dictionary, None, look)

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

    def group(self, id: str, at: datetime | None, *, sensitive: bool) -> GroupCard:
        """A group, "household:H1", now or as of a moment. Raises BadInput for no kind of group, NotFound."""
        dictionary, (named, _, own) = self.snapshots.current().book.dictionary, id.partition(":")
        kind = dictionary.group(named)
        if kind is None:
            known = ", ".join(one.id for one in dictionary.groups) or "none"
            raise BadInput(
                f"'{named}' is no kind of group.", place="group", hint=f"Write kind:id; kinds of groups: {known}."
            )
        gathered = self.reader.group(group_id(kind.id, own))
        if gathered.leaf is None and not gathered.persons and not gathered.crowded:
            raise NotFound(f"There is no group {id}.", hint="`decidedly person show ID` tells a person's groups.")
        found = group_card(group_at(gathered, kind, own, at or self.clock.now(), dictionary), kind)
        return found if sensitive else masked_group(found)

    def membership(self, segment: str, who: Identifier, at: datetime | None, *, sensitive: bool) -> Membership:
        """Why a person is in a segment or not, and when time alone will change it. Raises NotFound."""
        stored, book = self.person(who), self.snapshots.current().book
        hidden = frozenset() if sensitive else book.dictionary.hidden
        return membership(book, segment, self._often(stored), at or self.clock.now(), hidden)

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

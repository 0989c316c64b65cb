"""Take: checked events into the store, one unit of work per person, each event once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from decidedly.capture.group import with_traits
from decidedly.capture.robots import TO_CONFIRM, answered
from decidedly.capture.settle import settle, settled_with
from decidedly.capture.times import timed, waits
from decidedly.capture.validate import Rules
from decidedly.core.derive import leaf_id
from decidedly.core.errors import DecidedlyError
from decidedly.core.event import Event
from decidedly.core.group import TRAITS
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.person import Leaf, Link
from decidedly.core.refusal import Refusal
from decidedly.core.work import Expect, Work
from decidedly.person import fold, fold_contacts
from decidedly.ports.reader import LeafState, Reader
from decidedly.ports.store import Store

SKEW = timedelta(minutes=5)
"""How far ahead of the hub's clock an event may be dated before it is flagged "future"."""

ALIAS = "alias"
"""Kind of the event by which a tracker says that two of its ids are one person's."""

ATTEMPTS = 8
"""How often one person is read again before we give up."""


class Contended(DecidedlyError):
    """Others kept writing the same person; nothing of these events was taken in, and they may be sent again."""

    code = "capture.contended"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what came in.

    accepted   : events now durable in the log, those from the future included
    duplicates : events that were in the log, or came twice
    future     : accepted events dated too far ahead, or at an impossible time: logged, but not part of any record yet
    to_confirm : accepted unsubscribes that software made: the person is to confirm them
    rejected   : events refused
    refusals   : why; one event may have several
    """

    accepted: int = 0
    duplicates: int = 0
    future: int = 0
    to_confirm: int = 0
    rejected: int = 0
    refusals: tuple[Refusal, ...] = ()

    def __add__(self, other: Report) -> Report:
        return Report(
            accepted=self.accepted + other.accepted,
            duplicates=self.duplicates + other.duplicates,
            future=self.future + other.future,
            to_confirm=self.to_confirm + other.to_confirm,
            rejected=self.rejected + other.rejected,
            refusals=self.refusals + other.refusals,
        )


def work_of(
    identifier: Identifier, state: LeafState, events: Sequence[Event], rules: Rules, come: Sequence[Event] = ()
) -> Work:
    """What these new events make of their leaf, and those of the log whose time has come."""
    leaf = state.leaf or Leaf(id=leaf_id(identifier), identifiers=(identifier,))
    if rules.responses:
        events = answered(events, leaf, state.ledger, rules)
    present = [*(event for event in events if not waits(event)), *come]
    links, edges = links_of(leaf, present, rules)
    folded = fold(leaf, present, rules.dictionary)
    if edges:
        folded = replace(folded, links=links)
    if folded.version == leaf.version and (state.leaf is None or edges):
        folded = replace(folded, version=leaf.version + 1)
    contacts = fold_contacts(state.ledger, present, rules.dictionary)
    moved = contacts is not state.ledger
    return Work(
        person=leaf.id,
        expect=Expect(leaf=leaf.version, ledgers={leaf.id: state.ledger.version} if moved else {}),
        events=tuple(events),
        come=tuple(event.message_id for event in come),
        edges=edges,
        leaf=folded if folded is not leaf else None,
        ledgers=(contacts,) if moved else (),
        groups=named_of(folded, leaf),
    )


def named_of(folded: Leaf, leaf: Leaf) -> tuple[str, ...]:
    """Ids of the groups that a leaf names and did not name before."""
    if folded.memberships is leaf.memberships:
        return ()
    return tuple(sorted({word.id for word in folded.memberships} - {word.id for word in leaf.memberships}))


def links_of(leaf: Leaf, events: Sequence[Event], rules: Rules) -> tuple[tuple[Link, ...], tuple[Edge, ...]]:
    """The leaf's links with those of these events, and an edge for each that is new or has earlier evidence now."""
    known = {(link.identifier, link.alias): link for link in leaf.links}
    changed: dict[tuple[Identifier, bool], Link] = {}
    for event in events:
        if len(event.identifiers) == 1:
            continue
        alias = event.kind == ALIAS
        for identifier in rules.ordered(event.identifiers)[1:]:
            link = known.get((identifier, alias))
            if link is None or (event.at, event.message_id) < (link.at, link.message_id):
                link = Link(identifier=identifier, at=event.at, message_id=event.message_id, alias=alias)
                known[identifier, alias] = changed[identifier, alias] = link
    if not changed:
        return leaf.links, ()
    (own,) = leaf.identifiers
    return tuple(known[key] for key in sorted(known)), tuple(_edge(own, link) for link in changed.values())


def _edge(own: Identifier, link: Link) -> Edge:
    a, b = sorted((own, link.identifier))
    return Edge(a=a, b=b, at=link.at, message_id=link.message_id, by="alias" if link.alias else "event")


def take(
    events: Sequence[Event],
    rules: Rules,
    store: Store,
    reader: Reader,
    future: datetime,
    *,
    held: bool = False,
    fresh: bool = False,
) -> Report:
    """`take_all` of these events alone. Raises Contended."""
    (report,) = take_all([events], rules, store, reader, future, held=held, fresh=fresh)
    if isinstance(report, Contended):
        raise report
    return report


def take_all(
    parts: Sequence[Sequence[Event]],
    rules: Rules,
    store: Store,
    reader: Reader,
    future: datetime,
    *,
    held: bool = False,
    fresh: bool = False,
) -> list[Report | Contended]:
    """Commit these valid events together, each person's all or nothing, and say of each part what became of it.

    future : the first moment that has not come yet; what is dated then or later is logged and waits for its time
    held   : it is kept out of the record for good
    fresh  : most events are news: known ones are looked for only once the store has found one

    Durable when it returns. A part is Contended if a person of it could not be written after several readings; the
    other people's events are taken in then, and sending all again is safe.
    """
    waiting: dict[str, Event] = {}
    part_of: dict[str, int] = {}
    for part, events in enumerate(parts):
        for event in with_traits(events, rules.dictionary) if rules.groups else events:
            if event.message_id not in waiting:
                waiting[event.message_id] = timed(event, future, held)
                part_of[event.message_id] = part
    known: set[str] = set()
    taken: list[Event] = []
    for attempt in range(ATTEMPTS):
        if attempt or not fresh:
            known |= reader.known_messages(waiting)
        works = _works([event for id, event in waiting.items() if id not in known], rules, reader)
        works = settled_with(works, reader=reader, dictionary=rules.dictionary)
        committed = store.commit(works) if works else ()
        done = [work for work, answer in zip(works, committed, strict=True) if answer.result == "done"]
        linked = {leaf for work in done for edge in work.edges for leaf in edge.leaves}
        if linked:
            settle(linked, store=store, reader=reader, dictionary=rules.dictionary)
        new = [event for work in done for event in work.events]
        taken += new
        gone = known.union(event.message_id for event in new)
        waiting = {id: event for id, event in waiting.items() if id not in gone}
        if not waiting:
            break
    left = Counter(part_of[id] for id in waiting)
    stale = sorted({answer.person for answer in committed if answer.result == "stale"})
    accepted, future_, to_confirm = Counter[int](), Counter[int](), Counter[int]()
    for event in taken:
        if event.kind == TRAITS:  # ours, and counted by nobody
            continue
        part = part_of[event.message_id]
        accepted[part] += 1
        if event.flags:
            future_[part] += waits(event)
            to_confirm[part] += TO_CONFIRM in event.flags
    return [
        Report(
            accepted=accepted[part],
            duplicates=len(events) - accepted[part],
            future=future_[part],
            to_confirm=to_confirm[part],
        )
        if not left[part]
        else _contended(left[part], stale)
        for part, events in enumerate(parts)
    ]


def _contended(events: int, people: Sequence[str]) -> Contended:
    return Contended(
        f"{events} events of {len(people)} persons could not be written: others keep writing them.",
        place=people[0] if people else "",
        hint="Send them again; events that were taken in are recognized.",
    )


def _works(events: Sequence[Event], rules: Rules, reader: Reader) -> list[Work]:
    """One work per leaf: each event is of the leaf of its most telling identifier, whatever is known of the others."""
    by_leaf: dict[Identifier, list[Event]] = {}
    for event in events:
        telling = event.identifiers[0] if len(event.identifiers) == 1 else rules.ordered(event.identifiers)[0]
        by_leaf.setdefault(telling, []).append(event)
    states = reader.states([leaf_id(identifier) for identifier in by_leaf])
    return [work_of(identifier, states[leaf_id(identifier)], own, rules) for identifier, own in by_leaf.items()]

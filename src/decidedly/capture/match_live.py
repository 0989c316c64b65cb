"""Match live: who came or changed is compared with all that are known, soon after the event was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from decidedly.capture.known import Known, known_of
from decidedly.capture.match import PAGE, Matched, edge_of, match, said_of, thresholds_of, write
from decidedly.capture.merge import Graph
from decidedly.capture.times import waits
from decidedly.core.derive import leaf_id
from decidedly.core.event import Event
from decidedly.core.identity import Edge
from decidedly.core.mapping import Position
from decidedly.core.seal import Seal
from decidedly.person.fold import IDENTIFY
from decidedly.ports.clock import Clock
from decidedly.ports.holdings import Holdings
from decidedly.ports.journal import Journal
from decidedly.ports.model_store import ModelStore
from decidedly.ports.positions import Positions
from decidedly.ports.reader import Stored

if TYPE_CHECKING:
    from decidedly.person.match import Live

POSITION = "match:live"
"""Name of the position up to which the log was matched."""
KINDS = (IDENTIFY, "merge", "unmerge", "split")
"""Of events that say something of who people are."""


class Log(msgspec.Struct, frozen=True):
    """What live matching reads beside the graph, and where it keeps how far it has come."""

    journal: Journal
    positions: Positions
    models: ModelStore
    holdings: Holdings
    seal: Seal
    clock: Clock


def matched_until(log: Log, offset: int) -> None:
    """All that the log holds up to an offset was matched; never goes back."""
    before = log.positions.get(POSITION)
    if before is None or before.row < offset:
        log.positions.set(POSITION, Position(part="log", row=offset))


def match_everybody(
    graph: Graph, log: Log, automatic: float | None = None, review: float | None = None, *, dry_run: bool = False,
    at: datetime | None = None,
) -> Matched:  # fmt: skip
    """Match everybody, at these probabilities or the dictionary's, and let live go on from there. at: of the edges."""
    end = log.journal.end()
    usual = thresholds_of(graph.dictionary)
    thresholds = replace(
        usual,
        automatic=usual.automatic if automatic is None else automatic,
        review=usual.review if review is None else review,
    )
    found = match(graph, log.models, at or log.clock.now(), thresholds=thresholds, dry_run=dry_run)
    if not dry_run:
        matched_until(log, end)
    return found


class LiveMatch:
    """Everybody as a match compares them, and how far in the log they were matched.

    The log is the queue: what is not matched yet is found again at the next start, from the position that is kept in
    the store. Each person is compared as they are when their turn comes; to match somebody again changes nothing.
    Several may do it at once. A class for it has a life: it follows the store, the dictionary and the model in force.
    """

    def __init__(self, graph: Callable[[], Graph], log: Log) -> None:
        self._graph = graph
        self._log = log
        self._live: Live | None = None
        self._of: tuple[object, ...] = ()
        self._erasures: set[str] = set()

    def close(self) -> None:
        """Forget everybody."""
        if self._live is not None:
            self._live.close()
            self._live = None

    def step(self, pause: Callable[[], bool] = lambda: False) -> int:
        """Match who came or changed since; how many records were compared.

        pause : called between two records; True ends the step, and the next goes on from there
        """
        graph = self._graph()
        version = self._log.models.current(_name()) if graph.dictionary.matching.when == "live" else None
        if version is None:
            self.close()
            return 0
        if not self._ready(graph, version, pause):
            return 0
        self._forget_erased()
        done = 0
        while True:
            position = self._log.positions.get(POSITION) or Position(part="log")
            # Asked first: what comes while the kinds are read lies behind it.
            end = self._log.journal.end()
            logged = self._log.journal.read(position.row, PAGE, KINDS)
            turns: dict[str, datetime] = {}
            for one in logged:
                turns.update((leaf, one.event.received_at) for leaf in _leaves(one.leaf, one.event))
            for leaf, at in turns.items():
                done += self._match(graph, leaf, at)
                if pause():
                    return done
            if logged:
                matched_until(self._log, logged[-1].offset if len(logged) == PAGE else max(end, logged[-1].offset))
            if len(logged) < PAGE:
                return done

    def _ready(self, graph: Graph, version: str, pause: Callable[[], bool]) -> bool:
        """Whether everybody is known, by this model and dictionary; it reads them where they are not."""
        of = (version, graph.dictionary)
        if self._live is not None and self._of == of:
            return True
        from decidedly.person.match import Live, kept, standard_of

        self.close()
        model = kept(self._log.models, version)
        if model is None or not model.roles:
            return False  # of before models said what they were made of: the next match of everybody makes another
        self._standard = standard_of(model)
        self._erasures = {one.id for one in self._log.holdings.erasures()}
        live = Live(model)
        for _ in live.fill((known.id, self._standard.record(known.said)) for known in self._everybody(graph)):
            if pause():
                live.close()
                return False
        self._live, self._of = live, of
        return True

    def _everybody(self, graph: Graph) -> Iterator[Known]:
        after = ""
        while page := graph.reader.people(after, PAGE):
            yield from self._known(graph, page)
            after = page[-1].person

    def _known(self, graph: Graph, people: Sequence[Stored]) -> list[Known]:
        return known_of(people, graph.reader, graph.dictionary, self._log.clock.now(), tuple(self._standard.roles))

    def _forget_erased(self) -> None:
        """Who was erased since is known no longer, in whichever process it was done."""
        assert self._live is not None
        fresh = {one.id for one in self._log.holdings.erasures()} - self._erasures
        if fresh:
            self._erasures |= fresh
            buried = {one.hash for erasure in fresh for one in self._log.holdings.tombstones(erasure)}
            gone = [id for id in self._live.ids() if self._log.seal.of("leaf", id) in buried]
            for id in gone:
                self._live.drop(id)

    def _match(self, graph: Graph, leaf: str, at: datetime) -> int:
        """Compare the record that a leaf is part of; 1 where that had not been done."""
        live = self._live
        assert live is not None
        stored = graph.reader.leaf(leaf)
        own = self._learn(graph, leaf, stored)
        mine = next((known for known in own if leaf in known.leaves), None)
        if mine is None or live.scored(mine.id):
            return 0
        edges = list(self._found(graph, mine, own, at))
        if edges:
            write(graph, edges)
        live.mark(mine.id)
        return 1

    def _learn(self, graph: Graph, leaf: str, stored: Stored | None) -> list[Known]:
        """Know a person as they are now."""
        assert self._live is not None
        known = [] if stored is None else self._known(graph, (stored,))
        for id in {leaf, *(stored.cluster.leaves if stored is not None else ())} - {one.id for one in known}:
            self._live.drop(id)
        for one in known:
            self._live.put(one.id, self._standard.record(one.said))
        return known

    def _found(self, graph: Graph, mine: Known, own: Sequence[Known], at: datetime) -> Iterable[Edge]:
        """The edges that tie somebody to others, new or surer than they were: what a match of everybody would find
        among them and those near them."""
        live = self._live
        assert live is not None
        thresholds = thresholds_of(graph.dictionary)
        everybody = {known.id: known for known in own}
        for id in live.nearest(mine.id, thresholds, list(everybody)):
            if id not in everybody:
                everybody.update((known.id, known) for known in self._learn(graph, id, graph.reader.leaf(id)))
        if len(everybody) == len(own):
            return
        people = [everybody[id] for id in sorted(everybody)]
        ids = [known.id for known in people]
        for one in live.among(ids, mine.id, thresholds, said_of(people, graph.reader)):
            left, right = people[one.left], people[one.right]
            yield edge_of(left, right, at, one.groups, one.reasons, proposed=not one.automatic)


def _name() -> str:
    from decidedly.person.match import NAME

    return NAME


def _leaves(own: str, event: Event) -> Iterable[str]:
    """Leaves of whom an event says who they are; those on either side where a person decided who is who."""
    if event.kind == IDENTIFY:
        return () if waits(event) else (own,)
    return [leaf_id(one) for one in event.identifiers]

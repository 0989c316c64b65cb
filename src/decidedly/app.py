"""The composition root: a folder -> adapters -> rooms -> Hub, a small facade. Only this file imports adapters."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from decidedly import capture, content, decide, deliver, measure, person, playbook, privacy
from decidedly.adapters.access import KeyAccess
from decidedly.adapters.adbc import AdbcSource
from decidedly.adapters.clock import FixedClock, ShiftedClock, SystemClock
from decidedly.adapters.duckdb import DuckdbSource, DuckdbWarehouse
from decidedly.adapters.files import FileSource, RejectedFile
from decidedly.adapters.group_commit import GroupCommit
from decidedly.adapters.opened import is_embedded, open_store
from decidedly.adapters.opened import write_for_all as _write_for_all
from decidedly.adapters.senders.folder import FolderSender
from decidedly.capture import (
    Arrivals,
    Examined,
    Graph,
    Imported,
    Inferred,
    Made,
    Matched,
    Raw,
    Rebuilt,
    Received,
    Replayed,
    Report,
)
from decidedly.content.channels import print as letter
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import PROFILING
from decidedly.core.errors import AuthoringError, BadInput, DecidedlyError, NotFound, NotReady
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.mapping import Mapping as RowMapping
from decidedly.core.mapping import Position
from decidedly.core.message import Message
from decidedly.core.person import Person
from decidedly.core.playbook import Playbook
from decidedly.core.principal import Scope
from decidedly.core.provenance import Fact, Provenance
from decidedly.core.refusal import Refusal
from decidedly.core.seal import Seal
from decidedly.decide import BatchReport, Deciding, Explanation, Membership, OwnRuleSet, Plan, Scorer, Unscored
from decidedly.deliver import Composed, Delivered
from decidedly.feel import BOOLEAN, Compiled, Diagnostic, compile_tree
from decidedly.feel.tree import references
from decidedly.ledger import combined, in_force
from decidedly.measure import Learnt
from decidedly.person import Card
from decidedly.ports.access import Access
from decidedly.ports.clock import Clock
from decidedly.ports.model_store import ModelStore
from decidedly.ports.playbook_store import PlaybookStore
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.source import Source
from decidedly.ports.store import Store
from decidedly.rules import PEOPLE, Count, count_people

CHUNK = 500
RECENT = 10
FRESH_S = 1.0
"""How long an open hub may go on with a playbook or model that another process has replaced."""

fixed_clock = FixedClock
shifted_clock = ShiftedClock


@dataclass(frozen=True)
class Settings:
    """How a hub is run.

    folder  : where everything is kept that is not in the store
    keys    : SHA-256 of a key -> its scopes; without keys only this machine calls
    origins : of the websites whose pages may send events; "*" for all
    store   : URL of the operational store, "" for SQLite in the folder; it may hold a password and is never shown
    writer  : socket of the process that commits for this one (SQLite only)
    """

    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    keys: Mapping[str, Sequence[Scope]] = field(default_factory=dict)
    origins: frozenset[str] = frozenset()
    store: str = field(default="", repr=False)
    writer: Path | None = None

    @property
    def embedded(self) -> bool:
        """The store is a file, for which one process commits at a time. Raises BadInput for a URL that is none."""
        return is_embedded(self.store)


def write_for_all(settings: Settings, ready: Callable[[], None]) -> None:
    """Commit for all processes that ask on the socket `settings.writer`, until SIGTERM."""
    assert settings.writer is not None
    _write_for_all(settings.store, settings.folder, settings.writer, ready)


class Snapshot:
    """A published playbook made ready: plans, scorers and segments, built when first needed, swapped as a whole."""

    def __init__(self, hash: str, book: Playbook) -> None:
        self.hash = hash
        self.book = book
        self._plans: dict[tuple[str, str], Plan] = {}
        self._scorers: dict[tuple[str, str, str], Scorer] = {}
        self._segments: tuple[tuple[str, Compiled], ...] | None = None

    def plan(self, service: str, channel: str) -> Plan:
        """The plan of a service: of the inbound channel that asks, or of its outbound channels ("")."""
        key = (service, channel)
        if key not in self._plans:
            self._plans[key] = decide.compile_plan(self.book, self.hash, service, channel)
        return self._plans[key]

    def plan_of(self, record: DecisionRecord) -> Plan:
        return self.plan(record.ask.service, record.ask.channel)

    def scorer(self, plan: Plan, version: str, blob: Callable[[], bytes]) -> Scorer:
        """The model of this version bound to the plan's actions."""
        key = (plan.service.id, ",".join(channel.id for channel in plan.channels), version)
        if key not in self._scorers:
            self._scorers[key] = decide.PropensityScorer(blob(), plan, self.book.dictionary)
        return self._scorers[key]

    def segments_of(self, one: Person) -> tuple[str, ...]:
        """Ids of the segments that the person is in, in playbook order."""
        if self._segments is None:
            self._segments = tuple(self._compiled_segments())
        known = {id: fact.value for id, fact in one.facts.items()}
        facts = person.as_read(known, person.readers_of(self.book.dictionary)["person"])
        context = {"now": one.at, "today": one.at.astimezone(ZoneInfo(self.book.brand.time_zone)).date()}
        return tuple(id for id, when in self._segments if decide.holds(when.fn, facts, {}, {}, context))

    def _compiled_segments(self) -> Iterable[tuple[str, Compiled]]:
        scope = playbook.policy_scope(self.book.dictionary)
        for name in playbook.segment_names(self.book.dictionary, self.book.segments):
            assert name.tree is not None
            compiled, problems = compile_tree(name.tree, scope, BOOLEAN)
            if compiled is None:
                raise AuthoringError(problems)
            yield name.name, compiled


class _InForce:
    """Which playbook and models are in force, asked of the stores at most once a second: others may publish too."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, str | None]] = {}

    def playbook(self, store: PlaybookStore) -> str | None:
        return self._ask("", store.current)

    def model(self, store: ModelStore, name: str) -> str | None:
        return self._ask(name, lambda: store.current(name))

    def _ask(self, what: str, current: Callable[[], str | None]) -> str | None:
        now = monotonic()
        asked, answer = self._known.get(what, (0.0, None))
        if answer is None or now - asked > FRESH_S:
            answer = current()
            self._known[what] = (now, answer)
        return answer


class Hub:
    """All that the faces need. Open one per process with `Hub.open`; close it when done."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.folder
        self.clock = settings.clock
        self.access: Access = KeyAccess(settings.keys)
        self.origins = settings.origins
        self.folder.mkdir(parents=True, exist_ok=True)
        opened = open_store(settings.store, self.folder, settings.writer)
        (
            store, reader, self.journal, self.playbooks, self.models, self.positions, self.quarantine,
            self.holdings,
        ) = opened  # fmt: skip
        seal = privacy.read_seal(self.folder, make=not self.holdings.erasures())
        kept_out = privacy.KeptOut(reader, self.holdings, seal)
        self.reader: Reader = kept_out
        self.store: Store = privacy.Guarded(store, kept_out)
        self.warehouse = DuckdbWarehouse(self.folder / "warehouse")
        self._snapshots: dict[str, Snapshot] = {}
        self._in_force = _InForce()
        self._unsettled = False
        self._capturing = GroupCommit(self._capture_all)
        self.privacy = self._office(seal)
        if self.playbooks.current() is not None:
            # A crash between the evidence and who is who by it; an erasure that was interrupted, or undone by a backup.
            self._settle_rest()
            self.privacy.resume()

    @classmethod
    def open(cls, folder: Path, clock: Clock | None = None) -> Hub:
        return cls(Settings(folder, clock or SystemClock()))

    def _settle_rest(self) -> None:
        if self.reader.unsettled(limit=1):
            capture.settle_rest(store=self.store, reader=self.reader, dictionary=self.snapshot.book.dictionary)

    def _office(self, seal: Seal) -> privacy.Office:
        places = privacy.Places(
            folder=self.folder, holdings=self.holdings, reader=self.reader, warehouse=self.warehouse,
            quarantine=self.quarantine, seal=seal, settle=self._settle_rest,
        )  # fmt: skip
        return privacy.Office(
            places=places, clock=self.clock, playbook=lambda: self.snapshot.book, view=self._view,
            segments_of=lambda one: self.snapshot.segments_of(one), explain=partial(self._explained, sensitive=True),
            postal=lambda one: ", ".join(decide.postal_lines(one)), models=self._models_in_force,
        )  # fmt: skip

    def _models_in_force(self) -> dict[str, str]:
        found = {model.id: self.models.current(model.id) for model in self.snapshot.book.models}
        return {id: version for id, version in found.items() if version is not None}

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What business people author

    def publish(self, folder: Path) -> str:
        """Load, check and put in force the playbook of a folder; its hash. Raises AuthoringError with all problems."""
        book, problems = self.check(folder)
        if book is None:
            raise AuthoringError([problem for problem in problems if problem.severity == "error"])
        self._in_force = _InForce()
        return self.playbooks.publish(book)

    @staticmethod
    def check(folder: Path, on: date | None = None) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
        """The playbook of a folder (None with errors), and every room's diagnostics on it, perhaps as of a day."""
        book, problems = playbook.load_checked(folder, on)
        if book is not None:
            channels = [channel.id for channel in book.channels]
            segments = [segment.id for segment in book.segments]
            for template in book.templates:
                problems += content.check(template, book.brand, channels, segments)
            for model in book.models:
                problems += measure.check_model(model)
        errors = any(problem.severity == "error" for problem in problems)
        return (None if errors else book), problems

    @property
    def snapshot(self) -> Snapshot:
        """The playbook in force. Raises NotReady before the first is published."""
        hash = self._in_force.playbook(self.playbooks)
        if hash is None:
            raise NotReady("No playbook is published yet.", hint="Publish one: decidedly publish FOLDER.")
        return self._snapshot(hash)

    def _snapshot(self, hash: str) -> Snapshot:
        if hash not in self._snapshots:
            book = self.playbooks.get(hash)
            if book is None:
                raise NotFound.named("playbook", hash)
            self._snapshots[hash] = Snapshot(hash, book)
        return self._snapshots[hash]

    # What happened, and to whom

    def capture(self, raws: Iterable[Raw]) -> Report:
        """Take in events, durably, each once; what is refused is in the report with its reason, and in quarantine."""
        return self.receive(Received(tuple(raws)))

    def receive(self, received: Received) -> Report:
        """Take in what a request brought, as `capture` does, and keep what could not be read in quarantine too. What
        other threads take in at the same time shares one commit."""
        (answer,) = self._capturing.commit([capture.examine(received, self.snapshot.book.dictionary)])
        if isinstance(answer, DecidedlyError):
            raise answer
        return answer

    def _capture_all(self, requests: Sequence[Examined]) -> tuple[Report | DecidedlyError, ...]:
        dictionary = self.snapshot.book.dictionary
        if self._unsettled:
            capture.settle_rest(store=self.store, reader=self.reader, dictionary=dictionary)
            self._unsettled = False
        try:
            return capture.capture_all(
                requests, store=self.store, reader=self.reader, clock=self.clock, dictionary=dictionary,
                quarantine=self.quarantine,
            )  # fmt: skip
        except DecidedlyError:
            # Perhaps between the evidence and who is who by it; who sends again is told that all is known.
            self._unsettled = True
            raise

    def read_segment(self, body: bytes, type: str = "", source: str = "segment") -> Received:
        """The events of one body of the Segment tracking format: a batch, or one message of the type.
        Raises BadInput where the body itself cannot be read; it is kept in quarantine."""
        dictionary = self.snapshot.book.dictionary
        with self._keeping(partial(capture.segment_arrivals, body, source, type)):
            return capture.segment(body, clock=self.clock, dictionary=dictionary, source=source, type=type)

    def read_cloudevents(self, body: bytes, headers: Mapping[str, str]) -> Received:
        """The events of one HTTP request in the CloudEvents binding. Raises BadInput where it cannot be read; it is
        kept in quarantine."""
        dictionary = self.snapshot.book.dictionary
        with self._keeping(partial(capture.cloudevents_arrivals, body, headers)):
            return capture.cloudevents(body, headers, clock=self.clock, dictionary=dictionary)

    @contextmanager
    def _keeping(self, arrivals: Arrivals) -> Iterator[None]:
        """A body that cannot be read goes into quarantine before its sender hears of it."""
        try:
            yield
        except BadInput as error:
            refusal = Refusal(code=error.code, message=error.message, place=error.place, hint=error.hint)
            self.receive(Received((), (refusal,), arrivals))
            raise

    def replay_quarantine(
        self, kind: str = "", code: str = "", *, dry_run: bool = False,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Replayed:  # fmt: skip
        """Take in what is in quarantine and fits the dictionary now; all, or of one kind or code."""
        return capture.replay(
            self.quarantine, store=self.store, reader=self.reader, clock=self.clock,
            dictionary=self.snapshot.book.dictionary, kind=kind, code=code, dry_run=dry_run, progress=progress,
        )  # fmt: skip

    def infer(self, progress: Callable[[int], None] = lambda done: None) -> Inferred:
        """What the log holds and the dictionary does not declare."""
        return capture.infer(self.journal, self.snapshot.book.dictionary, progress)

    def catch_up(self, limit: int | None = None) -> int:
        """Fold what was dated ahead and is due by now; the number of events."""
        return capture.catch_up(
            journal=self.journal, store=self.store, reader=self.reader,
            dictionary=self.snapshot.book.dictionary, now=self.clock.now(), limit=limit,
        )  # fmt: skip

    def rebuild(
        self, kind: str = "", after: str = "", progress: Callable[[Rebuilt], None] = lambda so_far: None
    ) -> Rebuilt:
        """Make every record anew from the log, or the history of one kind in it."""
        return capture.rebuild(
            journal=self.journal, store=self.store, reader=self.reader, clock=self.clock,
            dictionary=self.snapshot.book.dictionary, kind=kind, after=after, progress=progress,
        )  # fmt: skip

    def load(
        self, chunks: Iterable[Sequence[Event]], *, total: int = 0, progress: Callable[[int, int], None] | None = None
    ) -> Report:
        """Take in history, chunk by chunk, again after any interruption; what is dated now or later is only
        logged, and held back for good: it is how history went on."""
        return capture.load(
            chunks, store=self.store, reader=self.reader, clock=self.clock,
            dictionary=self.snapshot.book.dictionary, held=True, total=total, progress=progress,
        )  # fmt: skip

    @property
    def graph(self) -> Graph:
        """Who is who, for those who decide on it."""
        return Graph(self.store, self.reader, self.snapshot.book.dictionary)

    def match(self, automatic: float, review: float, *, dry_run: bool = False) -> Matched:
        """Find people who are probably one; join those of a probability of at least `automatic`, propose those of at
        least `review`. Raises BadInput where no attribute tells who people are."""
        from decidedly.person.match import Thresholds

        thresholds = Thresholds(automatic, review)
        return capture.match(self.graph, self.models, self.clock.now(), thresholds=thresholds, dry_run=dry_run)

    def mapping(
        self, path: Path, files: Sequence[Path] = (), url: str = ""
    ) -> tuple[RowMapping, Source, tuple[Diagnostic, ...]]:
        """The mapping of a file, its source (or these files, or this url instead) and warnings.

        Raises AuthoringError with all that is wrong with the mapping; what reading the source raises.
        """
        mapping, problems = playbook.read_mapping(path, self.snapshot.book.dictionary)
        source = None
        if mapping is not None and (files or url or not any(problem.code == "mapping.from" for problem in problems)):
            source = _source(mapping, files, url)
            problems += playbook.check_columns(mapping, source.columns(), source.open_ended)
        problems = tuple(sorted(problems, key=lambda problem: problem.place))
        errors = [problem for problem in problems if problem.severity == "error"]
        if mapping is None or source is None or errors:
            raise AuthoringError(errors)
        return mapping, source, problems

    def propose_mapping(self, path: Path) -> str:
        """A mapping file for a file of rows, guessed from its columns and contents, to be corrected by a person."""
        return capture.propose(
            path.name, lambda from_: FileSource(from_, Path(), [path]), self.snapshot.book.dictionary
        )

    def first_rows(self, mapping: RowMapping, source: Source, count: int) -> Iterable[Made]:
        """What the first rows of a source would become; nothing is written."""
        return capture.first_rows(mapping, source, self.snapshot.book.dictionary, self.clock, count)

    def import_rows(
        self, mapping: RowMapping, source: Source, rejected: Path, *, again: bool = False, whole: bool = False,
        progress: Callable[[int, float], None] = lambda rows, share: None,
    ) -> tuple[Imported, Path]:  # fmt: skip
        """Take in what is new in a source; rejected rows go to a file, that of an interrupted run first. Which it was.

        again : from the beginning; what is in the log already is recognized
        whole : all rows of the source, whatever the mapping's cursor says
        """
        start = self.positions.get(mapping.name) or Position()
        parts = {part.name for part in source.parts()}
        if again:
            finished = {name: known for name, known in start.finished.items() if name not in parts}
            start = Position(finished=finished)
        if start.rejected and start.rejected in parts:
            hint = f"End it first: decidedly import {mapping.file}."
            raise BadInput("This file is still being written by an interrupted run.", place=start.rejected, hint=hint)
        path = Path(start.rejected) if start.rejected else rejected.resolve()
        if not start.rejected and path.exists():
            raise BadInput(f"The file {path} is there already.", place="--rejected", hint="Name another.")
        rejects = RejectedFile(path, source.columns(), decimal=mapping.written.decimal, size=start.size)
        ports = capture.Ports(self.store, self.reader, self.clock, self.positions)
        start = replace(start, rejected=str(path))
        dictionary = self.snapshot.book.dictionary
        return capture.take_rows(mapping, source, dictionary, ports, rejects, start, progress, whole=whole), path

    def person(self, who: Identifier, at: datetime | None = None, *, sensitive: bool = False) -> Card:
        """The record of one person, now or as of a moment. Raises NotFound.

        sensitive : secrets and special categories as they are, else masked
        """
        stored = self.reader.person((who,))
        if stored is None:
            raise NotFound(f"Nobody is known as {who}.", hint="Write namespace:value, e.g. loyalty:1029.")
        at = at or self.clock.now()
        one, dictionary = self._view(stored, at), self.snapshot.book.dictionary
        card = person.card(
            one,
            dictionary,
            segments=self.snapshot.segments_of(one),
            recent=self._recent(stored.cluster.leaves, at),
            contacts=in_force(combined(stored.ledgers).entries, at),
            decisions=[record.id for record in self.reader.decisions_of(stored.cluster.leaves, limit=10)],
            others=person.others(person.leaves_at(stored, at)[0], one),
        )
        return card if sensitive else person.masked_card(card, dictionary)

    def set_rule(self, who: Identifier, said: Mapping[str, Any], *, source: str, rule: str = "") -> OwnRuleSet:
        """Set one of the person's own rules, or change the one of this id, durably. Raises BadInput for a choice that
        makes no rule."""
        event, told = decide.set_rule(who, said, self.snapshot.book, self.clock.now(), source=source, rule=rule)
        for wrong in self.capture([Raw(event, "body")]).refusals:
            raise BadInput(wrong.message, place=wrong.place.replace(".properties", ""), hint=wrong.hint)
        return told

    def membership(
        self, segment: str, who: Identifier, at: datetime | None = None, *, sensitive: bool = False
    ) -> Membership:
        """Why a person is in a segment or not, and when time alone will change it. Raises NotFound."""
        stored = self.reader.person((who,))
        if stored is None:
            raise NotFound(f"Nobody is known as {who}.", hint="Write namespace:value, e.g. loyalty:1029.")
        at, book = at or self.clock.now(), self.snapshot.book
        hidden = frozenset() if sensitive else book.dictionary.hidden
        return decide.membership(book, segment, partial(self._view, stored), at, hidden)

    def count_segments(self, wanted: Collection[str] = (), at: datetime | None = None) -> dict[str, Count]:
        """How many people are in each segment (all by default) as of a moment, each counted in one query over
        everybody, and how many of them may be written to by each outbound channel. Raises NotFound.
        """
        at, book = at or self.clock.now(), self.snapshot.book
        names = playbook.segment_names(book.dictionary, book.segments)
        rules = {name.name: name.tree for name in names if name.tree is not None}
        for id in wanted:
            if id not in rules:
                raise NotFound.named("segment", id, rules)
        rules = {id: rule for id, rule in rules.items() if id in wanted or not wanted}
        channels = [channel.id for channel in book.channels if channel.direction == "outbound"]
        reads = sorted({one.id for rule in rules.values() for one in references(rule) if one.root == "person"})
        people, erasures = (self._view(stored, at, reads) for stored in self.people(at)), len(self.privacy.erasures())
        self.warehouse.write(PEOPLE, person.people_table(people, book.dictionary, reads, channels))
        self.privacy.sweep_since(erasures)
        scope = playbook.policy_scope(book.dictionary, names)
        return {id: count_people(rule, scope, self.warehouse, at, channels) for id, rule in rules.items()}

    def _recent(self, leaves: Sequence[str], at: datetime) -> list[Event]:
        """The latest events before a moment; what is dated ahead is no part of the record before its time."""
        logged = self.journal.of_person(leaves, at, limit=CHUNK)
        now = self.clock.now()
        return [one.event for one in logged if capture.counts(one.event, now)][:RECENT]

    def people(self, at: datetime | None = None) -> Iterable[Stored]:
        """Everybody, as who they are now or were at a moment."""
        after = ""
        while page := self.reader.people(after, CHUNK):
            for stored in page:
                yield from [stored] if at is None else person.persons_at(stored, at)
            after = page[-1].person

    def _view(self, stored: Stored, at: datetime, wanted: Collection[str] | None = None) -> Person:
        """The person as of a moment, aggregates among the facts: all, or those wanted."""
        dictionary = self.snapshot.book.dictionary
        one = person.seen(stored, at, dictionary)
        learnt = Provenance(how="learnt", source="history", at=at)
        computed = {
            id: Fact(value=value, provenance=learnt, message_id=f"aggregate:{id}")
            for id, value in person.aggregates(one, dictionary, wanted).items()
            if value is not None
        }
        return replace(one, facts={**one.facts, **computed})

    # Deciding

    def decide(self, ask: Ask) -> DecisionRecord:
        """The decision on an ask, stored before it returns."""
        return decide.decide(ask, self.world(ask.service, ask.channel))

    def dry_run(self, ask: Ask) -> DecisionRecord:
        """The decision that would be made; nothing is written."""
        return decide.dry_run(ask, self.world(ask.service, ask.channel))

    def dry_run_by(self, ask: Ask, plan: Plan, scorer: Scorer, instead_of: str = "") -> DecisionRecord:
        """The decision that another plan and model would make, such as those of a draft; nothing is written.

        instead_of : id of a recorded contact in whose place it would have been made, so that it does not count
        """
        view = partial(self._view, wanted=plan.person_reads)
        return decide.dry_run(ask, Deciding(plan, scorer, self.reader, self.store, view), instead_of)

    def decide_all(
        self, run: str, service: str, who: Sequence[Identifier], at: datetime,
        progress: Callable[[int], None] = lambda done: None,
    ) -> BatchReport:  # fmt: skip
        """The outbound decisions of a service for everybody named; the same run again only fills the gaps."""
        self.catch_up()
        return decide.decide_all(run, who, at, self.world(service, ""), progress=progress)

    def decision(self, id: str) -> DecisionRecord:
        record = self.reader.decision(id)
        if record is None:
            raise NotFound(
                f"There is no decision '{id}'.", hint="`decidedly person show ID` lists a person's decisions."
            )
        return record

    def plan_of(self, record: DecisionRecord) -> Plan:
        """The plan that a decision was made by, of the playbook that it names."""
        return self._snapshot(record.playbook).plan_of(record)

    def explain(self, id: str, action: str = "", *, sensitive: bool = False) -> Explanation:
        """Why a decision came out as it did, for all actions or one; nothing is written.

        sensitive : secrets and special categories as they are, else masked
        """
        return self._explained(self.decision(id), action, sensitive=sensitive)

    def _explained(self, record: DecisionRecord, action: str = "", *, sensitive: bool) -> Explanation:
        plan = self.plan_of(record)
        stored = self.reader.leaf(record.leaf) or Stored.nobody(record.leaf)
        one = self._view(stored, record.ask.at)
        scorer = self._scorer(plan, record.model)
        hidden = frozenset() if sensitive else self.hidden(record)
        return decide.explain(record, plan, action=action, person=one, scorer=scorer, hidden=hidden)

    def scored_as(self, record: DecisionRecord, plan: Plan) -> Person:
        """As whom a decision's person was scored, as of the ask: of one who refused profiling, as a stranger."""
        profiled = record.inputs.permitted(PROFILING)
        stored = self.reader.leaf(record.leaf) if profiled else None
        return self._view(stored or Stored.nobody(record.leaf), record.ask.at, plan.person_reads)

    def hidden(self, record: DecisionRecord) -> frozenset[str]:
        """Ids of the facts that are not for everybody, by the playbook that a decision names."""
        return self._snapshot(record.playbook).book.dictionary.hidden

    def replay(self, id: str) -> DecisionRecord:
        """The decision, decided again from its record. Raises ReplayMismatch if one byte differs."""
        record = self.decision(id)
        return decide.replay(record, self.plan_of(record))

    def world(self, service: str, channel: str) -> Deciding:
        """What deciding needs for one service: its plan, its scorer, the ports. Raises NotReady without a model."""
        plan = self.snapshot.plan(service, channel)
        if not plan.service.model:
            return self._deciding(plan, Unscored(plan))
        version = self._in_force.model(self.models, plan.service.model)
        if version is None:
            raise NotReady(
                f"Service '{service}' needs the model '{plan.service.model}', which is not trained yet.",
                hint=f"Train it: decidedly train {plan.service.model}.",
            )
        return self._deciding(plan, self._scorer(plan, version))

    def _deciding(self, plan: Plan, scorer: Scorer) -> Deciding:
        return Deciding(plan, scorer, self.reader, self.store, partial(self._view, wanted=plan.person_reads))

    def _scorer(self, plan: Plan, version: str) -> Scorer:
        if not version:
            return Unscored(plan)
        return self._snapshot(plan.playbook_hash).scorer(plan, version, lambda: self._model(version))

    def _model(self, version: str) -> bytes:
        blob = self.models.get(version)
        if blob is None:
            raise NotFound.named("model", version)
        return blob

    # Learning

    def project(self, before: datetime) -> None:
        """Write the history of everybody before a moment into the warehouse, one table per kind of event."""
        dictionary, erasures = self.snapshot.book.dictionary, len(self.privacy.erasures())
        everybody = [person.seen(stored, before, dictionary) for stored in self.people(before)]
        for kind in dictionary.events:
            if kind.columns:
                self.warehouse.write(measure.table_of(kind.id), person.project(everybody, kind.id, dictionary))
        self.privacy.sweep_since(erasures)

    def train(self, model: str, before: datetime) -> Learnt:
        """Train a model of the playbook on the projected history before a moment, keep it and put it in force.

        It is bound to the actions of the first service that uses it. Raises NotReady if no service does.
        """
        book = self.snapshot.book
        spec = book.model(model)
        service = next((service.id for service in book.services if service.model == model), None)
        if service is None:
            raise NotReady(f"No decision service uses model '{model}'.", hint="Name it in a service: model = ...")
        actions = self.snapshot.plan(service, "").actions
        learnt = measure.learn(spec, self.warehouse, actions, before)
        self.models.publish(model, learnt.version, learnt.blob)
        self._in_force = _InForce()
        self.privacy.refitted(model, learnt.version)
        return learnt

    # Saying

    def view(self, record: DecisionRecord) -> content.View:
        """What a decision says to its person, for any channel's renderer."""
        snapshot = self._snapshot(record.playbook)
        stored = self.reader.leaf(record.leaf) or Stored.nobody(record.leaf)
        one = self._view(stored, record.ask.at)
        # Who refused profiling is spoken to as a stranger: by name, but in no segment of their own.
        seen = one if record.inputs.permitted(PROFILING) else self._view(Stored.nobody(""), record.ask.at)
        plan, segments = self.plan_of(record), snapshot.segments_of(seen)
        known = next((one for one in snapshot.book.templates if one.id == plan.service.template), None)
        settings = known.settings if known else None
        return decide.view_of(record, plan, one, snapshot.book.brand, segments, settings)

    def render(self, record: DecisionRecord, channel: str) -> content.Treatment:
        """A decision as one channel says it."""
        book = self._snapshot(record.playbook).book
        service = book.service(record.ask.service)
        return content.render(book.template(service.template), self.view(record), channel)

    def letter_pages(self, record: DecisionRecord) -> tuple[bytes, ...]:
        """A decision's letter as pictures (SVG), one a page."""
        book = self._snapshot(record.playbook).book
        return letter.preview(book.template(book.service(record.ask.service).template), self.view(record))

    def deliver(
        self, at: datetime, progress: Callable[[int], None] | None = None,
        rendered: Callable[[DecisionRecord, content.Treatment], None] = lambda record, treatment: None,
    ) -> Delivered:  # fmt: skip
        """Hand over every message that is due, each once, into one pickup folder per channel."""
        book = self.snapshot.book
        outbox = self.folder / "outbox"
        senders = {
            channel.id: FolderSender(outbox / channel.id)
            for channel in book.channels
            if channel.direction == "outbound"
        }
        return deliver.run(
            self.reader, self.store, senders, self._compose, at, progress=progress,
            purpose=lambda record: self.plan_of(record).purpose, further=self._against, hold=self._held,
            rendered=lambda message, treatment: rendered(self.decision(message.decision_id), treatment),
        )  # fmt: skip

    def _held(self, message: Message, record: DecisionRecord, stored: Stored, at: datetime) -> bool:
        """Whether the brand's quiet hours or the person's own say that a message waits."""
        plan = self.plan_of(record)
        now = person.seen(stored, at, self.snapshot.book.dictionary)
        return plan.due(record.channel, plan.facts(now.facts), now.own_rules, at) > at

    def _against(self, message: Message, stored: Stored, at: datetime) -> str:
        """Why a message may not go after all: a rule that the person has set since the decision, or an address whose
        owner was erased; "" where it may."""
        if suppressed := self.privacy.suppressed(message, stored, at):
            return suppressed
        record = self.decision(message.decision_id)
        now = person.seen(stored, at + timedelta.resolution, self.snapshot.book.dictionary)
        name = decide.rule_against(self.plan_of(record), record, now, at)
        return f"the person's own rule: {name}" if name else ""

    def _compose(self, message: Message, record: DecisionRecord, stored: Stored) -> Composed:
        book = self._snapshot(record.playbook).book
        one = self._view(stored, record.ask.at)
        view = self.view(record)
        to = {"email": one.value("email"), "sms": one.value("phone")}.get(message.channel)
        return Composed(
            to=str(to) if to else ", ".join(view.address),
            sender=f"{book.brand.name} <offers@{book.brand.website.removeprefix('https://')}>",
            template=book.template(book.service(record.ask.service).template),
            view=view,
        )


def _source(mapping: RowMapping, files: Sequence[Path], url: str) -> Source:
    """The source of a mapping, or the files or url that are named instead. Raises NotReady without the variable."""
    own = mapping.from_
    if not url and not files and own.variable:
        url = os.environ.get(own.variable, "")
        if not url:
            raise NotReady(f"The environment variable {own.variable} is not set.", hint="It must hold the url.")
    url = url or own.url
    if files or not url:
        return FileSource(own, Path(mapping.file).parent, files)
    return DuckdbSource(own, url) if url.startswith("duckdb:") else AdbcSource(own, url)

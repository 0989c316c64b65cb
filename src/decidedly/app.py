"""The composition root: a folder -> adapters -> rooms -> Hub, a small facade. Only this file imports adapters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from decidedly import capture, content, decide, deliver, measure, person, playbook, privacy
from decidedly.adapters.access import KeyAccess
from decidedly.adapters.clock import FixedClock, ShiftedClock, SystemClock
from decidedly.adapters.duckdb import DuckdbWarehouse
from decidedly.adapters.files import FileSource, RejectedFile
from decidedly.adapters.group_commit import GroupCommit
from decidedly.adapters.opened import open_store
from decidedly.adapters.senders.folder import FolderSender
from decidedly.adapters.settings import Settings, write_for_all
from decidedly.adapters.sources import open_source
from decidedly.capture import (
    Graph,
    Imported,
    Inferred,
    LiveMatch,
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
from decidedly.core.errors import AuthoringError, BadInput, NotReady
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.mapping import Mapping as RowMapping
from decidedly.core.message import Message
from decidedly.core.person import Person
from decidedly.core.playbook import Playbook
from decidedly.core.seal import Seal
from decidedly.decide import (
    BatchReport,
    Briefing,
    Counterfactual,
    Deciding,
    Explanation,
    Letter,
    LeverPrices,
    Membership,
    OwnRuleSet,
    Plan,
    Scorer,
    Snapshot,
    WhyNot,
)
from decidedly.deliver import Composed, Delivered
from decidedly.feel import Diagnostic
from decidedly.measure import Learnt
from decidedly.models import Reason
from decidedly.person import Card, GroupCard
from decidedly.ports.access import Access
from decidedly.ports.clock import Clock
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.source import Source
from decidedly.ports.store import Store
from decidedly.rules import Count

__all__ = ["Hub", "Settings", "fixed_clock", "shifted_clock", "write_for_all"]

fixed_clock = FixedClock
shifted_clock = ShiftedClock


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
        self.snapshots = decide.Snapshots(self.playbooks, self.models)
        self._intake = capture.Intake(
            self.store, self.reader, self.journal, self.quarantine, self.clock,
            dictionary=lambda: self.snapshot.book.dictionary, grouped=lambda take_in: GroupCommit(take_in).commit,
        )  # fmt: skip
        self._people = decide.People(self.reader, self.journal, self.clock, self.snapshots)
        self._desk = decide.Desk(self.snapshots, self._people, self.reader, self.store)
        self.results = measure.Results(
            self.reader, self.journal, self.store, self.clock, lambda: self.snapshot.book, self._desk.chosen,
            lambda events: self.capture(Raw(event, event.message_id) for event in events),
        )  # fmt: skip
        self.privacy = self._office(seal)
        self._log = capture.Log(self.journal, self.positions, self.models, self.holdings, seal, self.clock)
        if self.playbooks.current() is not None:
            # A crash between the evidence and who is who by it; an erasure that was interrupted, or undone by a backup.
            self._intake.settle_rest()
            self.privacy.resume()

    @classmethod
    def open(cls, folder: Path, clock: Clock | None = None) -> Hub:
        return cls(Settings(folder, clock or SystemClock()))

    def _office(self, seal: Seal) -> privacy.Office:
        places = privacy.Places(
            folder=self.folder, holdings=self.holdings, reader=self.reader, warehouse=self.warehouse,
            quarantine=self.quarantine, seal=seal, settle=self._intake.settle_rest,
        )  # fmt: skip
        return privacy.Office(
            places=places, clock=self.clock, playbook=lambda: self.snapshot.book, view=self.view_of,
            segments_of=lambda one: self.snapshot.segments_of(one), explain=partial(self._desk.explain, sensitive=True),
            came=self.results.of,
            postal=lambda one: ", ".join(decide.postal_lines(one)), models=self.snapshots.models,
        )  # fmt: skip

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
        self.snapshots.renew()
        return self.playbooks.publish(book)

    @staticmethod
    def check(folder: Path, on: date | None = None) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
        """The playbook of a folder (None with errors), and every room's diagnostics on it, perhaps as of a day."""
        book, problems = playbook.load_checked(folder, on)
        if book is not None:
            segments = [segment.id for segment in book.segments]
            for template in book.templates:
                problems += content.check(template, book.brand, book.channels_of(template.id), segments)
            for model in book.models:
                problems += measure.check_model(model)
        errors = any(problem.severity == "error" for problem in problems)
        return (None if errors else book), problems

    @property
    def snapshot(self) -> Snapshot:
        """The playbook in force. Raises NotReady before the first is published."""
        return self.snapshots.current()

    # What happened

    def capture(self, raws: Iterable[Raw]) -> Report:
        """Take in events, durably, each once; what is refused is in the report with its reason, and in quarantine."""
        return self.receive(Received(tuple(raws)))

    def receive(self, received: Received) -> Report:
        """Take in what a request brought, as `capture` does, and keep what could not be read in quarantine too. What
        other threads take in at the same time shares one commit."""
        return self._intake.receive(received)

    def read_segment(self, body: bytes, type: str = "", source: str = "segment") -> Received:
        """The events of one body of the Segment tracking format: a batch, or one message of the type.
        Raises BadInput where the body itself cannot be read; it is kept in quarantine."""
        return self._intake.read_segment(body, type, source)

    def read_cloudevents(self, body: bytes, headers: Mapping[str, str]) -> Received:
        """The events of one HTTP request in the CloudEvents binding. Raises BadInput where it cannot be read; it is
        kept in quarantine."""
        return self._intake.read_cloudevents(body, headers)

    def replay_quarantine(
        self, kind: str = "", code: str = "", *, dry_run: bool = False,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Replayed:  # fmt: skip
        """Take in what is in quarantine and fits the dictionary now; all, or of one kind or code."""
        return self._intake.replay(kind, code, dry_run, progress)

    def infer(self, progress: Callable[[int], None] = lambda done: None) -> Inferred:
        """What the log holds and the dictionary does not declare."""
        return capture.infer(self.journal, self.snapshot.book.dictionary, progress)

    def catch_up(self, limit: int | None = None) -> int:
        """Fold what was dated ahead and is due by now; the number of events."""
        return self._intake.catch_up(limit)

    def rebuild(
        self, kind: str = "", after: str = "", progress: Callable[[Rebuilt], None] = lambda so_far: None
    ) -> Rebuilt:
        """Make every record anew from the log, or the history of one kind in it."""
        return self._intake.rebuild(kind, after, progress)

    def load(
        self, chunks: Iterable[Sequence[Event]], *, total: int = 0, progress: Callable[[int, int], None] | None = None
    ) -> Report:
        """Take in history, chunk by chunk, again after any interruption; what is dated now or later is only
        logged, and held back for good: it is how history went on."""
        return self._intake.load(chunks, total, progress)

    # Files and tables of rows

    def mapping(
        self, path: Path, files: Sequence[Path] = (), url: str = ""
    ) -> tuple[RowMapping, Source, tuple[Diagnostic, ...]]:
        """The mapping of a file, its source (or these files, or this url instead) and warnings.

        Raises AuthoringError with all that is wrong with the mapping; what reading the source raises.
        """
        opened = partial(open_source, files=files, url=url)
        return playbook.mapped(path, self.snapshot.book.dictionary, opened, named=bool(files or url))

    def propose_mapping(self, path: Path) -> str:
        """A mapping file for a file of rows, guessed from its columns and contents, to be corrected by a person."""
        opened = partial(FileSource, folder=Path(), files=[path])
        return capture.propose(path.name, opened, self.snapshot.book.dictionary)

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

        def opened(path: Path, size: int) -> RejectedFile:
            self.privacy.noted_rows(path, mapping.identifying)
            return RejectedFile(path, source.columns(), decimal=mapping.written.decimal, size=size)

        ports = capture.Ports(self.store, self.reader, self.clock, self.positions)
        with self.privacy.sweeping():
            return capture.import_rows(
                mapping, source, self.snapshot.book.dictionary, ports, rejected, opened,
                again=again, whole=whole, progress=progress,
            )  # fmt: skip

    # Who people are

    @property
    def graph(self) -> Graph:
        """Who is who, for those who decide on it."""
        return Graph(self.store, self.reader, self.snapshot.book.dictionary)

    def match(
        self, automatic: float | None = None, review: float | None = None, *, dry_run: bool = False,
        at: datetime | None = None,
    ) -> Matched:  # fmt: skip
        """Find people who are probably one; join those of a probability of at least `automatic`, propose those of at
        least `review`, or as the dictionary says. Raises BadInput where no attribute tells who people are.

        at : since when they are one; now by default
        """
        return capture.match_everybody(self.graph, self._log, automatic, review, dry_run=dry_run, at=at)

    def live_match(self) -> LiveMatch:
        """Who came or changed, to be matched step by step where the dictionary says `live`. Close it when done."""
        return LiveMatch(lambda: self.graph, self._log)

    def people(self, at: datetime | None = None) -> Iterator[Stored]:
        """Everybody, as who they are now or were at a moment."""
        return self._people.everybody(at)

    def view_of(self, stored: Stored, at: datetime, wanted: Collection[str] | None = None) -> Person:
        """The person as of a moment, aggregates among the facts: all, or those wanted."""
        return self._people.view(stored, at, wanted)

    def person(self, who: Identifier, at: datetime | None = None, *, sensitive: bool = False) -> Card:
        """The record of one person, now or as of a moment. Raises NotFound.

        sensitive : secrets and special categories as they are, else masked
        """
        return self._people.card(who, at, sensitive=sensitive)

    def group(self, id: str, at: datetime | None = None, *, sensitive: bool = False) -> GroupCard:
        """A group around persons, "household:H1", now or as of a moment. Raises BadInput, NotFound."""
        return self._people.group(id, at, sensitive=sensitive)

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
        return self._people.membership(segment, who, at, sensitive=sensitive)

    def count_segments(self, wanted: Collection[str] = (), at: datetime | None = None) -> dict[str, Count]:
        """How many people are in each segment (all by default) as of a moment, each counted in one query over
        everybody, and how many of them may be written to by each outbound channel. Raises NotFound.
        """
        with self.privacy.sweeping():
            return self._people.count(self.warehouse, wanted, at)

    # Deciding

    def decide(self, ask: Ask) -> DecisionRecord:
        """The decision on an ask, stored before it returns."""
        return decide.decide(ask, self.world(ask.service, ask.channel))

    def decide_together(self, asks: Sequence[Ask]) -> list[DecisionRecord]:
        """The decisions on asks of one service and channel that come at the same time, in one batch and one commit."""
        return decide.decide_together(asks, self.world(asks[0].service, asks[0].channel))

    def dry_run(self, ask: Ask) -> DecisionRecord:
        """The decision that would be made; nothing is written."""
        return decide.dry_run(ask, self.world(ask.service, ask.channel))

    def dry_run_by(self, ask: Ask, plan: Plan, scorer: Scorer, instead_of: str = "") -> DecisionRecord:
        """The decision that another plan and model would make, such as those of a draft; nothing is written.

        instead_of : id of a recorded contact in whose place it would have been made, so that it does not count
        """
        return self._desk.dry_run_by(ask, plan, scorer, instead_of)

    def decide_all(
        self, run: str, service: str, who: Sequence[Identifier], at: datetime,
        progress: Callable[[int], None] = lambda done: None, others: Sequence[str] = (),
    ) -> BatchReport:  # fmt: skip
        """The outbound decisions of a service for everybody named; the same run again only fills the gaps.

        others : further services, which compete with it for the contacts that the caps leave
        """
        self.catch_up()
        first, *rest = (self.world(one, "") for one in (service, *others))
        return decide.decide_all(run, who, at, first, others=rest, progress=progress)

    def world(self, service: str, channel: str) -> Deciding:
        """What deciding needs for one service: its plan, its scorer, the ports. Raises NotReady without a model."""
        return self._desk.world(service, channel)

    def decision(self, id: str) -> DecisionRecord:
        """Raises NotFound."""
        return self._desk.decision(id)

    def reasons(self, record: DecisionRecord) -> tuple[tuple[Reason, ...], ...]:
        """The main reasons for the chance of each chosen action, as many as the service asks for."""
        return self._desk.reasons(record)

    def levers(self, service: str, days: int, most: int) -> LeverPrices:
        """What every lever of a service costs and whom it displaces, over the decisions of its last days, `most` at
        most. Writes nothing."""
        now = self.clock.now()
        return self._desk.levers(service, now - timedelta(days=days), now + timedelta.resolution, most)

    def plan_of(self, record: DecisionRecord) -> Plan:
        """The plan that a decision was made by, of the playbook that it names."""
        return self._desk.plan_of(record)

    def explain(self, id: str, action: str = "", *, sensitive: bool = False) -> Explanation:
        """Why a decision came out as it did, for all actions or one; nothing is written.

        sensitive : secrets and special categories as they are, else masked
        """
        return self._desk.explain(self.decision(id), action, sensitive=sensitive)

    def why_not(self, id: str, action: str, *, sensitive: bool = False) -> WhyNot:
        """What kept an action out of a decision, channel by channel; nothing is written. Raises NotFound."""
        return self._desk.why_not(self.decision(id), action, sensitive=sensitive)

    def counterfactual(self, id: str, action: str, *, sensitive: bool = False) -> Counterfactual:
        """The least changes of facts, value, lever or time that would have put an action into a decision, each found
        true by running the kernel in memory; nothing is written. Raises NotFound."""
        return self._desk.counterfactual(self.decision(id), action, sensitive=sensitive)

    def briefing(self, id: str, *, sensitive: bool = False) -> Briefing:
        """What somebody needs who speaks with a decision's person; nothing is written."""
        return self._desk.briefing(self.decision(id), sensitive=sensitive)

    def letter(self, id: str, *, sensitive: bool = False) -> Letter:
        """A decision told to the person it was about, in plain words and their language; nothing is written."""
        return self._desk.letter(self.decision(id), sensitive=sensitive)

    def scored_as(self, record: DecisionRecord, plan: Plan) -> Person:
        """As whom a decision's person was scored, as of the ask: of one who refused profiling, as a stranger."""
        return self._desk.scored_as(record, plan)

    def hidden(self, record: DecisionRecord) -> frozenset[str]:
        """Ids of the facts that are not for everybody, by the playbook that a decision names."""
        return self._desk.hidden(record)

    def replay(self, id: str) -> DecisionRecord:
        """The decision, decided again from its record. Raises ReplayMismatch if one byte differs."""
        record = self.decision(id)
        return decide.replay(record, self.plan_of(record))

    # Learning

    def project(self, before: datetime) -> None:
        """Write the history of everybody before a moment into the warehouse, one table per kind of event."""
        dictionary = self.snapshot.book.dictionary
        with self.privacy.sweeping():
            everybody = [person.seen(stored, before, dictionary) for stored in self.people(before)]
            measure.write_history(self.warehouse, everybody, dictionary)

    def train(self, model: str, before: datetime) -> Learnt:
        """Train a model of the playbook on the projected history before a moment, keep it and put it in force.

        It is bound to the actions with products of the first service that uses it. Raises NotReady if no service does.
        """
        book = self.snapshot.book
        spec = book.model(model)
        service = next((service for service in book.services if service.model == model), None)
        if service is None:
            raise NotReady(f"No decision service uses model '{model}'.", hint="Name it in a service: model = ...")
        actions = [action for action in book.actions if service.takes(action.id)]
        offers = [one for one in actions if one.products] or actions
        learnt = measure.learn(spec, self.warehouse, offers, before)
        self.models.publish(model, learnt.version, learnt.blob)
        self.snapshots.renew()
        self.privacy.refitted(model, learnt.version)
        return learnt

    def write_exposures(self, services: Sequence[str] = ()) -> int:
        """Write the table of exposures and what came of them into the warehouse; the number of its rows."""
        with self.privacy.sweeping():
            table = self.results.exposures(services)
            self.warehouse.write(measure.EXPOSURES, table)
        return int(table.num_rows)

    # Saying

    def view(self, record: DecisionRecord) -> content.View:
        """What a decision says to its person, for any channel's renderer."""
        return self._desk.view(record)

    def render(self, record: DecisionRecord, channel: str) -> content.Treatment:
        """A decision as one channel says it."""
        return self._desk.treatment(record, channel)

    def letter_pages(self, record: DecisionRecord) -> tuple[bytes, ...]:
        """A decision's letter as pictures (SVG), one a page."""
        return letter.preview(self._desk.template(record), self.view(record))

    def deliver(
        self, at: datetime, progress: Callable[[int], None] | None = None,
        rendered: Callable[[DecisionRecord, content.Treatment], None] = lambda record, treatment: None,
    ) -> Delivered:  # fmt: skip
        """Hand over every message that is due, each once, into one pickup folder per channel."""
        outbound = [channel.id for channel in self.snapshot.book.channels if channel.direction == "outbound"]
        return deliver.run(
            self.reader, self.store, {id: FolderSender(self.folder / "outbox" / id) for id in outbound},
            self._compose, at, progress=progress, purpose=lambda record: self.plan_of(record).purpose,
            further=self._against, hold=lambda _, record, stored, at: self._desk.waits(record, stored, at),
            caps=self._desk.caps_for,
            rendered=lambda message, treatment: rendered(self.decision(message.decision_id), treatment),
        )  # fmt: skip

    def _against(self, message: Message, stored: Stored, at: datetime) -> str:
        """Why a message may not go after all: a rule that the person has set since the decision, or an address whose
        owner was erased; "" where it may."""
        suppressed = self.privacy.suppressed(message, stored, at)
        return suppressed or self._desk.own_rule_against(self.decision(message.decision_id), stored, at)

    def _compose(self, message: Message, record: DecisionRecord, stored: Stored) -> Composed:
        one = self.view_of(stored, record.ask.at)
        return deliver.composed(message.channel, one, self._desk.template(record), self.view(record))

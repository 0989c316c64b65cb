"""Desk: where decisions are made by the playbook in force, and read again later by the playbook that each names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from decidedly.content import Treatment, View, render
from decidedly.core.action import Action
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import PROFILING
from decidedly.core.errors import NotFound, NotReady
from decidedly.core.person import Person
from decidedly.core.playbook import Playbook, Template
from decidedly.core.policy import Cap
from decidedly.core.preference import TIME_ZONE
from decidedly.decide.briefing import Briefing, briefing
from decidedly.decide.chances import chances
from decidedly.decide.counterfactual import Counterfactual, counterfactual
from decidedly.decide.explain import explain
from decidedly.decide.explanation import Explanation
from decidedly.decide.hours import zone_of
from decidedly.decide.letter import Letter, letter
from decidedly.decide.levers import LeverPrices, lever_prices
from decidedly.decide.online import Deciding, dry_run
from decidedly.decide.people import People
from decidedly.decide.plan import Plan
from decidedly.decide.scores import Scorer
from decidedly.decide.set_rule import rule_against
from decidedly.decide.slates import placements_of
from decidedly.decide.snapshot import Snapshots
from decidedly.decide.treat import view_of
from decidedly.decide.why_not import WhyNot, why_not
from decidedly.ledger import Calendar, weekday_number
from decidedly.models import Reason
from decidedly.person import seen
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.store import Store

PAGE = 200
"""So many decisions are read at a time."""


@dataclass(frozen=True)
class Desk:
    """The playbooks and models, the records of people, and where decisions are written."""

    snapshots: Snapshots
    people: People
    reader: Reader
    store: Store

    # Deciding

    def world(self, service: str, channel: str) -> Deciding:
        """What deciding needs for one service: its plan, its scorer, the ports. Raises NotReady without a model."""
        plan = self.snapshots.current().plan(service, channel)
        version = self.snapshots.model(plan.service.model) if plan.service.model else ""
        if version is None:
            raise NotReady(
                f"Service '{service}' needs the model '{plan.service.model}', which is not trained yet.",
                hint=f"Train it: decidedly train {plan.service.model}.",
            )
        return self._deciding(plan, self.snapshots.scorer(plan, version))

    def dry_run_by(self, ask: Ask, plan: Plan, scorer: Scorer, instead_of: str) -> DecisionRecord:
        """The decision that another plan and model would make, in the place of a recorded contact if one is named."""
        return dry_run(ask, self._deciding(plan, scorer), instead_of)

    def _deciding(self, plan: Plan, scorer: Scorer) -> Deciding:
        view = partial(self.people.view, wanted=plan.person_reads)
        return Deciding(plan, scorer, self.reader, self.store, view, self.plan_of)

    # What was decided

    def decision(self, id: str) -> DecisionRecord:
        """Raises NotFound."""
        record = self.reader.decision(id)
        if record is None:
            raise NotFound(
                f"There is no decision '{id}'.", hint="`decidedly person show ID` lists a person's decisions."
            )
        return record

    def book_of(self, record: DecisionRecord) -> Playbook:
        return self.snapshots.of(record.playbook).book

    def plan_of(self, record: DecisionRecord) -> Plan:
        """The plan that a decision was made by, of the playbook that it names."""
        return self.snapshots.of(record.playbook).plan_of(record)

    def chosen(self, record: DecisionRecord) -> tuple[tuple[Action, ...], tuple[str, ...]]:
        """The actions that it chose, best first, and the id of the placement of each."""
        plan = self.plan_of(record)
        actions = tuple(plan.actions[index] for index in record.chosen)
        return actions, placements_of(record, plan.slates)

    def person_of(self, record: DecisionRecord) -> Person:
        """Whom it is about, as of the ask."""
        return self.people.view(self.reader.leaf(record.leaf) or Stored.nobody(record.leaf), record.ask.at)

    def scored_as(self, record: DecisionRecord, plan: Plan) -> Person:
        """As whom its person was scored, as of the ask: of one who refused profiling, as a stranger."""
        stored = self.reader.leaf(record.leaf) if record.inputs.permitted(PROFILING) else None
        return self.people.view(stored or Stored.nobody(record.leaf), record.ask.at, plan.person_reads)

    def explain(self, record: DecisionRecord, action: str = "", *, sensitive: bool) -> Explanation:
        """Why it came out as it did, for all actions or one; what is sensitive masked or not."""
        plan = self.plan_of(record)
        scorer = self.snapshots.scorer(plan, record.model)
        hidden = frozenset() if sensitive else self.hidden(record)
        return explain(record, plan, action=action, person=self.person_of(record), scorer=scorer, hidden=hidden)

    def reasons(self, record: DecisionRecord) -> tuple[tuple[Reason, ...], ...]:
        """The main reasons for the chance of each chosen action, as many as the service asks for."""
        plan, most = self.plan_of(record), self.book_of(record).service(record.ask.service).reasons
        if not most or not record.chosen:
            return ((),) * len(record.chosen)
        stranger = not record.inputs.permitted(PROFILING)
        one = self.people.view(Stored.nobody(""), record.ask.at) if stranger else self.person_of(record)
        told = self.snapshots.scorer(plan, record.model).reasons(one, record.chosen)
        return tuple(tuple(why[:most]) for why in told)

    def why_not(self, record: DecisionRecord, action: str, *, sensitive: bool) -> WhyNot:
        """What kept an action out of it, channel by channel. Raises NotFound."""
        plan = self.plan_of(record)
        hidden = frozenset() if sensitive else self.hidden(record)
        return why_not(record, plan, action, self._chances(record, plan), hidden)

    def counterfactual(self, record: DecisionRecord, action: str, *, sensitive: bool) -> Counterfactual:
        """The least changes that would have put an action into it. Raises NotFound."""
        plan, dictionary = self.plan_of(record), self.book_of(record).dictionary
        hidden = frozenset() if sensitive else dictionary.hidden
        return counterfactual(record, plan, action, dictionary, self._chances(record, plan), hidden)

    def briefing(self, record: DecisionRecord, *, sensitive: bool) -> Briefing:
        """What somebody needs who speaks with its person."""
        told, book = self.explain(record, sensitive=sensitive), self.book_of(record)
        return briefing(told, record, self.plan_of(record), book.brand, book.dictionary)

    def letter(self, record: DecisionRecord, *, sensitive: bool) -> Letter:
        """It told to its person, in plain words."""
        told, book = self.explain(record, sensitive=sensitive), self.book_of(record)
        hidden = frozenset() if sensitive else book.dictionary.hidden
        person = self.person_of(record)
        return letter(told, record, self.plan_of(record), person, book.brand, book.dictionary, hidden)

    def _chances(self, record: DecisionRecord, plan: Plan) -> NDArray[np.float32]:
        """float32[n]: the propensity of every action, of those too that were dropped."""
        scorer = self.snapshots.scorer(plan, record.model)
        found: NDArray[np.float32] = chances([record], scorer, [self.scored_as(record, plan)])[0]
        return found

    def levers(self, service: str, since: datetime, before: datetime, most: int) -> LeverPrices:
        """What every lever of a service costs and whom it displaces, over its decisions of a time, `most` at most.
        Raises NotFound for an unknown service."""
        book = self.snapshots.current().book
        book.service(service)
        pages = _pages(self.reader, service, since, before, most)
        return lever_prices(service, book.brand.currency, pages, self.plan_of)

    def hidden(self, record: DecisionRecord) -> frozenset[str]:
        """Ids of the facts that are not for everybody, by the playbook that a decision names."""
        return self.book_of(record).dictionary.hidden

    # What it says

    def template(self, record: DecisionRecord) -> Template:
        """Raises NotFound where its service has none."""
        book = self.book_of(record)
        return book.template(book.service(record.ask.service).template)

    def view(self, record: DecisionRecord) -> View:
        """What it says to its person, for any channel's renderer."""
        snapshot, one = self.snapshots.of(record.playbook), self.person_of(record)
        # Who refused profiling is spoken to as a stranger: by name, but in no segment of their own.
        stranger = not record.inputs.permitted(PROFILING)
        segments = snapshot.segments_of(self.people.view(Stored.nobody(""), record.ask.at) if stranger else one)
        plan = self.plan_of(record)
        known = next((one for one in snapshot.book.templates if one.id == plan.service.template), None)
        return view_of(record, plan, one, snapshot.book.brand, segments, known.settings if known else None)

    def treatment(self, record: DecisionRecord, channel: str) -> Treatment:
        """It as one channel says it."""
        return render(self.template(record), self.view(record), channel)

    # Whether it may still be said

    def waits(self, record: DecisionRecord, stored: Stored, at: datetime) -> bool:
        """Whether the brand's quiet hours or the person's own say that its message waits."""
        plan = self.plan_of(record)
        now = seen(stored, at, self.snapshots.current().book.dictionary)
        return plan.due(record.channel, plan.facts(now.facts), now.own_rules, at) > at

    def caps_for(self, stored: Stored, at: datetime) -> tuple[Sequence[Cap], Calendar]:
        """The caps in force, and the calendar on the person's wall."""
        book = self.snapshots.current().book
        facts = {id: fact.value for id, fact in seen(stored, at, book.dictionary).facts.items() if id == TIME_ZONE}
        zone = zone_of(facts, ZoneInfo(book.brand.time_zone))
        return book.contact.caps, Calendar(zone, weekday_number(book.dictionary.first_weekday))

    def own_rule_against(self, record: DecisionRecord, stored: Stored, at: datetime) -> str:
        """The rule that its person has set since, and that its message would break, in words; "" for none."""
        now = seen(stored, at + timedelta.resolution, self.snapshots.current().book.dictionary)
        name = rule_against(self.plan_of(record), record, now, at)
        return f"the person's own rule: {name}" if name else ""


def _pages(
    reader: Reader, service: str, since: datetime, before: datetime, most: int
) -> Iterator[list[DecisionRecord]]:
    """Decisions of a service, some at a time: those that wait for outcomes, then those that do not."""
    for matured in (False, True):
        start, after = since, ""
        while most > 0:
            page = reader.decisions_by(service, start, before, matured=matured, after=after, limit=min(PAGE, most))
            if not page:
                break
            yield page
            most -= len(page)
            start, after = page[-1].ask.at, page[-1].id

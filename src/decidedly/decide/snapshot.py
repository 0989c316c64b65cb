"""Snapshot: a published playbook made ready to decide by; and which one, and which models, are in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from zoneinfo import ZoneInfo

from decidedly.core.decision import DecisionRecord
from decidedly.core.errors import AuthoringError, NotFound, NotReady
from decidedly.core.person import Person
from decidedly.core.playbook import Playbook
from decidedly.decide.condition import holds
from decidedly.decide.plan import Plan, compile_plan
from decidedly.decide.propensity import PropensityScorer
from decidedly.decide.scores import Scorer
from decidedly.decide.unscored import Unscored
from decidedly.feel import BOOLEAN, Compiled, compile_tree
from decidedly.person import as_read, readers_of
from decidedly.playbook import policy_scope, segment_names
from decidedly.ports.model_store import ModelStore
from decidedly.ports.playbook_store import PlaybookStore

FRESH_S = 1.0
"""How long an open hub may go on with a playbook or model that another process has replaced."""


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
            self._plans[key] = compile_plan(self.book, self.hash, service, channel)
        return self._plans[key]

    def plan_of(self, record: DecisionRecord) -> Plan:
        return self.plan(record.ask.service, record.ask.channel)

    def scorer(self, plan: Plan, version: str, blob: Callable[[], bytes]) -> Scorer:
        """The model of this version bound to the plan's actions."""
        key = (plan.service.id, ",".join(channel.id for channel in plan.channels), version)
        if key not in self._scorers:
            self._scorers[key] = PropensityScorer(blob(), plan, self.book.dictionary)
        return self._scorers[key]

    def segments_of(self, one: Person) -> tuple[str, ...]:
        """Ids of the segments that the person is in, in playbook order."""
        if self._segments is None:
            self._segments = tuple(self._compiled_segments())
        known = {id: fact.value for id, fact in one.facts.items()}
        facts = as_read(known, readers_of(self.book.dictionary)["person"])
        context = {"now": one.at, "today": one.at.astimezone(ZoneInfo(self.book.brand.time_zone)).date()}
        return tuple(id for id, when in self._segments if holds(when.fn, facts, {}, {}, context))

    def _compiled_segments(self) -> Iterator[tuple[str, Compiled]]:
        scope = policy_scope(self.book.dictionary)
        for name in segment_names(self.book.dictionary, self.book.segments):
            assert name.tree is not None
            compiled, problems = compile_tree(name.tree, scope, BOOLEAN)
            if compiled is None:
                raise AuthoringError(problems)
            yield name.name, compiled


class Snapshots:
    """Every playbook that was asked for, made ready once. What is in force is asked of the stores at most once a
    second: others may publish too."""

    def __init__(self, playbooks: PlaybookStore, models: ModelStore) -> None:
        self._playbooks = playbooks
        self._models = models
        self._ready: dict[str, Snapshot] = {}
        self._in_force: dict[str, tuple[float, str | None]] = {}

    def current(self) -> Snapshot:
        """The playbook in force. Raises NotReady before the first is published."""
        hash = self._asked("", self._playbooks.current)
        if hash is None:
            raise NotReady("No playbook is published yet.", hint="Publish one: decidedly publish FOLDER.")
        return self.of(hash)

    def of(self, hash: str) -> Snapshot:
        """A playbook that was published once. Raises NotFound."""
        if hash not in self._ready:
            book = self._playbooks.get(hash)
            if book is None:
                raise NotFound.named("playbook", hash)
            self._ready[hash] = Snapshot(hash, book)
        return self._ready[hash]

    def model(self, name: str) -> str | None:
        """Version of the model in force."""
        return self._asked(name, lambda: self._models.current(name))

    def models(self) -> dict[str, str]:
        """Version of each model of the playbook that is trained, by its name."""
        found = {model.id: self._models.current(model.id) for model in self.current().book.models}
        return {id: version for id, version in found.items() if version is not None}

    def scorer(self, plan: Plan, version: str) -> Scorer:
        """The model of this version bound to a plan's actions; "" for a service without one. Raises NotFound."""
        if not version:
            return Unscored(plan, self.of(plan.playbook_hash).book.dictionary)
        return self.of(plan.playbook_hash).scorer(plan, version, lambda: self._blob(version))

    def renew(self) -> None:
        """Something was published: what is in force is asked again."""
        self._in_force.clear()

    def _blob(self, version: str) -> bytes:
        blob = self._models.get(version)
        if blob is None:
            raise NotFound.named("model", version)
        return blob

    def _asked(self, what: str, current: Callable[[], str | None]) -> str | None:
        now = monotonic()
        asked, answer = self._in_force.get(what, (0.0, None))
        if answer is None or now - asked > FRESH_S:
            answer = current()
            self._in_force[what] = (now, answer)
        return answer

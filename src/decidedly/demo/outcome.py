"""What came of a run: its recall beside the baselines, and what each rule took away."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from decidedly.app import Hub
from decidedly.core.decision import DecisionRecord
from decidedly.core.errors import AuthoringError
from decidedly.core.identifier import Identifier
from decidedly.core.playbook import Playbook, playbook_hash
from decidedly.decide import Plan, PropensityScorer, Scorer, ask_of, chances, compile_plan
from decidedly.demo import coupons
from decidedly.demo.evaluate import Field, Recall, evaluate, places
from decidedly.demo.playbook import grocer
from decidedly.demo.source import Source
from decidedly.measure import fit, population_of, read_history, settings_of, top_by_score
from decidedly.models import Trained, to_bytes

CHUNK = 128
EARLIER, EARLIER_DAY = "13", datetime(2017, 8, 8, tzinfo=UTC)


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """Over the whole list: candidates (action x channel) that a rule dropped, households that lost at least one to it,
    and households that were left with nothing and lost the most to it."""

    stage: str
    rule: str
    name: str
    place: str
    candidates: int
    households: int
    left_with_nothing: int


def dropped_over(hub: Hub, records: Sequence[DecisionRecord]) -> tuple[Dropped, ...]:
    """Every rule of the service, in the order of the stages, with what it dropped; also those that dropped none."""
    if not records:
        return ()
    rules = hub.plan_of(records[0]).rules
    candidates: Counter[int] = Counter()
    households: Counter[int] = Counter()
    nothing: Counter[int] = Counter()
    for record in records:
        counts = Counter(np.frombuffer(record.dropped, "<u2").tolist())
        alive = counts.pop(0, 0)
        candidates.update(counts)
        households.update(counts.keys())
        if counts and not alive:
            nothing[max(counts, key=lambda code: (counts[code], -code))] += 1
    return tuple(
        Dropped(
            stage=rule.stage,
            rule=rule.id,
            name=rule.name,
            place=str(rule.place),
            candidates=candidates[1 + index],
            households=households[1 + index],
            left_with_nothing=nothing[1 + index],
        )
        for index, rule in enumerate(rules)
    )


def evaluate_decisions(hub: Hub, records: Sequence[DecisionRecord], campaign: str, first_day: datetime) -> Recall:
    """Recall of what was decided, and of the model's order before any rule, both as the records have them."""
    world = hub.world(records[0].ask.service, "")
    return _evaluate(hub, records, hub.plan_of(records[0]), world.scorer, campaign, first_day)


def evaluate_earlier(hub: Hub, model: str, service: str, source: Source) -> Recall:
    """The same on campaign 13, by a model and a population that know nothing from its first day on.

    Nothing was decided then: the campaign's coupons are put into a copy of the playbook, and its households are decided
    in a dry run of the same service, by the same policies.
    """
    settings, reads = settings_of(hub.snapshot.book.model(model))
    history = read_history(hub.warehouse, reads, EARLIER_DAY)
    book = _with_campaign(hub, source, service)
    plan = compile_plan(book, playbook_hash(book), service)
    trained = Trained(
        model=fit(history, hub.warehouse, settings),
        reads=reads,
        products=history.products,
        catalogue=history.catalogue,
        actions=tuple(action.id for action in plan.actions),
        population=population_of(history, plan.actions),
    )
    scorer = PropensityScorer(to_bytes(trained), plan, book.dictionary)
    listed = hub.warehouse.query("SELECT loyalty FROM lists WHERE campaign = $campaign", {"campaign": EARLIER})
    households = sorted(listed["loyalty"].to_pylist(), key=int)
    records = []
    for name in households:
        ask = ask_of(f"evaluate-{EARLIER}", service, Identifier("loyalty", name), EARLIER_DAY)
        records.append(hub.dry_run_by(ask, plan, scorer, instead_of=f"received:{EARLIER}:{name}"))
    return _evaluate(hub, records, plan, scorer, EARLIER, EARLIER_DAY)


def _with_campaign(hub: Hub, source: Source, service: str) -> Playbook:
    """The playbook in force, with the coupons of campaign 13 as they would have been authored before its first day."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "playbook"
        shutil.copytree(grocer(), copy)
        found = coupons.coupons(source, int(EARLIER), EARLIER_DAY)
        grow = copy / "actions" / "grow"
        (grow / f"campaign-{EARLIER}.table").write_text(coupons.table_text(found, int(EARLIER), EARLIER_DAY), "utf-8")
        (grow / f"campaign-{EARLIER}.products").write_text(coupons.products_text(found), "utf-8")
        book, problems = hub.check(copy)
    if book is None:
        raise AuthoringError(problems)
    services = tuple(
        replace(one, candidates=f"grow/campaign-{EARLIER}/*") if one.id == service else one for one in book.services
    )
    return replace(book, services=services)


def _evaluate(
    hub: Hub, records: Sequence[DecisionRecord], plan: Plan, scorer: Scorer, campaign: str, first_day: datetime
) -> Recall:
    states = hub.reader.states([record.leaf for record in records])
    field = Field(
        campaign=campaign,
        first_day=first_day,
        households=tuple(record.ask.who[0].value for record in records),
        persons=tuple(states[record.leaf].person for record in records),
        coupons=tuple(action.id.rpartition("/")[2] for action in plan.actions),
    )
    decided = places([record.chosen for record in records], plan.service.slots)
    return evaluate(field, hub.journal, hub.warehouse, top_by_score(_propensity(hub, records, plan, scorer)), decided)


def _propensity(hub: Hub, records: Sequence[DecisionRecord], plan: Plan, scorer: Scorer) -> NDArray[np.float64]:
    """float64[households, coupons]: the model's before any rule, also of what was dropped."""
    found = np.empty((len(records), len(plan.actions)))
    for start in range(0, len(records), CHUNK):
        some = slice(start, start + CHUNK)
        people = [hub.scored_as(record, plan) for record in records[some]]
        found[some] = chances(records[some], scorer, people)
    return found

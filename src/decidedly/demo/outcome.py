"""What came of a run: its recall beside the baselines, and what each rule took away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np

from decidedly.app import Hub
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import leaf_id
from decidedly.core.identifier import Identifier
from decidedly.demo.evaluate import Field, Recall, evaluate, places
from decidedly.measure import features_of, fit, read_campaign, read_history, settings_of, top_by_score

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
    plan = hub.plan_of(records[0])
    field = Field(
        campaign=campaign,
        first_day=first_day,
        households=tuple(record.ask.who[0].value for record in records),
        coupons=tuple(action.id.rpartition("/")[2] for action in plan.actions),
    )
    propensity = np.array([np.frombuffer(record.inputs.propensity, "<f4") for record in records])
    decided = places([record.chosen for record in records], plan.service.slots)
    return evaluate(field, hub.journal, hub.warehouse, top_by_score(propensity), decided)


def evaluate_earlier(hub: Hub, model: str) -> Recall:
    """The same on campaign 13, by a model that knows nothing from its first day on; nothing was decided then."""
    settings, reads = settings_of(hub.snapshot.book.model(model))
    history = read_history(hub.warehouse, reads, EARLIER_DAY)
    campaign = read_campaign(hub.warehouse, EARLIER, history.products)
    row = {leaf: place for place, leaf in enumerate(history.leaves)}
    listed = hub.warehouse.query("SELECT household FROM lists WHERE campaign = $campaign", {"campaign": EARLIER})
    households = sorted(
        (name for name in listed["household"].to_pylist() if leaf_id(Identifier("loyalty", name)) in row), key=int
    )
    people = np.array([row[leaf_id(Identifier("loyalty", name))] for name in households])
    features = features_of(history, campaign, people, EARLIER_DAY)
    ranked = top_by_score(fit(history, hub.warehouse, settings).predict(features))
    field = Field(campaign=EARLIER, first_day=EARLIER_DAY, households=tuple(households), coupons=campaign.names)
    return evaluate(field, hub.journal, hub.warehouse, ranked, ranked)

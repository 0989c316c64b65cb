"""Exposures: one row for each action that somebody was shown, with what came of it, for propensity models to learn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import PROFILING
from decidedly.core.outcome import POSITIVE, OutcomeKind
from decidedly.measure.outcomes import Came

TABLE = "exposures"
"""Name of the warehouse table."""

SCHEMA = pa.schema(
    [
        ("decision", pa.string()),
        ("leaf", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
        ("seen_at", pa.timestamp("us", "UTC")),
        ("service", pa.string()),
        ("channel", pa.string()),
        ("placement", pa.string()),
        ("action", pa.string()),
        ("rank", pa.int32()),
        ("propensity", pa.float32()),
        ("probability", pa.float64()),
        ("label", pa.bool_()),
        ("weight", pa.float64()),
        ("value_minor", pa.int64()),
        ("arm", pa.string()),
        ("playbook", pa.string()),
        ("model", pa.string()),
    ]
)
"""
decision, leaf : ids
at          : of the decision, which is when its features are read
seen_at     : of the exposure
rank        : from 1, best first
propensity  : P as the model told it then, null without a model
probability : with which the policy in force chose the action
label       : whether a wanted outcome of the action came that was not software's
weight      : of the row: 1, or the share of the credit that an attribution rule gave
value_minor : what the outcomes were worth, in minor units; 0 where nothing says
"""


def exposures_table(
    decided: Iterable[tuple[DecisionRecord, Came]], wanted: Sequence[OutcomeKind] = POSITIVE
) -> pa.Table:
    """The rows of decisions whose time to answer has passed; of younger ones only those who answered at once would be
    known, and the table would promise too much. Who refused profiling when it was decided teaches no model.

    wanted : kinds of outcome that make the label true
    """
    rows: list[dict[str, Any]] = []
    for record, came in decided:
        if came.is_due and record.inputs.permitted(PROFILING):
            rows += _rows(record, came, wanted)
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _rows(record: DecisionRecord, came: Came, wanted: Sequence[OutcomeKind]) -> Iterable[dict[str, Any]]:
    propensity = np.frombuffer(record.inputs.propensity, "<f4")
    chosen = zip(came.shown.actions, record.chosen, record.probability, strict=True)
    for rank, (action, index, probability) in enumerate(chosen, 1):
        seen_at = came.exposed.of(action.id)
        if seen_at is None:
            continue
        outcomes = [one for one in came.of(action.id) if one.kind in wanted]
        yield {
            "decision": record.id,
            "leaf": record.leaf,
            "at": record.ask.at,
            "seen_at": seen_at,
            "service": record.ask.service,
            "channel": record.channel,
            "placement": came.shown.placement_of(action.id),
            "action": action.id,
            "rank": rank,
            "propensity": float(propensity[index]) if index < len(propensity) else None,
            "probability": probability,
            "label": bool(outcomes),
            "weight": max((one.share for one in outcomes), default=1.0),
            "value_minor": sum(one.value.minor for one in outcomes if one.value is not None),
            "arm": record.arm,
            "playbook": record.playbook,
            "model": record.model,
        }

"""Chances: the propensity of every action, also of those that a rule dropped, whose own the record does not keep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from decidedly.core.decision import DecisionRecord
from decidedly.core.person import Person
from decidedly.decide.scores import Scorer


def chances(records: Sequence[DecisionRecord], scorer: Scorer, people: Sequence[Person]) -> NDArray[np.float32]:
    """float32[p, n]: of each record and action, as the record keeps it, else as its model says it now.

    scorer : of the model that the records name
    people : per record, as whom it was scored, as of its ask: of one who refused profiling, a stranger
    """
    kept = np.array([np.frombuffer(record.inputs.propensity, "<f4") for record in records])
    return np.where(np.isnan(kept), scorer.scores(people).propensity, kept)

"""Measuring: what came of decisions, how good they are, and what the models learn from it."""

from decidedly.measure.history import History, read_history, table_of
from decidedly.measure.learn import Learnt, check_model, fit, learn, population_of, settings_of
from decidedly.measure.recall import (
    Difference,
    hits_by_person,
    most_bought,
    paired_bootstrap,
    popular,
    random_order,
    recall_at_k,
    top_by_score,
)
from decidedly.measure.write_history import write_history

__all__ = [
    "Difference",
    "History",
    "Learnt",
    "check_model",
    "fit",
    "hits_by_person",
    "learn",
    "most_bought",
    "paired_bootstrap",
    "popular",
    "population_of",
    "random_order",
    "read_history",
    "recall_at_k",
    "settings_of",
    "table_of",
    "top_by_score",
    "write_history",
]

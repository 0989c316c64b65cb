"""Measuring: what came of decisions, how good they are, and what the models learn from it."""

from decidedly.measure.exposures import TABLE as EXPOSURES
from decidedly.measure.exposures import exposures_table
from decidedly.measure.gather import Sources, came_of
from decidedly.measure.history import History, read_history, table_of
from decidedly.measure.joining import Joining, joining_of
from decidedly.measure.learn import Learnt, check_model, fit, learn, population_of, settings_of
from decidedly.measure.mature import Matured, mature
from decidedly.measure.outcomes import Came, Standing, outcomes_of
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
from decidedly.measure.report import Told, report
from decidedly.measure.results import Results
from decidedly.measure.shown import Shown
from decidedly.measure.summary import Summary, Tally, summary
from decidedly.measure.write_history import write_history

__all__ = [
    "EXPOSURES",
    "Came",
    "Difference",
    "History",
    "Joining",
    "Learnt",
    "Matured",
    "Results",
    "Shown",
    "Sources",
    "Standing",
    "Summary",
    "Tally",
    "Told",
    "came_of",
    "check_model",
    "exposures_table",
    "fit",
    "hits_by_person",
    "joining_of",
    "learn",
    "mature",
    "most_bought",
    "outcomes_of",
    "paired_bootstrap",
    "popular",
    "population_of",
    "random_order",
    "read_history",
    "recall_at_k",
    "report",
    "settings_of",
    "summary",
    "table_of",
    "top_by_score",
    "write_history",
]

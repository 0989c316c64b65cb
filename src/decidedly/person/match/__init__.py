"""Match: which records are probably of one person, over the whole population or one record at a time."""

from decidedly.person.match.live import Candidate, Live
from decidedly.person.match.match import (
    Groups,
    Match,
    Matches,
    Said,
    Thresholds,
    as_match,
    grouped,
    match,
    odds,
    standard,
)
from decidedly.person.match.model import NAME, Model, keep, kept, standard_of
from decidedly.person.match.population import Limits, Pairs
from decidedly.person.match.roles import roles
from decidedly.person.match.words import ROLES, Role

__all__ = [
    "NAME", "ROLES", "Candidate", "Groups", "Limits", "Live", "Match", "Matches", "Model", "Pairs", "Role", "Said",
    "Thresholds", "as_match", "grouped", "keep", "kept", "match", "odds", "roles", "standard", "standard_of",
]  # fmt: skip

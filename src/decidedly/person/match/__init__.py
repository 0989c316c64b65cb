"""Match: which records are probably of one person, over the whole population or one record at a time."""

from decidedly.person.match.live import Candidate, Live
from decidedly.person.match.match import Match, Matches, Thresholds, match, odds, standard
from decidedly.person.match.model import Model, keep, kept
from decidedly.person.match.population import Limits
from decidedly.person.match.roles import roles
from decidedly.person.match.words import ROLES, Role

__all__ = [
    "ROLES", "Candidate", "Limits", "Live", "Match", "Matches", "Model", "Role", "Thresholds", "keep", "kept", "match",
    "odds", "roles", "standard",
]  # fmt: skip

"""Models: what a person is likely to do, learnt from what came of earlier actions.

seen = snapshot(purchases, people, catalogue, actions, at)          # the population, once
features = affinity(own_lines, responses, 1, catalogue, actions, seen, at)
model.predict(features)                                             # (1, actions)
"""

from decidedly.models.affinity import Features, affinity
from decidedly.models.candidates import days_since_bought, times_bought, windowed
from decidedly.models.columns import Catalogue, Ints, Moments, Offers, Purchases, catalogue, offers
from decidedly.models.propensity import Example, Propensity, Reason, train
from decidedly.models.settings import Settings, read_settings
from decidedly.models.snapshot import Snapshot, snapshot
from decidedly.models.trained import Reads, Trained, bind, from_bytes, rows_of, to_bytes, version_of

__all__ = [
    "Catalogue",
    "Example",
    "Features",
    "Ints",
    "Moments",
    "Offers",
    "Propensity",
    "Purchases",
    "Reads",
    "Reason",
    "Settings",
    "Snapshot",
    "Trained",
    "affinity",
    "bind",
    "catalogue",
    "days_since_bought",
    "from_bytes",
    "offers",
    "read_settings",
    "rows_of",
    "snapshot",
    "times_bought",
    "to_bytes",
    "train",
    "version_of",
    "windowed",
]

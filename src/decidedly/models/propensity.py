"""The propensity model: a calibrated probability for each person and action, with exact reasons.

Two linear parts. The ranking (a conditional logit) says which of the actions suits a person; the level (a logistic
regression on the ranking's score and on what is known of the person) turns that into a probability. The order of a
person's actions is the ranking's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from decidedly.models.affinity import CANDIDATE, PERSON, Features
from decidedly.models.columns import Floats, Ints
from decidedly.models.fit import DECIMALS, Choices, fit_chance, fit_choice
from decidedly.models.reasons import THEMES
from decidedly.models.settings import Settings

SCHEMA = 1


class Example(NamedTuple):
    """One earlier campaign: features as they were before its first day, and what came of it.

    outcome : (people, actions) whether the person responded to the action
    """

    features: Features
    outcome: NDArray[np.bool_]


class Reason(msgspec.Struct, frozen=True):
    """effect : change of the log-odds against an average candidate of the training."""

    theme: str
    text: str
    effect: float


class Propensity(msgspec.Struct, frozen=True):
    """A trained model. `weights`, `centre` per feature of the settings; `level`: constant, slope of the ranking's
    score, then per person feature."""

    schema: int
    settings: Settings
    seed: int
    centre: tuple[float, ...]
    weights: tuple[float, ...]
    importance: tuple[float, ...]
    level: tuple[float, ...]

    def rank_score(self, features: Features) -> Floats:
        """Score (people, actions) whose order within a person is that of the probabilities."""
        columns = [CANDIDATE.index(name) for name in self.settings.features]
        parts = (features.candidates[:, :, columns] - np.array(self.centre)) * np.array(self.weights)
        # summed one after the other, never by a matrix product: its sums may depend on the batch's size
        score: Floats = np.add.accumulate(parts, axis=2)[:, :, -1]
        return score

    def predict(self, features: Features) -> Floats:
        """Probability (people, actions) that the person responds to the action; the same alone and in any batch."""
        constant, slope, *rest = self.level
        of_person = np.full(len(features.people), constant)
        for name, weight in zip(self.settings.person_features, rest, strict=True):
            of_person += features.people[:, PERSON.index(name)] * weight
        return np.asarray(1 / (1 + np.exp(-(self.rank_score(features) * slope + of_person[:, None]))))

    def reasons(
        self, features: Features, person: int, actions: Sequence[int] | Ints, top: int = 3
    ) -> list[tuple[Reason, ...]]:
        """The `top` themes that moved each action's log-odds most, the strongest first; all themes add up exactly."""
        parts = dict(zip(self.settings.features, zip(self.centre, self.weights, strict=True), strict=True))
        slope = self.level[1]
        found = []
        for action in actions:
            row = features.candidates[person, action]
            said = []
            for theme in THEMES:
                names = [name for name in theme.features if name in parts]
                if names:
                    effect = sum((row[CANDIDATE.index(n)] - parts[n][0]) * parts[n][1] for n in names) * slope
                    text = theme.words(float(row[CANDIDATE.index(theme.features[0])]))
                    said.append(Reason(theme.name, text, float(effect)))
            said.sort(key=lambda reason: (-abs(reason.effect), reason.theme))
            found.append(tuple(said[:top]))
        return found

    def feature_importance(self) -> dict[str, float]:
        """Feature -> change of the score for one standard deviation of the feature in the training; largest first."""
        pairs = zip(self.settings.features, self.importance, strict=True)
        return dict(sorted(pairs, key=lambda pair: (-abs(pair[1]), pair[0])))

    def to_bytes(self) -> bytes:
        return msgspec.json.encode(self)

    @property
    def version(self) -> str:
        """Hash of the content: equal models have equal versions."""
        return hashlib.sha256(self.to_bytes()).hexdigest()[:16]


def from_bytes(data: bytes) -> Propensity:
    """Raises msgspec.ValidationError if the bytes are no model, ValueError if of another schema."""
    model = msgspec.json.decode(data, type=Propensity)
    if model.schema != SCHEMA:
        raise ValueError(f"model of schema {model.schema}; this version reads {SCHEMA}")
    return model


def train(examples: Sequence[Example], settings: Settings, seed: int) -> Propensity:
    """Fit ranking and level; the level sees only scores of people whom its ranking was not fitted on.

    Raises ValueError if fewer than two people responded to anything.
    """
    columns = [CANDIDATE.index(name) for name in settings.features]
    sets = []
    for example in examples:
        responded = example.outcome.any(axis=1)
        x = example.features.candidates[responded][:, :, columns]
        sets.append(Choices(x, example.outcome[responded].astype(float)))
    if sum(len(s.x) for s in sets) < 2:
        raise ValueError("too few responses to learn from")
    rows = np.concatenate([s.x.reshape(-1, len(columns)) for s in sets])
    centre, spread = np.round(rows.mean(axis=0), DECIMALS), np.round(rows.std(axis=0), DECIMALS)
    # what never varied among the examples cannot be learnt: its weight stays zero
    spread = np.where(spread > 0, spread, np.inf)
    sets = [Choices((s.x - centre) / spread, s.outcome) for s in sets]
    weights = fit_choice(sets, settings.caution, settings.keen)
    level = _level(examples, sets, columns, centre, spread, settings, seed)
    return Propensity(
        schema=SCHEMA,
        settings=settings,
        seed=seed,
        centre=tuple(centre.tolist()),
        weights=tuple((weights / spread).tolist()),
        importance=tuple(weights.tolist()),
        level=tuple(level.tolist()),
    )


def _level(
    examples: Sequence[Example],
    sets: list[Choices],
    columns: list[int],
    centre: Floats,
    spread: Floats,
    settings: Settings,
    seed: int,
) -> Floats:
    persons = [PERSON.index(name) for name in settings.person_features]
    draw = np.random.default_rng(seed)
    folds = [draw.permutation(len(example.outcome)) % settings.folds for example in examples]
    designs, outcomes = [], []
    for fold in range(settings.folds):
        seen = []
        for example, mine, part in zip(examples, folds, sets, strict=True):
            kept = mine[example.outcome.any(axis=1)] != fold
            seen.append(Choices(part.x[kept], part.outcome[kept]))
        weights = fit_choice(seen, settings.caution, settings.keen) / spread
        for example, mine in zip(examples, folds, strict=True):
            unseen = mine == fold
            score = (example.features.candidates[unseen][:, :, columns] - centre) @ weights
            person = np.broadcast_to(example.features.people[unseen][:, None, persons], (*score.shape, len(persons)))
            designs.append(np.concatenate([score[:, :, None], person], axis=2).reshape(-1, 1 + len(persons)))
            outcomes.append(example.outcome[unseen].ravel())
    return fit_chance(np.concatenate(designs), np.concatenate(outcomes))

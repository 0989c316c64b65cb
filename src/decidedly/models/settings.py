"""The choices a model is trained with: one small struct, read from a TOML file of the playbook."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from decidedly.models.affinity import CANDIDATE, PERSON


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a propensity model is trained.

    name            : what decisions and records call it
    predicts        : the outcome, in a sentence
    learns_from     : names of the earlier campaigns it is trained on
    features        : of `affinity.CANDIDATE`, what tells a person's actions apart
    person_features : of `affinity.PERSON`, what tells people apart
    caution         : strength of the pull towards zero (ridge); larger trusts the examples less
    keen            : weight of a person with n outcomes is n ** keen; 1 counts outcomes, 0 counts people
    folds           : groups of people for the calibration on people the ranking has not seen
    """

    name: str
    predicts: str
    learns_from: tuple[str, ...]
    features: tuple[str, ...]
    person_features: tuple[str, ...]
    caution: float
    keen: float
    folds: int

    def __post_init__(self) -> None:
        for given, known in ((self.features, CANDIDATE), (self.person_features, PERSON)):
            unknown = sorted(set(given) - set(known))
            if unknown:
                raise ValueError(f"no feature {', '.join(unknown)}; known are {', '.join(known)}")
        if not self.features or self.caution <= 0 or self.folds < 2 or not 0 <= self.keen <= 1:
            raise ValueError("a model needs features, caution above 0, two folds or more, keen from 0 to 1")

    @property
    def hash(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def read_settings(path: Path) -> Settings:
    """Raises msgspec.ValidationError with the field's place if the file does not fit."""
    return msgspec.toml.decode(path.read_bytes(), type=Settings)

"""Action: a thing we may do for or say to a person. Offer: an action with a value and a validity."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from decidedly.core.provenance import Provenance
from decidedly.feel.diagnostics import Place

ActionClass = Literal["commercial", "service"]


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in minor units (cents)."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{self.minor / 100:.2f} {self.currency}"


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One action of the repository.

    id         : path issue/group/action ("grow/campaign-18/51380041013")
    facts      : attribute id -> value, what rules may ask of it
    products   : product ids the offer covers
    value      : what it is worth to the person who takes it; provenance says how we know
    valid_from : first moment, valid_until : first moment after the last
    lever      : business push, 1 without one
    action_class : "service" for what somebody's own business asks for, such as a delivery or an outage
    """

    id: str
    name: str
    facts: dict[str, Any]
    value: Money
    value_provenance: Provenance
    valid_from: datetime
    valid_until: datetime
    products: tuple[str, ...] = ()
    lever: float = 1.0
    place: Place = Place()
    action_class: ActionClass = "commercial"

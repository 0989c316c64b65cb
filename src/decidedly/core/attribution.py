"""Attribution rule: which events that name no decision are outcomes of one all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec

from decidedly.core.outcome import Reported
from decidedly.core.policy import Text
from decidedly.feel.diagnostics import Place

Credit = Literal["last", "first", "equal"]
"""Which of the decisions that reached the person in time get it: the latest, the earliest, or all in equal parts."""

REACHES_WITHIN = timedelta(days=30)
"""What reaches a person later than this after its decision takes part in no attribution."""


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """One attribution rule.

    of       : id of the event kind
    outcome  : what such an event is for the decision that gets it
    within   : how long after the exposure it may happen
    product  : the field (of an item, where the kind has items) that names a product; the action must cover it. ""
               where products do not matter
    where    : FEEL, true for the events (or items) that count, over their fields and the action's attributes
    worth    : the field (of an item, where the kind has items) that says what it was worth; "" for none
    channels : by which the decision reached the person, () for any
    services : that decided, () for any
    """

    id: str
    name: str
    of: str
    outcome: Reported
    within: timedelta
    credit: Credit = "last"
    product: str = ""
    where: Text | None = None
    worth: str = ""
    channels: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    place: Place = Place()

    def is_of(self, service: str, channel: str) -> bool:
        """Whether decisions of this service by this channel may get it."""
        return (not self.services or service in self.services) and (not self.channels or channel in self.channels)

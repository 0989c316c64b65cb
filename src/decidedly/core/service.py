"""Decision service: a named entry point that returns decisions. Channel: where a treatment is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec

from decidedly.core.policy import Text
from decidedly.feel.diagnostics import Place


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One channel.

    direction    : outbound messages need consent and are contacts; inbound answers are exposures only
    weight       : FEEL, context weight C of this person in this channel, >= 0
    contact_cost : of one message, in the brand's minor units
    """

    id: str
    name: str
    direction: Literal["inbound", "outbound"]
    weight: Text
    contact_cost: float = 0.0
    place: Place = Place()


class DecisionService(msgspec.Struct, frozen=True, kw_only=True):
    """What one service decides.

    candidates : glob over action ids ("grow/campaign-18/*")
    slots      : how many actions at most in one answer
    channels   : outbound channels it may choose among; an inbound ask names its own
    inbound    : channels that may ask
    priority   : FEEL over propensity, weight, value, lever
    model      : id of the propensity model; "" for none
    template   : id of the campaign template that renders the answer
    person_decides : an employee decides by the answer; then it is no automated decision
    impression : what an answer that the person sees is; a contact counts under the caps, and keeps to them
    matures    : after how long somebody reached who has not answered is a non-response; None for never
    """

    id: str
    name: str
    candidates: str
    slots: int
    channels: tuple[str, ...]
    inbound: tuple[str, ...] = ()
    priority: Text
    purpose: str = "marketing"
    contact_class: str = "marketing"
    model: str = ""
    template: str = ""
    person_decides: bool = False
    impression: Literal["exposure", "contact"] = "exposure"
    place: Place = Place()
    matures: timedelta | None = None

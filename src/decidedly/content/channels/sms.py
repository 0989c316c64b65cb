"""SMS: at most two segments, always: as many offers as fit, the link to all of them, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decidedly.content import liquid
from decidedly.content.campaign import Campaign
from decidedly.content.sms_segments import count, to_gsm7
from decidedly.content.treatment import Treatment
from decidedly.core.errors import DecidedlyError
from decidedly.ports.sender import Part

AT_MOST_SEGMENTS = 2


class DoesNotFit(DecidedlyError):
    """Even without offers and name the text is too long. The check finds this before any customer does."""

    code = "content.does-not-fit"


def render(campaign: Campaign, context: Mapping[str, Any]) -> Treatment:
    """The longest form that fits: with the name, else, where a name is very long, without it."""
    for variables_of in (_with_name, _without_name):
        variables = variables_of(campaign, context)
        # Text grows with the number of offers, so the largest number that fits is found by halving.
        low, high = 0, len(context["offers"])
        best: str | None = None
        while low <= high:
            middle = (low + high + 1) // 2
            text = _text(campaign, variables, middle)
            if count(text).segments <= AT_MOST_SEGMENTS:
                best, shown, low = text, middle, middle + 1
            else:
                high = middle - 1
        if best is not None:
            return Treatment(
                channel="sms",
                subject=context["subject"],
                parts=(Part("text/plain", best.encode()),),
                shown=tuple(offer["id"] for offer in context["offers"][:shown]),
            )
    raise DoesNotFit(
        f"The SMS of '{campaign.id}' takes more than {AT_MOST_SEGMENTS} segments even without an offer.",
        hint="Shorten sms.liquid.",
    )


def _text(campaign: Campaign, context: Mapping[str, Any], shown: int) -> str:
    offers = context["offers"][:shown]
    text = campaign.part("sms.liquid", {**context, "offers": offers})
    return to_gsm7(" ".join(text.split()))


def _with_name(campaign: Campaign, context: Mapping[str, Any]) -> Mapping[str, Any]:
    return context


def _without_name(campaign: Campaign, context: Mapping[str, Any]) -> Mapping[str, Any]:
    nameless = {**context, "name": None}
    return nameless | {"greeting": liquid.render(campaign.texts["greeting"]["default"], nameless)}

"""Web: an HTML fragment for a placement, and the same content as JSON for those who draw it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decidedly.content.campaign import Campaign
from decidedly.content.treatment import Treatment
from decidedly.ports.sender import Part

_OFFER_FIELDS = ("id", "name", "saving", "until", "category", "department", "headline", "reason", "code", "url")


def render(campaign: Campaign, context: Mapping[str, Any]) -> Treatment:
    html = campaign.part("web.html.liquid", context)
    fields = {name: context[name] for name in ("greeting", "headline", "call_to_action", "legal", "language", "look")}
    fields["offers"] = [{name: offer[name] for name in _OFFER_FIELDS} for offer in context["offers"]]
    return Treatment(
        channel="web",
        subject=context["subject"],
        parts=(Part("text/html", html.encode()),),
        fields=fields | {"total_saving": context["total_saving"], "html": html},
        shown=tuple(offer["id"] for offer in context["offers"]),
    )

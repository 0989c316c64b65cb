"""E-mail: HTML from MJML that was compiled once, the same words as plain text, and the way out (RFC 2369, RFC 8058)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from decidedly.content.campaign import Campaign
from decidedly.content.treatment import Treatment
from decidedly.ports.sender import Part

_HOLES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


def render(campaign: Campaign, context: Mapping[str, Any]) -> Treatment:
    """Text first and HTML last, as multipart/alternative wants it."""
    text = campaign.part("text.liquid", context)
    html = campaign.part("email.mjml.liquid", context)
    return Treatment(
        channel="email",
        subject=context["subject"],
        parts=(Part("text/plain", tidy(text).encode()), Part("text/html", html.encode())),
        headers=unsubscribe_headers(context["links"]["unsubscribe"]),
        shown=tuple(offer["id"] for offer in context["offers"]),
    )


def tidy(text: str) -> str:
    """Plain text without the holes that Liquid's tags leave: no spaces at line ends, at most one empty line."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return _HOLES.sub("\n\n", lines).strip() + "\n"


def unsubscribe_headers(url: str) -> tuple[tuple[str, str], ...]:
    """One-click is promised only over https, as RFC 8058 requires."""
    headers: tuple[tuple[str, str], ...] = (("List-Unsubscribe", f"<{url}>"),)
    if url.startswith("https://"):
        headers += (("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),)
    return headers

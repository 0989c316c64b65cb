"""The variables of a template: which there are, which may be empty, and their values for one view.

Everything that came from outside is cleaned here, once: no line breaks, no control or direction characters, no endless
strings, and links only to the web. Values are never parsed as Liquid, and the HTML environment escapes them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from decidedly.content import localize
from decidedly.content.view import OfferView, View
from decidedly.core.action import Money
from decidedly.core.errors import BadInput

VARIABLES: dict[str, bool] = {
    "name": True,
    "offer_count": False,
    "total_saving": False,
    "issued_on": False,
    "valid_until": True,
    "decision_id": False,
    "language": False,
    "brand.name": False,
    "brand.website": False,
    "brand.address": False,
    "links.view": False,
    "links.short": False,
    "links.unsubscribe": False,
    "offers": False,
    "rows": False,
    "best": True,
    "address": False,
}
"""Path -> whether it may be empty, so that a template must say what stands there then."""

OFFER: dict[str, bool] = {
    "id": False,
    "number": False,
    "name": False,
    "what": False,
    "saving": False,
    "until": False,
    "until_short": False,
    "headline": True,
    "code": True,
    "category": True,
    "department": True,
    "reason": True,
    "url": True,
}
"""Fields of each of `offers`, of each of each of `rows` (two by two), and of `best` (the first offer).

`what` is the offer without its saving, as it stands inside a sentence ("ground coffee" of "$0.85 off ground coffee");
`name` the same at the beginning of a line.
"""

TEXTS = ("subject", "preheader", "headline", "greeting", "call_to_action", "legal")
"""Texts of template.toml, ready in the channels' files; they may not use one another."""

_LONGEST = 120
_LINKS = re.compile(r"https?://[^\s\"'<>`\\{}|^]+")
_DROP = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def clean(text: str, longest: int = _LONGEST) -> str:
    """One line of visible characters, at most `longest` of them.

    >>> clean("Ann\\r\\nBcc: all@example.com")
    'Ann Bcc: all@example.com'
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            character if unicodedata.category(character) not in _DROP or character == "\u200d" else " "
            for character in text
        )
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def link(url: str) -> str:
    """The address of a page on the web; BadInput for any other scheme or shape."""
    if not _LINKS.fullmatch(url):
        raise BadInput(f"'{clean(url)}' is not a web address.", place="view", hint="Links begin with https://.")
    return url


def context_of(view: View) -> dict[str, Any]:
    """The variables of one view by their names; what is empty is nil, so that `{% if %}` and `default` see it."""
    locale = view.locale or view.brand.locale
    offers = [_offer(offer, number, locale) for number, offer in enumerate(view.offers, 1)]
    savings = sum(offer.saving.minor for offer in view.offers)
    days = {offer.valid_until for offer in view.offers}
    return {
        "name": clean(view.name or "", 60) or None,
        "offer_count": len(offers),
        "total_saving": localize.money(Money(savings, view.brand.currency), locale),
        "issued_on": localize.day(view.issued_on, locale),
        "valid_until": localize.day(min(days), locale) if days else None,
        "decision_id": clean(view.decision_id),
        "language": localize.language(locale),
        "brand": {
            "name": clean(view.brand.name),
            "website": link(view.brand.website),
            "address": clean(view.brand.postal_address, 240),
        },
        "links": {
            "view": link(view.view_url),
            "short": link(view.short_url),
            "unsubscribe": link(view.unsubscribe_url),
        },
        "offers": offers,
        "rows": [offers[start : start + 2] for start in range(0, len(offers), 2)],
        "best": offers[0] if offers else None,
        "address": [clean(line, 60) for line in view.address],
    }


def _offer(offer: OfferView, number: int, locale: str) -> dict[str, Any]:
    saving = localize.money(offer.saving, locale)
    what = clean(offer.name, 80).removeprefix(f"{saving} off ")
    return {
        "id": clean(offer.id),
        "number": number,
        "name": what[:1].upper() + what[1:],
        "what": what,
        "saving": saving,
        "until": localize.day(offer.valid_until, locale),
        "until_short": localize.short_day(offer.valid_until, locale),
        "headline": clean(offer.headline) or None,
        "code": clean(offer.code, 40) or None,
        "category": _first(offer.categories),
        "department": _first(offer.departments),
        "reason": clean(offer.reason, 160) or None,
        "url": link(offer.url) if offer.url else None,
    }


def _first(names: Iterable[str]) -> str | None:
    return next((clean(name, 60) for name in names if name), None)

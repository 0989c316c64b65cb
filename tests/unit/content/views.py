"""The grocer's template and a fixed view, for the tests of content, deliver and the golden renders."""

from __future__ import annotations

import tomllib
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from decidedly.content import OfferView, Treatment, View
from decidedly.core.action import Money
from decidedly.core.playbook import Brand, Template
from decidedly.feel.diagnostics import Place

HOME = Path(__file__).parents[3] / "examples/grocer/templates/weekly-coupons"

BRAND = Brand(
    name="Maple & Main",
    currency="USD",
    locale="en-US",
    time_zone="America/New_York",
    postal_address="Maple & Main, 400 Market Street, Dayton, OH 45402",
    website="https://maple-main.example",
)

WARES = ("ground coffee", "salad mixes", "yoghurt", "macaroni & cheese", "bath tissue", "frozen entrées")


def template(**changes: str) -> Template:
    """The grocer's template; a keyword replaces a file ("sms.liquid" is written sms_liquid)."""
    parts = {path.name: path.read_text(encoding="utf-8") for path in HOME.iterdir()}
    parts |= {name.replace("_", "."): text for name, text in changes.items()}
    settings = tomllib.loads(parts["template.toml"])
    place = Place("templates/weekly-coupons/template.toml")
    return Template(id="weekly-coupons", name="Weekly coupons", settings=settings, parts=parts, place=place)


def offer(number: int = 0, **changes: Any) -> OfferView:
    cents = 50 + 35 * (number * 7 % 9)
    given: dict[str, Any] = {
        "id": f"grow/campaign-18/{number}",
        "name": f"${cents / 100:.2f} off {WARES[number % len(WARES)]}",
        "saving": Money(cents, "USD"),
        "valid_until": date(2017, 12, 24),
        "code": str(51380041013 + number),
        "categories": ("COFFEE",),
        "departments": ("GROCERY",),
        "reason": "You bought it 11 times in the last year." if number % 2 == 0 else "",
    }
    return OfferView(**(given | changes))


def view(offers: int = 16, **changes: Any) -> View:
    given: dict[str, Any] = {
        "brand": BRAND,
        "decision_id": "d0123456789",
        "issued_on": date(2017, 10, 30),
        "offers": tuple(offer(number) for number in range(offers)),
        "name": "Jordan",
        "segments": ("families", "loyal"),
        "address": ("Jordan Whitfield", "1200 Wayne Avenue, Apt 4", "Dayton, OH 45410"),
        "view_url": "https://maple-main.example/c/d0123456789",
        "short_url": "https://mm.example/7Kq2",
        "unsubscribe_url": "https://maple-main.example/u/d0123456789",
    }
    return View(**(given | changes))


def letter_pages(treatment: Treatment) -> list[str]:
    """The words on each page of a letter, as a PDF reader finds them."""
    return [page.extract_text() for page in PdfReader(BytesIO(treatment.body("application/pdf"))).pages]


def letter_text(treatment: Treatment) -> str:
    return "\n".join(letter_pages(treatment))

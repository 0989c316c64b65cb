"""Worst cases: the views with which a template is tried before any customer sees it."""

from __future__ import annotations

from datetime import date

from decidedly.content.view import OfferView, View
from decidedly.core.action import Money
from decidedly.core.playbook import Brand

SLATE = 16

_NAMES = {
    "an ordinary person": "Jordan",
    "a person without a name": None,
    "a very long name": "Wolfeschlegelsteinhausenbergerdorff-Vanderbilt " * 2,
    "a name in another script": "王小明欧阳上官司马",
    "a name of markup": "<script>alert('{{ brand.name }}')</script><mj-text>&\"",
    "a name of headers": "Ann\r\nBcc: everyone@example.com",
}


def worst_views(brand: Brand, segments: tuple[str, ...] = ()) -> dict[str, View]:
    """What the case is -> its view: names, no offers, one, sixteen of the longest, everything optional missing."""
    full = tuple(_offer(number, long=True) for number in range(SLATE))
    cases = {case: _view(brand, segments, name, full) for case, name in _NAMES.items()}
    cases["one offer, nothing optional"] = _view(brand, segments, None, (_offer(0, long=False),))
    cases["no offers"] = _view(brand, segments, "Jordan", ())
    return cases


def _view(brand: Brand, segments: tuple[str, ...], name: str | None, offers: tuple[OfferView, ...]) -> View:
    lines = (name or "Current resident", "1200 Wayne Avenue, Apartment 40, second back yard", "Dayton, OH 45410")
    return View(
        brand=brand,
        decision_id="d0123456789abcdef01234567",
        issued_on=date(2017, 9, 30),
        offers=offers,
        name=name,
        segments=segments,
        address=lines,
        view_url="https://example.com/c/d0123456789abcdef01234567",
        short_url="https://example.com/c/0123456789",
        unsubscribe_url="https://example.com/u/d0123456789abcdef01234567",
    )


def _offer(number: int, *, long: bool) -> OfferView:
    return OfferView(
        id=f"grow/campaign/{number}",
        name="Refrigerated dough products, family size, all kinds" if long else "Milk",
        saving=Money(123456 if long else 5, "USD"),
        valid_until=date(2017, 12, 30),
        code="4006381333931" if long else "",
        categories=("Refrigerated dough products",) if long else (),
        reason="You bought it 112 times in the last year, most often together with coffee." if long else "",
    )

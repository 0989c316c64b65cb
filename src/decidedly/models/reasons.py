"""The features in words. Features that say the same thing another way move together, so a reason is a theme: its
effect is the exact sum over the theme's features, its sentence shows the theme's plainest number."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple


class Theme(NamedTuple):
    """One thing a score may rest on.

    features : what belongs to it, the one shown first
    unit     : of the number shown
    show     : from the feature's stored value to the number shown
    sentence : with {value}, and {s} where a word takes an s beside any number but one
    absent   : said instead where the number shown is zero
    """

    name: str
    features: tuple[str, ...]
    unit: str
    show: Callable[[float], float]
    sentence: str
    absent: str

    def words(self, stored: float) -> str:
        value = max(self.show(stored), 0.0)
        plural = "" if f"{value:.0f}" == "1" else "s"
        return self.sentence.format(value=value, s=plural) if value >= 0.05 else self.absent


THEMES = (
    Theme(
        "habit",
        ("baskets", "lately", "spent", "spent_rank", "lift_rank", "used", "breadth"),
        "shopping trips",
        lambda v: math.exp(v) - 0.3,
        "bought these products on {value:.0f} shopping trip{s}",
        "has not bought these products yet",
    ),
    Theme(
        "kind",
        ("kind",),
        "shopping trips",
        lambda v: math.exp(v) - 0.3,
        "bought this kind of product on about {value:.0f} trip{s}",
        "hardly buys this kind of product",
    ),
    Theme(
        "category",
        ("category_lift",),
        "times the average",
        lambda v: math.exp(v),
        "buys from this category {value:.1f} times as often as others do",
        "hardly buys from this category",
    ),
    Theme(
        "maker",
        ("maker_lift", "maker", "maker_only"),
        "times the average",
        lambda v: math.exp(v),
        "buys from these makers {value:.1f} times as often as others do",
        "hardly buys from these makers",
    ),
    Theme(
        "popular",
        ("buyers", "sold"),
        "people",
        lambda v: math.exp(v) - 1,
        "{value:.0f} people bought these products before",
        "nobody has bought these products yet",
    ),
    Theme(
        "choice",
        ("products",),
        "products",
        lambda v: math.exp(v) - 1,
        "the offer holds for {value:.0f} product{s}",
        "the offer holds for no products",
    ),
    Theme(
        "offer buying",
        ("used_rate",),
        "per cent of purchases",
        lambda v: 100 * v,
        "{value:.1f} % of the purchases of these products use an offer",
        "these products are hardly bought with offers",
    ),
    Theme(
        "own offer",
        ("own_narrow",),
        "yes or no",
        lambda v: v,
        "one of the company's own offers for few products",
        "not one of the company's own offers for few products",
    ),
    Theme(
        "several",
        ("several",),
        "yes or no",
        lambda v: v,
        "the offer asks for several units at once",
        "one unit is enough for the offer",
    ),
)

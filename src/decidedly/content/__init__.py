"""Content: one campaign template, rendered for each channel, checked before it is published.

A channel only changes the form; the words, the variants by segment and the look are the template's.

    treatment = render(playbook.template("weekly-coupons"), view, "email")
    treatment.body("text/html")
"""

from decidedly.content.check import check
from decidedly.content.localize import day, language, money
from decidedly.content.render import CHANNELS, render
from decidedly.content.settings import LANGUAGE, spoken
from decidedly.content.treatment import Treatment
from decidedly.content.view import OfferView, View, last_day

__all__ = [
    "CHANNELS",
    "LANGUAGE",
    "OfferView",
    "Treatment",
    "View",
    "check",
    "day",
    "language",
    "last_day",
    "money",
    "render",
    "spoken",
]

"""View: what one message may say to one person. The app fills it from the decision; a template reads nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from decidedly.core.action import Money
from decidedly.core.playbook import Brand


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """One offer of the slate, best first in `View.offers`.

    valid_until : the last day on which it holds (see `last_day`)
    code        : the coupon number that the till reads, or ""
    reason      : a sentence for the person ("Because you buy coffee every week."), or ""
    url         : where it can be loaded to the card, or ""
    """

    id: str
    name: str
    saving: Money
    valid_until: date
    headline: str = ""
    code: str = ""
    categories: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    reason: str = ""
    url: str = ""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """All that is personal in one message.

    name     : by which we greet, None where it is not known
    address  : postal lines of the person, the name first; () where the message is not posted
    segments : ids, in playbook order: the first that a template has a variant for wins
    view_url, short_url : the slate in a browser; the short one goes into an SMS
    """

    brand: Brand
    decision_id: str
    issued_on: date
    offers: tuple[OfferView, ...]
    name: str | None = None
    segments: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    locale: str = ""
    view_url: str
    short_url: str
    unsubscribe_url: str


def last_day(valid_until: datetime, zone: ZoneInfo) -> date:
    """The last day of a validity that ends before `valid_until` (the first moment after the last)."""
    return (valid_until - timedelta(microseconds=1)).astimezone(zone).date()

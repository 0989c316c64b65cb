"""playbook.toml -> Brand."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from decidedly.core.dictionary import Weekday
from decidedly.core.playbook import Brand
from decidedly.feel.diagnostics import Place
from decidedly.playbook.document import Authored
from decidedly.playbook.files import Folder


class BrandForm(Authored, frozen=True, kw_only=True):
    name: str
    currency: str
    locale: str
    time_zone: str
    postal_address: str
    website: str
    first_weekday: Weekday = "monday"


def load_brand(folder: Folder) -> Brand | None:
    document = folder.optional("playbook.toml")
    if document is None:
        hint = "Write one with name, currency, locale, time-zone, postal-address and website."
        folder.problems.add("playbook.missing", "There is no playbook.toml.", Place("playbook.toml"), hint)
        return None
    form = document.read(BrandForm)
    if form is None:
        return None
    if not re.fullmatch("[A-Z]{3}", form.currency):
        document.problems.add(
            "playbook.currency", f"'{form.currency}' is no currency.", document.map.text("currency"),
            "Write three capital letters, as in USD.",
        )  # fmt: skip
        return None
    try:
        ZoneInfo(form.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        document.problems.add(
            "playbook.time-zone", f"There is no time zone '{form.time_zone}'.", document.map.text("time-zone"),
            "Write one as in Europe/Vienna, or UTC.",
        )  # fmt: skip
        return None
    return Brand(
        name=form.name,
        currency=form.currency,
        locale=form.locale,
        time_zone=form.time_zone,
        postal_address=form.postal_address,
        website=form.website,
        first_weekday=form.first_weekday,
    )

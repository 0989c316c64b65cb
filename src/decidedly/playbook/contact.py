"""policies/contact.toml -> ContactPolicy: caps and quiet hours."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from decidedly.core.policy import Cap, ContactPolicy, QuietHours
from decidedly.playbook.document import Authored, Document
from decidedly.playbook.files import Folder
from decidedly.playbook.policies import CONTACT_FILE

_DAYS = re.compile(r"(\d+) days?")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class CapForm(Authored, frozen=True, kw_only=True, rename={"class_": "class", "at_most": "at-most"}):
    id: str
    name: str
    at_most: int
    over: str
    class_: str = "marketing"
    channel: str = ""


class QuietForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    channel: str
    hours: str
    then: Literal["defer", "drop"] = "drop"


class ContactForm(Authored, frozen=True, kw_only=True):
    cap: list[object] = msgspec.field(default_factory=list)
    quiet: list[object] = msgspec.field(default_factory=list)


def load_contact(folder: Folder) -> ContactPolicy:
    document = folder.optional(CONTACT_FILE)
    form = document.read(ContactForm) if document else None
    if document is None or form is None:
        return ContactPolicy()
    caps = [_cap(document, index) for index in range(len(form.cap))]
    quiet = [_quiet(document, index) for index in range(len(form.quiet))]
    return ContactPolicy(
        caps=tuple(cap for cap in caps if cap is not None),
        quiet=tuple(hours for hours in quiet if hours is not None),
    )


def _cap(document: Document, index: int) -> Cap | None:
    form = document.read(CapForm, "cap", index)
    if form is None:
        return None
    days = _DAYS.fullmatch(form.over)
    if not days or int(days[1]) < 1:
        message = f"'{form.over}' is no number of days."
        place = document.map.text("cap", index, "over")
        document.problems.add("contact.over", message, place, 'Write over = "7 days".')
        return None
    if form.at_most < 0:
        place = document.map.value("cap", index, "at-most")
        document.problems.add("contact.at-most", "Less than none is not possible.", place)
        return None
    return Cap(
        id=form.id,
        name=form.name,
        at_most=form.at_most,
        days=int(days[1]),
        contact_class=form.class_,
        channel=form.channel,
        place=document.map.key("cap", index),
    )


def _quiet(document: Document, index: int) -> QuietHours | None:
    form = document.read(QuietForm, "quiet", index)
    if form is None:
        return None
    hours = _HOURS.fullmatch(form.hours)
    if not hours:
        place = document.map.text("quiet", index, "hours")
        document.problems.add("contact.hours", f"'{form.hours}' are no hours.", place, 'Write hours = "20:00-08:00".')
        return None
    start_hour, start_minute, end_hour, end_minute = map(int, hours.groups())
    return QuietHours(
        id=form.id,
        name=form.name,
        channel=form.channel,
        start_minute=start_hour * 60 + start_minute,
        end_minute=end_hour * 60 + end_minute,
        then=form.then,
        place=document.map.key("quiet", index),
    )

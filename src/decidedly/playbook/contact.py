"""policies/contact.toml -> ContactPolicy: caps, cool-downs and quiet hours."""

from __future__ import annotations

import re
from typing import Literal, cast

import msgspec

from decidedly.core.policy import (
    Cap,
    ContactPolicy,
    ContactScope,
    Cooldown,
    CooldownAfter,
    Per,
    QuietHours,
    Span,
)
from decidedly.playbook.document import Authored, Document
from decidedly.playbook.files import Folder
from decidedly.playbook.policies import CONTACT_FILE

_ROLLING = re.compile(r"([1-9]\d{0,3}) (hour|day|week)s?")
_CALENDAR = re.compile(r"calendar (day|week|month|quarter|year)")
_DAYS = re.compile(r"([1-9]\d{0,3}) days?")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_EARLIER = {"over": "per", "class": "scope", "channel": "scope"}
"""Keys of a cap that playbooks had before caps had scopes, and those that took their place."""


class ScopeForm(Authored, frozen=True, kw_only=True, rename={"class_": "class"}):
    channel: str = ""
    class_: str = ""
    topic: str = ""
    action: str = ""


class CapForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    scope: str | dict[str, object]
    at_most: int
    per: str
    with_service: bool = False


class CooldownForm(Authored, frozen=True, kw_only=True, rename={"for_": "for"}):
    id: str
    name: str
    after: CooldownAfter
    of: str = "*"
    scope: str | dict[str, object]
    for_: str


class QuietForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    channel: str
    hours: str
    then: Literal["defer", "drop", "other channel"] = "drop"
    with_service: bool = True


class ContactForm(Authored, frozen=True, kw_only=True):
    cap: list[object] = msgspec.field(default_factory=list)
    cooldown: list[object] = msgspec.field(default_factory=list)
    quiet: list[object] = msgspec.field(default_factory=list)


def load_contact(folder: Folder) -> ContactPolicy:
    document = folder.optional(CONTACT_FILE)
    form = document.read(ContactForm) if document else None
    if document is None or form is None:
        return ContactPolicy()
    caps = [_cap(document, index) for index in range(len(form.cap))]
    pauses = [_cooldown(document, index) for index in range(len(form.cooldown))]
    quiet = [_quiet(document, index) for index in range(len(form.quiet))]
    return ContactPolicy(
        caps=tuple(cap for cap in caps if cap is not None),
        quiet=tuple(hours for hours in quiet if hours is not None),
        cooldowns=tuple(pause for pause in pauses if pause is not None),
    )


def _cap(document: Document, index: int) -> Cap | None:
    _told_earlier(document, index)
    form = document.read(CapForm, "cap", index)
    if form is None:
        return None
    per = _per(form.per)
    if per is None:
        message = f"'{form.per}' is no stretch of time."
        place = document.map.text("cap", index, "per")
        hint = 'Write per = "7 days", of any 7 days in a row, or per = "calendar week".'
        document.problems.add("contact.per", message, place, hint)
    if form.at_most < 0:
        place = document.map.value("cap", index, "at-most")
        document.problems.add("contact.at-most", "Less than none is not possible.", place)
    scope = _scope(document, form.scope, "cap", index)
    if per is None or form.at_most < 0 or scope is None:
        return None
    return Cap(
        id=form.id,
        name=form.name,
        at_most=form.at_most,
        per=per,
        scope=scope,
        with_service=form.with_service,
        place=document.map.key("cap", index),
    )


def _told_earlier(document: Document, index: int) -> None:
    """Say what took the place of a key that caps no longer have; that it is unknown, `read` says."""
    written = document.values["cap"][index]
    if not isinstance(written, dict) or "scope" in written:
        return
    if any(key in written for key in _EARLIER):
        named = [f'{key} = "{written.get(key, default)}"' for key, default in (("class", "marketing"), ("channel", ""))]
        scope = ", ".join(one for one in named if not one.endswith('""'))
        message = "Caps have a scope now."
        hint = f'Write scope = {{ {scope} }} and per = "{written.get("over", written.get("per", "7 days"))}".'
        document.problems.add("contact.scope", message, document.map.key("cap", index), hint)


def _per(text: str) -> Per | None:
    if found := _ROLLING.fullmatch(text):
        return Per(unit=cast(Span, found[2]), count=int(found[1]))
    if found := _CALENDAR.fullmatch(text):
        return Per(unit=cast(Span, found[1]), calendar=True)
    return None


def _scope(document: Document, written: str | dict[str, object], *path: str | int) -> ContactScope | None:
    if isinstance(written, str):
        if written == "all":
            return ContactScope()
        hint = 'Write scope = "all", or scope = { class = "marketing" }.'
        document.problems.add("contact.scope", f"'{written}' is no scope.", document.map.text(*path, "scope"), hint)
        return None
    form = document.read(ScopeForm, *path, "scope")
    if form is None:
        return None
    return ContactScope(channel=form.channel, contact_class=form.class_, topic=form.topic, action=form.action)


def _cooldown(document: Document, index: int) -> Cooldown | None:
    form = document.read(CooldownForm, "cooldown", index)
    if form is None:
        return None
    days = _DAYS.fullmatch(form.for_)
    if not days:
        place = document.map.text("cooldown", index, "for")
        document.problems.add("contact.for", f"'{form.for_}' is no number of days.", place, 'Write for = "30 days".')
    scope = _scope(document, form.scope, "cooldown", index)
    if not days or scope is None:
        return None
    return Cooldown(
        id=form.id,
        name=form.name,
        after=form.after,
        of=form.of,
        days=int(days[1]),
        scope=scope,
        place=document.map.key("cooldown", index),
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
        with_service=form.with_service,
        place=document.map.key("quiet", index),
    )

"""Policies: who may get what, when it makes sense, how often we may contact a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

import msgspec

from decidedly.feel.diagnostics import Place

Tier = Literal["regulation", "eligibility", "applicability", "suitability"]
TIERS: tuple[Tier, ...] = ("regulation", "eligibility", "applicability", "suitability")

LAW: tuple[Tier, ...] = ("regulation", "eligibility")
"""Whether somebody may have a thing is asked of everybody, those included who refused to be profiled."""


class Text(msgspec.Struct, frozen=True):
    """A piece of authored text (FEEL, a table) and where it stands."""

    text: str
    place: Place = Place()


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A described person or situation, and what a rule must say of it: the rule's test.

    facts  : by name, as rules write them ("age band", "action.departments"), in the author's units
    expect : true or false; of a table also its outputs by name
    at     : the moment, for now() and today()
    """

    who: str
    facts: dict[str, Any]
    expect: bool | dict[str, Any]
    at: datetime | None = None
    place: Place = Place()


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of an engagement policy: a condition, a decision table with an output `may have`, or a decision.

    decision : of a decision model, by `model/decision`; it must be a condition

    A candidate passes only where the result is true; false, null and an error drop it (policies fail closed).
    source : the legal source, compulsory in the regulation tier
    valid_from, valid_to : first and last day on which it applies, in the brand's time zone; None without a limit
    """

    id: str
    name: str
    tier: Tier
    when: Text | None = None
    table: Text | None = None
    decision: Text | None = None
    source: str = ""
    owner: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    examples: tuple[Example, ...] = ()
    place: Place = Place()

    def applies(self, day: date) -> bool:
        """Whether the rule is valid on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


_DAY = timedelta(days=1)
_LENGTHS = {
    "hour": timedelta(hours=1), "day": _DAY, "week": 7 * _DAY, "month": 31 * _DAY, "quarter": 92 * _DAY,
    "year": 366 * _DAY,
}  # fmt: skip
_CLOCKS_CHANGE = timedelta(hours=1)
_INSIDE = {
    "day": ("day", "week", "month", "quarter", "year"), "week": ("week",), "month": ("month", "quarter", "year"),
    "quarter": ("quarter", "year"), "year": ("year",),
}  # fmt: skip
"""Which calendar units a unit always lies inside of: a week may lie in two months."""

Span = Literal["hour", "day", "week", "month", "quarter", "year"]
"""Rolling windows are of hours, days or weeks; calendar windows are one day, week, month, quarter or year."""

SERVICE_CLASS = "service"
"""The class of messages that somebody's own business asks for: an order's receipt, a delivery, a warning of fraud."""

SAME = "same"
"""In the scope of a cool-down: the channel, topic or action of the message that the outcome answers."""


class Per(msgspec.Struct, frozen=True, kw_only=True):
    """The stretch of time that a cap is of: any so many units in a row, or with `calendar` one unit of the person's own
    calendar, from midnight to midnight in their time zone."""

    unit: Span
    count: int = 1
    calendar: bool = False

    @property
    def longest(self) -> timedelta:
        """How long it can be, a change of the clocks included."""
        return _LENGTHS[self.unit] + _CLOCKS_CHANGE if self.calendar else _LENGTHS[self.unit] * self.count

    def lies_inside(self, outer: Per) -> bool:
        """Whether every such stretch always lies inside some stretch of the other kind."""
        if outer.calendar:
            return self.calendar and outer.unit in _INSIDE[self.unit]
        return self.longest <= outer.longest

    def __str__(self) -> str:
        if self.calendar:
            return f"calendar {self.unit}"
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


class ContactScope(msgspec.Struct, frozen=True, kw_only=True):
    """Which contacts a limit is of: all > channel > class > topic > action. "" is any; what is named must all fit.

    contact_class : "" is any class but that of service messages
    topic         : of an action that is shown, as the dictionary's attributes marked `topic` name it
    action        : glob over the ids of the actions that are shown
    """

    channel: str = ""
    contact_class: str = ""
    topic: str = ""
    action: str = ""

    @property
    def of_candidates(self) -> bool:
        """Whether it is of what a message shows and not of the message: then it stops those candidates alone."""
        return bool(self.topic or self.action)

    def lies_inside(self, outer: ContactScope) -> bool:
        """Whether every contact of this scope is one of the other's too."""
        of_class = self.contact_class == outer.contact_class or (
            not outer.contact_class and self.contact_class != SERVICE_CLASS
        )
        return (
            of_class
            and outer.channel in ("", self.channel)
            and outer.topic.lower() in ("", self.topic.lower())
            and (not outer.action or fnmatchcase(self.action, outer.action))
        )

    def __str__(self) -> str:
        named = (
            ("channel", self.channel), ("class", self.contact_class), ("topic", self.topic), ("action", self.action)
        )  # fmt: skip
        return ", ".join(f"{word} {said}" for word, said in named if said) or "all"


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """At most so many contacts of a scope in a stretch of time.

    with_service : service messages count too, and are stopped too; without it they are neither, whatever the scope,
                   unless it names their class
    """

    id: str
    name: str
    at_most: int
    per: Per
    scope: ContactScope = ContactScope()
    with_service: bool = False
    place: Place = Place()

    @property
    def sentence(self) -> str:
        """In words: "at most 2 contacts in a calendar week (class marketing)"."""
        contacts = "contact" if self.at_most == 1 else "contacts"
        span = f"a {self.per}" if self.per.calendar else f"any {self.per}"
        service = ", service messages too" if self.with_service else ""
        return f"at most {self.at_most} {contacts} in {span} ({self.scope}{service})"


CooldownAfter = Literal["accept", "reject", "convert", "complain"]
COOLING: tuple[CooldownAfter, ...] = get_args(CooldownAfter)
"""Outcomes after which something may have to be silent."""


class Cooldown(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing of a scope for so many days after an outcome.

    of    : glob over the ids of the actions that the outcome was about
    scope : what is silent then; SAME stands for what the outcome was about
    """

    id: str
    name: str
    after: CooldownAfter
    days: int
    of: str = "*"
    scope: ContactScope = ContactScope(action=SAME)
    place: Place = Place()

    @property
    def sentence(self) -> str:
        """In words: "nothing for 90 days after a complaint (class marketing)"."""
        about = "" if self.of == "*" else f" of {self.of}"
        return f"nothing for {self.days} day{'' if self.days == 1 else 's'} after {self.after}{about} ({self.scope})"


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of the person's day in which a channel is silent, as minutes after midnight; may pass midnight.

    with_service : service messages keep to them too
    """

    id: str
    name: str
    channel: str
    start_minute: int
    end_minute: int
    then: Literal["defer", "drop", "other channel"] = "drop"
    place: Place = Place()
    with_service: bool = True


class ContactPolicy(msgspec.Struct, frozen=True, kw_only=True):
    caps: tuple[Cap, ...] = ()
    quiet: tuple[QuietHours, ...] = ()
    cooldowns: tuple[Cooldown, ...] = ()


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """People chosen by a rule: a condition, or a decision table with an output `belongs`."""

    id: str
    name: str
    when: Text | None = None
    table: Text | None = None
    owner: str = ""
    examples: tuple[Example, ...] = ()
    place: Place = Place()

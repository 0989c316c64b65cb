"""Policies: who may get what, when it makes sense, how often we may contact a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

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


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """At most so many contacts of a class (and channel, "" for all together) in any `days` days (rolling)."""

    id: str
    name: str
    at_most: int
    days: int
    contact_class: str = "marketing"
    channel: str = ""
    place: Place = Place()


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of the person's day in which a channel is silent, as minutes after midnight; may pass midnight."""

    id: str
    name: str
    channel: str
    start_minute: int
    end_minute: int
    then: Literal["defer", "drop"] = "drop"
    place: Place = Place()


class ContactPolicy(msgspec.Struct, frozen=True, kw_only=True):
    caps: tuple[Cap, ...] = ()
    quiet: tuple[QuietHours, ...] = ()


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """People chosen by a rule: a condition, or a decision table with an output `belongs`."""

    id: str
    name: str
    when: Text | None = None
    table: Text | None = None
    owner: str = ""
    examples: tuple[Example, ...] = ()
    place: Place = Place()

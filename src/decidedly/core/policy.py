"""Policies: who may get what, when it makes sense, how often we may contact a person."""

from __future__ import annotations

from typing import Literal

import msgspec

from decidedly.feel.diagnostics import Place

Tier = Literal["regulation", "eligibility", "applicability", "suitability"]
TIERS: tuple[Tier, ...] = ("regulation", "eligibility", "applicability", "suitability")


class Text(msgspec.Struct, frozen=True):
    """A piece of authored text (FEEL, a table) and where it stands."""

    text: str
    place: Place = Place()


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of an engagement policy: a condition, a decision table with an output `may have`, or a decision.

    decision : of a decision model, by `model/decision`; it must be a condition

    A candidate passes only where the result is true; false, null and an error drop it (policies fail closed).
    source : the legal source, compulsory in the regulation tier
    """

    id: str
    name: str
    tier: Tier
    when: Text | None = None
    table: Text | None = None
    decision: Text | None = None
    source: str = ""
    owner: str = ""
    place: Place = Place()


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
    place: Place = Place()

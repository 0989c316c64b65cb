"""What words about permissions, preferences and own rules may say, beyond the types of their fields."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from decidedly.core.dictionary import Basis
from decidedly.core.own_rule import NoChoice, choice_of
from decidedly.core.preference import A_WEEK, LANGUAGE, TIME_ZONE
from decidedly.feel.diagnostics import did_you_mean

_BASES = get_args(Basis)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_BETWEEN = re.compile(r"[\s,;=()\[\]\"'<>|]+")


class Wrong(NamedTuple):
    """field: of the event's properties."""

    code: str
    message: str
    field: str
    hint: str = ""


def consent_problems(said: dict[str, Any]) -> list[Wrong]:
    """What is wrong with a `consent` event whose fields are of the right types."""
    found = []
    basis, proof = said.get("basis"), said.get("proof")
    if isinstance(basis, str) and basis not in _BASES:
        hint = did_you_mean(basis, _BASES) or f"There are: {', '.join(_BASES)}."
        found.append(Wrong("event.basis", f"'{basis}' is no lawful basis.", "basis", hint))
    if isinstance(proof, str) and any(_is_address(word) for word in _BETWEEN.split(proof)):
        hint = "Name the form, the recording or the page instead."
        found.append(Wrong("event.proof", "A proof of consent keeps no network address.", "proof", hint))
    return found


def preference_problems(said: dict[str, Any]) -> list[Wrong]:
    """What is wrong with a `preference` event: a cap below nothing, a language or time zone that is none."""
    found = []
    most, language, zone = said.get(A_WEEK), said.get(LANGUAGE), said.get(TIME_ZONE)
    if type(most) is int and most < 0:
        found.append(Wrong("event.preference", "A person cannot want less than no messages.", A_WEEK))
    if isinstance(language, str) and not _LANGUAGE.fullmatch(language):
        found.append(Wrong("event.preference", f"'{language}' is no language.", LANGUAGE, "Write de, or de-AT."))
    if isinstance(zone, str) and not is_zone(zone):
        hint = "Write one as in Europe/Vienna."
        found.append(Wrong("event.preference", f"There is no time zone '{zone}'.", TIME_ZONE, hint))
    return found


def own_rule_problems(said: dict[str, Any]) -> list[Wrong]:
    """What is wrong with an `own-rule` event: it makes no rule."""
    try:
        choice_of(said)
    except NoChoice as wrong:
        return [Wrong("event.own-rule", str(wrong), wrong.field)]
    except TypeError:  # a field of another type, which is told apart
        return []
    return []


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_address(word: str) -> bool:
    try:
        ip_address(word.rstrip(".:"))
    except ValueError:
        return False
    return True

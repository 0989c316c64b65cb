"""Three sources of the same households: the till's card accounts, the website's and the app's, each typed in anew.

Made up from a fixed seed like the profiles themselves. Whose record is whose is known, so that what the hub puts
together again can be counted. Addresses, numbers and names stay in the ranges that reach nobody (see `synthetic`).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import msgspec

from decidedly.core.derive import digest
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.demo.source import BEFORE_THE_YEAR
from decidedly.demo.synthetic import SEED, identify

SHARES = {"web": 0.6, "app": 0.4}
"""Share of households that have an account there."""
TWICE = {"web": 0.08, "app": 0.1}
"""Share of these that have two: the password was forgotten, the telephone is new."""
TELLS_CARD = {"web": 0.3, "app": 0.35}
"""Share of the accounts that name the loyalty card."""
SAME_CONTACT = {"web": 0.6, "app": 0.6}
"""Share of the accounts with the e-mail address (web) or telephone number (app) that the till knows too."""
MISSPELT = 0.12
"""Share of the values that are typed wrongly."""
LEFT_OUT = {"web": 0.05, "app": 0.15}
"""Share of the values that are left out."""
_FIELDS = ("first-name", "last-name", "street", "city", "state", "postal-code")
_SPELT = ("first-name", "last-name", "street", "city", "postal-code")
_ABBREVIATED = {"Street": "St", "Avenue": "Ave", "Road": "Rd", "Drive": "Dr", "Suite": "Ste", "Apartment": "Apt."}
_KEYS = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "s": "d", "l": "k", "m": "n", "1": "2", "5": "6"}


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a household in a source, as the event that tells it."""

    household: int
    event: Event


def accounts(households: Iterable[int]) -> Iterator[Account]:
    """The till's record of each household, and those of the website and the app."""
    for household in households:
        till = identify(household)
        yield Account(household=household, event=till)
        for source in SHARES:
            yield from _of_source(source, household, till.properties)


def _of_source(source: str, household: int, profile: dict[str, Any]) -> Iterator[Account]:
    draw = random.Random(int(digest(SEED, source, str(household), size=8), 16))
    if draw.random() >= SHARES[source]:
        return
    for number in range(2 if draw.random() < TWICE[source] else 1):
        yield Account(household=household, event=_event(source, household, number, profile, draw))


def _event(source: str, household: int, number: int, profile: dict[str, Any], draw: random.Random) -> Event:
    named = [Identifier("anonymous", f"{source}-{digest(SEED, source, str(household), str(number), size=6)}")]
    traits = {name: profile[name] for name in _FIELDS if draw.random() >= LEFT_OUT[source]}
    traits |= {name: _typed(value, draw) for name, value in traits.items() if name in _SPELT}
    contact = "email" if source == "web" else "phone"
    if draw.random() < SAME_CONTACT[source]:
        traits[contact] = profile[contact]
    elif source == "web":
        traits[contact] = f"h{household}.{number}.{source}@example.com"
    if contact in traits:
        named.insert(0, Identifier(contact, traits[contact]))
    if draw.random() < TELLS_CARD[source]:
        named.insert(0, Identifier("loyalty", str(household)))
    return Event(
        message_id=f"synthetic:{source}:{household}:{number}",
        kind="identify",
        # Before the till's, whose word is the newest.
        at=BEFORE_THE_YEAR - timedelta(days=30 - number),
        received_at=BEFORE_THE_YEAR,
        identifiers=tuple(named),
        source=source,
        properties=traits,
        synthetic=True,
    )


def _typed(value: str, draw: random.Random) -> str:
    """The value as somebody in a hurry types it."""
    for long, short in _ABBREVIATED.items():
        if long in value and draw.random() < 0.3:
            value = value.replace(long, short)
    if draw.random() >= MISSPELT or len(value) < 3:
        return value
    place = draw.randrange(1, len(value) - 1)
    match draw.randrange(4):
        case 0:
            return value[:place] + value[place + 1 :]
        case 1:
            return value[:place] + value[place] + value[place:]
        case 2:
            return value[:place] + value[place + 1] + value[place] + value[place + 2 :]
        case _:
            return value[:place] + _KEYS.get(value[place], value[place]) + value[place + 1 :]

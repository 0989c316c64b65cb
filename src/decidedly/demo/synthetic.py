"""What the grocer's data do not have, made up from a fixed seed: names, addresses and consents of its households.

Everything here is marked synthetic in its provenance. Each household's draw depends on the seed and the household's
number alone, never on what it bought or redeemed, and so neither on which other households are asked for.

Addresses of e-mail are in a reserved domain (RFC 2606) and telephone numbers in the range that is kept for fiction
(555-0100 to 555-0199), so that nothing made up here can reach a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from faker import Faker

from decidedly.core.derive import digest
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.demo.source import BEFORE_THE_YEAR

SEED = "decidedly-grocer"

REFUSES = {"email": 0.15, "sms": 0.25, "print": 0.10}
"""Share of households that refuse marketing by each channel, those that refuse all of them included."""
REFUSES_ALL = 0.03
"""Share that refuses every channel in one word."""

_AREAS = (
    201, 212, 213, 216, 303, 305, 312, 313, 314, 404, 412, 415, 502, 503, 504, 512, 513, 602, 612, 614, 615, 617, 702,
    703, 713, 801,
)  # fmt: skip
_LINES_AN_AREA = 100


def events(households: Iterable[int]) -> Iterator[Event]:
    """One identify event and a word of consent for each channel, for each household."""
    for household in households:
        yield identify(household)
        yield from consents(household)


@cache
def _faker() -> Faker:
    return Faker("en_US")  # it takes a hundredth of a second to make


def identify(household: int) -> Event:
    """Who the household is said to be."""
    faker = _faker()
    faker.seed_instance(int(digest(SEED, "identify", str(household), size=8), 16))
    first, last = faker.first_name(), faker.last_name()
    street, city, state = faker.street_address(), faker.city(), faker.state_abbr(include_territories=False)
    letters = re.sub(r"[^a-z]", "", f"{first}{last}".lower())
    email = f"{letters}.{household}@example.com"
    phone = phone_number(household)
    traits = {
        "first-name": first,
        "last-name": last,
        "email": email,
        "phone": phone,
        "street": street,
        "city": city,
        "state": state,
        "postal-code": faker.zipcode_in_state(state),
    }
    also = (Identifier("email", email), Identifier("phone", phone))
    return _event(f"synthetic:identify:{household}", "identify", household, traits, also)


def consents(household: int) -> list[Event]:
    """A yes or a no for each channel."""
    refuses_all = _draw(household, "all") < REFUSES_ALL
    return [
        _event(
            f"synthetic:consent:{channel}:{household}",
            "consent",
            household,
            {
                "purpose": "marketing",
                "channel": channel,
                # Those who refuse everything are part of each channel's share.
                "granted": not refuses_all and _draw(household, channel) >= (share - REFUSES_ALL) / (1 - REFUSES_ALL),
            },
        )
        for channel, share in REFUSES.items()
    ]


def phone_number(household: int) -> str:
    """A number of its own for each of 2,600 households, in the range kept for fiction."""
    area, line = divmod(household, _LINES_AN_AREA)
    if not 0 <= area < len(_AREAS):
        numbers = len(_AREAS) * _LINES_AN_AREA
        raise ValueError(f"Household {household} is beyond the {numbers} numbers kept for fiction.")
    return f"+1{_AREAS[area]}55501{line:02d}"


def _draw(household: int, what: str) -> float:
    """Uniform in [0, 1), the same for ever."""
    return int(digest(SEED, what, str(household), size=8), 16) / 2**64


def _event(id: str, kind: str, household: int, properties: dict[str, Any], also: tuple[Identifier, ...] = ()) -> Event:
    return Event(
        message_id=id,
        kind=kind,
        at=BEFORE_THE_YEAR,
        received_at=BEFORE_THE_YEAR,
        identifiers=(Identifier("loyalty", str(household)), *also),
        source="till",
        properties=properties,
        synthetic=True,
    )

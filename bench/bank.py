"""A made-up bank for benchmarks: a playbook of any number of offers with four conditions each, and its customers.

Every offer has its own thresholds, so that no two are alike to a rule; a customer's record is about 2 kB.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from decidedly.capture import Raw
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier

SERVICE, CHANNEL = "home-page", "web"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
REGIONS = ("north", "east", "south", "west")
FACTS = 24
"""Attributes of a person beside those that rules read: what a record of 2 kB is full of."""

_DICTIONARY = {
    "identifiers.toml": 'identifiers = ["crm", "anonymous"]\nuser-id = "crm"\n',
    "actions.toml": """
[min-age]
name = "min age"
type = "number(0)"
[min-income]
name = "min income"
type = "number(0)"
[region]
name = "region"
type = "string"
[max-products]
name = "max products"
type = "number(0)"
""",
    "context.toml": '[channel]\nname = "channel"\ntype = "string"\n[device]\nname = "device"\ntype = "string"\n',
    "candidates.toml": "",
    "aggregates.toml": """
[payments-last-30-days]
name = "payments last 30 days"
is   = "count"
of   = "payment"
over = "last 30 days"
[paid-last-90-days]
name = "paid last 90 days"
is   = "sum"
of   = "payment"
what = "amount"
over = "last 90 days"
""",
    "events.toml": """
[payment]
name = "payment"
[payment.fields]
amount = { type = "number(0)", keep = true }
shop   = { type = "string", keep = true }
""",
    "consents.toml": "",
}
_PERSON = (
    '[age]\nname = "age"\ntype = "number(0)"\n[income]\nname = "income"\ntype = "number(0)"\n'
    '[region]\nname = "home region"\ntype = "string"\n[products]\nname = "products held"\ntype = "number(0)"\n'
)
_POLICIES = {
    "eligibility/age.toml": ("Old enough for the product", "age >= action.min age"),
    "eligibility/income.toml": ("Income that bears it", "income >= action.min income"),
    "applicability/region.toml": ("Offered where they live", 'home region = action.region or action.region = "all"'),
    "suitability/products.toml": ("Not to who holds enough already", "products held <= action.max products"),
}


def write(folder: Path, offers: int) -> Path:
    """The playbook, as its authors would write it."""
    random_ = random.Random(offers)
    files = {
        "playbook.toml": 'name = "Bank"\ncurrency = "USD"\nlocale = "en-US"\ntime-zone = "UTC"\n'
        'postal-address = "Bank, 1 Example Plaza"\nwebsite = "https://bank.example"\n',
        "channels/web.toml": 'name = "Website"\ndirection = "inbound"\nweight = "1"\n',
        f"services/{SERVICE}.toml": f'name = "Home page"\ncandidates = "grow/*"\nslots = 3\nchannels = []\n'
        f'inbound = ["{CHANNEL}"]\npriority = "propensity * weight * lever * value"\n',
    }
    files |= {f"dictionary/{name}": text for name, text in _DICTIONARY.items() if text}
    more = "".join(f'[fact-{i}]\nname = "fact {i}"\ntype = "string"\n' for i in range(FACTS))
    files["dictionary/person.toml"] = _PERSON + more
    files |= {f"policies/{name}": f"name = \"{title}\"\nwhen = '{when}'\n" for name, (title, when) in _POLICIES.items()}
    rows = [
        (f"offer-{i:04}", f"Offer {i}", f"{random_.uniform(1, 60):.2f}", random_.randint(18, 75),
         random_.randint(8_000, 90_000), random_.choice((*REGIONS, "all")), random_.randint(1, 8))
        for i in range(offers)
    ]  # fmt: skip
    table = 'name = "Offers"\nvalue = { how = "given", source = "product management", at = 2026-01-01 }\n\n'
    table += "| id | name | value | min age | min income | region | max products | from | to |\n" + "|-" * 9 + "|\n"
    table += "".join(f"| {' | '.join(map(str, row))} | 2026-01-01 | 2027-01-01 |\n" for row in rows)
    files["actions/grow/offers.table"] = table
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def customers(count: int) -> Iterator[Raw]:
    """What made them what they are: their facts, and some months of payments."""
    random_ = random.Random(7)
    for number in range(count):
        who = (Identifier("crm", f"c{number:06}"),)
        facts = {
            "age": random_.randint(18, 90), "income": int(random_.lognormvariate(10.4, 0.5)),
            "region": random_.choice(REGIONS), "products": random_.randint(0, 9),
        } | {f"fact-{i}": f"{random_.getrandbits(64):016x}" for i in range(12)}  # fmt: skip
        yield Raw(_event(f"i{number}", "identify", NOW - timedelta(days=200), who, facts), "")
        for payment in range(random_.randint(4, 12)):
            at = NOW - timedelta(minutes=random_.randint(1, 180 * 1440))
            said = {"amount": random_.randint(100, 20_000), "shop": f"shop {random_.randint(1, 500)}"}
            yield Raw(_event(f"p{number}-{payment}", "payment", at, who, said), "")


def _event(id: str, kind: str, at: datetime, who: tuple[Identifier, ...], said: dict[str, object]) -> Event:
    return Event(message_id=id, kind=kind, at=at, received_at=NOW, identifiers=who, source="bench", properties=said)

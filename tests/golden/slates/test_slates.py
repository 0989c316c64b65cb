"""Golden slates: a home page of four placements, a menu in a stable order, an agent's desktop, an insert of a receipt.

Each case is what the model says, what was asked before, and one ask; beside it stands what every placement shows, and
the whole record. `DECIDEDLY_REWRITE=1 pytest tests/golden/slates` writes them as they come now; read the difference.
"""

from __future__ import annotations

import dataclasses
import os
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.core.action import Action
from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.core.derive import digest
from decidedly.core.dictionary import Attribute
from decidedly.core.playbook import Playbook
from decidedly.core.policy import ContactPolicy, Text
from decidedly.core.service import AtMostOf, Bundle, NeverTogether, NoRepeat, Placement, Term
from decidedly.decide import Deciding, compile_plan, decide, placements_of, replay
from tests.shop import CHANNELS, MONDAY, SERVICE, Shop, action, ask, dictionary, playbook

HOME = Path(__file__).parent
PHONE = replace(CHANNELS[-1], id="phone", name="Telephone")
SERVICES: dict[str, dict[str, Any]] = {
    "home-page": {
        "placements": (
            Placement(id="layout", name="Layout", candidates="page/layout/*"),
            Placement(id="hero", name="Banner", candidates="grow/*", when=Text("action.lines >= 3")),
            Placement(id="blocks", name="Blocks", candidates="grow/*", slots=3),
            Placement(id="look", name="Look", candidates="page/look/*"),
        ),
        "rules": (
            AtMostOf(id="variety", name="One of each in the blocks", count=1, of_one="category", placement="blocks"),
            NeverTogether(id="apart", name="Wine never beside diapers", one="grow/wine", other="grow/diapers"),
        ),
        "session": timedelta(minutes=30),
    },
    "ivr-menu": {
        "placements": (
            Placement(id="menu", name="Menu", candidates="help/*", slots=4, order="stable", margin=0.2),
        ),
    },
    "agent-desktop": {
        "placements": (
            Placement(id="first", name="Settle first", candidates="help/*"),
            Placement(id="offers", name="Then offer", candidates="grow/*", slots=3),
        ),
        "rules": (Bundle(id="set", name="Tea with its pot", actions=("grow/tea", "grow/pot")),),
        "customer": Text("needs - 0.125 * fatigue"),
        "terms": (
            Term(id="needs", name="needs", formula=Text('if action.category = "baby" then kids count / 4 else 0')),
        ),
        "person_decides": True,
    },
    "receipt-insert": {
        "placements": (
            Placement(id="insert", name="Insert", candidates="grow/*", slots=5, budget=9, size="lines"),
        ),
        "rules": (NoRepeat(id="fresh", name="Nothing twice in 7 days", days=7),),
    },
}  # fmt: skip
CASES = ["home-page", "home-page-by-phone", "ivr-menu", "ivr-menu-overtaken", "agent-desktop", "receipt-insert"]


class Asked(msgspec.Struct, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """One ask, so many minutes after noon, and what the model says then."""

    minute: int = 0
    channel: str = "web"
    propensity: dict[str, float]


class Case(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    service: str
    facts: dict[str, Any]
    asks: list[Asked]


def offer(id: str, category: str, lines: int, **more: Any) -> Action:
    made = action(id, category)
    return replace(made, facts={**made.facts, "lines": lines}, **more)


def book(service: str) -> Playbook:
    words = dictionary()
    lines = Attribute(id="lines", name="lines", of="action", type="number(0)")
    actions = (
        offer("grow/beer", "alcohol", 2), offer("grow/coffee", "drinks", 3), offer("grow/diapers", "baby", 4),
        offer("grow/pot", "home", 3), offer("grow/soap", "home", 2), offer("grow/tea", "drinks", 2),
        offer("grow/wine", "alcohol", 5), offer("help/hours", "help", 1), offer("help/order", "help", 1),
        offer("help/points", "help", 1), offer("help/recall", "help", 1, action_class="service"),
        offer("page/layout/columns", "page", 1), offer("page/layout/list", "page", 1),
        offer("page/look/autumn", "page", 1), offer("page/look/plain", "page", 1),
    )  # fmt: skip
    places = SERVICES[service]["placements"]
    return playbook(
        {
            "candidates": "*", "slots": 1, "inbound": ("web", "phone"), "priority": Text("propensity * lever * value"),
            **SERVICES[service],
        },
        actions=tuple(one for one in actions if any(fnmatchcase(one.id, place.candidates) for place in places)),
        dictionary=replace(words, attributes=(*words.attributes, lines)),
        channels=(*CHANNELS, PHONE),
        contact=ContactPolicy(),
    )  # fmt: skip


def world(shop: Shop, channel: str) -> Deciding:
    """The playbook goes by a name: its hash changes whenever the nouns of playbooks grow."""
    return dataclasses.replace(shop.world(channel), plan=compile_plan(shop.book, "the-shop", SERVICE, channel))


def decided(case: Case) -> tuple[Shop, DecisionRecord]:
    """The last of the asks; those before it are stored."""
    shop = Shop(book(case.service))
    shop.meet(**case.facts)
    for number, one in enumerate(case.asks):
        shop.scorer.propensity = one.propensity
        at = MONDAY + timedelta(minutes=one.minute)
        record = decide(ask(1, f"golden/{number}", at, one.channel), world(shop, one.channel))
    return shop, record


def written(shop: Shop, record: DecisionRecord) -> str:
    plan = world(shop, record.ask.channel).plan
    shown: dict[str, list[str]] = {one.id: [] for one in plan.slates.placements}
    for index, place in zip(record.chosen, placements_of(record, plan.slates), strict=True):
        shown[place].append(plan.action_ids[index])
    told = {"shows": shown, "hash": digest(to_bytes(record)), "record": record}
    return msgspec.json.format(msgspec.json.encode(told, order="sorted"), indent=2).decode() + "\n"


@pytest.mark.parametrize("name", CASES)
def test_the_slate_is_as_it_was(name: str) -> None:
    shop, record = decided(msgspec.json.decode((HOME / f"{name}.json").read_bytes(), type=Case))
    now = written(shop, record)
    path = HOME / f"{name}.record.json"
    if os.environ.get("DECIDEDLY_REWRITE"):
        path.write_text(now, encoding="utf-8", newline="")
    assert now == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_the_kept_record_replays_to_its_bytes(name: str) -> None:
    case = msgspec.json.decode((HOME / f"{name}.json").read_bytes(), type=Case)
    kept = msgspec.json.decode((HOME / f"{name}.record.json").read_bytes())
    record = msgspec.convert(kept["record"], DecisionRecord, strict=False)
    again = replay(record, world(Shop(book(case.service)), record.ask.channel).plan)
    assert digest(to_bytes(again)) == kept["hash"]

"""Golden decisions: an ask, a person, a small playbook (`tests/shop.py`) -> the record, as files to read.

`DECIDEDLY_REWRITE=1 pytest tests/golden/decisions` writes the records as they come now; read the difference. A record
that changes means that stored decisions no longer replay: then `core.decision.KERNEL_VERSION` must change too.
"""

from __future__ import annotations

import dataclasses
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.core.derive import digest
from decidedly.decide import Deciding, compile_plan, dry_run, replay
from tests.cases import event
from tests.shop import SERVICE, Shop, ask, drops

HOME = Path(__file__).parent
CASES = ["young-parent", "contacted-this-week", "stranger-on-the-website", "refused-profiling"]


class Contact(msgspec.Struct):
    at: datetime
    channel: str


class Case(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """What is known of person 1 (nothing where `facts` is null), which purposes they refuse by all channels, what the
    model says, and what is asked."""

    ask_id: str
    at: datetime
    channel: str = ""
    context: dict[str, Any] = {}
    facts: dict[str, Any] | None = None
    consents: dict[str, bool] = {}
    refuses: list[str] = []
    contacts: list[Contact] = []
    propensity: dict[str, float] = {}
    times_bought: dict[str, int | None] = {}


def decided(case: Case) -> tuple[Shop, DecisionRecord]:
    shop = Shop()
    if case.facts is not None:
        yes = [channel for channel, granted in case.consents.items() if granted]
        shop.meet(yes=yes, no=[channel for channel in case.consents if channel not in yes], **case.facts)
    for purpose in case.refuses:
        said = {"purpose": purpose, "channel": "all", "granted": False}
        shop.hear(event("consent", case.at - timedelta(days=90), f"refuses:{purpose}", "loyalty:1", **said))
    for number, contact in enumerate(case.contacts):
        mailed = event("campaign-received", contact.at, f"contact-{number}", campaign="17")
        shop.hear(replace(mailed, channel=contact.channel))
    shop.scorer.propensity, shop.scorer.bought = case.propensity, case.times_bought
    return shop, dry_run(ask(1, case.ask_id, case.at, case.channel, **case.context), world(shop, case.channel))


def world(shop: Shop, channel: str) -> Deciding:
    """The playbook goes by a name: its hash changes whenever the nouns of playbooks grow."""
    own = shop.world(channel)
    return dataclasses.replace(own, plan=compile_plan(shop.book, "the-shop", SERVICE, channel))


def written(shop: Shop, record: DecisionRecord) -> str:
    """The record as JSON, arrays of numbers in base64, and what they say beside them."""
    rules = [rule.id for rule in world(shop, record.ask.channel).plan.rules]
    readable = {
        action: {channel: "passed" if rule is None else rules[rule] for channel, rule in row.items()}
        for action, row in drops(record, shop.book).items()
    }
    told = {"says": readable, "hash": digest(to_bytes(record)), "record": record}
    return msgspec.json.format(msgspec.json.encode(told, order="sorted"), indent=2).decode() + "\n"


@pytest.mark.parametrize("name", CASES)
def test_the_decision_is_as_it_was(name: str) -> None:
    shop, record = decided(msgspec.json.decode((HOME / f"{name}.json").read_bytes(), type=Case))
    now = written(shop, record)
    path = HOME / f"{name}.record.json"
    if os.environ.get("DECIDEDLY_REWRITE"):
        path.write_text(now, encoding="utf-8", newline="")
    assert now == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_the_kept_record_replays_to_its_bytes(name: str) -> None:
    kept = msgspec.json.decode((HOME / f"{name}.record.json").read_bytes())
    record = msgspec.convert(kept["record"], DecisionRecord, strict=False)
    again = replay(record, world(Shop(), record.ask.channel).plan)
    assert digest(to_bytes(again)) == kept["hash"]

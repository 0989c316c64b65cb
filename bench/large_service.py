"""A made-up service of many candidates, three in ten of which pass its four conditions, and a person of 2 kB."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from decidedly.core.action import Action, Money
from decidedly.core.ask import Ask
from decidedly.core.decision import NULL, DecisionRecord, Inputs
from decidedly.core.dictionary import Aggregate, Attribute, Dictionary
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry
from decidedly.core.own_rule import NeverAbout, OwnRule
from decidedly.core.playbook import Brand, Playbook, playbook_hash
from decidedly.core.policy import ContactPolicy, Policy, Text
from decidedly.core.preference import PREFERENCES
from decidedly.core.provenance import Fact, Provenance
from decidedly.core.service import Channel, DecisionService
from decidedly.decide import Plan, compile_plan
from decidedly.decide.record import decide_batch
from decidedly.decide.scores import on_grid

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SERVICE = "home-page"
CHANNELS = ("email", "sms", "print")
PERSON = {
    "age": 41, "region": "vienna", "tier": "gold", "interests": ["travel", "garden", "books"], "balance": 1240.5,
    "churn-risk": 0.1875, "children": 2, "household": "two adults with children", "customer-since": "2014-03-09",
    "orders-last-90-days": 11, "spend-last-90-days": 48_250, "last-order-days": 6, "opened-last-30-days": 4,
    "preferred-topics": ["garden"], "preferred-a-week": 3, "time-zone": "Europe/Vienna",
}  # fmt: skip
_TYPES = {int: "number(0)", float: "real", str: "string", list: "list of string"}
_DRAW = 20  # of so many alike, as many fall to each rule as `_FALLS` says
_FALLS = {"adults": 4, "region": 4, "bought": 2, "interests": 4}


def playbook(candidates: int, channels: int = 1) -> Playbook:
    """A service of `candidates // channels` actions; three in ten of them pass for the person of `inputs`."""
    own = tuple(
        Channel(id=id, name=id, direction="outbound", weight=Text(weight), contact_cost=1)
        for id, weight in zip(CHANNELS[:channels], ("1", "0.7", "if age > 60 then 2 else 1.3"), strict=False)
    )
    service = DecisionService(
        id=SERVICE, name="Home page", candidates="*", slots=5, channels=tuple(one.id for one in own),
        priority=Text("propensity * weight * lever * value"),
    )  # fmt: skip
    rules = (
        ("adults", "regulation", "if action.from age = null then true else age >= action.from age"),
        ("region", "eligibility", "action.regions = null or list contains(action.regions, region)"),
        ("bought", "applicability", "candidate.times bought < 3"),
        ("interests", "suitability", "action.topic = null or list contains(interests, action.topic)"),
    )
    said = tuple(one for one in PERSON if one not in {preference.id for preference in PREFERENCES})
    return Playbook(
        brand=Brand(name="Made up", currency="EUR", locale="en", time_zone="Europe/Vienna", postal_address="",
                    website="https://made-up.example"),
        dictionary=Dictionary(
            identifiers=("crm",), user_id="crm", events=(),
            attributes=(
                *(
                    Attribute(id=id, name=id.replace("-", " "), of="person", type=_TYPES[type(PERSON[id])])
                    for id in said
                ),
                *PREFERENCES,
                Attribute(id="from-age", name="from age", of="action", type="number(0)"),
                Attribute(id="regions", name="regions", of="action", type="list of string"),
                Attribute(id="topic", name="topic", of="action", type="string"),
            ),
            aggregates=(Aggregate(id="times-bought", name="times bought", root="candidate", is_="count", of="order"),),
        ),
        actions=tuple(_action(number, fall) for number, fall in enumerate(_falls(candidates // channels))),
        policies=tuple(
            Policy(id=id, name=id, tier=tier, when=Text(text), source="made up") for id, tier, text in rules
        ),
        contact=ContactPolicy(), segments=(), channels=own, services=(service,), templates=(), models=(),
    )  # fmt: skip


def plan_of(candidates: int, channels: int = 1) -> Plan:
    book = playbook(candidates, channels)
    return compile_plan(book, playbook_hash(book), SERVICE)


def inputs(plan: Plan, seed: int = 1) -> Inputs:
    """Of a person of whom every fact is known, whom we wrote to before, and who set a rule."""
    rng = random.Random(seed)
    falls = _falls(len(plan.actions))
    bought = [rng.randint(3, 40) if fall == "bought" else rng.choice((NULL, 0, 0, 0, 1, 2)) for fall in falls]
    propensity = on_grid(np.random.default_rng(seed).beta(1, 20, len(falls)))
    return Inputs(
        facts={id: Fact(value=value, provenance=_said(rng), message_id=_id(rng)) for id, value in PERSON.items()},
        consents=dict.fromkeys(CHANNELS, True),
        consent_ids={channel: _id(rng) for channel in CHANNELS},
        candidates={"times-bought": np.array([0 if one == NULL else one for one in bought], "<i4").tobytes()},
        propensity=propensity.astype("<f4").tobytes(),
        contacts=tuple(
            Entry(id=_id(rng), contact_class="marketing", channel=rng.choice(CHANNELS), state="confirmed", exposures=5,
                  at=NOW - timedelta(days=5 * number, seconds=rng.randrange(86_400)))
            for number in range(6)
        ),
        epoch=4,
        permissions={"profiling": True, "automated-decision": True},
        permission_ids={"profiling": _id(rng)},
        own_rules=(
            OwnRule(id=_id(rng), choice=NeverAbout(topic="gambling"), words="", provenance=_said(rng),
                    message_id=_id(rng)),
        ),
    )  # fmt: skip


def record(plan: Plan, seed: int = 1) -> DecisionRecord:
    rng = random.Random(f"ask {seed}")
    ask = Ask(ask_id=_id(rng), who=(Identifier("crm", str(rng.randrange(10**8))),), service=SERVICE, at=NOW,
              context={"page": "home", "device": "mobile"})  # fmt: skip
    leaf = UUID(int=rng.getrandbits(128)).hex
    return decide_batch(plan, [ask], [(leaf, True)], [inputs(plan, seed)], model=UUID(int=rng.getrandbits(128)).hex)[0]


def _falls(actions: int) -> list[str]:
    """Which rule each action falls to, "" for none, in no order."""
    each = [id for id, count in _FALLS.items() for _ in range(count)]
    each += [""] * (_DRAW - len(each))
    found = [each[number % _DRAW] for number in range(actions)]
    random.Random(actions).shuffle(found)
    return found


def _action(number: int, fall: str) -> Action:
    rng = random.Random(number)
    facts = {
        "from-age": 65 if fall == "adults" else rng.choice((None, 18)),
        "regions": ["graz", "linz"] if fall == "region" else rng.choice((None, ["vienna", "graz"])),
        "topic": "cars" if fall == "interests" else rng.choice((None, "travel", "garden", "books")),
    }
    return Action(
        id=f"grow/made-up/{number:04}", name=f"Action {number}",
        facts={id: value for id, value in facts.items() if value is not None},
        value=Money(rng.randrange(50, 2_000), "EUR"), value_provenance=_said(rng), valid_from=NOW - timedelta(days=9),
        valid_until=NOW + timedelta(days=9), lever=rng.choice((1.0, 1.0, 1.0, 1.25)),
    )  # fmt: skip


def _said(rng: random.Random) -> Provenance:
    how, source = rng.choice((("given", "web form"), ("asked", "onboarding"), ("learnt", "history")))
    return Provenance(how=how, source=source, at=NOW - timedelta(seconds=rng.randrange(10**8)))


def _id(rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128)))

"""A small shop that decides: three offers, two channels to write by, a website that asks, and one rule a tier.

Everything stands in code, in memory unless a store is given, so that a test can change one thing and see what it does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.memory import MemoryReader, MemoryStore, State
from decidedly.capture import load
from decidedly.core.action import Action, Money
from decidedly.core.ask import Ask
from decidedly.core.decision import NULL, DecisionRecord
from decidedly.core.derive import digest
from decidedly.core.dictionary import Aggregate, Attribute, Dictionary
from decidedly.core.identifier import Identifier
from decidedly.core.person import Person
from decidedly.core.playbook import Brand, Playbook, playbook_hash
from decidedly.core.policy import Cap, ContactPolicy, ContactScope, Per, Policy, QuietHours, Text
from decidedly.core.provenance import Provenance
from decidedly.core.service import Channel, DecisionService
from decidedly.core.work import Work
from decidedly.decide import Deciding, Plan, Scores, compile_plan, decide, dry_run
from decidedly.decide.scores import on_grid
from decidedly.feel import Place
from decidedly.models import Reason
from decidedly.person import circle_of, viewed
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.store import Store
from tests import cases

MONDAY = datetime(2017, 10, 30, 12, tzinfo=UTC)
"""The moment of every ask that names none: noon, when no channel is quiet."""
COFFEE, DIAPERS, WINE = "grow/week/coffee", "grow/week/diapers", "grow/week/wine"
CONSENT, ALCOHOL, DATES, SEEN, FAMILIES, ONE_A_WEEK, TWO_SMS, SMS_LATE, EMAIL_LATE = range(9)
"""Index of each rule of the plan, in the order of the stages."""
SERVICE = "offers"

TABLE = """hit = "first"

| action.category | age band     | -> may have | -> reason          |
|-----------------|--------------|-------------|--------------------|
| not("alcohol")  | -            | true        | "no alcohol in it" |
| -               | "19-24"      | false       | "may be under 21"  |
| -               | not(null)    | true        | "an adult"         |
| -               | -            | false       | "age not known"    |
"""


def dictionary() -> Dictionary:
    base = cases.dictionary()
    more = (
        Attribute(id="category", name="category", of="action", type="string"),
        Attribute(id="valid-from", name="valid from", of="action", type="date and time"),
        Attribute(id="valid-until", name="valid until", of="action", type="date and time"),
        Attribute(id="channel", name="channel", of="context", type="string"),
        Attribute(id="page", name="page", of="context", type="string"),
    )
    aggregates = (
        Aggregate(id="orders", name="orders", is_="count", of="order"),
        Aggregate(id="times-bought", name="times bought", root="candidate", is_="count", of="order"),
    )
    return replace(base, attributes=base.attributes + more, aggregates=aggregates)


def action(id: str, category: str, value: int = 100, lever: float = 1.0) -> Action:
    """An offer of the last days of October, worth so many cents."""
    start, end = MONDAY - timedelta(days=7), MONDAY + timedelta(days=30)
    return Action(
        id=id,
        name=id.rpartition("/")[2].capitalize(),
        facts={"category": category, "valid-from": start, "valid-until": end},
        value=Money(value, "USD"),
        value_provenance=Provenance(how="given", source="test", at=start),
        valid_from=start,
        valid_until=end,
        lever=lever,
    )


ACTIONS = (action(COFFEE, "drinks"), action(DIAPERS, "baby"), action(WINE, "alcohol"))

POLICIES = (
    Policy(
        id="alcohol",
        name="Alcohol only to adults whose age we know",
        tier="regulation",
        table=Text(TABLE, Place("policies/alcohol.table")),
        source="23 U.S.C. 158",
        place=Place("policies/alcohol.table"),
    ),
    Policy(
        id="dates",
        name="Only while the offer is valid",
        tier="eligibility",
        when=Text("action.valid from <= now() and now() < action.valid until"),
        place=Place("policies/dates.toml"),
    ),
    Policy(
        id="seen",
        name="Not what is bought all the time",
        tier="applicability",
        when=Text("candidate.times bought < 5"),
        place=Place("policies/seen.toml"),
    ),
    Policy(
        id="families",
        name="Baby products only to those with children",
        tier="suitability",
        when=Text('if action.category = "baby" then kids count > 0 else true'),
        place=Place("policies/families.toml"),
    ),
)

CONTACT = ContactPolicy(
    caps=(
        Cap(
            id="one-a-week",
            name="One a week",
            at_most=1,
            per=Per(unit="day", count=7),
            scope=ContactScope(contact_class="marketing"),
            place=Place("contact.toml", 3),
        ),
        Cap(
            id="two-sms",
            name="Two SMS in 30 days",
            at_most=2,
            per=Per(unit="day", count=30),
            scope=ContactScope(contact_class="marketing", channel="sms"),
        ),
    ),
    quiet=(
        QuietHours(
            id="sms-late", name="No SMS at night", channel="sms", start_minute=1200, end_minute=480, then="defer"
        ),
        QuietHours(id="email-late", name="No e-mail late", channel="email", start_minute=1320, end_minute=360),
    ),
)

CHANNELS = (
    Channel(id="email", name="E-mail", direction="outbound", weight=Text("1"), contact_cost=1),
    Channel(
        id="sms",
        name="SMS",
        direction="outbound",
        weight=Text('if age band = "19-24" then 2 else 0.5'),
        contact_cost=1,
    ),
    Channel(id="web", name="Website", direction="inbound", weight=Text("1")),
)


def playbook(service: Mapping[str, Any] | None = None, **changes: Any) -> Playbook:
    """The shop's playbook, with these fields of its service, and of itself, another way."""
    offers = DecisionService(
        id=SERVICE,
        name="Offers",
        candidates="grow/week/*",
        slots=2,
        channels=("email", "sms"),
        inbound=("web",),
        priority=Text("propensity * weight * lever * (3.00 + value)"),
        model="m",
    )
    whole = Playbook(
        brand=Brand(
            name="Shop", currency="USD", locale="en-US", time_zone="UTC", postal_address="", website="https://s.example"
        ),
        dictionary=dictionary(),
        actions=ACTIONS,
        policies=POLICIES,
        contact=CONTACT,
        segments=(),
        channels=CHANNELS,
        services=(replace(offers, **(service or {})),),
        templates=(),
        models=(),
    )
    return replace(whole, **changes)


def plan_of(book: Playbook, channel: str = "") -> Plan:
    return compile_plan(book, playbook_hash(book), SERVICE, channel)


class FixedScorer:
    """Says of an action what it was told to say, of everybody; else a number of this person and action alone."""

    version = "m1"

    def __init__(self, actions: Sequence[str]) -> None:
        self._actions = actions
        self.propensity: dict[str, float] = {}
        self.bought: dict[str, int | None] = {}

    def scores(self, people: Sequence[Person]) -> Scores:
        propensity = [[self.propensity.get(id, _drawn(one.id, id)) for id in self._actions] for one in people]
        bought = [[self.bought.get(id, 0) for id in self._actions] for _ in people]
        known = [[NULL if count is None else count for count in row] for row in bought]
        return Scores(on_grid(np.array(propensity)), {"times-bought": np.array(known, np.int32)})

    def reasons(self, person: Person, actions: Sequence[int]) -> list[tuple[Reason, ...]]:
        return [(Reason("habit", "bought before", 1.0),) for _ in actions]


def _drawn(person: str, action: str) -> float:
    return int(digest(person, action, size=4), 16) / 2**32


class Shop:
    """The shop's world: who it knows, what it decides."""

    def __init__(
        self, book: Playbook | None = None, *, store: Store | None = None, reader: Reader | None = None
    ) -> None:
        self.book = book or playbook()
        self.state = State()
        self.store: Store = store or MemoryStore(self.state)
        self.reader: Reader = reader or MemoryReader(self.state)
        self.scorer = FixedScorer([one.id for one in self.book.actions])

    def meet(
        self, number: int = 1, *, yes: Sequence[str] = ("email", "sms"), no: Sequence[str] = (), **facts: Any
    ) -> None:
        """A person tells who they are and which channels they want; facts are given with _ for -."""
        who, at = f"loyalty:{number}", MONDAY - timedelta(days=100)
        told = {name.replace("_", "-"): value for name, value in facts.items()}
        events = [cases.event("identify", at, f"profile:{number}", who, **told)]
        for channel in (*yes, *no):
            said = {"purpose": "marketing", "channel": channel, "granted": channel in yes}
            events.append(cases.event("consent", at, f"consent:{channel}:{number}", who, **said))
        self.hear(*events)

    def hear(self, *events: Any) -> None:
        """Take in events, as long ago as they say."""
        clock = FixedClock(MONDAY + timedelta(days=365))
        report = load(
            [list(events)], store=self.store, reader=self.reader, clock=clock, dictionary=self.book.dictionary
        )
        assert report.accepted == len(events), report

    def damage(self, attribute: str, value: Any, number: int = 1) -> None:
        """Put a value into a person's record that capture would never have let in."""
        stored = self.reader.person((Identifier("loyalty", str(number)),))
        assert stored is not None
        facts = tuple(replace(fact, value=value) for fact in stored.leaves[0].facts[attribute])
        leaf = replace(
            stored.leaves[0], version=stored.leaves[0].version + 1, facts={**stored.leaves[0].facts, attribute: facts}
        )
        self.store.commit([Work(person=leaf.id, leaf=leaf)])

    def world(self, channel: str = "") -> Deciding:
        return Deciding(plan_of(self.book, channel), self.scorer, self.reader, self.store, self.view)

    def view(self, stored: Stored, at: datetime) -> Person:
        book = self.book.dictionary
        return viewed(
            stored, at, book, look=lambda one, moment: circle_of(self.reader.group(one.id), one, moment, book)
        )

    def decide(self, number: int = 1, ask_id: str = "", at: datetime = MONDAY, channel: str = "") -> DecisionRecord:
        return decide(ask(number, ask_id, at, channel), self.world(channel))

    def dry_run(self, number: int = 1, ask_id: str = "", at: datetime = MONDAY, channel: str = "") -> DecisionRecord:
        return dry_run(ask(number, ask_id, at, channel), self.world(channel))


def ask(number: int = 1, ask_id: str = "", at: datetime = MONDAY, channel: str = "", **context: Any) -> Ask:
    """Person `loyalty:number` asks; each ask of its own moment has an id of its own."""
    return Ask(
        ask_id=ask_id or f"ask/{number}/{channel}/{at:%Y-%m-%dT%H:%M:%S.%f}",
        who=(Identifier("loyalty", str(number)),),
        service=SERVICE,
        at=at,
        channel=channel,
        context=context,
    )


def drops(record: DecisionRecord, book: Playbook) -> Mapping[str, dict[str, int | None]]:
    """Action id -> channel -> index of the rule that dropped it there, None where it passed."""
    codes = np.frombuffer(record.dropped, "<u2").reshape(record.actions, len(record.channels))
    plan = plan_of(book, record.ask.channel)
    return {
        own.id: {channel: int(code) - 1 if code else None for channel, code in zip(record.channels, row, strict=True)}
        for own, row in zip(plan.actions, codes, strict=True)
    }


def chosen(record: DecisionRecord, book: Playbook) -> list[str]:
    """Ids of the chosen actions, best first."""
    actions = plan_of(book, record.ask.channel).actions
    return [actions[index].id for index in record.chosen]

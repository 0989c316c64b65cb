"""A small brand's dictionary and events in the grocer's shape, for tests of any room."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord, Inputs
from decidedly.core.dictionary import Aggregate, Attribute, Dictionary, EventKind, Field, Window
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry
from decidedly.core.provenance import Fact, Provenance

NOON = datetime(2017, 10, 30, 12, tzinfo=UTC)
YEAR = datetime(2017, 1, 1, tzinfo=UTC)

_MONEY = "money(USD)"


def days(oldest: int, newest: int = 1) -> Window:
    """A rolling window."""
    return Window(unit="day", newest=newest, oldest=oldest)


def dictionary() -> Dictionary:
    """Kinds, attributes and aggregates as examples/grocer declares them."""
    return Dictionary(
        identifiers=("loyalty", "email", "phone", "anonymous"),
        user_id="loyalty",
        attributes=(
            Attribute(id="age-band", name="age band", of="person", type="string"),
            Attribute(id="kids-count", name="kids count", of="person", type="number(0)"),
            Attribute(id="rating", name="rating", of="person", type="number(2)"),
            Attribute(id="born-on", name="born on", of="person", type="date"),
            Attribute(id="categories", name="categories", of="action", type="list of string"),
        ),
        events=(
            EventKind(
                id="order",
                name="order",
                also=("Order Completed",),
                fields=(
                    Field(name="order_id", type="string", required=True),
                    Field(name="store", type="string"),
                    Field(name="total_cents", type=_MONEY),
                ),
                items="products",
                item_fields=(
                    Field(name="product_id", type="string", required=True, keep=True),
                    Field(name="quantity", type="number(0)", keep=True),
                    Field(name="sales_cents", type=_MONEY, keep=True),
                    Field(name="retail_disc_cents", type=_MONEY, keep=True),
                    Field(name="coupon_disc_cents", type=_MONEY, keep=True),
                    Field(name="coupon_match_disc_cents", type=_MONEY, keep=True),
                ),
            ),
            EventKind(
                id="redemption",
                name="redemption",
                fields=(
                    Field(name="campaign", type="string", required=True, keep=True),
                    Field(name="coupon", type="string", required=True, keep=True),
                ),
            ),
            EventKind(
                id="campaign-received",
                name="campaign received",
                fields=(Field(name="campaign", type="string", required=True, keep=True),),
                contact="marketing",
            ),
            EventKind(id="identify", name="identify"),
            EventKind(id="consent", name="consent"),
            EventKind(id="page", name="page", fields=(Field(name="name", type="string"),)),
            EventKind(
                id="product-viewed",
                name="product viewed",
                also=("Product Viewed",),
                fields=(
                    Field(name="product_id", type="string", required=True, keep=True),
                    Field(name="seconds", type="real", keep=True),
                ),
            ),
        ),
        aggregates=(
            Aggregate(id="orders", name="orders", is_="count", of="order"),
            Aggregate(id="orders-30", name="orders last 30 days", is_="count", of="order", over=days(30)),
            Aggregate(id="lines", name="lines", is_="count", of="order", what="product_id"),
            Aggregate(
                id="spend-60", name="spend last 60 days", is_="sum", of="order", what="sales_cents", over=days(60)
            ),
            Aggregate(id="products", name="products", is_="distinct", of="order", what="product_id"),
            Aggregate(id="last-order", name="days since last order", is_="days since last", of="order"),
            Aggregate(id="viewed-s", name="seconds viewed", is_="sum", of="product-viewed", what="seconds"),
            Aggregate(id="times-bought", name="times bought", root="candidate", is_="count", of="order"),
        ),
    )


def event(kind: str, at: datetime, message_id: str, person: str = "loyalty:1", **properties: Any) -> Event:
    """One event of a person, heard of when it happened."""
    return Event(
        message_id=message_id,
        kind=kind,
        at=at,
        received_at=at,
        identifiers=(Identifier.parse(person),),
        source="test",
        properties=properties,
    )


def order(at: datetime, id: str, *products: tuple[str, int], person: str = "loyalty:1") -> Event:
    """An order of (product id, cents) lines."""
    lines = [
        {
            "product_id": product,
            "quantity": 1,
            "sales_cents": cents,
            "retail_disc_cents": 0,
            "coupon_disc_cents": 0,
            "coupon_match_disc_cents": 0,
        }
        for product, cents in products
    ]
    total = sum(cents for _, cents in products)
    return event("order", at, f"order:{id}", person, order_id=id, store="330", total_cents=total, products=lines)


def households(count: int, orders: int, seed: int = 0) -> Iterator[list[Event]]:
    """The events of so many households, each with about so many orders, a profile, consent and campaigns."""
    rng = random.Random(seed)
    for number in range(1, count + 1):
        person = f"loyalty:{number}"
        events = [
            event("identify", YEAR, f"profile:{number}", person, **{"age-band": "35-44", "kids-count": number % 4}),
            event(
                "consent",
                YEAR,
                f"consent:{number}",
                person,
                purpose="marketing",
                channel=rng.choice(("email", "sms", "all")),
                granted=rng.random() < 0.8,
            ),
        ]
        for campaign in range(rng.randint(0, 5)):
            at = YEAR + timedelta(days=60 * campaign)
            events.append(
                event("campaign-received", at, f"received:{campaign}:{number}", person, campaign=str(campaign))
            )
        for index in range(rng.randint(orders // 2, orders + orders // 2)):
            at = YEAR + timedelta(seconds=rng.randrange(365 * 86_400))
            lines = [(str(rng.randrange(800_000, 892_331)), rng.randrange(50, 2000)) for _ in range(rng.randint(1, 18))]
            events.append(order(at, f"{number}-{index}", *lines, person=person))
        yield events


def record(id: str, leaf: str = "p1", at: datetime = NOON) -> DecisionRecord:
    """A decision of two actions in one channel: the first won, the second was dropped."""
    provenance = Provenance(how="asked", source="test", at=YEAR, confidence=0.5)
    return DecisionRecord(
        id=id,
        ask=Ask(
            ask_id=f"ask-{id}",
            who=(Identifier("loyalty", "1"),),
            service="weekly-coupons",
            at=at,
            context={"page": "home", "depth": 3, "score": 0.25, "tags": ["a", None]},
        ),
        leaf=leaf,
        known=True,
        result="slate",
        playbook="b1",
        model="m1",
        kernel="1",
        seed=7,
        arm="only",
        inputs=Inputs(
            facts={"age-band": Fact(value="35-44", provenance=provenance, message_id="profile:1")},
            consents={"sms": True, "email": False},
            consent_ids={"sms": "c1", "email": "c2"},
            candidates={"times-bought": b"\0" * 8},
            propensity=b"\0\0\0\0\0\0\xc0\x7f",
            contacts=(Entry(id="e1", contact_class="marketing", channel="email", at=YEAR, state="confirmed"),),
            epoch=2,
        ),
        actions=2,
        channels=("email",),
        dropped=b"\0\0\1\0",
        priority=b"\0\0\x80?\0\0\xc0\x7f",
        chosen=(0,),
        channel="email",
        probability=(1.0,),
    )

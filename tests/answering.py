"""The small shop as a whole hub, whose decisions mature after 14 days and whose orders are attributed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Raw
from decidedly.core.ask import Ask
from decidedly.core.attribution import Attribution
from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import EventKind, Field
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.playbook import Playbook
from decidedly.core.service import Placement
from decidedly.playbook.dictionary import BUILT_IN
from tests import cases, shop

MONDAY = shop.MONDAY
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ANN = Identifier("loyalty", "1")

KINDS = (
    *(
        EventKind(
            id=outcome, name=outcome, outcome=outcome, worth="amount_minor",
            fields=(Field(name="action", type="string"), Field(name="amount_minor", type="money(USD)")),
        )
        for outcome in ("impression", "click", "accept", "reject", "convert", "complain", "bounce")
    ),
    EventKind(id="non-response", name="non-response", outcome="non-response",
              fields=(Field(name="service", type="string", keep=True), Field(name="actions", type="list of string"))),
)  # fmt: skip

BOUGHT = Attribution(
    id="bought-coffee", name="bought coffee", of="order", outcome="convert", within=14 * DAY, product="product_id",
    worth="sales_cents",
)  # fmt: skip


def book(*attribution: Attribution) -> Playbook:
    dictionary = replace(shop.dictionary(), events=(*shop.dictionary().events, *KINDS))
    actions = tuple(
        replace(action, products=("coffee",)) if action.id == shop.COFFEE else action for action in shop.ACTIONS
    )
    service = {"model": "", "matures": 14 * DAY, "priority": shop.Text("weight * (3.00 + value)")}
    policies = tuple(policy for policy in shop.POLICIES if policy.id != "seen")
    return shop.playbook(service, dictionary=dictionary, actions=actions, policies=policies, attribution=attribution)


def of_today(*attribution: Attribution) -> Playbook:
    """The same with offers that hold for years, and a page of two places."""
    whole = book(*attribution)
    later = MONDAY + 20 * 365 * DAY
    actions = tuple(
        replace(action, valid_until=later, facts={**action.facts, "valid-until": later}) for action in whole.actions
    )
    places = (Placement(id="hero", name="Hero", candidates=shop.COFFEE), Placement(id="side", name="Side", slots=2))
    known = {kind.id for kind in whole.dictionary.events}
    kinds = (*whole.dictionary.events, *(kind for kind in BUILT_IN if kind.id not in known))
    return replace(
        whole, dictionary=replace(whole.dictionary, events=kinds), actions=actions,
        services=(replace(whole.services[0], placements=places),),
    )  # fmt: skip


def opened(folder: Path, at: datetime = MONDAY, *attribution: Attribution, store: str = "") -> Hub:
    """The hub at a moment; a folder's hub is opened again for a later one."""
    hub = Hub(Settings(folder, fixed_clock(at), store=store))
    if hub.playbooks.current() is None:
        hub.playbooks.publish(book(*attribution))
    return hub


def meet(hub: Hub, number: int = 1, **facts: object) -> None:
    """A person who wants e-mail tells who they are."""
    who, before = f"loyalty:{number}", MONDAY - 100 * DAY
    told = {"purpose": "marketing", "channel": "email", "granted": True}
    tell(hub, cases.event("identify", before, f"profile:{number}", who, **{"age-band": "35-44", **facts}))
    tell(hub, cases.event("consent", before, f"consent:{number}", who, **told))


def tell(hub: Hub, *events: Event) -> None:
    report = hub.capture([Raw(event, f"batch[{place}]") for place, event in enumerate(events)])
    assert not report.refusals, report


def ask(hub: Hub, number: int = 1, channel: str = "web", at: datetime = MONDAY) -> DecisionRecord:
    return hub.decide(
        Ask(
            ask_id=f"{number}/{channel}/{at.isoformat()}", who=(Identifier("loyalty", str(number)),),
            service=shop.SERVICE, channel=channel, at=at,
        )
    )  # fmt: skip


def answer(kind: str, record: DecisionRecord, at: datetime, id: str = "", **told: object) -> Event:
    event = cases.event(kind, at, id or f"{kind}:{record.id}:{at.isoformat()}", str(record.ask.who[0]), **told)
    return replace(event, decision_id=record.id)

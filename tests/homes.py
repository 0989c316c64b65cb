"""The small brand's dictionary with households and accounts, and a hub's worth of what is needed to look at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.memory import MemoryJournal, MemoryReader, MemoryStore, State
from decidedly.capture import Raw, Report, capture
from decidedly.core.dictionary import Aggregate, Attribute, Dictionary, EventKind, GroupKind, Seen
from decidedly.core.event import Event
from decidedly.core.group import JOINED, LEFT, Membership
from decidedly.core.identifier import Identifier
from decidedly.core.person import Person
from decidedly.core.policy import Text
from decidedly.person import Circle, circle_of, viewed
from decidedly.playbook.dictionary import OF_GROUPS
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store
from tests import cases
from tests.cases import NOON, event

HOUR = timedelta(hours=1)

HOUSEHOLD = GroupKind(
    id="household",
    name="household",
    one_at_a_time=True,
    roles=("head", "child"),
    most_members=3,
    traits=(
        Attribute(id="income-band", name="household income", of="person", type="string"),
        Attribute(id="tags", name="household tags", of="person", type="list of string", survivorship=("union",)),
    ),
    sees=(
        Seen(id="any-young", name="anyone young in the household", when=Text('age band = "19-24"')),
        Seen(id="all-young", name="everyone young in the household", is_="all", when=Text('age band = "19-24"')),
        Seen(id="buyers", name="buyers in the household", is_="count", when=Text("orders > 0")),
    ),
)
ACCOUNT = GroupKind(
    id="account", name="account", traits=(Attribute(id="plan", name="account plan", of="person", type="string"),)
)


def dictionary(*more: Aggregate) -> Dictionary:
    base = cases.dictionary()
    together = (
        Aggregate(id="home-orders", name="household orders", is_="count", of="order", among="household"),
        Aggregate(
            id="home-spend", name="household spend last 30 days", is_="sum", of="order", what="sales_cents",
            over=cases.days(30), among="household",
        ),
        Aggregate(
            id="home-last", name="days since last household order", is_="days since last", of="order",
            among="household",
        ),
    )  # fmt: skip
    events = (*base.events, EventKind(id="preference", name="preference"), *OF_GROUPS)
    return replace(base, events=events, groups=(HOUSEHOLD, ACCOUNT), aggregates=(*base.aggregates, *together, *more))


def joins(at: datetime, id: str, person: str, group: str = "household:H1", role: str = "", **traits: object) -> Event:
    told = {"group_id": group, **({"role": role} if role else {}), **traits}
    return event(JOINED, at, id, person, **{name.replace("_band", "-band"): value for name, value in told.items()})


def leaves(at: datetime, id: str, person: str, group: str = "household:H1") -> Event:
    return event(LEFT, at, id, person, group_id=group)


class Town:
    """People who live together, in memory unless a store is given."""

    def __init__(
        self, book: Dictionary | None = None, *, store: Store | None = None, reader: Reader | None = None
    ) -> None:  # fmt: skip
        self.book = book or dictionary()
        self.state = State()
        self.store: Store = store or MemoryStore(self.state)
        self.reader: Reader = reader or MemoryReader(self.state)
        self.journal = MemoryJournal(self.state)
        self.clock = FixedClock(NOON + timedelta(days=365))

    def hear(self, *events: Event) -> Report:
        raws = [Raw(one, f"batch[{place}]") for place, one in enumerate(events)]
        return capture(raws, store=self.store, reader=self.reader, clock=self.clock, dictionary=self.book)

    def look(self, membership: Membership, at: datetime) -> Circle:
        return circle_of(self.reader.group(membership.id), membership, at, self.book)

    def person(self, who: str, at: datetime, wanted: Collection[str] | None = None) -> Person:
        stored = self.reader.person((Identifier.parse(who),))
        assert stored is not None
        return viewed(stored, at, self.book, wanted, self.look)

    def told(self, who: str, at: datetime, *ids: str) -> Sequence[object]:
        one = self.person(who, at)
        return [one.value(id) for id in ids]

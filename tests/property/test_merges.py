"""Property: any merges, undone in any order, leave every record as if nobody had ever been merged.

What was decided while merged stays with the leaf that was addressed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.memory import MemoryReader, MemoryStore, State
from decidedly.capture import Graph, NotJoined, Raw, Word, capture, merge, split, unmerge
from decidedly.core.assignment import Assignment
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry
from decidedly.core.work import Expect, Work
from decidedly.ledger import combined, reserve
from decidedly.person import seen
from tests.cases import NOON, dictionary

D = dictionary()
HOUR = timedelta(hours=1)
PEOPLE = tuple(Identifier("loyalty", str(number)) for number in range(5))
LATER = NOON + 1000 * HOUR

_who = st.sampled_from(PEOPLE)
_events = st.lists(
    st.tuples(
        _who,
        st.sampled_from(["page", "identify", "consent", "campaign-received"]),
        st.integers(0, 20),
        st.booleans(),
    ),
    max_size=12,
)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), _who, _who),
        st.tuples(st.just("unmerge"), _who, _who),
        st.tuples(st.just("decide"), _who, _who),
        st.tuples(st.just("event"), _who, _who),
    ),
    max_size=12,
)


class Hub:
    def __init__(self) -> None:
        self.state = State()
        self.store, self.reader = MemoryStore(self.state), MemoryReader(self.state)
        self.graph = Graph(self.store, self.reader, D)

    def capture(self, who: Identifier, kind: str, id: str, hours: int, yes: bool) -> None:
        properties: dict[str, Any] = {
            "identify": {"age-band": "35-44" if yes else "19-24"},
            "consent": {"purpose": "marketing", "channel": "sms", "granted": yes},
            "campaign-received": {"campaign": "18"},
        }.get(kind, {})
        at = NOON + hours * HOUR
        event = Event(
            message_id=id, kind=kind, at=at, received_at=LATER, identifiers=(who,), source="web", properties=properties
        )
        report = capture(
            [Raw(event, "events[0]")], store=self.store, reader=self.reader, clock=FixedClock(LATER), dictionary=D
        )
        assert report.accepted == 1

    def decide(self, who: Identifier, number: int) -> None:
        """A contact and an assignment, conditioned on the whole person, written to the leaf that was addressed."""
        stored = self.graph.person(who)
        at = NOON + number * HOUR
        entry = Entry(id=f"d{number}", contact_class="marketing", channel="sms", at=at, state="reserved", exposures=1)
        ledger = reserve(stored.own, entry)
        taken = {one.experiment for one in combined(stored.ledgers).assignments}
        if "colour" not in taken:
            ledger = replace(ledger, assignments=(Assignment(experiment="colour", arm=str(number), at=at),))
        work = Work(person=stored.leaf, expect=Expect(ledgers=stored.versions), ledgers=(ledger,))
        assert [answer.result for answer in self.store.commit([work])] == ["done"]

    def records(self) -> list[Any]:
        """Everything of everybody, as each is asked for: facts, consents, history, contacts, assignments, segments."""
        everybody = []
        for who in PEOPLE:
            stored = self.graph.person(who)
            account = combined(stored.ledgers)
            everybody.append((seen(stored, LATER, D), stored.leaves, account.entries, account.assignments))
        return everybody


def apply(hub: Hub, number: int, step: str, one: Identifier, other: Identifier, *, merging: bool) -> None:
    word = Word(at=NOON + (100 + number) * HOUR, actor="eve")
    try:
        if step == "event":
            hub.capture(one, "page", f"s{number}", number, True)
        elif step == "decide":
            hub.decide(one, 100 + number)
        elif merging and step == "merge":
            merge(hub.graph, one, other, word)
        elif merging:
            unmerge(hub.graph, one, other, word)
    except (BadInput, NotJoined):
        pass  # they are one already, or are not


def undo_all(hub: Hub, random: Any) -> None:
    """One merge after the other, by unmerge or by splitting an end off, in any order."""
    number = 500
    while joins := [edge for edge in hub.state.edges.values() if edge.undone is None and not edge.apart]:
        edge = random.choice(joins)
        word = Word(at=NOON + number * HOUR, actor="eve")
        if random.random() < 0.5:
            unmerge(hub.graph, edge.a, edge.b, word)
        else:
            split(hub.graph, [edge.a], word)
        number += 1


@given(_events, _steps, st.randoms(use_true_random=False))
def test_merges_undone_in_any_order_leave_no_trace(
    events: list[Any], steps: list[tuple[str, Identifier, Identifier]], random: Any
) -> None:
    merged, never = Hub(), Hub()
    for hub in (merged, never):
        for who in PEOPLE:
            hub.capture(who, "page", f"first:{who}", 0, True)
        for number, (who, kind, hours, yes) in enumerate(events):
            hub.capture(who, kind, f"m{number}", hours, yes)
        for number, (step, one, other) in enumerate(steps):
            apply(hub, number, step, one, other, merging=hub is merged)
    undo_all(merged, random)
    for one, other in zip(merged.records(), never.records(), strict=True):
        assert one[:3] == other[:3]
        # Who was merged had the arm of the earliest of them, and keeps what was assigned to this leaf itself.
        assert set(one[3]) <= set(other[3])

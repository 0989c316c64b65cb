"""No schedule of concurrent asks, senders, retries, crashes, merges or bounces reserves a contact while the person's
combined ledger is at or above a cap: on SQLite, on SQLite behind its writer process, and on PostgreSQL.

Every write is watched: before it others may come, after it everything is counted again by an oracle of its own words.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.contract.conftest import Ports, ports
from tests.property.schedules import CAPS, HOUR, PEOPLE, SERVICES, World

__all__ = ["ports"]

_person = st.integers(0, PEOPLE - 1)
_service = st.sampled_from(SERVICES)
_ask = st.tuples(_person, _service, st.integers(-5, 5))
_crash = st.sampled_from(["", "", "", "before the claim", "after the claim", "after the send"])


class Schedule(RuleBasedStateMachine):
    """One schedule. What is named `between` happens after somebody has read and before they write."""

    opened: Ports
    counted = 0

    @initialize(caps=st.integers(0, len(CAPS) - 1), zone=st.sampled_from(["Europe/Vienna", "America/New_York"]))
    def begin(self, caps: int, zone: str) -> None:
        self.world = World(self.opened.store, self.opened.reader, caps, zone)

    def later(self, do: Any, *arguments: Any) -> None:
        self.world.store.others.append(lambda: do(*arguments))

    @rule(ask=_ask)
    def somebody_asks(self, ask: tuple[int, str, int]) -> None:
        self.world.ask(*ask)

    @rule(ask=_ask, between=st.lists(_ask, min_size=1, max_size=3))
    def several_ask_at_once(self, ask: tuple[int, str, int], between: list[tuple[int, str, int]]) -> None:
        for one in between:
            self.later(self.world.ask, *one)
        self.world.ask(*ask)

    @rule(ask=_ask, other=_person)
    def two_turn_out_to_be_one_while_somebody_asks(self, ask: tuple[int, str, int], other: int) -> None:
        self.later(self.world.join, ask[0], other)
        self.world.ask(*ask)

    @rule(number=st.integers(0, 50))
    def an_ask_is_sent_again(self, number: int) -> None:
        self.world.again(number)

    @rule(ask=_ask, crash=_crash)
    def a_sender_comes_between(self, ask: tuple[int, str, int], crash: Any) -> None:
        self.later(self.world.deliver, crash)
        self.world.ask(*ask)

    @rule(crash=_crash, refuses=st.booleans())
    def messages_are_sent(self, crash: Any, refuses: bool) -> None:
        self.world.deliver(crash, refuses)

    @rule(between=st.lists(_ask, min_size=1, max_size=2))
    def somebody_asks_while_messages_are_sent(self, between: list[tuple[int, str, int]]) -> None:
        for one in between:
            self.later(self.world.ask, *one)
        self.world.deliver()

    @rule()
    def two_senders_send_at_once(self) -> None:
        self.later(self.world.deliver)
        self.world.deliver()

    @rule(one=_person, other=_person)
    def two_turn_out_to_be_one(self, one: int, other: int) -> None:
        self.world.join(one, other)

    @rule(one=_person, other=_person)
    def two_turn_out_not_to_be_one(self, one: int, other: int) -> None:
        self.world.part(one, other)

    @rule(number=st.integers(0, 50))
    def a_message_bounces(self, number: int) -> None:
        self.world.bounce(number)

    @rule(hours=st.sampled_from([0.5, 3, 9, 14, 24, 30, 50, 80]))
    def time_passes(self, hours: float) -> None:
        self.world.now += hours * HOUR + timedelta(seconds=10)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            Schedule.counted += self.world.counted


EXAMPLES = {"MemoryStore": 60, "SqliteStore": 20, "WriterStore": 10, "PostgresStore": 10}


def test_no_schedule_reserves_a_contact_above_a_cap(ports: Ports) -> None:
    examples = EXAMPLES[type(ports.store).__name__]
    Schedule.counted = 0
    machine = type("OnThisStore", (Schedule,), {"opened": ports})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
    assert Schedule.counted > examples, "hardly anything was ever reserved"

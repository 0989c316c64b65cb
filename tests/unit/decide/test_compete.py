"""Under a cap the best message wins, not the first: in one run over several services, and against what still waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry
from decidedly.core.message import MessageState
from decidedly.core.playbook import playbook_hash
from decidedly.core.policy import Cap, ContactPolicy, ContactScope, Per, Text
from decidedly.core.work import Work
from decidedly.decide import Deciding, compile_plan, decide, dry_run, replay
from decidedly.decide.batch import decide_all
from decidedly.decide.worth import net_worth
from decidedly.ledger import claim
from tests.shop import MONDAY, SERVICE, Shop, ask, playbook

HOUR = timedelta(hours=1)
ONE_IN_A_WEEK = Cap(id="one", name="One in a week", at_most=1, per=Per(unit="week"))
TWO_IN_A_WEEK = replace(ONE_IN_A_WEEK, at_most=2)


class Services:
    """A shop of several services, each of which gives the same offers another worth: "s3" is worth about three."""

    def __init__(self, *caps: Cap, people: int = 1, classes: dict[str, str] | None = None) -> None:
        base = playbook().services[0]
        services = tuple(
            replace(
                base, id=f"s{worth}", slots=1, channels=("email",), priority=Text(f"propensity * 0 + {worth}"),
                contact_class=(classes or {}).get(f"s{worth}", "marketing"),
            )
            for worth in range(1, 10)
        )  # fmt: skip
        book = playbook(policies=(), contact=ContactPolicy(caps=caps))
        self.shop = Shop(replace(book, services=(*book.services, *services)))
        for number in range(1, people + 1):
            self.shop.meet(number, age_band="35-44", kids_count=2)

    def world(self, service: str) -> Deciding:
        plan = compile_plan(self.shop.book, playbook_hash(self.shop.book), service)
        return replace_plan(self.shop.world(), plan)

    def ask(self, service: str, at: Any = MONDAY, number: int = 1) -> Any:
        return replace(ask(number, f"{service}/{number}/{at}", at), service=service)

    def decide(self, service: str, at: Any = MONDAY, number: int = 1) -> DecisionRecord:
        return decide(self.ask(service, at, number), self.world(service))

    def entries(self, number: int = 1) -> dict[str, Entry]:
        stored = self.shop.reader.person(ask(number).who)
        assert stored is not None
        return {entry.id: entry for entry in stored.own.entries}

    def outbox(self) -> dict[str, MessageState]:
        states: tuple[MessageState, ...] = ("waiting", "displaced")
        return {row.key: row.state for state in states for row in self.shop.reader.messages(state)}

    def run(self, *services: str, people: int = 1) -> list[DecisionRecord]:
        who = [Identifier("loyalty", str(number)) for number in range(1, people + 1)]
        first, *others = map(self.world, services)
        report = decide_all("run", who, MONDAY, first, others=others, chunk=2)
        found = [self.shop.reader.decision(id) for id in report.decided]
        assert all(found)
        return [one for one in found if one is not None]


def replace_plan(world: Deciding, plan: Any) -> Deciding:
    return Deciding(plan, world.scorer, world.reader, world.store, world.view)


# A later ask against what still waits


def test_a_better_message_takes_the_place_of_one_that_waits() -> None:
    one = Services(ONE_IN_A_WEEK)
    poor, good = one.decide("s1"), one.decide("s5", MONDAY + HOUR)
    assert good.result == "slate"
    assert one.outbox() == {poor.id: "displaced", good.id: "waiting"}
    entries = one.entries()
    assert (entries[poor.id].state, entries[poor.id].displaced_by) == ("released", good.id)
    assert entries[good.id].state == "reserved"
    assert [entry.id for entry in good.inputs.displaced] == [poor.id]
    assert good.inputs.contacts == ()


@pytest.mark.parametrize("service", ["s1", "s5"])
def test_one_that_is_worth_no_more_does_not(service: str) -> None:
    one = Services(ONE_IN_A_WEEK)
    first, second = one.decide("s5"), one.decide(service, MONDAY + HOUR)
    assert (second.result, one.outbox()) == ("no-action", {first.id: "waiting"})
    assert [entry.id for entry in second.inputs.contacts] == [first.id]
    assert second.inputs.displaced == ()


def test_what_a_sender_has_claimed_stays() -> None:
    one = Services(ONE_IN_A_WEEK)
    first = one.decide("s1")
    stored = one.shop.reader.leaf(first.leaf)
    assert stored is not None
    one.shop.store.commit([Work(person=first.leaf, ledgers=(claim(stored.own, first.id, MONDAY),))])
    assert one.decide("s9", MONDAY + HOUR).result == "no-action"
    assert one.outbox() == {first.id: "waiting"}


def test_it_must_be_worth_more_than_all_that_it_takes_the_place_of_together() -> None:
    """A week of one message after days of one each: the later ask would cost both."""
    wide = Cap(id="wide", name="Wide", at_most=1, per=Per(unit="hour", count=30))
    for service, result in (("s5", "no-action"), ("s9", "slate")):
        one = Services(wide)
        early, late = one.decide("s4"), one.decide("s4", MONDAY + 30 * HOUR)
        between = one.decide(service, MONDAY + 15 * HOUR)
        assert between.result == result
        assert one.outbox()[early.id] == one.outbox()[late.id] == ("displaced" if result == "slate" else "waiting")


def test_of_several_the_cheapest_gives_way() -> None:
    one = Services(TWO_IN_A_WEEK)
    dear, cheap = one.decide("s6"), one.decide("s2", MONDAY + HOUR)
    best = one.decide("s4", MONDAY + 2 * HOUR)
    assert one.outbox() == {dear.id: "waiting", cheap.id: "displaced", best.id: "waiting"}


def test_a_decision_that_took_a_place_replays_to_the_byte() -> None:
    one = Services(ONE_IN_A_WEEK)
    one.decide("s1")
    good = one.decide("s5", MONDAY + HOUR)
    assert replay(good, one.world("s5").plan) == good


def test_asking_again_changes_nothing() -> None:
    one = Services(ONE_IN_A_WEEK)
    poor, good = one.decide("s1"), one.decide("s5", MONDAY + HOUR)
    assert (one.decide("s1"), one.decide("s5", MONDAY + HOUR)) == (poor, good)
    assert one.outbox() == {poor.id: "displaced", good.id: "waiting"}


def test_a_dry_run_tells_what_would_give_way_and_writes_nothing() -> None:
    one = Services(ONE_IN_A_WEEK)
    poor = one.decide("s1")
    told = dry_run(one.ask("s5", MONDAY + HOUR), one.world("s5"))
    assert [entry.id for entry in told.inputs.displaced] == [poor.id]
    assert one.outbox() == {poor.id: "waiting"}


def test_a_service_message_needs_no_place() -> None:
    one = Services(ONE_IN_A_WEEK, classes={"s1": "service"})
    first, receipt = one.decide("s5"), one.decide("s1", MONDAY + HOUR)
    assert (receipt.result, one.outbox()) == ("slate", {first.id: "waiting", receipt.id: "waiting"})


def test_a_service_message_that_counts_too_comes_first() -> None:
    everything = replace(ONE_IN_A_WEEK, scope=ContactScope(), with_service=True)
    one = Services(everything, classes={"s1": "service"})
    offer, receipt = one.decide("s9"), one.decide("s1", MONDAY + HOUR)
    assert one.outbox() == {offer.id: "displaced", receipt.id: "waiting"}
    assert one.decide("s8", MONDAY + 2 * HOUR).result == "no-action"


# Several services in one run


def test_in_one_run_the_best_message_wins_whatever_the_order_of_the_services() -> None:
    for order in (("s2", "s7", "s4"), ("s7", "s4", "s2")):
        one = Services(ONE_IN_A_WEEK, people=3)
        records = one.run(*order, people=3)
        won = [record.ask.service for record in records if record.result == "slate"]
        assert (len(records), won) == (9, ["s7"] * 3)
        assert set(one.outbox().values()) == {"waiting"}


def test_who_loses_is_told_the_cap_and_by_what_it_lost() -> None:
    one = Services(ONE_IN_A_WEEK)
    loser, winner = one.run("s2", "s7")
    plan = one.world("s2").plan
    assert (loser.result, loser.channel) == ("no-action", "")
    (contact,) = loser.inputs.contacts
    assert (contact.id, contact.worth) == (winner.id, net_worth(one.world("s7").plan, winner))
    assert {plan.rules[code - 1].id for code in memoryview(loser.dropped).cast("H")} == {"one"}


def test_as_many_win_as_the_caps_leave() -> None:
    one = Services(TWO_IN_A_WEEK)
    records = one.run("s1", "s2", "s3", "s4")
    assert [record.ask.service for record in records if record.result == "slate"] == ["s3", "s4"]


def test_the_same_run_again_fills_the_gaps_alone() -> None:
    one = Services(ONE_IN_A_WEEK, people=2)
    first = one.run("s2", "s7")
    again = one.run("s2", "s7", "s9", people=2)
    assert again[:2] == first
    # The newcomer takes the place of what the run had reserved, as it has not been sent.
    assert [record.ask.service for record in again if one.outbox().get(record.id) == "waiting"] == ["s9", "s9"]


def test_one_service_alone_competes_with_nobody() -> None:
    one = Services(ONE_IN_A_WEEK, people=3)
    assert [record.result for record in one.run("s4", people=3)] == ["slate"] * 3


def test_the_first_service_of_the_shop_takes_part() -> None:
    one = Services(ONE_IN_A_WEEK)
    assert {record.ask.service for record in one.run(SERVICE, "s9")} == {SERVICE, "s9"}

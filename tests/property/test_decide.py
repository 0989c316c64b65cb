"""Whatever the inputs: alone = in a batch = replayed, and only what every rule let pass is chosen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.decision import NULL, DecisionRecord, Inputs, to_bytes
from decidedly.core.ledger import Entry
from decidedly.core.playbook import Playbook
from decidedly.core.provenance import Fact, Provenance
from decidedly.decide import replay
from decidedly.decide.record import decide_batch
from tests.shop import ACTIONS, CONSENT, MONDAY, ask, plan_of, playbook

BOOK = playbook(actions=(*ACTIONS, *(replace(one, id=f"{one.id}-2", lever=1.5) for one in ACTIONS)))
PLANS = {channel: plan_of(BOOK, channel) for channel in ("", "web")}
N = len(BOOK.actions)
SAID = Provenance(how="given", source="test", at=MONDAY - timedelta(days=9))
# Few different moments, so that people are alike in some and not in others: the plan remembers verdicts.
MOMENTS = st.sampled_from([MONDAY + timedelta(hours=hours) for hours in (-200, -3, 0, 9, 10, 12, 1000)])


BOUGHT = (NULL, 0, 4, 5, 2**31 - 1)


class Person(NamedTuple):
    at: datetime
    ask_id: str
    inputs: Inputs


def fact(value: object) -> Fact:
    return Fact(value=value, provenance=SAID, message_id="m1")


@st.composite
def contacts(draw: st.DrawFn, at: datetime) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            id=f"e{number}",
            contact_class=draw(st.sampled_from(("marketing", "service"))),
            channel=draw(st.sampled_from(("email", "sms", "print"))),
            at=at - timedelta(days=draw(st.integers(0, 40))),
            state="confirmed",
        )
        for number in range(draw(st.integers(0, 3)))
    )


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    found = []
    for number in range(draw(st.integers(1, 6))):
        at = draw(MOMENTS)
        known = {
            "age-band": draw(st.sampled_from((None, "19-24", "35-44"))),
            "kids-count": draw(st.sampled_from((None, 0, 2, "not a number"))),
        }
        consents = draw(st.dictionaries(st.sampled_from(("email", "sms", "web")), st.booleans()))
        bought = [BOUGHT[byte % len(BOUGHT)] for byte in draw(st.binary(min_size=N, max_size=N))]
        propensity = np.frombuffer(draw(st.binary(min_size=N, max_size=N)), np.uint8) // 32
        inputs = Inputs(
            facts={id: fact(value) for id, value in known.items() if value is not None},
            consents=consents,
            consent_ids=dict.fromkeys(consents, "m1"),
            candidates={"times-bought": np.array(bought, "<i4").tobytes()},
            propensity=(propensity / 8).astype("<f4").tobytes(),
            contacts=draw(contacts(at)),
            epoch=0,
        )
        found.append(Person(at, f"{number}-{draw(st.integers(0, 99))}", inputs))
    return found


def decided(them: list[Person], channel: str = "", book: Playbook | None = None) -> list[DecisionRecord]:
    plan = plan_of(book, channel) if book else PLANS[channel]
    asks = [ask(number, one.ask_id, one.at, channel) for number, one in enumerate(them)]
    leaves = [(f"p{number}", True) for number in range(len(them))]
    return decide_batch(plan, asks, leaves, [one.inputs for one in them], "m1")


CHANNELS = st.sampled_from(("", "web"))


@given(people(), CHANNELS)
def test_alone_and_in_a_batch_the_record_is_the_same_bytes(them: list[Person], channel: str) -> None:
    plan = PLANS[channel]
    together = decided(them, channel)
    for record in together:
        (alone,) = decide_batch(plan, [record.ask], [(record.leaf, True)], [record.inputs], "m1")
        assert to_bytes(alone) == to_bytes(record)


@given(people(), CHANNELS)
def test_every_record_replays_to_the_same_bytes(them: list[Person], channel: str) -> None:
    for record in decided(them, channel):
        assert to_bytes(replay(record, PLANS[channel])) == to_bytes(record)


@given(people(), CHANNELS)
def test_a_plan_that_has_judged_thousands_judges_as_one_that_is_new(them: list[Person], channel: str) -> None:
    fresh, used = decided(them, channel, BOOK), decided(them, channel)
    assert [to_bytes(record) for record in fresh] == [to_bytes(record) for record in used]


@given(people(), CHANNELS)
def test_what_is_chosen_passed_every_rule_and_the_best_of_it_comes_first(them: list[Person], channel: str) -> None:
    for record in decided(them, channel):
        if record.result == "no-action":
            assert (record.chosen, record.channel, record.probability) == ((), "", ())
            continue
        column = record.channels.index(record.channel)
        codes = np.frombuffer(record.dropped, "<u2").reshape(N, -1)[:, column]
        priority = np.frombuffer(record.priority, "<f4").reshape(N, -1)[:, column]
        best = priority[list(record.chosen)]
        assert not codes[list(record.chosen)].any()
        assert len(set(record.chosen)) == len(record.chosen) == min(2, int((codes == 0).sum()))
        assert (np.diff(best) <= 0).all()
        assert best[-1] >= np.delete(np.nan_to_num(priority, nan=-np.inf), record.chosen).max()


@given(people(), CHANNELS)
def test_probabilities_are_one_for_each_chosen_action_and_none_is_zero(them: list[Person], channel: str) -> None:
    for record in decided(them, channel):
        assert record.probability == (1.0,) * len(record.chosen)


@given(people(), CHANNELS)
def test_a_priority_stands_exactly_where_nothing_dropped_the_candidate(them: list[Person], channel: str) -> None:
    for record in decided(them, channel):
        passed = np.frombuffer(record.dropped, "<u2") == 0
        assert (passed == ~np.isnan(np.frombuffer(record.priority, "<f4"))).all()


@given(people())
def test_nobody_is_written_to_without_a_yes_for_that_channel(them: list[Person]) -> None:
    for record in decided(them):
        codes = np.frombuffer(record.dropped, "<u2").reshape(N, -1)
        refused = [record.inputs.consents.get(channel) is not True for channel in record.channels]
        assert record.channel not in np.array(record.channels)[refused]
        assert (codes[:, refused] == 1 + CONSENT).all()


@given(people(), st.permutations(range(N)))
def test_the_order_of_the_actions_in_the_file_changes_no_decision(them: list[Person], order: list[int]) -> None:
    other = replace(BOOK, actions=tuple(BOOK.actions[index] for index in order))
    moved = [
        one._replace(
            inputs=replace(
                one.inputs,
                candidates={
                    "times-bought": np.frombuffer(one.inputs.candidates["times-bought"], "<i4")[order].tobytes()
                },
                propensity=np.frombuffer(one.inputs.propensity, "<f4")[order].tobytes(),
            )
        )
        for one in them
    ]
    for before, after in zip(decided(them), decided(moved, book=other), strict=True):
        assert after.channel == before.channel
        assert [other.actions[index].id for index in after.chosen] == [
            BOOK.actions[index].id for index in before.chosen
        ]

"""Whatever the inputs: pages filled alone = in any batch = replayed, and every rule of the slate is kept."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord, Earlier, to_bytes
from decidedly.core.policy import Text
from decidedly.core.service import AtMostOf, Bundle, NeverTogether, NoRepeat, OnlyAfter, Placement
from decidedly.decide import replay
from decidedly.decide.record import decide_batch
from tests.property.test_decide import CHANNELS, Person, people
from tests.shop import ACTIONS, COFFEE, DIAPERS, SERVICE, WINE, ask, plan_of, playbook

PLACEMENTS = (
    Placement(id="hero", name="Hero", when=Text("kids count > 0 or action.category != null")),
    Placement(id="menu", name="Menu", slots=2, order="stable", margin=0.3),
    Placement(id="insert", name="Insert", slots=2, budget=200, size="value"),
)
RULES = (
    AtMostOf(id="variety", name="Two of one", count=2, of_one="category"),
    AtMostOf(id="one-in-the-menu", name="One of one in the menu", count=1, of_one="category", placement="menu"),
    NoRepeat(id="fresh", name="Not twice in 2 days", days=2, actions=f"{COFFEE}*"),
    NeverTogether(id="apart", name="Wine never beside diapers", one=WINE, other=f"{DIAPERS}*"),
    OnlyAfter(id="later", name="Coffee 2 after diapers", actions=f"{COFFEE}-2", after=DIAPERS, days=1),
    Bundle(id="set", name="Wine 2 and diapers 2", actions=(f"{WINE}-2", f"{DIAPERS}-2")),
)
SERVICE_SAYS = {"placements": PLACEMENTS, "rules": RULES, "session": timedelta(hours=1)}
ALL = (*ACTIONS, *(replace(one, id=f"{one.id}-2", lever=1.5) for one in ACTIONS))
BOOK = playbook(
    SERVICE_SAYS,
    actions=tuple(replace(one, facts={**one.facts, "value": 60 + 30 * number}) for number, one in enumerate(ALL)),
)
PLANS = {channel: plan_of(BOOK, channel) for channel in ("", "web")}
IDS = [one.id for one in BOOK.actions]


@st.composite
def remembered(draw: st.DrawFn) -> list[Person]:
    """People who may have been shown something before."""
    found = []
    for one in draw(people()):
        earlier = [
            Earlier(
                id=f"d{number}",
                service=draw(st.sampled_from((SERVICE, "other"))),
                channel=draw(st.sampled_from(("web", "phone", "email"))),
                at=one.at - timedelta(minutes=draw(st.sampled_from((0, 30, 60, 61, 2000, 4000)))),
                actions=tuple(actions),
                places=tuple(draw(st.sampled_from(("hero", "menu", "insert", "gone"))) for _ in actions),
            )
            for number, actions in enumerate(draw(st.lists(st.lists(st.sampled_from(IDS), unique=True), max_size=3)))
        ]
        earlier.sort(key=lambda before: before.at, reverse=True)
        sent = tuple(
            replace(entry, actions=tuple(draw(st.lists(st.sampled_from(IDS), max_size=3))))
            for entry in one.inputs.contacts
        )
        found.append(one._replace(inputs=replace(one.inputs, earlier=tuple(earlier), contacts=sent)))
    return found


def decided(them: list[Person], channel: str) -> list[DecisionRecord]:
    asks = [ask(number, one.ask_id, one.at, channel) for number, one in enumerate(them)]
    leaves = [(f"p{number}", True) for number in range(len(them))]
    return decide_batch(PLANS[channel], asks, leaves, [one.inputs for one in them], "m1")


@given(remembered(), CHANNELS, st.data())
def test_alone_and_in_any_part_of_a_batch_the_record_is_the_same_bytes(
    them: list[Person], channel: str, data: st.DataObject
) -> None:
    together = [to_bytes(record) for record in decided(them, channel)]
    cut = data.draw(st.integers(0, len(them)))
    asks = [ask(number, one.ask_id, one.at, channel) for number, one in enumerate(them)]
    parts = [(asks[:cut], them[:cut], 0), (asks[cut:], them[cut:], cut)]
    split = [
        to_bytes(record)
        for some, whom, first in parts
        if some
        for record in decide_batch(
            PLANS[channel],
            some,
            [(f"p{first + n}", True) for n in range(len(some))],
            [one.inputs for one in whom],
            "m1",
        )
    ]
    assert split == together


@given(remembered(), CHANNELS)
def test_every_record_replays_to_the_same_bytes(them: list[Person], channel: str) -> None:
    for record in decided(them, channel):
        assert to_bytes(replay(record, PLANS[channel])) == to_bytes(record)


@given(remembered(), CHANNELS)
def test_every_rule_of_the_slate_is_kept(them: list[Person], channel: str) -> None:
    for record in decided(them, channel):
        if record.result == "no-action":
            assert (record.chosen, record.places) == ((), ())
            continue
        places = record.places or (0,) * len(record.chosen)
        shown = [BOOK.actions[index] for index in record.chosen]
        column = record.channels.index(record.channel)
        assert not np.frombuffer(record.dropped, "<u2").reshape(len(IDS), -1)[list(record.chosen), column].any()
        assert len(set(record.chosen)) == len(record.chosen)
        assert list(places) == sorted(places)
        inside = [[one for one, place in zip(shown, places, strict=True) if place == index] for index in range(3)]
        assert all(len(some) <= place.slots for some, place in zip(inside, PLACEMENTS, strict=True))
        assert sum(one.facts["value"] for one in inside[2]) <= 200
        assert max(Counter(one.facts["category"] for one in shown).values()) <= 2
        assert max(Counter(one.facts["category"] for one in inside[1]).values(), default=0) <= 1
        ids = [one.id for one in shown]
        assert not (WINE in ids and any(id.startswith(DIAPERS) for id in ids))
        assert (f"{WINE}-2" in ids) == (f"{DIAPERS}-2" in ids)


@given(remembered(), CHANNELS)
def test_what_was_shown_too_lately_is_dropped_by_the_rule_that_says_so(them: list[Person], channel: str) -> None:
    plan = PLANS[channel]
    rule = 1 + next(index for index, one in enumerate(plan.rules) if one.id == "fresh")
    for record in decided(them, channel):
        lately = {
            action
            for entry in record.inputs.contacts
            if abs(record.ask.at - entry.at) < timedelta(days=2)
            for action in entry.actions
            if action.startswith(COFFEE)
        }
        codes = np.frombuffer(record.dropped, "<u2").reshape(len(IDS), -1)
        assert all((codes[IDS.index(action)] != 0).all() for action in lately)
        assert all(IDS[index].startswith(COFFEE) for index in np.flatnonzero((codes == rule).any(axis=1)))

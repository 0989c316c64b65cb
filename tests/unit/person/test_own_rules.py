"""Own rules and preferences are folded whatever the order of arrival, and hold as of their moments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.event import Event
from decidedly.core.person import Leaf
from decidedly.core.preference import PREFERENCES
from decidedly.person import combine, fold
from tests import cases
from tests.cases import NOON, event

BASE = cases.dictionary()
D = replace(
    BASE,
    attributes=(*BASE.attributes, *PREFERENCES),
    events=(*BASE.events, replace(BASE.events[-1], id="own-rule"), replace(BASE.events[-1], id="preference")),
)
TIMES = st.integers(0, 9).map(lambda days: NOON - timedelta(days=days))
RULES = st.builds(
    lambda at, id, removed, topic: event(
        "own-rule", at, f"{id}:{at}:{topic}:{removed}", rule=id,
        **({"removed": True} if removed else {"choice": "never-about", "topic": topic}),
    ),
    TIMES, st.sampled_from(("r1", "r2")), st.booleans(), st.sampled_from(("wine", "beer")),
)  # fmt: skip
LIKES = st.builds(
    lambda at, count: event("preference", at, f"likes:{at}:{count}", **{"preferred-a-week": count}),
    TIMES, st.none() | st.integers(0, 3),
)  # fmt: skip
EVENTS = st.lists(RULES | LIKES, max_size=8, unique_by=lambda one: one.message_id)


@given(EVENTS, st.randoms(use_true_random=False), TIMES)
def test_every_order_of_arrival_gives_the_same_rules_and_preferences(
    events: list[Event], random: Any, at: datetime
) -> None:
    shuffled, leaf = list(events), Leaf(id="p1")
    random.shuffle(shuffled)
    for one in (*shuffled, *shuffled[:2]):
        leaf = fold(leaf, [one], D)
    whole = fold(Leaf(id="p1"), events, D)
    assert replace(leaf, version=0) == replace(whole, version=0)
    seen, earlier = combine([whole], at, D), combine([fold(Leaf(id="p1"), [e for e in events if e.at < at], D)], at, D)
    assert (seen.own_rules, seen.facts) == (earlier.own_rules, earlier.facts)


@given(EVENTS, TIMES)
def test_a_rule_is_in_force_as_its_newest_word_says(events: list[Event], at: datetime) -> None:
    words = [one for one in events if one.kind == "own-rule" and one.at < at]
    newest = {
        id: max((w for w in words if w.properties["rule"] == id), key=lambda w: (w.at, w.message_id))
        for id in {word.properties["rule"] for word in words}
    }
    in_force = {id for id, word in newest.items() if not word.properties.get("removed")}
    assert {rule.id for rule in combine([fold(Leaf(id="p1"), events, D)], at, D).own_rules} == in_force

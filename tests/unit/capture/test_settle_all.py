"""Everybody anew, after the limits changed: the persons are those that the new limits would have made of the events."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.capture import settle_all
from decidedly.core.dictionary import Dictionary, Namespace
from decidedly.core.identifier import Identifier
from tests.cases import NOON, dictionary
from tests.unit.capture.conftest import Hub, raw

SECOND = timedelta(seconds=1)
LOOSE = dictionary()
STRICT: Dictionary = replace(
    LOOSE,
    namespaces=(Namespace(id="anonymous", shared_above=2), Namespace(id="email", at_most=1)),
    most_identifiers=5,
)
NAMES = [f"{space}:{value}" for space in ("loyalty", "email", "anonymous") for value in "abc"]


def hub_with(of: Dictionary, events: list[list[str]]) -> Hub:
    hub = Hub()
    hub.dictionary = of
    for number, who in enumerate(events):
        # Some at one moment, where only the message id says which link is tried first.
        hub.capture(raw("page", f"m{number}", NOON - (number // 2) * SECOND, " ".join(who)))
    return hub


def settled(hub: Hub) -> int:
    return settle_all(store=hub.store, reader=hub.reader, dictionary=hub.dictionary)


def persons(hub: Hub) -> list[tuple[str, ...]]:
    return [stored.cluster.leaves for stored in hub.reader.people()]


def refusals(hub: Hub) -> dict[tuple[str, ...], str]:
    return {edge.key: edge.refused for _, edge in hub.reader.reviews()}


@pytest.mark.parametrize(("before", "after"), [(LOOSE, STRICT), (STRICT, LOOSE)])
@given(st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True), max_size=10))
def test_new_limits_give_the_persons_and_refusals_that_they_would_have_given(before, after, events):
    hub, fresh = hub_with(before, events), hub_with(after, events)
    hub.dictionary = after
    settled(hub)
    assert persons(hub) == persons(fresh)
    assert refusals(hub) == refusals(fresh)


def test_what_the_limits_do_not_concern_is_not_written_again(hub: Hub):
    hub.capture(raw("page", "m1", who="loyalty:1 anonymous:a"), raw("page", "m2", who="loyalty:2 anonymous:b"))
    before = hub.reader.person((Identifier("loyalty", "1"),))
    assert settled(hub) == 0
    assert hub.reader.person((Identifier("loyalty", "1"),)) == before


def test_nobody_is_nothing_to_do(hub: Hub):
    assert settled(hub) == 0


def test_progress_counts_persons(hub: Hub):
    hub.capture(*(raw("page", f"m{number}", who=f"loyalty:{number}") for number in range(501)))
    seen: list[int] = []
    settle_all(store=hub.store, reader=hub.reader, dictionary=hub.dictionary, progress=seen.append)
    assert seen == [500, 501]

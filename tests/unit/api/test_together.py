"""Asks that come at the same time are decided as one batch; each gets its own answer, or its own error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from decidedly.api.together import MOST, Together
from decidedly.core.ask import Ask
from decidedly.core.errors import BadInput
from tests.shop import ask


class Counting:
    """A hub that notes which asks it was given together; it refuses those whose id is "bad"."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def decide_together(self, asks: Sequence[Ask]) -> list[Any]:
        self.batches.append([one.ask_id for one in asks])
        if any(one.ask_id == "bad" for one in asks):
            raise BadInput("This one is bad.", place="body")
        return [SimpleNamespace(of=one.ask_id) for one in asks]


def answers(hub: Counting, asks: Sequence[Ask]) -> list[Any]:
    async def all_at_once() -> list[Any]:
        together = Together(hub)  # type: ignore[arg-type]
        return await asyncio.gather(*(together.decide(one) for one in asks), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_asks_that_come_at_the_same_time_are_one_batch() -> None:
    hub = Counting()
    found = answers(hub, [ask(1, ask_id=f"a{number}") for number in range(5)])
    assert hub.batches == [["a0", "a1", "a2", "a3", "a4"]]
    assert [one.of for one in found] == ["a0", "a1", "a2", "a3", "a4"]


def test_an_error_is_told_to_whom_it_belongs_and_the_others_are_answered() -> None:
    hub = Counting()
    found = answers(hub, [ask(1, ask_id=id) for id in ("a0", "bad", "a2")])
    assert [getattr(one, "of", None) for one in found] == ["a0", None, "a2"]
    assert isinstance(found[1], BadInput)


def test_asks_of_another_channel_are_another_batch() -> None:
    hub = Counting()
    found = answers(hub, [ask(1, ask_id="a0"), ask(1, ask_id="a1", channel="web"), ask(1, ask_id="a2")])
    assert sorted(map(sorted, hub.batches)) == [["a0", "a2"], ["a1"]]
    assert [one.of for one in found] == ["a0", "a1", "a2"]


@pytest.mark.parametrize("count", [MOST + 1, 3 * MOST])
def test_no_batch_is_so_long_that_the_first_waits_for_all(count: int) -> None:
    hub = Counting()
    found = answers(hub, [ask(1, ask_id=f"a{number}") for number in range(count)])
    assert max(map(len, hub.batches)) == MOST
    assert [one.of for one in found] == [f"a{number}" for number in range(count)]

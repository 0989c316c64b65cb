"""What waits while others write goes together, and only those who caused an error are told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Thread

import pytest

from decidedly.adapters.group_commit import MOST, GroupCommit
from decidedly.core.errors import StoreUnavailable


class Slow:
    """Writes that wait for a sign; `groups` is what each transaction held."""

    def __init__(self, check: Callable[[int], None] = lambda item: None) -> None:
        self.groups: list[list[int]] = []
        self.begun, self.go = Event(), Event()
        self._check = check

    def write(self, items: Sequence[int]) -> tuple[int, ...]:
        self.begun.set()
        self.go.wait(10)
        self.groups.append(list(items))
        for item in items:
            self._check(item)
        return tuple(-item for item in items)


def together(group: GroupCommit[int, int], slow: Slow, *parts: list[int]) -> dict[int, object]:
    """The first part is being written while the others come; what each caller got, by its first item."""
    got: dict[int, object] = {}

    def commit(items: list[int]) -> None:
        try:
            got[items[0]] = group.commit(items)
        except Exception as error:
            got[items[0]] = error

    threads = [Thread(target=commit, args=(part,)) for part in parts]
    threads[0].start()
    assert slow.begun.wait(10)
    for number, thread in enumerate(threads[1:], start=1):
        thread.start()
        while len(group._waiting) < number:
            pass
    slow.go.set()
    for thread in threads:
        thread.join()
    return got


def test_who_comes_alone_is_written_at_once() -> None:
    slow = Slow()
    slow.go.set()
    assert GroupCommit(slow.write).commit([1, 2]) == (-1, -2)
    assert slow.groups == [[1, 2]]


def test_those_who_come_meanwhile_share_the_next_transaction_and_get_their_own_answers() -> None:
    slow = Slow()
    got = together(GroupCommit(slow.write), slow, [1], [2, 3], [4])
    assert got == {1: (-1,), 2: (-2, -3), 4: (-4,)}
    assert slow.groups == [[1], [2, 3, 4]]


def test_a_transaction_has_an_end() -> None:
    slow = Slow()
    long = list(range(10, 10 + MOST))
    together(GroupCommit(slow.write), slow, [1], long, [2])
    assert [len(group) for group in slow.groups] == [1, MOST, 1]


def test_only_the_one_who_caused_an_error_is_told_of_it() -> None:
    def check(item: int) -> None:
        if item == 3:
            raise ValueError("three")

    slow = Slow(check)
    got = together(GroupCommit(slow.write), slow, [1], [2], [3])
    assert got[2] == (-2,)
    assert isinstance(got[3], ValueError)


def test_a_store_that_is_away_is_away_for_all_and_tried_once() -> None:
    def check(item: int) -> None:
        if item > 1:
            raise StoreUnavailable("away")

    slow = Slow(check)
    group = GroupCommit(slow.write)
    got = together(group, slow, [1], [2], [3])
    assert isinstance(got[2], StoreUnavailable)
    assert isinstance(got[3], StoreUnavailable)
    assert slow.groups == [[1], [2, 3]]
    with pytest.raises(StoreUnavailable):
        group.commit([4])
    assert group.commit([1]) == (-1,)

"""Erase groups: what somebody who is erased said of groups, and groups in which nobody is left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from decidedly.adapters.blobs import LEAF
from decidedly.adapters.without import group_without
from decidedly.core.group import traits_message

_AT_ONCE = 100


class Reads(Protocol):
    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...

    def change(self, statement: str, values: Sequence[Any]) -> int: ...


class Left(NamedTuple):
    """messages: ids of the events of groups that are gone; mates: leaves whose decisions may have read what these said;
    events, groups, memberships: how many are gone; rewritten: groups that go on without what was said."""

    messages: frozenset[str]
    mates: frozenset[str]
    events: int
    groups: int
    memberships: int
    rewritten: int


def erase_groups(rows: Reads, leaves: Sequence[str], told: Collection[str]) -> Left:
    """Take erased leaves out of their groups. told: message ids of the events by which they were in groups."""
    groups = [id for (id,) in _each(rows, "SELECT DISTINCT group_id FROM memberships WHERE leaf IN ({})", leaves)]
    said = _said(rows, [traits_message(id) for id in told])
    mates = _mates(rows, groups) - {*leaves} if said else set()
    memberships = _change(rows, "DELETE FROM memberships WHERE leaf IN ({})", leaves)
    inhabited = {
        id for (id,) in _each(rows, "SELECT DISTINCT group_id FROM memberships WHERE group_id IN ({})", groups)
    }  # fmt: skip
    empty = [id for id in groups if id not in inhabited]
    gone = {id for (id,) in _each(rows, "SELECT message_id FROM events WHERE leaf IN ({})", empty)} | said
    ahead = 'DELETE FROM ahead WHERE "offset" IN (SELECT "offset" FROM events WHERE message_id IN ({}))'
    _change(rows, ahead, sorted(gone))
    events = _change(rows, "DELETE FROM events WHERE message_id IN ({})", sorted(gone))
    dissolved = _change(rows, "DELETE FROM leaves WHERE id IN ({})", empty)
    rewritten = 0
    for (state,) in _each(rows, "SELECT state FROM leaves WHERE id IN ({})", sorted(inhabited)) if said else ():
        leaf = LEAF.decode(state)
        left = group_without(leaf, said)
        if left is not leaf:
            rewritten += rows.change(
                "UPDATE leaves SET version = ?, state = ? WHERE id = ?", (left.version, LEAF.encode(left), left.id)
            )
    return Left(frozenset(gone), frozenset(mates), events, dissolved, memberships, rewritten)


def _said(rows: Reads, messages: Sequence[str]) -> set[str]:
    """Those of these events of groups that there are."""
    return {id for (id,) in _each(rows, "SELECT message_id FROM events WHERE message_id IN ({})", messages)}


def _mates(rows: Reads, groups: Sequence[str]) -> set[str]:
    """Everybody who ever was in one of these groups, by every leaf that they are now."""
    found = {id for (id,) in _each(rows, "SELECT DISTINCT leaf FROM memberships WHERE group_id IN ({})", groups)}
    joined = "SELECT o.leaf FROM members m JOIN members o ON o.person = m.person WHERE m.leaf IN ({})"
    return found | {id for (id,) in _each(rows, joined, sorted(found))}


def _each(rows: Reads, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [row for some in _chunks(values) for row in rows.read(statement.format(_marks(some)), some)]


def _change(rows: Reads, statement: str, values: Sequence[Any]) -> int:
    return sum(rows.change(statement.format(_marks(some)), some) for some in _chunks(values))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))

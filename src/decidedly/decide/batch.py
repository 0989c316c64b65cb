"""Millions, in chunks: the same decision as online, committed chunk by chunk, resumable after any crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import decision_id, leaf_id
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry
from decidedly.core.policy import SERVICE_CLASS
from decidedly.core.work import Work
from decidedly.decide.online import Deciding, decide, weigh
from decidedly.person import sought
from decidedly.ports.reader import Stored

_TRIES = 3


@dataclass(frozen=True)
class BatchReport:
    """decided: ids of all decisions of the run, in the order of its people; fresh: how many were made just now."""

    decided: tuple[str, ...]
    fresh: int


def ask_of(run: str, service: str, who: Identifier, at: datetime) -> Ask:
    """The ask of one person in one run: started again, the same run asks the same and is answered from the store.

    who : in the form of its namespace, so that the person is asked for once however they are written
    """
    return Ask(ask_id=f"{run}/{who}", who=(who,), service=service, at=at)


def decide_all(
    run: str,
    who: Sequence[Identifier],
    at: datetime,
    world: Deciding,
    *,
    others: Sequence[Deciding] = (),
    chunk: int = 128,
    progress: Callable[[int], None] = lambda done: None,
) -> BatchReport:
    """Decide for everybody on the list, each once. Who was decided in an earlier try of this run is left alone.

    others : further services, which compete with the first for the contacts that the caps leave each person: the
             message that is worth the most is reserved, and the rest decided again under what is left then. Who loses
             everything gets a decision for no action, which names the cap and holds the contact that won
    chunk  : people a commit; memory is bounded by it, not by the list
    """
    worlds = {one.plan.service.id: one for one in (world, *others)}
    who = list(dict.fromkeys(sought(one, world.plan.dictionary) for one in who))
    decided: list[str] = []
    fresh = 0
    for start in range(0, len(who), chunk):
        asks = [ask_of(run, service, one, at) for one in who[start : start + chunk] for service in worlds]
        ids = [decision_id(ask.ask_id, ask.service) for ask in asks]
        there = world.reader.decided(ids)
        missing = {id: ask for id, ask in zip(ids, asks, strict=True) if id not in there}
        fresh += sum(id not in there for id in ids)
        _decide(missing, worlds)
        decided += ids
        progress(min(start + chunk, len(who)))
    return BatchReport(tuple(decided), fresh)


def _decide(missing: dict[str, Ask], worlds: Mapping[str, Deciding]) -> None:
    """Decide these asks, round by round: of each person the best message, until none of the rest may go.

    missing : by decision id
    A round is committed before the next is read, so that a crash between them leaves nothing that did not count.
    """
    left, world = dict(missing), next(iter(worlds.values()))
    for _ in range(len(worlds) + _TRIES):
        if not left:
            return
        works = _round(list(left.values()), worlds)
        answers = world.store.commit(works)
        done = {
            work.record.id
            for work, answer in zip(works, answers, strict=True)
            if work.record and answer.result == "done"
        }
        left = {id: ask for id, ask in left.items() if id not in done}
        if len(done) < len(works) and left:
            there = world.reader.decided(list(left))
            left = {id: ask for id, ask in left.items() if id not in there}
    for ask in left.values():
        decide(ask, worlds[ask.service])


def _round(asks: Sequence[Ask], worlds: Mapping[str, Deciding]) -> list[Work]:
    """Of each person the work of the best message; all of those who get none, as nothing stands between them."""
    reader = next(iter(worlds.values())).reader
    read = {ask.who: reader.person(ask.who) or Stored.nobody(leaf_id(ask.who[0])) for ask in asks}
    found: dict[str, list[tuple[DecisionRecord, Work]]] = {}
    for service, world in worlds.items():
        mine = [ask for ask in asks if ask.service == service]
        for record, work in weigh(mine, [read[ask.who] for ask in mine], world) if mine else ():
            found.setdefault(record.leaf, []).append((record, work))
    works = []
    for made in found.values():
        winning = [(entry, record, work) for record, work in made if (entry := _entry_in(record, work)) is not None]
        works += [max(winning, key=_rank)[2]] if winning else [work for _, work in made]
    return works


def _entry_in(record: DecisionRecord, work: Work) -> Entry | None:
    """The contact that a decision reserves, None where it reserves none."""
    reserved = (entry for ledger in work.ledgers for entry in ledger.entries if entry.id == record.id)
    return next(reserved, None)


def _rank(made: tuple[Entry, DecisionRecord, Work]) -> tuple[bool, float, int]:
    """Service messages first, then by worth; ties by the seed."""
    entry, record, _ = made
    return entry.contact_class == SERVICE_CLASS, entry.worth, record.seed

"""Millions, in chunks: the same decision as online, committed chunk by chunk, resumable after any crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from decidedly.core.ask import Ask
from decidedly.core.derive import decision_id
from decidedly.core.identifier import Identifier
from decidedly.decide.online import Deciding, decide_together
from decidedly.person import sought


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
    chunk: int = 128,
    progress: Callable[[int], None] = lambda done: None,
) -> BatchReport:
    """Decide for everybody on the list, each once. Who was decided in an earlier try of this run is left alone.

    chunk : people a commit; memory is bounded by it, not by the list
    """
    service = world.plan.service.id
    who = list(dict.fromkeys(sought(one, world.plan.dictionary) for one in who))
    decided: list[str] = []
    fresh = 0
    for start in range(0, len(who), chunk):
        asks = [ask_of(run, service, one, at) for one in who[start : start + chunk]]
        ids = [decision_id(ask.ask_id, service) for ask in asks]
        there = world.reader.decided(ids)
        missing = [ask for ask, id in zip(asks, ids, strict=True) if id not in there]
        if missing:
            decide_together(missing, world)
        fresh += len(missing)
        decided += ids
        progress(len(decided))
    return BatchReport(tuple(decided), fresh)

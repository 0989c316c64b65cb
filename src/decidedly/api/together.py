"""Together: the asks that came while the event loop was busy are decided as one batch and stored by one commit."""

from __future__ import annotations

import asyncio
from itertools import groupby

from decidedly.app import Hub
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord

MOST = 32
"""Asks of one batch: the first waits for the last."""

_Turn = tuple[Ask, "asyncio.Future[DecisionRecord]"]


class Together:
    """Nobody waits for others to come: who asks alone is decided in the same turn of the loop."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._waiting: list[_Turn] = []

    async def decide(self, ask: Ask) -> DecisionRecord:
        """The decision on an ask, stored before it returns."""
        loop = asyncio.get_running_loop()
        turn: _Turn = (ask, loop.create_future())
        self._waiting.append(turn)
        if len(self._waiting) == 1:
            loop.call_soon(self._decide)
        return await turn[1]

    def _decide(self) -> None:
        turns, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._decide)
        turns.sort(key=_plan_of)
        for _, alike in groupby(turns, key=_plan_of):
            self._answer(list(alike))

    def _answer(self, turns: list[_Turn]) -> None:
        """One batch of one plan. Where it fails each ask is decided alone: an error is told to whom it belongs."""
        try:
            records = self._hub.decide_together([ask for ask, _ in turns])
        except Exception as error:
            if len(turns) == 1:
                _tell(turns[0], error)
                return
            for turn in turns:
                self._answer([turn])
            return
        for turn, record in zip(turns, records, strict=True):
            _tell(turn, record)


def _plan_of(turn: _Turn) -> tuple[str, str]:
    return turn[0].service, turn[0].channel


def _tell(turn: _Turn, answer: DecisionRecord | Exception) -> None:
    future = turn[1]
    if future.done():  # whoever asked has hung up
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)

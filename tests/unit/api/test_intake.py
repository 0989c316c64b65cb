"""Intake: a bounded number of bytes waits, the rest is told to come again, and nothing that was taken is lost."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from threading import Event
from time import sleep

import httpx
import pytest

from decidedly.api.app import routed
from decidedly.api.intake import Intake, Overloaded
from decidedly.api.metrics import Metrics
from decidedly.capture import Contended
from tests.unit.api.hubs import problem, taking


def test_what_is_more_than_may_wait_is_refused_and_later_taken() -> None:
    async def run() -> None:
        intake, go = Intake(threads=1, most_waiting=3 * 1024), Event()
        taken = [asyncio.ensure_future(intake.take(b"", go.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await intake.take(b"", go.wait)
        go.set()
        assert await asyncio.gather(*taken) == [True] * 3
        assert await intake.take(b"", lambda: "taken") == "taken"

    asyncio.run(run())


def test_one_body_is_always_taken_and_its_error_is_told() -> None:
    async def run() -> None:
        intake = Intake(most_waiting=1)
        assert await intake.take(b"x" * 5000, lambda: 1) == 1
        with pytest.raises(ZeroDivisionError):
            await intake.take(b"", lambda: 1 / 0)
        assert await intake.take(b"", lambda: 1) == 1

    asyncio.run(run())


def test_what_others_crowded_out_is_taken_alone() -> None:
    """Each work fails as long as another one is at it, as works on one person do."""
    at_it: list[int] = []

    def work(number: int) -> int:
        at_it.append(number)
        try:
            sleep(0.001)
            if len(at_it) > 1:
                raise Contended("others keep writing")
            return number
        finally:
            at_it.remove(number)

    async def run() -> list[int]:
        intake = Intake(threads=4)
        return await asyncio.gather(*(intake.take(b"", partial(work, number)) for number in range(40)))

    assert asyncio.run(run()) == list(range(40))


def test_overload_is_answered_with_the_time_to_come_again(tmp_path: Path) -> None:
    hub, go = taking(tmp_path, []), Event()
    hub.receive, receive = lambda received: (go.wait(), receive(received))[1], hub.receive

    async def run() -> list[httpx.Response]:
        app = routed(hub, Metrics(), Intake(threads=1, most_waiting=2 * 1024))
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            sent = [asyncio.ensure_future(client.post("/v1/batch", json={"batch": []})) for _ in range(5)]
            done, _ = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
            refused = [one.result() for one in done]
            go.set()
            return refused + [one.result() for one in sent if one not in done and await one]

    answers = asyncio.run(run())
    refused = [answer for answer in answers if answer.status_code == 429]
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429]
    for answer in refused:
        assert problem(answer, 429)["code"] == "capture.overloaded"
        assert answer.headers["retry-after"] == "1"

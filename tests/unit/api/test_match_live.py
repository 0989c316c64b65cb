"""The server matches who comes while it runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread

from msgspec.structs import replace

from decidedly.api.serve import match_live
from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Raw
from decidedly.core.dictionary import Matching, Namespace
from decidedly.core.errors import NotReady
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from tests.cases import NOON, dictionary
from tests.unit.api.hubs import book
from tests.unit.capture.test_match_live import ANN, NEAR, ROLES, attribute, people

PATIENCE_S = 60


def say(hub: Hub, number: int, said: dict[str, str]) -> None:
    event = Event(message_id=f"i{number}", kind="identify", at=NOON - timedelta(hours=1), received_at=NOON,
                  identifiers=(Identifier("loyalty", str(number)),), source="web", properties=said)  # fmt: skip
    assert hub.capture([Raw(event, "events[0]")]).accepted == 1


def test_who_comes_is_matched_while_the_server_runs(tmp_path: Path) -> None:
    with Hub(Settings(tmp_path, fixed_clock(NOON))) as hub:
        names = tuple(attribute(id, role) for id, role in ROLES.items())
        known = dictionary()
        known = replace(
            known, attributes=(*known.attributes, *names),
            namespaces=(Namespace(id="loyalty", at_most=9),), matching=Matching(when="live"),
        )  # fmt: skip
        hub.playbooks.publish(replace(book(), dictionary=known))
        for n, (_, said) in enumerate(people(40)):
            say(hub, n, said)
        say(hub, 900, ANN)
        hub.match()
        stop = Signal()
        thread = Thread(target=match_live, args=(hub, stop, 0.01))
        thread.start()
        try:
            say(hub, 901, NEAR)
            for _ in range(100 * PATIENCE_S):
                if len(hub.graph.person(Identifier("loyalty", "901")).cluster.leaves) == 2:
                    break
                stop.wait(0.01)
        finally:
            stop.set()
            thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert len(hub.graph.person(Identifier("loyalty", "901")).cluster.leaves) == 2


class Troubled:
    """A matching whose store is away twice, and that has no playbook once."""

    def __init__(self, stop: Signal) -> None:
        self.asked = 0
        self.closed = False
        self.stop = stop

    def live_match(self) -> Troubled:
        return self

    def step(self, pause: Callable[[], bool]) -> int:
        self.asked += 1
        if self.asked == 4:
            self.stop.set()
            assert pause()
            return 0
        raise NotReady("no playbook") if self.asked == 3 else OSError("the store is away")

    def close(self) -> None:
        self.closed = True


def test_trouble_does_not_end_it() -> None:
    stop = Signal()
    hub = Troubled(stop)
    match_live(hub, stop, 0.0001)  # type: ignore[arg-type]
    assert hub.asked == 4
    assert hub.closed

"""The server folds what was dated ahead when it is due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread

from decidedly.api.serve import catch_up
from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Raw
from decidedly.core.errors import NotReady
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from tests.cases import NOON
from tests.unit.api.hubs import book

PATIENCE_S = 20
HOUR = timedelta(hours=1)


def ahead(hub: Hub, id: str, hours: int) -> None:
    event = Event(message_id=id, kind="page", at=NOON + hours * HOUR, received_at=NOON,
                  identifiers=(Identifier("loyalty", "1"),), source="web")  # fmt: skip
    assert hub.capture([Raw(event, "events[0]")]).future == 1


def test_what_is_due_is_folded_while_the_server_runs(tmp_path: Path) -> None:
    with Hub(Settings(tmp_path, fixed_clock(NOON))) as hub:
        hub.playbooks.publish(book())
        ahead(hub, "a", 1)
        ahead(hub, "b", 5)
    with Hub(Settings(tmp_path, fixed_clock(NOON + 2 * HOUR))) as hub:
        assert [one.event.message_id for one in hub.journal.due(NOON + 2 * HOUR)] == ["a"]
        stop, seen = Signal(), Signal()
        folded, usual = [], hub.catch_up

        def noted(limit: int | None = None) -> int:
            folded.append(usual(limit))
            if len(folded) > 1:
                seen.set()
            return folded[-1]

        hub.catch_up = noted  # type: ignore[method-assign]
        thread = Thread(target=catch_up, args=(hub, stop, 0.001))
        thread.start()
        assert seen.wait(PATIENCE_S)
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert sum(folded) == 1
        assert [one.event.message_id for one in hub.journal.due(NOON + 9 * HOUR)] == ["b"]


class Troubled:
    """A hub whose store is away twice, and that has no playbook once."""

    def __init__(self, stop: Signal) -> None:
        self.asked = 0
        self.stop = stop

    def catch_up(self, limit: int | None = None) -> int:
        self.asked += 1
        if self.asked == 4:
            self.stop.set()
            return 0
        raise NotReady("no playbook") if self.asked == 3 else OSError("the store is away")


def test_trouble_does_not_end_it(tmp_path: Path) -> None:
    stop = Signal()
    hub = Troubled(stop)
    catch_up(hub, stop, 0.0001)  # type: ignore[arg-type]
    assert hub.asked == 4

"""Erasing on either store: merged persons whole, no bytes left in the store's files, and the receipt says what is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from decidedly import capture
from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Raw, Word
from decidedly.core.derive import leaf_id
from decidedly.core.errors import NotFound
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.demo.playbook import grocer
from tests.postgres import PostgresServer

NOW = datetime(2017, 10, 30, 8, tzinfo=UTC)
ANN, MAIL, TWIN, BOB = (
    Identifier("loyalty", "471147"), Identifier("email", "ann@zq.example"), Identifier("loyalty", "471148"),
    Identifier("loyalty", "9"),
)  # fmt: skip
NEEDLES = (b"471147", b"471148", b"ann@zq.example", b"Zqwinterbottom", b"zq-ring-twice", b"zq-event-")


def event(number: int, *who: Identifier, kind: str = "page", **properties: Any) -> Event:
    at = NOW - timedelta(days=3, seconds=-number)
    return Event(
        message_id=f"zq-event-{number}" if BOB not in who else f"bobs-{number}", kind=kind, at=at, received_at=at,
        identifiers=who, source="web", properties=properties,
    )  # fmt: skip


def fill(hub: Hub) -> None:
    hub.publish(grocer())
    hub.load(
        [
            [
                event(1, ANN, MAIL, kind="identify", **{"last-name": "Zqwinterbottom"}),
                event(2, ANN, name="zq-ring-twice"),
                event(3, TWIN, name="zq-ring-twice"),
                event(4, BOB, name="shoes"),
            ]
        ]
    )
    capture.merge(hub.graph, ANN, TWIN, Word(at=NOW - timedelta(days=1), actor="clerk", why="one card each"))


@pytest.fixture(params=["sqlite", "postgres"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    store = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    with Hub(Settings(tmp_path / "hub", fixed_clock(NOW), store=store)) as opened:
        fill(opened)
        yield opened


def left(folder: Path) -> set[bytes]:
    raw = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {needle for needle in NEEDLES if needle in raw}


def test_a_merged_person_is_erased_with_all_leaves(hub: Hub) -> None:
    done = hub.privacy.erase(TWIN, "officer", "asked for")
    assert done.done
    assert done.removed["store.events"] == 4
    for who in (ANN, MAIL, TWIN):
        with pytest.raises(NotFound):
            hub.person(who)
    assert hub.person(BOB).recent[0].message_id == "bobs-4"
    assert hub.journal.counts()["page"] == 3


def test_no_bytes_are_left_in_the_files_of_the_store(hub: Hub, request: pytest.FixtureRequest) -> None:
    postgres = "postgres" in request.node.name
    if postgres:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        folder = server.folder / "data" / "base"
        hub.holdings.scrub()
    else:
        folder = hub.folder
    assert left(folder) == set(NEEDLES)
    done = hub.privacy.erase(ANN, "officer", "asked for")
    assert left(folder) == set()
    assert ("write-ahead log" in " ".join(done.pending)) is postgres
    assert left(hub.folder) == set()


def test_an_erased_event_that_a_tracker_sends_again_does_not_come_in(hub: Hub) -> None:
    known, news = event(1, ANN, MAIL, kind="identify"), event(9, BOB)
    hub.privacy.erase(ANN, "eve", "asked")
    report = hub.capture([Raw(known, "batch[0]"), Raw(news, "batch[1]")])
    assert (report.accepted, report.duplicates) == (1, 1)
    assert hub.reader.person((ANN,)) is None


def test_who_is_erased_while_tables_are_written_is_in_none_of_them(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    write, pending = hub.warehouse.write, [ANN]

    def erasing(name: str, table: pa.Table) -> None:
        if pending:
            hub.privacy.erase(pending.pop(), "officer", "asked for")
        write(name, table)

    monkeypatch.setattr(hub.warehouse, "write", erasing)
    hub.project(NOW)
    columns = [hub.warehouse.read(name)["person"].combine_chunks() for name in hub.warehouse.names()]
    assert columns
    people = {text for column in columns for text in (*column.dictionary.to_pylist(), *column.to_pylist())}
    assert leaf_id(ANN) not in people
    assert people <= {leaf_id(BOB)}


def test_a_long_history_is_exported_page_by_page(tmp_path: Path) -> None:
    with Hub(Settings(tmp_path / "hub", fixed_clock(NOW))) as hub:
        hub.publish(grocer())
        for chunk in range(10):
            hub.load([[event(chunk * 2_000 + number, ANN, name="x" * 500) for number in range(2_000)]])
        hub.person(ANN)
        tracemalloc.start()
        lines = sum(1 for _ in hub.privacy.export(ANN))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert lines > 20_000
    assert most < 20 * 1024 * 1024

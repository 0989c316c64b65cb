"""What only the SQLite adapter promises: its file, its settings, its threads."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from msgspec.structs import replace

from decidedly.adapters.sqlite import Database, SqliteJournal, SqliteReader, SqliteStore, database
from decidedly.adapters.sqlite.find_answers import find_answers
from decidedly.core.errors import StoreTooNew
from decidedly.core.identifier import Identifier
from decidedly.core.person import Leaf
from decidedly.core.work import Work
from tests.cases import NOON, event, record


def test_commits_are_durable_and_tables_strict(tmp_path: Path) -> None:
    database = Database(tmp_path)
    assert database.writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.writer.execute("PRAGMA synchronous").fetchone() == (2,)
    tables = database.writer.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert {name for name, strict in tables if not strict} <= {"sqlite_schema", "sqlite_sequence"}
    database.close()


def test_what_was_committed_is_there_after_reopening(tmp_path: Path) -> None:
    store = SqliteStore(Database(tmp_path))
    store.commit([Work(person="p1", leaf=Leaf(id="p1", version=1))])
    store.close()
    database = Database(tmp_path)
    assert SqliteReader(database).leaf("p1") is not None
    database.close()


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.writer.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreTooNew, match="99"):
        Database(tmp_path)


@pytest.mark.parametrize("ran", range(1, len(database.MIGRATIONS)))
def test_a_file_of_an_earlier_version_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: int
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(database, "MIGRATIONS", database.MIGRATIONS[:ran])
        Database(tmp_path).close()
    store = SqliteStore(Database(tmp_path))
    (answer,) = store.commit([Work(person="p1", leaf=Leaf(id="p1", version=1))])
    store.close()
    assert answer.result == "done"


def test_threads_read_on_their_own_while_one_writes(tmp_path: Path) -> None:
    database = Database(tmp_path)
    store, reader = SqliteStore(database), SqliteReader(database)
    seen: list[int] = []

    def read() -> None:
        stored = reader.leaf("p1")
        seen.append(0 if stored is None else stored.leaves[0].version)

    for version in range(1, 4):
        store.commit([Work(person="p1", leaf=Leaf(id="p1", version=version))])
        thread = Thread(target=read)
        thread.start()
        thread.join()
    store.close()
    assert seen == [1, 2, 3]


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.reader.execute("DELETE FROM events")
    database.close()


def test_a_person_is_read_in_one_statement_by_index(tmp_path: Path) -> None:
    database = Database(tmp_path)
    statements: list[str] = []
    database.reader.set_trace_callback(statements.append)
    SqliteReader(database).person([Identifier("loyalty", "1")])
    database.reader.set_trace_callback(None)
    assert len(statements) == 1
    plan = database.reader.execute(f"EXPLAIN QUERY PLAN {statements[0]}").fetchall()
    database.close()
    scanned = [step for *_, step in plan if step.startswith("SCAN")]
    assert not [step for step in scanned if "CONSTANT ROW" not in step and step != "SCAN i"]


def test_an_older_store_learns_which_events_name_a_decision(tmp_path: Path) -> None:
    database = Database(tmp_path)
    store, journal = SqliteStore(database), SqliteJournal(database)
    named = replace(event("page", NOON, "a"), decision_id="d1")
    store.commit([Work(person="p1", events=(named, event("page", NOON, "b")), record=record("d1"))])
    for statement in ("DROP TABLE answers", "DROP INDEX decisions_of_service", "ALTER TABLE decisions DROP matured"):
        database.writer.execute(statement)
    find_answers(database.writer)
    assert [one.event for one in journal.answers(["d1"])] == [named]
    waiting = SqliteReader(database).decisions_by("weekly-coupons", None, NOON + timedelta(days=1), matured=False)
    assert [one.id for one in waiting] == ["d1"]
    store.close()

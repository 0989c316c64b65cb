"""What only the PostgreSQL adapter promises: its schema, its locks, its round trips, its secrets."""

from __future__ import annotations

import random
import traceback
from threading import Thread

import psycopg
import pytest

from decidedly.adapters.postgres import Database, PostgresJournal, PostgresReader, PostgresStore
from decidedly.adapters.rows import storable
from decidedly.core.errors import BadInput, StoreTooNew, StoreUnavailable
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf
from decidedly.core.work import Expect, Work
from tests.cases import NOON, event, record
from tests.postgres import PostgresServer

PASSWORD = "hunter2-of-the-shop"


def test_commits_are_durable_whatever_the_database_is_set_to(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
    database = Database(postgres_url)
    assert database.rows("SHOW synchronous_commit") == [("on",)]
    database.close()


def test_a_schema_of_a_later_version_is_refused(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE decidedly_schema SET version = 99")
    with pytest.raises(StoreTooNew, match="99"):
        Database(postgres_url)


def test_many_processes_may_open_an_empty_database_at_once(postgres_server: PostgresServer) -> None:
    url = postgres_server.database()
    opened: list[Database] = []
    threads = [Thread(target=lambda: opened.append(Database(url))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    for database in opened:
        database.close()
    postgres_server.drop(url)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        (f"postgresql://shop:{PASSWORD}@127.0.0.1:1/shop", StoreUnavailable),
        (f"postgresql://shop:{PASSWORD}@127.0.0.1:port/shop", StoreUnavailable),
        (f"postgresql://shop:{PASSWORD}@127.0.0.1/shop?no_such_option={PASSWORD}", BadInput),
        (f"postgresql://shop:{PASSWORD}@[::1/shop", BadInput),
        (f"postgresql://shop:p@{PASSWORD}@127.0.0.1/shop", BadInput),
    ],
)
def test_a_password_is_never_told(url: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        Database(url)
    assert PASSWORD not in "".join(traceback.format_exception(raised.value))


def test_a_database_that_is_not_there_is_told(postgres_server: PostgresServer) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere") as raised:
        Database(postgres_server.url("nowhere"))
    assert raised.value.hint


def counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statements that are sent by themselves, and pipelines, from now on: each is one round trip."""
    trips: list[str] = []
    execute, pipeline = psycopg.Connection.execute, psycopg.Connection.pipeline

    def executed(self: psycopg.Connection, *words: object, **more: object) -> object:
        if self._pipeline is None:
            trips.append("statement")
        return execute(self, *words, **more)  # type: ignore[arg-type]

    def piped(self: psycopg.Connection) -> object:
        trips.append("pipeline")
        return pipeline(self)

    monkeypatch.setattr(psycopg.Connection, "execute", executed)
    monkeypatch.setattr(psycopg.Connection, "pipeline", piped)
    return trips


def test_a_person_is_read_in_one_round_trip(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(postgres_url)
    trips = counted(database, monkeypatch)
    PostgresReader(database).person([Identifier("loyalty", str(number)) for number in range(3)])
    assert trips == ["statement"]
    database.close()


def test_hundreds_of_works_are_two_round_trips(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(postgres_url)
    store = PostgresStore(database)
    works = [
        Work(
            person=f"p{number}",
            expect=Expect(leaf=0, ledgers={f"p{number}": 0}),
            events=(event("page", NOON, f"m{number}"),),
            leaf=Leaf(id=f"p{number}", version=1),
            ledgers=(Ledger(leaf=f"p{number}", version=1),),
            record=record(f"d{number}", f"p{number}"),
        )
        for number in range(300)
    ]
    trips = counted(database, monkeypatch)
    assert {answer.result for answer in store.commit(works)} == {"done"}
    assert trips == ["pipeline", "pipeline"]
    store.close()


def test_workers_that_write_the_same_never_wait_for_each_other_and_write_each_event_once(postgres_url: str) -> None:
    """Works in random order over the same leaves, message ids that come to several leaves, four workers."""
    done: list[list[str]] = [[] for _ in range(4)]
    versions: list[int] = []

    def work(number: int) -> None:
        rng = random.Random(number)
        database = Database(postgres_url)
        store, reader = PostgresStore(database), PostgresReader(database)
        for _ in range(25):
            leaves = rng.sample([f"p{leaf}" for leaf in range(12)], 6)
            states = reader.states(leaves)
            works = [
                Work(
                    person=leaf,
                    expect=Expect(ledgers={leaf: states[leaf].ledger.version}),
                    events=(event("page", NOON, f"m{rng.randrange(400)}"),),
                    ledgers=(Ledger(leaf=leaf, version=states[leaf].ledger.version + 1),),
                )
                for leaf in leaves
            ]
            for one, answer in zip(works, store.commit(works), strict=True):
                if answer.result == "done":
                    done[number].append(one.events[0].message_id)
        store.close()

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database = Database(postgres_url)
    logged = [one.event.message_id for one in PostgresJournal(database).read()]
    acknowledged = sorted(id for ids in done for id in ids)
    assert sorted(logged) == acknowledged
    assert len(set(logged)) == len(logged) > 100
    versions = [state.ledger.version for state in PostgresReader(database).states(f"p{n}" for n in range(12)).values()]
    assert sum(versions) == len(acknowledged)
    database.close()


def test_who_pages_by_offset_while_others_write_misses_nothing(postgres_url: str) -> None:
    database = Database(postgres_url)
    stores = [PostgresStore(Database(postgres_url)) for _ in range(4)]
    writers = [Thread(target=_write_pages, args=(store, number)) for number, store in enumerate(stores)]
    for writer in writers:
        writer.start()
    journal, seen, after = PostgresJournal(database), [], 0
    while True:
        running = any(writer.is_alive() for writer in writers)
        page = journal.read(after, limit=7)
        seen.extend(one.event.message_id for one in page)
        after = page[-1].offset if page else after
        if not page and not running:
            break
    assert sorted(seen) == sorted(one.event.message_id for one in journal.read(limit=10_000))
    assert len(seen) == 4 * 40 * 3
    for closing in (*stores, PostgresStore(database)):
        closing.close()


def _write_pages(store: PostgresStore, number: int) -> None:
    for round_ in range(40):
        ids = [f"w{number}-{round_}-{one}" for one in range(3)]
        store.commit([Work(person=f"p{number}", events=tuple(event("page", NOON, id) for id in ids))])


def test_a_connection_that_was_cut_while_idle_is_replaced(postgres_url: str) -> None:
    database = Database(postgres_url)
    reader = PostgresReader(database)
    assert reader.leaf("p1") is None
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert reader.leaf("p1") is None
    database.close()


def test_a_server_that_was_stopped_is_unavailable_until_it_is_back() -> None:
    server = PostgresServer()
    try:
        database = Database(server.database())
        store = PostgresStore(database)
        work = Work(person="p1", leaf=Leaf(id="p1", version=1))
        store.commit([work])
        server.stop("immediate")
        for failing in (lambda: store.commit([work]), lambda: PostgresReader(database).leaf("p1")):
            with pytest.raises(StoreUnavailable) as raised:
                failing()
            assert raised.value.code == "store.unavailable"
        server.start()
        assert store.commit([work])[0].result == "done"
        store.close()
    finally:
        server.remove()


def test_a_kind_that_no_column_can_hold_is_kept_whole_in_the_log(postgres_url: str) -> None:
    database = Database(postgres_url)
    odd = "a\0b" + "x" * 20_000
    PostgresStore(database).commit([Work(person="p1", events=(event(odd, NOON, "m1"),))])
    (logged,) = PostgresJournal(database).read(kinds=(odd,))
    assert logged.event.kind == odd
    assert "\0" not in storable(odd)
    database.close()

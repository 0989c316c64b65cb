"""Migrations: the schema, step by step. Append only: stores in the field have run the earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from decidedly.adapters.postgres.find_answers import find_answers
from decidedly.core.errors import StoreTooNew

MIGRATIONS: tuple[tuple[str | Callable[[Connection[Any]], None], ...], ...] = (
    (
        # Ids and keys are compared by their bytes, as everywhere else in the product.
        """CREATE TABLE events (
            "offset" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            message_id text COLLATE "C" NOT NULL UNIQUE,
            leaf text COLLATE "C" NOT NULL,
            kind text COLLATE "C" NOT NULL,
            at bigint NOT NULL,
            payload bytea NOT NULL
        )""",
        "CREATE INDEX events_of_leaf ON events (leaf, at)",
        "CREATE INDEX events_of_kind ON events (kind)",
        """CREATE TABLE edges (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            a text COLLATE "C" NOT NULL,
            b text COLLATE "C" NOT NULL,
            sort text COLLATE "C" NOT NULL,
            settled boolean NOT NULL,
            waits boolean NOT NULL,
            payload bytea NOT NULL,
            UNIQUE (a, b, sort)
        )""",
        "CREATE INDEX edges_of_b ON edges (b)",
        "CREATE INDEX edges_unsettled ON edges (number) WHERE NOT settled",
        "CREATE INDEX edges_waiting ON edges (number) WHERE waits",
        'CREATE TABLE clusters (person text COLLATE "C" PRIMARY KEY, payload bytea NOT NULL)',
        'CREATE TABLE members (leaf text COLLATE "C" PRIMARY KEY, person text COLLATE "C" NOT NULL)',
        "CREATE INDEX members_of_person ON members (person)",
        'CREATE TABLE leaves (id text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, state bytea NOT NULL)',
        'CREATE TABLE ledgers (leaf text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, state bytea NOT NULL)',
        """CREATE TABLE decisions (
            id text COLLATE "C" PRIMARY KEY,
            leaf text COLLATE "C" NOT NULL,
            service text COLLATE "C" NOT NULL,
            at bigint NOT NULL,
            record bytea NOT NULL
        )""",
        "CREATE INDEX decisions_of_leaf ON decisions (leaf, at)",
        """CREATE TABLE outbox (
            key text COLLATE "C" PRIMARY KEY,
            decision_id text COLLATE "C" NOT NULL,
            leaf text COLLATE "C" NOT NULL,
            channel text COLLATE "C" NOT NULL,
            due_at bigint NOT NULL,
            state text COLLATE "C" NOT NULL,
            note text NOT NULL
        )""",
        "CREATE INDEX outbox_in_state ON outbox (state, key)",
        'CREATE TABLE playbooks (hash text COLLATE "C" PRIMARY KEY, tree bytea NOT NULL)',
        'CREATE TABLE models (version text COLLATE "C" PRIMARY KEY, blob bytea NOT NULL)',
        'CREATE TABLE meta (key text COLLATE "C" PRIMARY KEY, value text NOT NULL)',
        # Most blobs are compressed as far as they will be: rows change often, and packing them again costs.
        "ALTER TABLE leaves ALTER state SET STORAGE EXTERNAL",
        "ALTER TABLE ledgers ALTER state SET STORAGE EXTERNAL",
    ),
    (
        """CREATE TABLE quarantine (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            kind text COLLATE "C" NOT NULL,
            codes text[] NOT NULL,
            size bigint NOT NULL,
            payload bytea NOT NULL
        )""",
        "CREATE INDEX quarantine_sizes ON quarantine (size)",
        'CREATE TABLE ahead ("offset" bigint PRIMARY KEY, at bigint NOT NULL)',
        'CREATE INDEX ahead_by_time ON ahead (at, "offset")',
    ),
    # Who was erased is not in it: keyed hashes, and counts of what is gone.
    (
        'CREATE TABLE erasures (id text COLLATE "C" PRIMARY KEY, at bigint NOT NULL, payload bytea NOT NULL)',
        """CREATE TABLE tombstones (
            sort text COLLATE "C" NOT NULL,
            hash bytea NOT NULL,
            erasure text COLLATE "C" NOT NULL,
            PRIMARY KEY (sort, hash)
        )""",
        """CREATE TABLE kept (
            what text COLLATE "C" NOT NULL,
            name text COLLATE "C" NOT NULL,
            day text COLLATE "C" NOT NULL,
            count bigint NOT NULL,
            PRIMARY KEY (what, name, day)
        )""",
        # The planner keeps samples of columns: not of those that tell of people, and nothing is planned by them.
        *(
            f"ALTER TABLE {table} ALTER {column} SET STATISTICS 0"
            for table, column in (
                ("events", "message_id"),
                ("events", "payload"),
                ("leaves", "state"),
                ("ledgers", "state"),
                ("edges", "payload"),
                ("clusters", "payload"),
                ("decisions", "record"),
                ("outbox", "note"),
                ("quarantine", "payload"),
            )
        ),
    ),
    (
        """CREATE TABLE answers (
            decision_id text COLLATE "C" NOT NULL,
            "offset" bigint NOT NULL,
            PRIMARY KEY (decision_id, "offset")
        )""",
        find_answers,
        "ALTER TABLE decisions ADD COLUMN matured boolean NOT NULL DEFAULT FALSE",
        "CREATE INDEX decisions_of_service ON decisions (service, matured, at, id)",
    ),
    # Leaves that are or ever were in a group.
    (
        """CREATE TABLE memberships (
            group_id text COLLATE "C" NOT NULL,
            leaf text COLLATE "C" NOT NULL,
            PRIMARY KEY (group_id, leaf)
        )""",
        "CREATE INDEX memberships_of_leaf ON memberships (leaf)",
    ),
    # What is said of an identifier is found beside thousands of events that link it.
    (
        "CREATE INDEX edges_said_of_a ON edges (a) WHERE sort <> 'event'",
        "CREATE INDEX edges_said_of_b ON edges (b) WHERE sort <> 'event'",
    ),
)

_LOCK = 0x6465636964656401
"""An advisory lock of ours: one process migrates, the others wait."""


def migrate(connection: Connection[TupleRow]) -> None:
    """Bring the database to this version's schema. Raises StoreTooNew where a later version wrote it."""
    version = _version(connection)
    if version is None or version < len(MIGRATIONS):
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            # Read again under the lock: another process may have been first.
            version = _version(connection)
            if version is None:
                connection.execute("CREATE TABLE decidedly_schema (version integer NOT NULL)")
                connection.execute("INSERT INTO decidedly_schema (version) VALUES (0)")
            for statements in MIGRATIONS[version or 0 :]:
                for statement in statements:
                    if callable(statement):
                        statement(connection)
                    else:
                        connection.execute(statement.encode())
            if (version or 0) < len(MIGRATIONS):
                connection.execute("UPDATE decidedly_schema SET version = %s", (len(MIGRATIONS),))
            version = max(version or 0, len(MIGRATIONS))
    if version > len(MIGRATIONS):
        raise StoreTooNew(
            f"The store has schema {version}; this version knows up to {len(MIGRATIONS)}.",
            place="store",
            hint="Use the version of Decidedly that wrote it, or a later one.",
        )


def _version(connection: Connection[Any]) -> int | None:
    """The number of migrations that ran; None where the database is new."""
    # The catalogue itself: what to_regclass knows may be older than the lock.
    there = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'decidedly_schema' AND pg_table_is_visible(oid))"
    ).fetchone()
    if there is None or not there[0]:
        return None
    row = connection.execute("SELECT version FROM decidedly_schema").fetchone()
    return 0 if row is None else int(row[0])

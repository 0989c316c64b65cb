"""Find answers: the events of an older store that name a decision, listed by the decision."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from decidedly.adapters.blobs import EVENT
from decidedly.adapters.rows import storable

_PAGE = 10_000


def find_answers(connection: Connection[Any]) -> None:
    """List in the table `answers` what names a decision."""
    after = 0
    while rows := connection.execute(
        'SELECT "offset", payload FROM events WHERE "offset" > %s ORDER BY "offset" LIMIT %s', (after, _PAGE)
    ).fetchall():
        found = [(id, offset) for offset, payload in rows if (id := EVENT.decode(payload).decision_id)]
        with connection.cursor() as cursor:
            cursor.executemany(
                'INSERT INTO answers (decision_id, "offset") VALUES (%s, %s)',
                [(storable(id), offset) for id, offset in found],
            )
        after = rows[-1][0]

"""Find answers: the events of an older store that name a decision, listed by the decision; and every decision waits for
outcomes."""

from __future__ import annotations

from sqlite3 import Connection

from decidedly.adapters.blobs import EVENT


def find_answers(writer: Connection) -> None:
    """Make the table `answers` and list in it what names a decision; let decisions tell whether they are matured."""
    writer.execute(
        "CREATE TABLE answers (decision_id TEXT NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (decision_id, offset))"
        " STRICT, WITHOUT ROWID"
    )
    writer.execute("ALTER TABLE decisions ADD COLUMN matured INTEGER NOT NULL DEFAULT 0")
    writer.execute("CREATE INDEX decisions_of_service ON decisions (service, matured, at, id)")
    for offset, payload in writer.execute("SELECT offset, payload FROM events"):
        decision_id = EVENT.decode(payload).decision_id
        if decision_id:
            writer.execute("INSERT INTO answers (decision_id, offset) VALUES (?, ?)", (decision_id, offset))

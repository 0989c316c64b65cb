"""Split leaves: a store of the first schema, in which a leaf could have several identifiers, as one of the second."""

from __future__ import annotations

from sqlite3 import Connection

from msgspec.structs import replace

from decidedly.adapters.blobs import EDGE, LEAF
from decidedly.adapters.micros import from_micros
from decidedly.core.derive import leaf_id
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.person import Link


def split_leaves(writer: Connection) -> None:
    """Every leaf keeps its own identifier; the others become links and edges, which the next start settles."""
    for id, blob in writer.execute("SELECT id, state FROM leaves").fetchall():
        leaf = LEAF.decode(blob)
        own = next((one for one in leaf.identifiers if leaf_id(one) == id), None)
        if own is None or len(leaf.identifiers) == 1:
            continue
        links = tuple(_link(writer, one) for one in sorted(leaf.identifiers) if one != own)
        writer.execute(
            "UPDATE leaves SET state = ? WHERE id = ?",
            (LEAF.encode(replace(leaf, identifiers=(own,), links=links)), id),
        )
        for link in links:
            a, b = sorted((own, link.identifier))
            edge = Edge(a=a, b=b, at=link.at, message_id=link.message_id)
            writer.execute(
                "INSERT INTO edges (a, b, sort, settled, waits, payload) VALUES (?, ?, ?, 0, 0, ?)",
                (*edge.key, EDGE.encode(edge)),
            )
    writer.execute("DROP TABLE edges_1")
    writer.execute("DROP TABLE identifiers")


def _link(writer: Connection, identifier: Identifier) -> Link:
    at, message_id = writer.execute(
        "SELECT at, message_id FROM edges_1 WHERE namespace = ? AND value = ? ORDER BY at, message_id LIMIT 1",
        (identifier.namespace, identifier.value),
    ).fetchone()
    return Link(identifier=identifier, at=from_micros(at), message_id=message_id)

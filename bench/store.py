"""Durable commits of hundreds of works: each store beside bare inserts of the same events into one table.

    python bench/store.py [--json]

A work is one event of one leaf: its message id is looked up, the leaf's version compared, the event logged, the leaf
and its ledger written. The baseline only inserts the events. Both commit to the disk, in turns, and are quoted by the
10th percentile of commits.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.postgres import PostgresServer

from bench.baselines.store_bare import BarePostgres, BareSqlite, Row
from decidedly.adapters.blobs import EVENT
from decidedly.adapters.micros import to_micros
from decidedly.adapters.opened import open_store
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf, Pane
from decidedly.core.work import Expect, Work
from decidedly.ports.store import Store

WORKS, COMMITS = 300, 40
START = datetime(2017, 1, 1, tzinfo=UTC)
PANE = Pane(at=bytes(8 * 40), key=bytes(8 * 40), first=bytes(4 * 41), columns={"product_id": bytes(8 * 40)})
"""A history of forty events: about 1.2 kB."""

Measured = list[dict[str, object]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    print(f"{COMMITS} commits of {WORKS} works of one event each, durable\n")
    print(f"{'store':<12}{'events/s':>12}{'bare inserts':>14}{'ratio':>8}{'ms a commit':>13}")
    measured: Measured = []
    with tempfile.TemporaryDirectory() as folder:
        bare = BareSqlite(Path(folder))
        measured += compared("sqlite", open_store("", Path(folder)).store, bare.insert)
        bare.close()
        server = PostgresServer(durable=True)
        try:
            url = server.database()
            table = BarePostgres(url)
            measured += compared("postgresql", open_store(url, Path(folder)).store, table.insert)
            table.close()
        finally:
            server.remove()
    if options.json:
        print(json.dumps(measured))


def compared(name: str, store: Store, insert: Callable[[list[Row]], None]) -> Measured:
    ours, theirs = [], []
    for number in range(COMMITS):
        works, rows = made(number)
        ours.append(_seconds(lambda works=works: _commit(store, works)))
        theirs.append(_seconds(lambda rows=rows: insert(rows)))
    store.close()
    rate, bare = (WORKS / float(np.percentile(seconds, 10)) for seconds in (ours, theirs))
    print(f"{name:<12}{rate:>12,.0f}{bare:>14,.0f}{rate / bare:>8.2f}{1000 * WORKS / rate:>13.1f}")
    return [
        {"name": f"store/{name}/events", "value": rate, "unit": "events/s", "baseline": bare, "ratio": rate / bare,
         "better": "higher"}
    ]  # fmt: skip


def made(number: int) -> tuple[list[Work], list[Row]]:
    """One commit: every leaf is there already, with the version that the commit before gave it."""
    works, rows = [], []
    for one in range(WORKS):
        leaf = f"p{one:016x}"
        event = Event(
            message_id=f"message-{number}-{one}",
            kind="product-viewed",
            at=START + timedelta(seconds=number * WORKS + one),
            received_at=START,
            identifiers=(Identifier("loyalty", str(one)),),
            source="segment",
            channel="web",
            properties={"product_id": str(one * 7919), "url": "https://shop.example/products/" + str(one)},
        )
        works.append(
            Work(
                person=leaf,
                expect=Expect(leaf=number, ledgers={leaf: number}),
                events=(event,),
                leaf=Leaf(id=leaf, version=number + 1, identifiers=event.identifiers, panes={event.kind: PANE}),
                ledgers=(Ledger(leaf=leaf, version=number + 1),),
            )
        )
        rows.append((event.message_id, leaf, event.kind, to_micros(event.at), EVENT.encode(event)))
    return works, rows


def _commit(store: Store, works: list[Work]) -> None:
    assert all(answer.result == "done" for answer in store.commit(works))


def _seconds(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

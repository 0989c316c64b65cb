"""A household of the sample that has left traces everywhere, and how to look for them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow.parquet as pq
import pytest

from decidedly.app import Hub
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import leaf_id
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.person import Person
from decidedly.demo import run as demo
from tests.grocer.steps import decided, open_hub

FREE_TEXT = "zq allergic to peanuts, ring twice"
REFUSED_TEXT = "zq my old number was wrong"
DEVICE = Identifier("anonymous", "zq-device-of-theirs")
EARLIER = demo.DECISION_DAY - timedelta(days=3)


class Traces(NamedTuple):
    """who: the loyalty number; other: of a household that is not erased, by whose device theirs was named once too."""

    who: Identifier
    other: Identifier
    email: Identifier
    needles: dict[str, bytes]
    events: list[Event]
    decisions: list[str]


def event(message_id: str, kind: str, *identifiers: Identifier, days: int = 0, **properties: object) -> Event:
    at = EARLIER + timedelta(days=days)
    return Event(
        message_id=message_id, kind=kind, at=at, received_at=at, identifiers=identifiers, source="web",
        properties=properties,
    )  # fmt: skip


def traced(factory: pytest.TempPathFactory, folder: Path) -> Traces:
    """Make a hub in a folder in which one household stands in every place, and nobody else is named like it."""
    shutil.copytree(decided(factory), folder)
    with open_hub(folder) as hub:
        who, other, email, phone = _chosen(hub)
        facts = {"last-name": "Zqwinterbottom", "street": "17 Zq Lane"}
        hub.load(
            [
                [
                    event("zq-name", "identify", who, **facts),
                    event("zq-web-1", "page", who, DEVICE, name=FREE_TEXT),
                    event("zq-web-2", "page", DEVICE, email, name="basket"),
                    event("zq-of-another", "page", other, email, name="shared screen"),
                ]
            ]
        )
        bad = {"type": "track", "event": "Order Completed", "messageId": "zq-bad", "userId": who.value,
               "timestamp": "2017-10-27T08:00:00Z", "properties": {"total": "many", "note": REFUSED_TEXT}}  # fmt: skip
        assert hub.receive(hub.read_segment(msgspec.json.encode({"batch": [bad]}))).rejected == 1
        hub.deliver(demo.MORNING)
        hub.count_segments()
        hub.project(demo.DECISION_DAY)
        hub.privacy.write_export(who, folder / "handed-out")
        (folder / "warehouse" / ".people-999999999-x.writing").write_bytes(email.value.encode())
        gallery = folder / "gallery"
        (gallery / "households").mkdir(parents=True)
        (gallery / "households" / "them.html").write_text(f"Dear {facts['last-name']}, {facts['street']}")
        hub.privacy.noted([leaf_id(who)], [gallery])
        stored = hub.reader.person((who,))
        assert stored is not None
        leaves = stored.cluster.leaves
        events = [one.event for one in hub.holdings.events(leaves, limit=100_000)]
        decisions = [one.id for one in hub.holdings.decisions(leaves)]
    needles = {
        **{name: value.encode() for name, value in facts.items()},
        "email": email.value.encode(),
        "phone": phone.encode(),
        "device": DEVICE.value.encode(),
        "identifier": str(who).encode(),
        "identifier as stored": msgspec.msgpack.encode(who),
        "free text": FREE_TEXT.encode(),
        "refused text": REFUSED_TEXT.encode(),
        "decision": decisions[0].encode(),
        "message": b"zq-web-1",
        **{f"leaf {leaf}": leaf.encode() for leaf in leaves},
    }
    return Traces(who, other, email, needles, events, decisions)


def _chosen(hub: Hub) -> tuple[Identifier, Identifier, Identifier, str]:
    """A household with a message by e-mail or SMS, another one, the first one's address, and its telephone number."""
    people = [hub.view_of(stored, demo.MORNING) for stored in hub.people()]
    slates = [record for record in _records(hub) if record.result == "slate" and record.channel != "print"]
    record = min(slates, key=lambda record: record.id)
    one = next(view for view in people if record.ask.who[0] in view.identifiers)
    other = next(_loyalty(view) for view in people if view.id != one.id and _loyalty(view) is not None)
    mail = next(identifier for identifier in one.identifiers if identifier.namespace == "email")
    assert other is not None
    return record.ask.who[0], other, mail, str(one.value("phone"))


def _loyalty(view: Person) -> Identifier | None:
    return next((one for one in view.identifiers if one.namespace == "loyalty"), None)


def _records(hub: Hub) -> Iterator[DecisionRecord]:
    for stored in hub.people():
        yield from hub.holdings.decisions(stored.cluster.leaves)


def found(folder: Path, needles: Iterable[bytes]) -> set[tuple[str, bytes]]:
    """(file, needle): where each stands, in the raw bytes of any file and in the values of every Parquet file."""
    hits = set()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = file.read_bytes()
        if file.suffix == ".parquet":
            table = pq.read_table(file)
            raw += repr([column.to_pylist() for column in table.columns]).encode()
            raw += repr([
                chunk.dictionary.to_pylist()
                for column in table.columns
                for chunk in column.chunks
                if hasattr(chunk, "dictionary")
            ]).encode()  # fmt: skip
        name = str(file.relative_to(folder))
        hits.update((name, needle) for needle in needles if needle in raw)
    return hits

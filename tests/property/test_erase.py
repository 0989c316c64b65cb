"""Property: whatever happened, and whoever was made one with whom, an erasure leaves no byte of the person and takes
nothing of anybody else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly import capture
from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import NotJoined, NotMerged, Raw, Word
from decidedly.core.derive import leaf_id
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.demo.playbook import grocer

NOW = datetime(2017, 10, 30, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CARDS = tuple(Identifier("loyalty", f"9147110{number}") for number in range(4))
MAILS = tuple(Identifier("email", f"zq{number}@needle.example") for number in range(4))
REFUSED = b'{"type": "track", "event": "Order Completed", "messageId": "zq-refused", "userId": "%s"}'

_who = st.integers(0, 3)
_steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["page", "identify", "tell", "refused", "export"]), _who, _who),
        st.tuples(st.sampled_from(["merge", "unmerge", "split"]), _who, _who),
    ),
    min_size=1,
    max_size=10,
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with a playbook, that nobody has open."""
    folder = tmp_path_factory.mktemp("published") / "hub"
    with Hub(Settings(folder, fixed_clock(NOW))) as hub:
        hub.publish(grocer())
    return folder


def event(number: int, kind: str, *who: Identifier) -> Event:
    """One whose id and text are found nowhere else."""
    name = {"identify": "last-name", "page": "name"}[kind]
    at = NOW - timedelta(days=2) + number * MINUTE
    return Event(
        message_id=f"zq-event-{number:03}", kind=kind, at=at, received_at=at, identifiers=who, source="web",
        properties={name: f"zq-said-{number:03}"},
    )  # fmt: skip


def step(hub: Hub, number: int, what: str, one: int, other: int) -> None:
    word = Word(at=NOW - timedelta(days=1) + number * MINUTE, actor="clerk", why="")
    try:
        match what:
            case "merge":
                capture.merge(hub.graph, CARDS[one], CARDS[other], word)
            case "unmerge":
                capture.unmerge(hub.graph, CARDS[one], CARDS[other], word)
            case "split":
                capture.split(hub.graph, [CARDS[one]], word)
            case "refused":
                hub.receive(hub.read_segment(REFUSED % CARDS[one].value.encode(), "track"))
            case "export":
                hub.privacy.write_export(CARDS[one], hub.folder / f"export-{number}")
            case "tell":  # an address, perhaps of somebody else, beside the card
                hub.capture([Raw(event(number, "page", CARDS[one], MAILS[other]), "event")])
            case kind:
                hub.capture([Raw(event(number, kind, CARDS[one]), "event")])
    except (BadInput, NotFound, NotJoined, NotMerged):
        pass


def log(hub: Hub) -> Iterator[tuple[str, Event]]:
    after = 0
    while page := hub.journal.read(after):
        after = page[-1].offset
        yield from ((logged.leaf, logged.event) for logged in page)


def needles(hub: Hub, leaves: tuple[str, ...]) -> set[bytes]:
    """What must not be found of these leaves afterwards: identifiers, ids of their events, and what those said."""
    found = {one.value for one in (*CARDS, *MAILS) if leaf_id(one) in leaves}
    for leaf, one in log(hub):
        if leaf in leaves and one.message_id.startswith("zq-"):
            found |= {one.message_id, *map(str, one.properties.values())}
    return {text.encode() for text in found}


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def without(one: Event, gone: set[Identifier]) -> Event:
    return replace(one, identifiers=tuple(who for who in one.identifiers if who not in gone))


@settings(max_examples=25)
@given(steps=_steps, chosen=_who)
def test_no_byte_of_the_erased_is_left_and_nothing_of_others_is_gone(
    published: Path, steps: list[tuple[str, int, int]], chosen: int
) -> None:
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "hub"
        shutil.copytree(published, folder)
        with Hub(Settings(folder, fixed_clock(NOW))) as hub:
            for number, card in enumerate(CARDS):
                hub.capture([Raw(event(number, "page", card), "event")])
            for number, (what, one, other) in enumerate(steps, len(CARDS)):
                step(hub, number, what, one, other)
            leaves = hub.graph.cluster(CARDS[chosen]).leaves
            gone = needles(hub, leaves)
            named = {one for one in (*CARDS, *MAILS) if leaf_id(one) in leaves}
            others = [(leaf, without(one, named)) for leaf, one in log(hub) if leaf not in leaves]
            before = raw(folder)
            assert {one for one in gone if one not in before} == set()
            erasure = hub.privacy.erase(CARDS[chosen], "officer", "asked for")
            assert erasure.done
            after = raw(folder)
            assert {one for one in gone if one in after} == set()
            ours = [(leaf, one) for leaf, one in log(hub) if one.message_id.startswith("zq-")]
            assert ours == [(leaf, one) for leaf, one in others if one.message_id.startswith("zq-")]
        with Hub(Settings(folder, fixed_clock(NOW))) as hub:
            known = {one for one in CARDS if hub.reader.person((one,)) is not None}
            assert known == set(CARDS) - named
        after = raw(folder)
        assert {one for one in gone if one in after} == set()

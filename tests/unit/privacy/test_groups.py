"""Handing out and erasing somebody who is in groups: their words, the group's traits, nothing of the other members."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Raw
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.work import Work
from decidedly.privacy.export import SEVERAL, DecisionPart, DerivedPart, EventPart, GroupPart, to_line
from decidedly.privacy.page import page
from tests.cases import event, order, record
from tests.homes import joins, leaves
from tests.postgres import PostgresServer
from tests.shop import MONDAY
from tests.unit.decide.test_groups import book

DAY = timedelta(days=1)
ANN, BOB = Identifier("loyalty", "471147"), Identifier("loyalty", "99")
NEEDLES = (b"471147", b"zq-ann-income", b"zq-ann-joins")


def taken(hub: Hub, *events: Event) -> None:
    report = hub.capture(Raw(one, f"batch[{place}]") for place, one in enumerate(events))
    assert report.accepted == len(events), report


@pytest.fixture(params=["sqlite", "postgres"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    store = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    with Hub(Settings(tmp_path / "hub", fixed_clock(MONDAY), store=store)) as opened:
        opened.playbooks.publish(book())
        taken(
            opened,
            joins(MONDAY - 9 * DAY, "old-home", str(ANN), "household:H0", "head"),
            joins(MONDAY - 5 * DAY, "zq-ann-joins", str(ANN), role="head", income_band="zq-ann-income"),
            joins(MONDAY - 4 * DAY, "bob-joins", str(BOB), tags=["bobs-tag"]),
            event("identify", MONDAY - 4 * DAY, "bob-is", str(BOB), **{"age-band": "bobs-age"}),
            order(MONDAY - 3 * DAY, "bobs-order", ("bobs-product", 77_700), person=str(BOB)),
        )
        yield opened


def test_an_export_tells_the_groups_and_no_other_member(hub: Hub) -> None:
    stored = hub.reader.person((ANN,))
    assert stored is not None
    read = hub.view_of(stored, MONDAY).facts
    assert (read["home-orders"].value, read["home-spend"].value) == (1, 77_700)
    decided = record("d1", stored.leaf)
    decided = replace(decided, inputs=replace(decided.inputs, facts=dict(read)))
    hub.store.commit([Work(person=stored.leaf, record=decided)])
    parts = list(hub.privacy.export(ANN))
    old, new = (one for one in parts if isinstance(one, GroupPart))
    assert (old.group, old.role, old.said, old.counts, old.traits) == ("H0", "head", "joined", False, {})
    assert (new.group, new.role, new.counts) == ("H1", "head", True)
    assert new.traits == {"income-band": "zq-ann-income", "tags": ["bobs-tag"]}
    told = b"".join(map(to_line, parts))
    for needle in (b"loyalty:99", b'"99"', b"bobs-age", b"bobs-product", b"77700", b"bob-joins", b"bobs-order"):
        assert needle not in told
    assert not [one for one in parts if isinstance(one, DerivedPart) and one.attribute.startswith("ho")]
    (decision,) = (one for one in parts if isinstance(one, DecisionPart))
    facts = decision.record.inputs.facts
    assert (facts["home-spend"].value, facts["household.members"].value) == (SEVERAL, SEVERAL)
    assert facts["household.role"].value == "head"
    assert sum(isinstance(one, EventPart) for one in parts) == 2
    html = "".join(page(iter(parts)))
    assert "Groups around you" in html
    assert "household H1" in html
    assert "777" not in html


def test_who_is_erased_is_nowhere_in_the_files_and_the_household_goes_on(
    hub: Hub, request: pytest.FixtureRequest
) -> None:
    postgres = "postgres" in request.node.name
    folder = hub.folder
    if postgres:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        folder = server.folder / "data" / "base"
        hub.holdings.scrub()
    hub.count_segments()

    def left() -> set[bytes]:
        raw = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        return {needle for needle in NEEDLES if needle in raw}

    assert left() == set(NEEDLES)
    done = hub.privacy.erase(ANN, "officer", "asked for")
    assert left() == set()
    assert (done.removed["store.memberships"], done.rewritten["store.groups"]) == (2, 1)
    receipt = hub.privacy.verify(hub.privacy.receipt_file(done.id).read_bytes())
    assert receipt.removed["store.memberships"] == 2
    card = hub.group("household:H1")
    assert [one.identifiers for one in card.members] == [(str(BOB),)]
    assert [(one.attribute, one.value) for one in card.traits] == [("tags", ["bobs-tag"])]
    again = hub.capture([Raw(joins(MONDAY - 5 * DAY, "zq-ann-joins", str(ANN), income_band="zq-ann-income"), "body")])
    assert (again.accepted, again.duplicates) == (0, 1)
    assert left() == set()
    last = hub.privacy.erase(BOB, "officer", "asked for")
    assert last.removed["store.groups"] == 1
    assert hub.reader.groups() == []


def test_a_backup_that_brings_a_member_back_is_erased_again(tmp_path: Path) -> None:
    folder, backup = tmp_path / "hub", tmp_path / "backup"
    settings = Settings(folder, FixedClock(MONDAY))
    with Hub(settings) as hub:
        hub.playbooks.publish(book())
        taken(hub, joins(MONDAY - DAY, "zq-ann-joins", str(ANN), income_band="zq-ann-income"))
        taken(hub, leaves(MONDAY - DAY / 2, "left", str(ANN)))
    shutil.copytree(folder, backup)
    with Hub(settings) as hub:
        hub.privacy.erase(ANN, "officer", "asked for")
    shutil.copy(backup / "decidedly.sqlite", folder / "decidedly.sqlite")
    with Hub(settings) as hub:
        assert hub.reader.groups() == []
        assert hub.reader.person((ANN,)) is None
        logged = msgspec.msgpack.encode([one.event for one in hub.journal.read(0, 100)])
        assert b"zq-ann" not in logged

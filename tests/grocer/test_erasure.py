"""Erasing a household that is everywhere: nothing of it is left, nothing of others changes, nothing comes back."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.app import Hub
from decidedly.core.decision import to_bytes
from decidedly.core.derive import leaf_id
from decidedly.core.erasure import Erased, Erasure
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.message import Message
from decidedly.demo import run as demo
from decidedly.privacy import NotAReceipt, WrongKey, verify
from tests.grocer.erasing import DEVICE, Traces, event, found, traced
from tests.grocer.steps import open_hub
from tests.unit.api.hubs import problem, send

WHY = "asked for by letter of 30 October"


class Case:
    """before: the folder as it was; after: erased; copies are made by tests that change something."""

    def __init__(self, before: Path, after: Path, traces: Traces, erasure: Erasure, others: dict[str, Any]) -> None:
        self.before, self.after, self.traces, self.erasure, self.others = before, after, traces, erasure, others


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    root = tmp_path_factory.mktemp("erasure")
    traces = traced(tmp_path_factory, root / "after")
    shutil.copytree(root / "after", root / "before")
    with open_hub(root / "after") as hub:
        others = everything_of_others(hub, traces)
        erasure = hub.privacy.erase(traces.who, "the officer", WHY)
        still_open = found(root / "after", traces.needles.values())
    assert still_open == set()
    return Case(root / "before", root / "after", traces, erasure, others)


@pytest.fixture
def after(case: Case, tmp_path: Path) -> Iterator[Hub]:
    """A copy of the erased hub, open."""
    shutil.copytree(case.after, tmp_path / "hub")
    with open_hub(tmp_path / "hub") as hub:
        yield hub


def everything_of_others(hub: Hub, traces: Traces) -> dict[str, Any]:
    """Everything but what the erased household left with another."""
    own = hub.reader.person((traces.who,))
    mine = set() if own is None else set(own.cluster.leaves)
    people = [stored for stored in hub.people() if stored.person not in mine]
    leaf = leaf_id(traces.other)
    return {
        "people": [stored for stored in people if leaf not in stored.cluster.leaves],
        "decisions": [
            to_bytes(record) for stored in people for record in hub.holdings.decisions(stored.cluster.leaves)
        ],
        "events": [
            logged.event
            for stored in people
            for logged in hub.holdings.events(stored.cluster.leaves, limit=100_000)
            if logged.event.message_id != "zq-of-another"
        ],
        "history": [
            row for name in hub.warehouse.names() if name.startswith("history_")
            for row in hub.warehouse.read(name).to_pylist() if row["person"] not in mine
        ],
    }  # fmt: skip


def test_before_every_trace_is_found_and_after_none(case: Case) -> None:
    hits = found(case.before, case.traces.needles.values())
    assert {needle for _, needle in hits} == set(case.traces.needles.values())
    places = {name.partition("/")[0] for name, _ in hits}
    assert {"decidedly.sqlite", "outbox", "handed-out", "gallery", "warehouse"} <= places
    assert found(case.after, case.traces.needles.values()) == set()


def test_the_receipt_names_every_place_and_no_person(case: Case) -> None:
    removed = case.erasure.removed
    assert removed["store.events"] == len(case.traces.events)
    assert removed["store.decisions"] == len(case.traces.decisions)
    assert removed["store.quarantine"] == 1
    assert removed["exports"] == 3
    assert removed["outbox.email" if "outbox.email" in removed else "outbox.sms"] == 1
    assert {"store.edges", "store.leaves", "store.ledgers", "store.outbox", "warehouse.history_order"} <= set(removed)
    assert {"warehouse.lists", "warehouse.people"} <= set(removed)
    assert case.erasure.rewritten["store.events"] == 1
    assert case.erasure.done
    assert case.erasure.pending == ()


def test_everything_of_others_is_as_before(case: Case, after: Hub) -> None:
    now = everything_of_others(after, case.traces)
    assert {name: len(rows) for name, rows in now.items()} == {name: len(rows) for name, rows in case.others.items()}
    assert now == case.others
    for stored in now["people"]:
        for record in after.holdings.decisions(stored.cluster.leaves):
            assert after.replay(record.id) == record


def test_what_another_shared_with_the_erased_stays_without_their_identifier(case: Case, after: Hub) -> None:
    stored = after.reader.person((case.traces.other,))
    assert stored is not None
    events = after.holdings.events(stored.cluster.leaves, limit=100_000)
    left = next(one.event for one in events if one.event.message_id == "zq-of-another")
    assert left.identifiers == (case.traces.other,)
    assert after.reader.unsettled() == []


def test_the_person_and_their_decisions_are_gone_and_said_to_be(case: Case, after: Hub) -> None:
    with pytest.raises(NotFound):
        after.person(case.traces.who)
    for ask in (after.explain, after.replay, after.decision):
        with pytest.raises(Erased):
            ask(case.traces.decisions[0])
    path = f"/v1/decisions/{case.traces.decisions[0]}/explain"
    assert problem(send(after, "GET", path), 410)["code"] == "privacy.erased"


def test_old_events_do_not_come_in_again(case: Case, after: Hub) -> None:
    report = after.load([case.traces.events])
    assert (report.accepted, report.duplicates) == (0, len(case.traces.events))
    assert after.reader.person((case.traces.who,)) is None


def test_old_asks_are_not_decided_again(case: Case, after: Hub) -> None:
    run = f"{demo.SERVICE}/{demo.DECISION_DAY:%Y-%m-%d}"
    report = after.decide_all(run, demo.SERVICE, [case.traces.who], demo.DECISION_DAY)
    assert report.fresh == 0
    assert after.reader.person((case.traces.who,)) is None
    assert case.traces.who not in demo.audience(after, demo.CAMPAIGN)


def test_who_comes_back_begins_anew(case: Case, after: Hub) -> None:
    after.load([[event("zq-new", "page", case.traces.who, name="home")]])
    card = after.person(case.traces.who)
    assert [one.message_id for one in card.recent] == ["zq-new"]
    assert after.privacy.resume(everywhere=True)[0].done
    assert [one.message_id for one in after.person(case.traces.who).recent] == ["zq-new"]


def test_an_erased_address_is_suppressed_until_its_owner_agrees_again(case: Case, after: Hub) -> None:
    mail, at = case.traces.needles["email"].decode(), demo.DECISION_DAY
    old = {"purpose": "marketing", "channel": "email", "granted": True}
    after.load(
        [[event("zq-i", "identify", case.traces.who, email=mail), event("zq-c", "consent", case.traces.who, **old)]]
    )
    message = Message(key="k", decision_id="d", leaf=leaf_id(case.traces.who), channel="email", due_at=at)
    stored = after.reader.person((case.traces.who,))
    assert stored is not None
    assert "suppressed" in after.privacy.suppressed(message, stored, at)
    again = event("zq-d", "consent", case.traces.who, days=3, **old)
    after.load([[replace(again, at=at + timedelta(seconds=1))]])
    later = leaf_with_consent(after, case.traces, at + timedelta(seconds=1))
    assert after.privacy.suppressed(message, later, at) == ""


def leaf_with_consent(hub: Hub, traces: Traces, at: Any) -> Any:
    """The person as they are once their new word, dated after the hub's fixed moment, is part of the record."""
    stored = hub.reader.person((traces.who,))
    assert stored is not None
    (leaf,) = (leaf for leaf in stored.leaves if leaf.id == leaf_id(traces.who))
    word = replace(leaf.consents[-1], provenance=replace(leaf.consents[-1].provenance, at=at))
    return replace(stored, leaves=(replace(leaf, consents=(*leaf.consents, word)),))


def test_a_store_restored_from_a_backup_is_erased_again_before_it_serves(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.after, tmp_path / "hub")
    for name in ("decidedly.sqlite", "warehouse", "outbox"):
        shutil.rmtree(tmp_path / "hub" / name, ignore_errors=True)
        copy = shutil.copytree if (case.before / name).is_dir() else shutil.copy
        copy(case.before / name, tmp_path / "hub" / name)
    assert found(tmp_path / "hub", case.traces.needles.values()) != set()
    with open_hub(tmp_path / "hub") as hub:
        assert hub.reader.person((case.traces.who,)) is None
        assert hub.load([case.traces.events]).accepted == 0
        assert [one.id for one in hub.privacy.erasures()] == [case.erasure.id]
    assert found(tmp_path / "hub", case.traces.needles.values()) == set()


def test_files_restored_by_themselves_are_swept_on_demand(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.after, tmp_path / "hub")
    shutil.rmtree(tmp_path / "hub" / "warehouse")
    shutil.copytree(case.before / "warehouse", tmp_path / "hub" / "warehouse")
    with open_hub(tmp_path / "hub") as hub:
        hub.privacy.resume(everywhere=True)
    assert found(tmp_path / "hub", case.traces.needles.values()) == set()


def test_the_log_of_erasures_is_written_anew_from_the_store(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.after, tmp_path / "hub")
    (tmp_path / "hub" / "erasures.jsonl").unlink()
    with open_hub(tmp_path / "hub") as hub:
        assert hub.privacy.verify(hub.privacy.receipt_file(case.erasure.id).read_bytes())


def test_without_the_key_the_hub_does_not_open(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.after, tmp_path / "hub")
    key = tmp_path / "hub" / "erasure.key"
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600
    key.unlink()
    with pytest.raises(WrongKey):
        open_hub(tmp_path / "hub")
    key.write_text("11" * 32)
    with pytest.raises(WrongKey):
        open_hub(tmp_path / "hub")


def test_a_receipt_is_verified_by_anybody_with_the_key_and_no_change_passes(case: Case, after: Hub) -> None:
    raw = after.privacy.receipt_file(case.erasure.id).read_bytes()
    assert verify(raw, after.privacy.public_key) == after.privacy.verify(raw)
    for changed in (
        raw.replace(b"the officer", b"another one"),
        raw.replace(b'"store.events": ', b'"store.events": 1'),
    ):
        with pytest.raises(NotAReceipt):
            after.privacy.verify(changed)
    with pytest.raises(NotAReceipt):
        verify(raw, "00" * 32)
    with pytest.raises(BadInput):
        verify(b"{}", after.privacy.public_key)


def test_a_missing_erasure_is_noticed_by_the_receipts_after_it(case: Case, after: Hub) -> None:
    second = after.privacy.erase(case.traces.other, "the officer", WHY)
    raw = after.privacy.receipt_file(second.id).read_bytes()
    assert after.privacy.verify(raw).erasure == second.id
    log = after.folder / "erasures.jsonl"
    log.write_bytes(b"".join(line + b"\n" for line in log.read_bytes().splitlines() if second.id.encode() in line))
    with pytest.raises(NotAReceipt, match="does not lead to it"):
        after.privacy.verify(raw)


def test_the_receipt_is_complete_once_the_models_are_trained_again(case: Case, after: Hub) -> None:
    waiting = after.privacy.verify(after.privacy.receipt_file(case.erasure.id).read_bytes())
    assert waiting.models[demo.MODEL].endswith("pending until the next training")
    after.project(demo.DECISION_DAY)
    learnt = after.train(demo.MODEL, demo.DECISION_DAY)
    trained = after.privacy.verify(after.privacy.receipt_file(case.erasure.id).read_bytes())
    assert trained.models == {demo.MODEL: f"trained again as {learnt.version}"}
    assert learnt.version != case.erasure.models[demo.MODEL]


def test_a_reason_is_needed_and_names_nobody(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.before, tmp_path / "hub")
    with open_hub(tmp_path / "hub") as hub:
        for why in ("", "  ", f"because {case.traces.needles['email'].decode()} wrote"):
            with pytest.raises(BadInput):
                hub.privacy.erase(case.traces.who, "me", why)
        assert hub.reader.person((case.traces.who,)) is not None


def test_an_export_holds_everything_and_names_nobody_else(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.before, tmp_path / "hub")
    with open_hub(tmp_path / "hub") as hub:
        lines, shown = hub.privacy.write_export(case.traces.who, tmp_path / "out")
    parts = [msgspec.json.decode(line) for line in lines.read_bytes().splitlines()]
    kinds = {part["part"] for part in parts}
    assert kinds >= {
        "person",
        "link",
        "fact",
        "derived",
        "consent",
        "event",
        "refused",
        "contact",
        "message",
        "decision",
    }
    events = {part["event"]["message_id"] for part in parts if part["part"] == "event"}
    assert events == {one.message_id for one in case.traces.events}
    assert str(DEVICE) in parts[0]["identifiers"]
    decisions = [part for part in parts if part["part"] == "decision"]
    assert [part["id"] for part in decisions] == case.traces.decisions
    assert decisions[0]["chosen"][0]["reasons"]
    assert decisions[0]["dropped_by"]
    refused = [part for part in parts if part["part"] == "link" and part["state"] == "refused"]
    assert [part["other"] for part in refused] == ["loyalty: another person"]
    page = shown.read_text("utf-8")
    assert str(case.traces.other) not in page
    for name in ("email", "street", "free text"):
        assert case.traces.needles[name].decode() in page
    assert case.traces.decisions[0] in page


def test_a_person_is_erased_over_http(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.before, tmp_path / "hub")
    with open_hub(tmp_path / "hub") as hub:
        path = f"/v1/people/{case.traces.who}"
        lines = send(hub, "GET", f"{path}/export").text.splitlines()
        assert msgspec.json.decode(lines[0])["part"] == "person"
        assert problem(send(hub, "DELETE", path), 400)["code"] == "input.invalid"
        answer = send(hub, "DELETE", path, params={"why": WHY})
        assert answer.status_code == 200
        assert hub.privacy.verify(answer.content).by == "key local"
        assert problem(send(hub, "DELETE", path, params={"why": WHY}), 404)["code"] == "not-found"
        assert found(tmp_path / "hub", case.traces.needles.values()) == set()

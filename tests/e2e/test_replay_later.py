"""A decision replays to its bytes after restarts and under later playbooks, on either store; asking writes nothing."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from msgspec.structs import replace

from decidedly.app import Hub, Settings, fixed_clock
from decidedly.core.decision import DecisionRecord, to_bytes
from decidedly.core.playbook import Playbook
from decidedly.core.policy import Cap, ContactPolicy, ContactScope, Per, Policy, Text
from tests.cases import event, order
from tests.e2e.servers import ENVIRONMENT, decidedly
from tests.shop import ACTIONS, COFFEE, CONTACT, DIAPERS, MONDAY, POLICIES, WINE, action, ask, playbook

LATER = MONDAY + timedelta(days=2)
PEOPLE = 12


class World(NamedTuple):
    """A hub's folder and store, and the decisions that the first playbook made, as bytes, by id."""

    folder: Path
    store: str
    made: dict[str, bytes]


def first() -> Playbook:
    """The shop, whose applicability reads history, since no model counts what was bought."""
    seen = Policy(id="seen", name="Not to the very best customers", tier="applicability", when=Text("orders < 5"))
    rules = tuple(seen if one.id == "seen" else one for one in POLICIES)
    return playbook(service={"model": ""}, policies=rules)


def second() -> Playbook:
    """Other actions, in another order, other rules and caps, another priority: nothing of the first holds any more."""
    actions = (action("grow/week/tea", "drinks", 500), *reversed(ACTIONS[:1]), action("grow/week/salt", "food"))
    rules = (
        Policy(id="nobody", name="Nothing for anybody", tier="eligibility", when=Text("false")),
        replace(POLICIES[1], name="Renamed"),
    )
    cap = Cap(id="none", name="None at all", at_most=1, per=Per(unit="day", count=90), scope=ContactScope())
    return playbook(
        service={"model": "", "slots": 1, "priority": Text("value")}, actions=actions, policies=rules,
        contact=ContactPolicy(caps=(cap, *CONTACT.caps)),
    )  # fmt: skip


def opened(world: World | None = None, folder: Path | None = None, store: str = "", at: Any = MONDAY) -> Hub:
    if world is not None:
        folder, store = world.folder, world.store
    assert folder is not None
    return Hub(Settings(folder, fixed_clock(at), store=store))


def publish(hub: Hub, book: Playbook) -> str:
    hash = hub.playbooks.publish(book)
    hub.snapshots.renew()
    return hash


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Twelve people of every kind are decided by the first playbook; the second is published, and decides too."""
    store = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    folder = tmp_path / "hub"
    with opened(folder=folder, store=store) as hub:
        old = publish(hub, first())
        hub.load([history(number) for number in range(1, PEOPLE + 1)])
        made = [hub.decide(ask(number, channel=channel)) for number in range(1, PEOPLE + 1) for channel in ("", "web")]
        assert {one.result for one in made} == {"slate", "no-action"}
        assert len({one.dropped for one in made}) > 4
    with opened(folder=folder, store=store, at=LATER) as hub:
        new = publish(hub, second())
        assert new != old
        # What is heard later changes the records of the people, and not what was decided of them.
        hub.load([[event("identify", LATER - timedelta(days=1), f"later:{number}", f"loyalty:{number}",
                         **{"age-band": "65+"}) for number in range(1, PEOPLE + 1)]])  # fmt: skip
        for number in range(1, PEOPLE + 1):
            assert hub.decide(ask(number, at=LATER)).playbook == new
    return World(folder, store, {one.id: to_bytes(one) for one in made})


def history(number: int) -> list[Any]:
    who, at = f"loyalty:{number}", MONDAY - timedelta(days=40)
    facts = {"age-band": ("19-24", "35-44")[number % 2]} if number % 3 else {}
    facts |= {"kids-count": number % 4} if number % 5 else {}
    heard = [event("identify", at, f"profile:{number}", who, **facts)]
    heard += [
        event("consent", at, f"yes:{channel}:{number}", who, purpose="marketing", channel=channel, granted=True)
        for channel in ("email", "sms")[number % 3 == 0 :]
        if number % 7
    ]
    heard += [order(at, f"o{number}-{index}", ("a", 100), person=who) for index in range(number % 7)]
    if number % 4 == 0:
        heard.append(event("campaign-received", MONDAY - timedelta(days=2), f"sent:{number}", who, campaign="1"))
    return heard


def test_after_a_restart_and_under_a_later_playbook_every_decision_replays_to_its_bytes(world: World) -> None:
    with opened(world, at=LATER) as hub:
        assert hub.snapshot.hash not in {hub.decision(id).playbook for id in world.made}
        for id, raw in world.made.items():
            assert to_bytes(hub.decision(id)) == raw
            assert to_bytes(hub.replay(id)) == raw


def test_another_process_replays_and_explains_by_the_playbook_of_then(world: World) -> None:
    id = next(iter(world.made))
    environment = ENVIRONMENT | {"DECIDEDLY_STORE": world.store}
    told = [
        subprocess.run(
            decidedly(*words, "--workdir", str(world.folder)), capture_output=True, text=True, env=environment,
            check=True,
        ).stdout
        for words in (("replay", id), ("explain", id, "--for", "customer"), ("explain", id, "--what-if", "wine"))
    ]  # fmt: skip
    assert f"the same {len(world.made[id]):,} bytes" in told[0]
    assert "3 offers" in told[1]
    assert "Wine" in told[2]


def test_none_of_what_is_asked_of_a_decision_writes_anything(world: World) -> None:
    with opened(world, at=LATER) as hub:
        before = written(world)
        for id in list(world.made)[:8]:
            hub.replay(id)
            hub.explain(id)
            hub.briefing(id)
            hub.letter(id)
            for one in (COFFEE, DIAPERS, WINE):
                hub.explain(id, one)
                hub.why_not(id, one)
                hub.counterfactual(id, one)
        assert written(world) == before
    assert written(world) == before


def test_what_would_change_it_is_true_of_the_decision_of_then(world: World) -> None:
    with opened(world, at=LATER) as hub:
        told = [hub.counterfactual(id, one) for id in world.made for one in (COFFEE, DIAPERS, WINE)]
    assert {one.wins for one in told} == {True, False}
    assert all(bool(one.ways) != bool(one.nothing) for one in told if not one.wins)
    assert any(way.changeable for one in told for way in one.ways)


def written(world: World) -> dict[str, str]:
    """A hash of everything that is kept: of every row with the transaction that wrote it, and of every other file."""
    found = {
        str(path.relative_to(world.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in world.folder.rglob("*")
        if path.is_file() and "sqlite" not in path.name
    }
    if not world.store:
        (file,) = world.folder.glob("*.sqlite")
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
            rows = "\n".join(connection.iterdump())
        return found | {"rows": hashlib.sha256(rows.encode()).hexdigest()}
    with psycopg.connect(world.store) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (table,) in tables:
            rows = connection.execute(f'SELECT xmin::text, xmax::text, t::text FROM "{table}" t'.encode()).fetchall()
            found[table] = hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()
    return found


def test_a_record_says_by_which_playbook_it_was_made(world: World) -> None:
    with opened(world, at=LATER) as hub:
        records: list[DecisionRecord] = [hub.decision(id) for id in world.made]
        assert {hub.plan_of(one).playbook_hash for one in records} == {one.playbook for one in records}
        assert len({one.playbook for one in records}) == 1

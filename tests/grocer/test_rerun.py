"""The demo on either store, and again in the same folder after somebody was erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from decidedly.app import Hub, Settings, fixed_clock
from decidedly.core.errors import NotFound
from decidedly.core.identifier import Identifier
from decidedly.demo.run import DECISION_DAY, Summary, run
from tests.unit.demo.data import whole_year

HOUSEHOLDS = 40


class Silent:
    @contextmanager
    def step(self, title: str, total: int = 0) -> Iterator[Callable[[int], None]]:
        yield lambda done: None


def opened(folder: Path, store: str) -> Hub:
    return Hub(Settings(folder, fixed_clock(DECISION_DAY), store=store))


def somebody(hub: Hub) -> tuple[Identifier, ...]:
    """All identifiers of a household to which a message went."""
    stored = hub.reader.leaf(hub.reader.messages("sent", limit=1)[0].leaf)
    assert stored is not None
    return tuple(one for leaf in stored.leaves for one in leaf.identifiers)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> str:
    whole_year()
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""


def test_it_runs_and_runs_again_without_who_was_erased(store: str, tmp_path: Path) -> None:
    def demo() -> Summary:
        return run(tmp_path, Silent(), HOUSEHOLDS, store)

    before = demo()
    with opened(tmp_path, store) as hub:
        gone = somebody(hub)
        hub.privacy.erase(gone[0], "officer", "asked for")
    after = demo()
    assert (after.households, after.delivered) == (before.households, {})
    assert after.decided == before.decided - 1
    with opened(tmp_path, store) as hub:
        for who in gone:
            with pytest.raises(NotFound):
                hub.person(who)
        listed = hub.warehouse.query("SELECT DISTINCT loyalty FROM lists")["loyalty"].to_pylist()
    assert not {who.value for who in gone if who.namespace == "loyalty"} & set(listed)
    telling = [who.value.encode() for who in gone if "@" in who.value]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert telling
    assert not [one for one in telling if one in kept]

"""Contract of the positions of imports."""

from __future__ import annotations

from decidedly.core.mapping import Cursor, Position
from tests.contract.conftest import Ports

FAR = Position(
    part="orders.csv",
    fingerprint="12:34",
    row=2000,
    since=Cursor("time", "2017-10-30 08:00:00"),
    finished={"older.csv": "1:2"},
    rejected="rejected.csv",
    size=17,
)


def test_an_import_that_never_ran_has_no_position(ports: Ports) -> None:
    assert ports.positions.get("orders") is None


def test_a_position_comes_back_as_it_was_set_under_its_own_name(ports: Ports) -> None:
    ports.positions.set("orders", FAR)
    ports.positions.set("people", Position())
    assert ports.positions.get("orders") == FAR
    assert ports.positions.get("people") == Position()


def test_a_later_position_replaces_the_earlier_one(ports: Ports) -> None:
    ports.positions.set("orders", Position(row=1))
    ports.positions.set("orders", FAR)
    assert ports.positions.get("orders") == FAR

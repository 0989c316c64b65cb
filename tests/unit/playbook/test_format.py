"""The canonical form of tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from decidedly.playbook import format_text
from decidedly.playbook.format import format_table
from decidedly.playbook.grid import read_grid

GROCER = Path(__file__).parents[3] / "examples" / "grocer"


@pytest.mark.parametrize(
    "rows",
    [
        [["id", "name"], ["1", "milk"], ["2", ""]],
        [["id", "note"], ["1", "a | b"], ["2", "x" * 200]],
        [["a very long heading", "b"], ["1", "2"]],
    ],
)
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    grid = read_grid(format_table('name = "T"', rows))
    assert [[cell.text for cell in row] for row in (grid.head, *grid.rows)] == rows
    assert grid.preface.strip() == 'name = "T"'


@pytest.mark.parametrize("name", ["actions/grow/campaign-18.table", "policies/regulation/alcohol.table"])
def test_committed_tables_stand_in_canonical_form(name: str) -> None:
    text = (GROCER / name).read_text(encoding="utf-8")
    assert format_text(text) == text


def test_formatting_twice_changes_nothing() -> None:
    once = format_text("k = 1\n|a|b|\n|-|-|\n|1|longer|\n")
    assert format_text(once) == once


def test_places_point_at_the_cells() -> None:
    grid = read_grid("k = 1\n\n| a  | b |\n|----|---|\n| xy | z |\n", "t.table")
    assert str(grid.rows[0][1].place) == "t.table:5:8"

"""The one canonical form of authored tables: the same cells always give the same text."""

from __future__ import annotations

from collections.abc import Sequence

from decidedly import rules
from decidedly.playbook.grid import read_grid

WIDEST = 56
"""A column is padded to its widest cell, but never further than this: one long cell shall not widen every line."""


def format_table(preface: str, rows: Sequence[Sequence[str]]) -> str:
    """A table text of a preface (`key = value` lines) and rows of cells, the first of them the head."""
    head = f"{preface.rstrip()}\n\n" if preface.strip() else ""
    return head + format_rows(rows)


def format_rows(rows: Sequence[Sequence[str]]) -> str:
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    widths = [
        min(WIDEST, max(len(row[column]) for row in escaped if column < len(row)))
        for column in range(max(map(len, escaped)))
    ]
    # The last column often holds lists or reasons of any length: it is not padded beyond its heading.
    widths[-1] = len(escaped[0][-1]) if len(escaped[0]) == len(widths) else widths[-1]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + " |" for row in escaped
    ]
    ruler = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], ruler, *lines[1:]]) + "\n"


def format_text(text: str) -> str:
    """A `.table` text in canonical form; formatting twice changes nothing. A text that cannot be read stays as it is.

    Decision tables are known by their results (`-> may have`) and formatted by `rules`.

    >>> print(format_text('|a|b|\\n|--|--|\\n|1|2|'), end="")
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    grid = read_grid(text)
    if any(cell.text.startswith("->") for cell in grid.head):
        table, _ = rules.read_table(text)
        return text if table is None else rules.format_table(table)
    if not grid.head:
        return text
    return format_table(grid.preface, [[cell.text for cell in row] for row in (grid.head, *grid.rows)])

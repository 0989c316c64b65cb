"""Pipe tables: lines of `key = value`, then rows of cells between bars.

    name = "Campaign 18"

    | id          | name                    | value |
    |-------------|-------------------------|-------|
    | 51380041013 | $0.55 off potato chips  | 0.55  |

A bar inside a cell is written `\\|`. The same outer form carries action tables and decision tables.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from decidedly.core.policy import Text
from decidedly.feel.diagnostics import Place

_CELL = re.compile(r"((?:[^|\\]|\\.)*)\|")
_RULE = re.compile(r"\|[\s|:-]+")


class Grid(NamedTuple):
    """head and rows hold each cell's text without its padding, and where it stands. `place`: of the first bar."""

    preface: str
    place: Place
    text: str
    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


def read_grid(text: str, file: str = "") -> Grid:
    """Cut a text into its preface and its cells; a text without a table gives an empty head."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.lstrip().startswith("|")), len(lines))
    cells = [
        _cells(line, file, number)
        for number, line in enumerate(lines[first:], first + 1)
        if line.lstrip().startswith("|") and not _RULE.fullmatch(line.strip())
    ]
    preface = "\n".join(lines[:first])
    return Grid(
        preface,
        Place(file, first + 1, 1),
        "\n".join(lines[first:]),
        cells[0] if cells else (),
        tuple(cells[1:]),
    )


def _cells(line: str, file: str, number: int) -> tuple[Text, ...]:
    start = line.index("|") + 1
    found = []
    for match in _CELL.finditer(line, start):
        raw = match[1]
        padding = len(raw) - len(raw.lstrip())
        content = raw.strip()
        place = Place(file, number, match.start() + padding + 1, len(content))
        found.append(Text(content.replace("\\|", "|"), place))
    return tuple(found)

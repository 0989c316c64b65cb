"""Reads a decision table in the playbook's pipe form: TOML lines, then a table of cells between pipes.

name = "Alcohol only to adults whose age we know"
hit  = "first"

| action.department | -> may have |
|-------------------|-------------|
| not("SPIRITS")    | true        |
"""

import re
import tomllib
from typing import Any

from decidedly.feel.diagnostics import START, Diagnostic, Place, did_you_mean

from .definition import HIT_POLICIES, Cell, DecisionTable, Row

_CELL = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^|"]|"(?=[^"]*$))*')
_RULE = re.compile(r"\s*:?-{2,}:?\s*")
_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
ROW_LIMIT = 5_000


class _Reading:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.problems: list[Diagnostic] = []

    def at(self, line: int, column: int = 0, length: int = 0) -> Place:
        """The place of a line and column that count from 0 in the text."""
        first = self.place.column if line == 0 else 1
        return Place(self.place.file, self.place.line + line, first + column, length)

    def report(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Diagnostic(code, message, hint, place))


def read_table(text: str, *, place: Place = START) -> tuple[DecisionTable | None, tuple[Diagnostic, ...]]:
    """The table of a text, or None and why. The expressions in it are not looked at here: see `compile_table`."""
    reading = _Reading(place)
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if line.lstrip().startswith("|")), len(lines))
    settings = _settings(reading, lines[:first])
    grid = _grid(reading, lines, first)
    if not grid:
        reading.report(reading.at(first), "table.no-table", "Here must be a table: lines of cells between pipes, |.")
        return None, tuple(reading.problems)
    inputs, outputs = _heads(reading, grid[0].cells)
    rows = tuple(row for row in grid[1:] if _fits(reading, row, len(inputs) + len(outputs)))
    if len(rows) > ROW_LIMIT:
        reading.report(rows[ROW_LIMIT].place, "table.too-long", f"A table may have {ROW_LIMIT} rows.")
    if not rows and len(grid) == 1:
        reading.report(grid[0].place, "table.no-rows", "This table has no rows, so it never decides anything.")
    hit = settings.get("hit", "unique")
    if hit not in HIT_POLICIES:
        words = [word for word in HIT_POLICIES if len(word) > 2]
        reading.report(_line_of(reading, lines, "hit"), "table.hit", f"There is no hit policy '{hit}'.",
                       did_you_mean(str(hit), words) or f"Hit policies are {', '.join(words)}.")  # fmt: skip
    header = tuple(line.rstrip() for line in lines[:first])
    while header and not header[-1]:
        header = header[:-1]
    heads = {cell.text for cell in (*inputs, *outputs)}
    defaults = _texts(reading, lines, settings, "default", {cell.text for cell in outputs})
    allowed = _texts(reading, lines, settings, "allowed", heads)
    if reading.problems:
        return None, tuple(reading.problems)
    table = DecisionTable(
        name=str(settings.get("name", "")),
        hit=HIT_POLICIES[hit],
        inputs=inputs,
        outputs=outputs,
        rows=rows,
        header=header,
        settings=settings,
        defaults=defaults,
        allowed=allowed,
        place=place,
    )
    return table, ()


def _settings(reading: _Reading, lines: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line, column = (int(at[1]) - 1, int(at[2]) - 1) if at and at[1] else (max(0, len(lines) - 1), 0)
        message = _AT.sub("", str(error)).strip()
        reading.report(reading.at(line, column), "table.header", f"This line cannot be read: {message}.",
                       'Write it as name = "text".')  # fmt: skip
        return {}


def _grid(reading: _Reading, lines: list[str], first: int) -> list[Row]:
    rows: list[Row] = []
    notes: list[str] = []
    for number, line in enumerate(lines[first:], first):
        if line.lstrip().startswith("#"):
            notes.append(line.strip())
        elif line.lstrip().startswith("|"):
            cells = _cells(reading, line, number)
            if not (len(rows) == 1 and all(_RULE.fullmatch(cell.text) for cell in cells)):
                start = len(line) - len(line.lstrip())
                rows.append(Row(cells, reading.at(number, start, len(line.strip())), tuple(notes)))
                notes = []
        elif line.strip():
            reading.report(reading.at(number, 0, len(line)), "table.line", "After the heads each line is a row.",
                           "Start the line with | or with # for a note.")  # fmt: skip
    if notes:
        last = reading.at(len(lines) - 1)
        reading.report(last, "table.line", "A note must stand above a row.", "Move it up, or above the table.")
    return rows


def _cells(reading: _Reading, line: str, number: int) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    offset = line.index("|") + 1
    end = len(line.rstrip())
    while offset < end:
        match = _CELL.match(line, offset, end)
        assert match is not None
        raw = match[0]
        text = raw.strip()
        start = offset + (len(raw) - len(raw.lstrip()) if text else 0)
        cells.append(Cell(text, reading.at(number, start, len(text))))
        if match.end() >= end:
            reading.report(reading.at(number, end), "table.row", "This row has no | at its end.")
        offset = match.end() + 1
    return tuple(cells)


def _heads(reading: _Reading, cells: tuple[Cell, ...]) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    inputs: list[Cell] = []
    outputs: list[Cell] = []
    for cell in cells:
        if cell.text.startswith("->"):
            outputs.append(Cell(" ".join(cell.text[2:].split()), cell.place))
        elif outputs:
            reading.report(cell.place, "table.heads", "Conditions come before results.",
                           f"Write '-> {cell.text}' if this is a result.")  # fmt: skip
        else:
            inputs.append(cell)
        if not cell.text.removeprefix("->").strip():
            reading.report(cell.place, "table.heads", "This column has no head.")
    names = [cell.text for cell in outputs]
    if not outputs:
        reading.report(cells[-1].place if cells else reading.at(0), "table.heads", "This table has no result.",
                       "Begin the head of a result with '-> '.")  # fmt: skip
    for place, name in enumerate(names):
        if name in names[:place]:
            reading.report(outputs[place].place, "table.heads", f"Two results have the name '{name}'.")
    return tuple(inputs), tuple(outputs)


def _fits(reading: _Reading, row: Row, width: int) -> bool:
    if len(row.cells) != width:
        message = f"This row has {len(row.cells)} cells, but the table has {width} columns."
        reading.report(row.place, "table.row", message)
    return len(row.cells) == width


def _texts(reading: _Reading, lines: list[str], settings: dict[str, Any], key: str, known: set[str]) -> dict[str, str]:
    given = settings.get(key, {})
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        reading.report(_line_of(reading, lines, key), "table.header", f"'{key}' names columns and gives each a text.",
                       f'Write {key} = {{ "may have" = "false" }}.')  # fmt: skip
        return {}
    for name in given:
        if name not in known:
            reading.report(_line_of(reading, lines, key), "table.header", f"'{key}' names no column '{name}'.",
                           did_you_mean(name, known))  # fmt: skip
    return dict(given)


def _line_of(reading: _Reading, lines: list[str], key: str) -> Place:
    found = next((n for n, line in enumerate(lines) if re.match(rf"\s*{key}\b", line)), 0)
    return reading.at(found, 0, len(lines[found]) if lines else 0)

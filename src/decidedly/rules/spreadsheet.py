"""Decision tables as spreadsheets: xlsx and csv, there and back without loss.

Both hold the same grid. On top stand the settings, key and value side by side; then an empty row; then the heads, where
a result begins with `-> `; then one rule a row, and a note in a row of its own, beginning with `#`:

    name | Alcohol only to adults whose age we know
    hit  | first
         |
    age band | -> may have
    "19-24"  | false

A text stays a text: Excel never reads a cell as a formula, a date or a number. What a person types there is taken as it
is meant: a number, TRUE, a date. A problem names the cell (`C7`) and the row and column in its place.
"""

import csv
import io
import re
import tomllib
import zipfile
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import accumulate
from typing import Any

import msgspec

from decidedly.core.errors import BadInput
from decidedly.feel.diagnostics import Diagnostic, Place

from .definition import DecisionTable
from .read import ROW_LIMIT, read_table
from .write import format_table

Grid = Sequence[Sequence[str]]

_SETTING = re.compile(r"(\w[\w-]*)\s*=\s*(.*)")
_KEY = re.compile(r"\w[\w-]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
# What a spreadsheet program would run as a formula, or read as a date, when it opens a csv file.
_GUARDED = re.compile(r"[=+\-@\t\r].|'|\d+[-/]\d+", re.DOTALL)
_GUARD = "'"
_SHEET = "Table"
_MOST_BYTES = 50_000_000
_WIDEST = 60


def to_xlsx(table: DecisionTable) -> bytes:
    """A workbook with the table on its one sheet.

    Raises BadInput for a text with control characters, which no workbook can hold.
    """
    # Loading openpyxl takes a tenth of a second: who asks for no workbook does not wait for it.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = Workbook()
    sheet: Any = book.active
    sheet.title = _SHEET
    grid = _grid(table)
    head = _head(grid)
    for row, texts in enumerate(grid, 1):
        for column, text in enumerate(texts, 1):
            cell = sheet.cell(row, column)
            try:
                cell.value = text or None
            except IllegalCharacterError as error:
                raise BadInput(
                    "This text holds control characters, which a workbook cannot hold.",
                    place=f"cell {cell.coordinate}",
                    hint="Write them as escapes, such as \\u0007.",
                ) from error
            if text:
                cell.data_type = "s"
            cell.number_format = "@"
            cell.alignment = Alignment(vertical="top", wrap_text=row > head + 1)
            if row == head + 1:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="DDE6F0")
    for column, width in enumerate(_widths(grid[head:]), 1):
        sheet.column_dimensions[_letters(column)].width = min(width, _WIDEST) + 2
    sheet.freeze_panes = sheet.cell(head + 2, 1)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def to_csv(table: DecisionTable) -> str:
    """The grid as comma-separated text; a cell that a spreadsheet program would take for a formula begins with `'`."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    for row in _grid(table):
        writer.writerow([_GUARD + text if _GUARDED.match(text) else text for text in row])
    return held.getvalue()


def from_xlsx(raw: bytes, *, file: str = "") -> tuple[DecisionTable | None, tuple[Diagnostic, ...]]:
    """The table on the first sheet of a workbook, or None and why."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(one.file_size for one in packed.infolist())
        if size > _MOST_BYTES:
            return None, (_whole(file, f"This workbook unpacks to {size} bytes; {_MOST_BYTES} are the most."),)
        # Formulas are kept as such, so that they are told instead of taken for their last value.
        book = load_workbook(io.BytesIO(raw), data_only=False, read_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError, OSError):
        return None, (_whole(file, "This is not an Excel workbook (.xlsx)."),)
    if not book.worksheets:
        return None, (_whole(file, "This workbook has no sheet."),)
    rows = book.worksheets[0].iter_rows(max_row=2 * ROW_LIMIT + 1000)
    problems: list[Diagnostic] = []
    grid = [
        [_typed(cell.value, cell.data_type, Place(file, cell.row, cell.column), problems) for cell in row]
        for row in rows
    ]
    return (None, tuple(problems)) if problems else _table(grid, file)


def from_csv(text: str, *, file: str = "") -> tuple[DecisionTable | None, tuple[Diagnostic, ...]]:
    """The table of a comma-separated text, or None and why; semicolons or tabs between the cells are seen."""
    text = text.removeprefix("\ufeff")
    commas, semicolons, tabs = (_separators(text, mark) for mark in ",;\t")
    delimiter = "\t" if tabs > max(commas, semicolons) else ";" if semicolons > commas else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return None, (_whole(file, f"This is not comma-separated text: {error}."),)
    return _table([[_written(cell) for cell in row] for row in rows], file)


# Table to grid


def _grid(table: DecisionTable) -> Grid:
    heads = [cell.text for cell in table.inputs] + [f"-> {cell.text}" for cell in table.outputs]
    rows: list[list[str]] = [_setting(line) for line in table.header]
    rows += [[], heads] if rows else [heads]
    for row in table.rows:
        rows += [[note] for note in row.notes]
        texts = [cell.text for cell in row.cells]
        rows.append([text or "-" for text in texts[: len(table.inputs)]] + texts[len(table.inputs) :])
    return rows


def _setting(line: str) -> list[str]:
    match = _SETTING.fullmatch(line)
    if match is None:
        return [line]
    value = match[2].strip()
    plain = value[1:-1]
    # A string is shown without its quotes where it reads back as the same string.
    return [match[1], plain if _STRING.fullmatch(value) and _value(plain) == value else value]


def _widths(grid: Grid) -> list[int]:
    columns = max(map(len, grid))
    return [max(len(row[column]) for row in grid if column < len(row)) for column in range(columns)]


# Grid to table


def _head(grid: Grid) -> int:
    """The place of the row of heads: the first with a result; the number of rows where there is none."""
    return next((n for n, row in enumerate(grid) if any(cell.startswith("->") for cell in row)), len(grid))


def _table(grid: Grid, file: str) -> tuple[DecisionTable | None, tuple[Diagnostic, ...]]:
    head = _head(grid)
    if head == len(grid):
        message = "No row holds the heads of a table: the head of a result begins with '-> '."
        return None, (_whole(file, message, "Write for example '-> may have'."),)
    width = max(place for place, cell in enumerate(grid[head], 1) if cell)
    lines = [_header_line(row) for row in grid[:head]]
    starts = [[0] for _ in lines]
    problems: list[Diagnostic] = []
    for number, row in enumerate(grid[head:], head):
        cells = [*row[:width], *[""] * (width - len(row))]
        beyond = [place for place, cell in enumerate(row[width:], width) if cell]
        if beyond:
            place = Place(file, number + 1, beyond[0] + 1)
            problems.append(_of_cell("table.row", "This cell stands beside the table: its column has no head.", place))
        elif not any(cells):
            lines.append("")
        elif cells[0].startswith("#"):
            lines.append(" ".join(cells[0].split()))
        else:
            padded = [f" {cell} " for cell in cells]
            starts.append([0, *accumulate(len(cell) + 1 for cell in padded)])
            lines.append("|" + "|".join(padded) + "|")
            continue
        starts.append([0])
    if problems:
        return None, tuple(problems)
    read, found = read_table("\n".join(lines) + "\n", place=Place(file))
    if read is None:
        return None, tuple(_at_cell(problem, starts) for problem in found)
    # Once more in the canonical form, whose places are those of the file that will hold it.
    return read_table(format_table(read))


def _header_line(row: Sequence[str]) -> str:
    texts = [cell.strip() for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) == 2 and _KEY.fullmatch(texts[0]):
        return f"{texts[0]} = {_value(texts[1])}"
    return " ".join(text for text in texts if text)


def _value(text: str) -> str:
    """The TOML of a setting's cell: as written where it is TOML, else as a string."""
    try:
        tomllib.loads(f"key = {text}")
    except tomllib.TOMLDecodeError:
        return msgspec.json.encode(text).decode()
    return text


def _typed(value: Any, data_type: str, place: Place, problems: list[Diagnostic]) -> str:
    """The text of a cell of a workbook, whatever a person made of it."""
    if data_type in ("f", "e"):
        what = "a formula" if data_type == "f" else "an error"
        hint = "Write the value itself, or give the cell the format Text."
        problems.append(_of_cell("table.cell", f"This cell holds {what}.", place, hint))
        return ""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
        case datetime() if value.time() == time():
            return f'@"{value.date().isoformat()}"'
        case datetime() | date() | time():
            return f'@"{value.isoformat()}"'
        case _:
            return _one_line(str(value))


def _written(text: str) -> str:
    """The text of a cell of a csv file: without the guard, and TRUE as FEEL writes it."""
    text = _one_line(text)
    if text.startswith(_GUARD):
        return text[1:]
    return text.lower() if text in ("TRUE", "FALSE") else text


def _one_line(text: str) -> str:
    """Line breaks become escapes inside quotes and spaces outside, where they mean nothing."""
    text = text.strip()
    if "\n" not in text and "\r" not in text:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _STRING.sub(lambda match: match[0].replace("\n", "\\n"), text)
    return kept.replace("\n", " ")


def _separators(text: str, mark: str) -> int:
    """How often a mark stands in the row of the heads, or in all where there is none."""
    heads = next((line for line in text.splitlines() if "->" in line), text)
    return heads.count(mark)


# Problems


def _at_cell(problem: Diagnostic, starts: Sequence[Sequence[int]]) -> Diagnostic:
    at = problem.place
    row = min(at.line, len(starts))
    column = bisect_right(starts[row - 1], at.column - 1)
    return _of_cell(problem.code, problem.message, Place(at.file, row, max(1, column)), problem.hint)


def _of_cell(code: str, message: str, place: Place, hint: str = "") -> Diagnostic:
    cell = f"{_letters(place.column)}{place.line}"
    return Diagnostic(code, f"Cell {cell}: {message}", hint, place)


def _letters(column: int) -> str:
    """The letters by which spreadsheets name a column that counts from 1: A, B, ... Z, AA."""
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _whole(file: str, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic("table.file", message, hint, Place(file))

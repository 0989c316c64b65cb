"""Writes a decision table in its one canonical form: what `read_table` gives is written and read back unchanged."""

import re

from .definition import Cell, DecisionTable

_SETTING = re.compile(r"(\w[\w-]*)\s*=\s*(.*)")


def format_table(table: DecisionTable) -> str:
    """The canonical text of a table: keys and columns aligned, one rule a line, notes kept."""
    lines = _header(table.header)
    heads = [cell.text for cell in table.inputs] + [f"-> {cell.text}" for cell in table.outputs]
    grid = [heads, *([_shown(table, place, cell) for place, cell in enumerate(row.cells)] for row in table.rows)]
    widths = [max(len(row[place]) for row in grid) for place in range(len(heads))]
    if lines:
        lines.append("")
    lines.append(_line(heads, widths))
    lines.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    for row, texts in zip(table.rows, grid[1:], strict=True):
        lines.extend(row.notes)
        lines.append(_line(texts, widths))
    return "\n".join(lines) + "\n"


def _shown(table: DecisionTable, place: int, cell: Cell) -> str:
    return cell.text or ("-" if place < len(table.inputs) else "")


def _line(texts: list[str], widths: list[int]) -> str:
    return "| " + " | ".join(text.ljust(width) for text, width in zip(texts, widths, strict=True)) + " |"


def _header(header: tuple[str, ...]) -> list[str]:
    matches = [_SETTING.fullmatch(line) for line in header]
    width = max((len(match[1]) for match in matches if match), default=0)
    return [
        f"{match[1].ljust(width)} = {match[2]}".rstrip() if match else line
        for line, match in zip(header, matches, strict=True)
    ]

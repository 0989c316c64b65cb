"""Decision tables written back as sentences of plain English, from their trees.

If "SPIRITS" is among the action's departments and age band is "19-24", then may have is false, because "under 21".
"""

from __future__ import annotations

from decidedly.feel.tree import Literal, Node
from decidedly.feel.types import BOOLEAN
from decidedly.feel.words import part_words, said_value, words

from .typed import INPUT, TypedTable

BECAUSE = "reason"
"""The output that says why, in the author's words."""

_ALL = {
    "unique": "Only one of these may be so at a time:",
    "any": "Where several of these are so, they must agree:",
    "first": "The first of these that is so decides:",
    "priority": "Of all that are so, the one with the best result decides:",
    "collect": "The results of all that are so are collected:",
    "collect +": "The results of all that are so are added up:",
    "collect <": "Of all that are so, the smallest result counts:",
    "collect >": "Of all that are so, the largest result counts:",
    "collect #": "Those that are so are counted:",
    "rule order": "The results of all that are so are listed, in this order:",
    "output order": "The results of all that are so are listed, the best first:",
}


def hit_sentence(typed: TypedTable) -> str:
    """What the table's hit policy means for the sentences of its rows."""
    return _ALL[typed.table.hit]


def condition_sentence(typed: TypedTable, row: int) -> str:
    """The conditions of a row as one clause; empty where it fits everybody."""
    said = [
        (words if len(typed.columns) == 1 else part_words)(cell, {INPUT: column.tree})
        for column, cell in zip(typed.columns, typed.cells[row], strict=True)
        if not (isinstance(cell, Literal) and cell.value is True)
    ]
    return " and ".join(said)


def row_sentence(typed: TypedTable, row: int) -> str:
    """One row as a sentence."""
    condition, result = condition_sentence(typed, row), _results(typed, typed.values[row])
    if condition:
        return f"If {condition}, then {result}."
    otherwise = "In all other cases" if typed.table.hit == "first" and row else "Always"
    return f"{otherwise}, {result}."


def default_sentence(typed: TypedTable) -> str:
    """What holds where no row fits."""
    if not typed.has_default:
        return "If none is so, then nothing is said."
    return f"If none is so, then {_results(typed, typed.blank)}."


def table_sentences(typed: TypedTable) -> tuple[str, ...]:
    """The whole table: what its hit policy means, a sentence for each row, what holds where none fits."""
    rows = [row_sentence(typed, row) for row in range(len(typed.cells))]
    last_fits_all = typed.table.hit == "first" and rows and not condition_sentence(typed, len(rows) - 1)
    return (hit_sentence(typed), *rows, *(() if last_fits_all else (default_sentence(typed),)))


def _results(typed: TypedTable, values: tuple[Node, ...]) -> str:
    said, because = [], ""
    for output, value in zip(typed.outputs, values, strict=True):
        name = output.head.text
        if name == BECAUSE:
            empty = isinstance(value, Literal) and value.value is None
            because = "" if empty else f", because {words(value)}"
        else:
            said.append(f"{name} is {_result(value)}")
    return " and ".join(said) + because


def _result(value: Node) -> str:
    if isinstance(value, Literal):
        return said_value(value.value, value.type)
    return f"whether {part_words(value)}" if value.type == BOOLEAN else words(value)

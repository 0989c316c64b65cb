"""A decision table as authored: a frozen value that keeps every text with its place."""

from typing import Any, Literal

import msgspec

from decidedly.feel.diagnostics import START, Place

Hit = Literal[
    "unique", "any", "first", "priority", "collect", "collect +", "collect <", "collect >", "collect #",
    "rule order", "output order",
]  # fmt: skip
HIT_POLICIES: dict[str, Hit] = {
    "unique": "unique", "any": "any", "first": "first", "priority": "priority", "collect": "collect",
    "rule order": "rule order", "output order": "output order",
    "U": "unique", "A": "any", "F": "first", "P": "priority", "C": "collect", "R": "rule order", "O": "output order",
    "C+": "collect +", "C<": "collect <", "C>": "collect >", "C#": "collect #",
    "collect +": "collect +", "collect <": "collect <", "collect >": "collect >", "collect #": "collect #",
    "collect sum": "collect +", "collect min": "collect <", "collect max": "collect >", "collect count": "collect #",
}  # fmt: skip
"""The words and letters of DMN 1.5, 8.2.8, and what each means."""


class Cell(msgspec.Struct, frozen=True):
    """The text of one cell, without the spaces around it; an empty input is `-`, an empty output is null."""

    text: str
    place: Place = START


class Row(msgspec.Struct, frozen=True):
    """One rule: a cell for each input, then one for each output. `notes` are the comment lines above it."""

    cells: tuple[Cell, ...]
    place: Place = START
    notes: tuple[str, ...] = ()


class DecisionTable(msgspec.Struct, frozen=True, kw_only=True):
    """A decision table.

    inputs   : FEEL expressions, the heads of the input columns
    outputs  : names of the outputs, the heads that begin with `-> `
    header   : the lines above the table as written, and `settings`, their values (name, tier, source, owner, ...)
    defaults : output name -> FEEL text, used where no row matches
    allowed  : head of a column -> FEEL unary tests of its allowed values; for outputs also their order of priority
    """

    name: str
    hit: Hit
    inputs: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    rows: tuple[Row, ...]
    header: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    defaults: dict[str, str] = {}
    allowed: dict[str, str] = {}
    place: Place = START

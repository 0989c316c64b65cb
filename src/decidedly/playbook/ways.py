"""How a rule runs: as Python for one person, over columns for millions, as SQL where the data lives; and why not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from decidedly.feel import Place
from decidedly.feel.reasons import why_not as why_not_python
from decidedly.feel.tree import Node, Span


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One of the forms of a rule. reasons: what falls back in it, with its place; nothing where all of it is native."""

    form: Literal["Python", "columns", "SQL"]
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.form}: {'; '.join(self.reasons) or 'native'}"


def ways_of(trees: Iterable[Node], file: str) -> tuple[Way, ...]:
    """The forms of a rule that is made of these trees."""
    # Who only decides does not wait for the SQL builder to load.
    from decidedly.feel.blocks import why_not as why_not_columns
    from decidedly.feel.sql import why_not as why_not_sql

    python: list[tuple[Span, str]] = []
    columns: list[tuple[Span, str]] = []
    sql: list[tuple[Span, str]] = []
    for tree in trees:
        python += why_not_python(tree)
        columns += why_not_columns(tree)
        sql += [(why.at, str(why)) for why in why_not_sql(tree)]
    return (
        Way(form="Python", reasons=_told(file, python)),
        Way(form="columns", reasons=_told(file, columns)),
        Way(form="SQL", reasons=_told(file, sql)),
    )


def _told(file: str, found: Iterable[tuple[Span, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{Place(file, at.line, at.column)} {why}" for at, why in found))

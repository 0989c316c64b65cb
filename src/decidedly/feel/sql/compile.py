"""A typed tree as an expression of SQL, or why it has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from sqlglot import exp

from ..scope import Reference
from ..tree import Node, Span, references
from ..types import Type
from ..values import to_plain
from . import arithmetic, calendar, lists, nodes, numbers, ranges, texts
from .dialect import Dialect
from .duckdb import Duckdb
from .emit import CALLS, Emitter
from .forms import FallsBack, Form, Made, Quotient, Truth, form_of, plain_value
from .spark import Spark

Engine = Literal["duckdb", "spark"]
Columns = Callable[[Reference], exp.Expression]
Digits = Callable[[Reference], int | None]
_EMITTERS = (arithmetic, calendar, lists, nodes, numbers, ranges, texts)
_DIALECTS: dict[str, type[Duckdb] | type[Spark]] = {"duckdb": Duckdb, "spark": Spark}


class Reason(msgspec.Struct, frozen=True):
    """Why a tree runs row by row, as the end of that sentence, and which part of the text is meant."""

    at: Span
    text: str

    def __str__(self) -> str:
        return f"runs row by row, because {self.text}"


class Sql(msgspec.Struct, frozen=True):
    """An expression: `plain` turns what a query gives for it into a plain value; `reads` are the facts it needs."""

    engine: Engine
    expression: exp.Expression
    form: Form
    reads: tuple[Reference, ...]

    @property
    def text(self) -> str:
        """The expression in the engine's SQL."""
        return self.expression.sql(dialect=self.engine)

    def plain(self, value: Any) -> Any:
        """The plain value of a result."""
        return plain_value(self.form, value)


def by_id(reference: Reference) -> exp.Expression:
    """The column of a fact: named by its id, which outlives its name."""
    return exp.column(exp.to_identifier(reference.id, quoted=True))


def unknown_digits(reference: Reference) -> int | None:
    """Says of no column how long its numbers are: 64 bits may be full."""
    return None


def constant(value: Any, type_: Type, engine: Engine = "duckdb") -> exp.Expression:
    """A stored value as a literal of a column's type; null where it has none in SQL. Times must be in UTC."""
    emitter = Emitter(_DIALECTS[engine](), by_id)
    try:
        return emitter.convert(emitter.constant(to_plain(type_, value), type_), form_of(type_))
    except FallsBack:
        return exp.Null()


def emitter_for(engine: Engine, columns: Columns) -> Emitter:
    """What makes the expressions of one statement, for statements of several."""
    return Emitter(_DIALECTS[engine](), columns)


def to_sql(
    node: Node,
    *,
    engine: Engine = "duckdb",
    columns: Columns = by_id,
    digits: Digits = unknown_digits,
    inputs: Mapping[int, Made] | None = None,
    clean: bool = False,
) -> tuple[Sql | None, tuple[Reason, ...]]:
    """The expression that gives what `evaluate` gives for every row, or None and why there is none.

    columns : the expression that holds a fact, in the form that `forms` asks of its type
    digits  : the most digits of the integers in a fact's column, where the data are known: shorter ones compute faster
    inputs  : the expressions of free locals
    clean   : whether NaN and infinities were made null when the columns were written
    """
    return _made(node, engine, columns, digits, inputs, clean, lambda emitter: emitter.value(node))


def condition_to_sql(
    node: Node,
    *,
    engine: Engine = "duckdb",
    columns: Columns = by_id,
    digits: Digits = unknown_digits,
    clean: bool = False,
) -> tuple[Sql | None, tuple[Reason, ...]]:
    """As `to_sql`, of a condition where null counts as not true: true exactly for the rows for which it is true."""
    return _made(node, engine, columns, digits, None, clean, lambda emitter: Made(emitter.holds(node), Truth()))


def why_not(node: Node, engine: Engine = "duckdb") -> tuple[Reason, ...]:
    """Why a tree runs row by row; nothing where it runs as SQL."""
    return to_sql(node, engine=engine)[1]


def native_builtins() -> frozenset[str]:
    """The built-ins that run as SQL, where their arguments do."""
    return frozenset(CALLS)


def _made(
    node: Node,
    engine: Engine,
    columns: Columns,
    digits: Digits,
    inputs: Mapping[int, Made] | None,
    clean: bool,
    make: Callable[[Emitter], Made],
) -> tuple[Sql | None, tuple[Reason, ...]]:
    dialect: Dialect = _DIALECTS[engine]()
    try:
        made = make(Emitter(dialect, columns, digits, dict(inputs or {}), clean))
        if isinstance(made.form, Quotient):
            raise FallsBack("a division in it is neither compared nor rounded")
    except FallsBack as why:
        return None, (Reason(why.at or node.at, why.reason),)
    except RecursionError:
        return None, (Reason(node.at, "it is nested too deeply"),)
    return Sql(engine, made.sql, made.form, references(node)), ()

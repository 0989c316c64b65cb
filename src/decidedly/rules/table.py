"""Decision tables as functions of the facts."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec

from decidedly.feel.diagnostics import START, Diagnostic, Place
from decidedly.feel.python import too_deep
from decidedly.feel.scope import Reference, Scope
from decidedly.feel.types import Type

from .definition import DecisionTable
from .generate import generate
from .hit import Fired
from .read import read_table
from .typed import Column, TypedTable, type_table

KEPT_TABLES = 128
"""Most compiled tables that are kept, those least recently asked for going first."""


class CompiledTable(msgspec.Struct, frozen=True):
    """A table as a function: `fn(person, action, ...)` gives a `Fired` with outputs, rows and a problem.

    The outputs are in the stored form of their types.
    """

    typed: TypedTable
    source: str
    fn: Callable[..., Fired]

    @property
    def table(self) -> DecisionTable:
        return self.typed.table

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.typed.columns

    @property
    def types(self) -> tuple[Type, ...]:
        """Of the outputs, in which their values are stored; a list of it where the hit policy collects."""
        return self.typed.types

    @property
    def reads(self) -> tuple[Reference, ...]:
        """All facts that the table can read."""
        return self.typed.reads

    def line(self, row: int) -> int:
        """The line of a row in the author's file."""
        return self.typed.line(row)

    def output(self, name: str) -> Callable[..., Any]:
        """A function of the same arguments that gives one output alone; raises KeyError for a name it has not."""
        place, fn = self.typed.place(name), self.fn
        if self.table.hit == "first" and not any(output.allowed for output in self.typed.outputs):
            run: Callable[..., Any] = generate(self.typed, place)[1]
            return run
        return lambda *facts: fn(*facts).outputs[place]


def compile_table(
    text: str, scope: Scope, *, place: Place = START
) -> tuple[CompiledTable | None, tuple[Diagnostic, ...]]:
    """The table of a text as a function, or None and why; `place` is where the text begins."""
    table, problems = read_table(text, place=place)
    if table is None:
        return None, problems
    return compile_definition(table, scope)


def compile_definition(table: DecisionTable, scope: Scope) -> tuple[CompiledTable | None, tuple[Diagnostic, ...]]:
    """As `compile_table`, of a table that was read before.

    What was compiled is kept by the hash of its content: a playbook in which other things changed compiles at once.
    """
    bare = msgspec.structs.replace(table, settings={})
    content = msgspec.msgpack.encode(bare) + repr(table.settings).encode() + scope.digest
    key = blake2b(content, digest_size=16).digest()
    known = _KEPT.pop(key, None) or _compiled(table, scope)
    _KEPT[key] = known
    while len(_KEPT) > KEPT_TABLES:
        _KEPT.pop(next(iter(_KEPT)), None)
    return known


def _compiled(table: DecisionTable, scope: Scope) -> tuple[CompiledTable | None, tuple[Diagnostic, ...]]:
    typed, problems = type_table(table, scope)
    if typed is None:
        return None, problems
    compiled, more = compile_typed(typed)
    return compiled, problems + more


def compile_typed(typed: TypedTable) -> tuple[CompiledTable | None, tuple[Diagnostic, ...]]:
    """As `compile_table`, of a table that was typed before."""
    try:
        source, run = generate(typed)
    except (SyntaxError, RecursionError, MemoryError):
        return None, (too_deep(typed.table.place),)
    return CompiledTable(typed, source, run), ()


_KEPT: dict[bytes, tuple[CompiledTable | None, tuple[Diagnostic, ...]]] = {}

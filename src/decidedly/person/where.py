"""Where: a condition on the kept fields of events or items, told for whole columns.

The history keeps a text as a key of 64 bits, so a condition may compare a text with constants and nothing else;
numbers, amounts and booleans may be reckoned with as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from decidedly.core.dictionary import EventKind
from decidedly.core.policy import Text
from decidedly.feel import BOOLEAN, Compiled, Diagnostic, Name, Number, Place, Scope, Type, compile_expression
from decidedly.feel.tree import Compare, Fact, Literal, Member, Named, Node, children
from decidedly.feel.types import Boolean, Date, DateTime, String, Time
from decidedly.person.schema import Column, type_of
from decidedly.person.temporal import valued

ITEM = "item"
_OTHER = "\0"
"""A text that is none of the constants of a condition."""
_REMEMBERED = 1 << 16


class Where(msgspec.Struct, frozen=True, eq=False):
    """A compiled condition. `reads`: names of the columns it reads, in the order of a case."""

    reads: tuple[str, ...]
    _test: Callable[[Mapping[str, Any]], bool | None]
    _plain: tuple[Callable[[Any], Any], ...]
    _judged: dict[tuple[Any, ...], bool]

    def mask(self, columns: Mapping[str, npt.NDArray[Any]], items: int) -> npt.NDArray[np.bool_]:
        """bool[items]: which items meet it. False and null do not."""
        if not self.reads:
            return np.full(items, self._holds(()))
        if len(self.reads) == 1:
            # Most values of one column come again and again: each is judged once.
            different, which = np.unique(columns[self.reads[0]], return_inverse=True)
            return self._verdicts(zip(different.tolist(), strict=True), len(different))[which]
        return self._verdicts(zip(*(columns[name].tolist() for name in self.reads), strict=True), items)

    def _verdicts(self, cases: Iterable[tuple[Any, ...]], count: int) -> npt.NDArray[np.bool_]:
        judged = self._judged
        found = np.empty(count, np.bool_)
        for place, case in enumerate(cases):
            verdict = judged.get(case)
            if verdict is None:
                if len(judged) >= _REMEMBERED:
                    judged.clear()
                verdict = judged[case] = self._holds(case)
            found[place] = verdict
        return found

    def _holds(self, case: tuple[Any, ...]) -> bool:
        facts = {name: plain(value) for name, plain, value in zip(self.reads, self._plain, case, strict=True)}
        return self._test(facts) is True


def scope_of(kind: EventKind) -> Scope:
    """What a condition on this kind may read: its kept fields."""
    return Scope.of({ITEM: [Name(field.name, type_of(field.type), field.name) for field in kind.columns]}, bare=[ITEM])


def compile_where(
    text: Text, kind: EventKind, columns: Mapping[str, Column], key: Callable[[str], int]
) -> tuple[Where | None, tuple[Diagnostic, ...]]:
    """The condition, or None and why. `key` gives the key by which a text is kept."""
    compiled, problems = compile_expression(text.text, scope_of(kind), BOOLEAN, place=text.place)
    if compiled is None:
        return None, problems + _not_kept(text, kind)
    wrong = tuple(_untellable(compiled, text.place))
    if wrong:
        return None, wrong
    texts = {key(one): one for one in _texts(compiled.tree)}
    types = {field.name: type_of(field.type) for field in kind.columns}
    reads = tuple(reference.id for reference in compiled.reads)
    plain = tuple(_plain(columns[name], types[name], texts) for name in reads)
    return Where(reads, compiled.fn, plain, {}), problems


def _plain(column: Column, type_: Type, texts: Mapping[int, str]) -> Callable[[Any], Any]:
    """From a value of a column to that of a fact."""
    null = column.null
    match type_:
        case String():
            return lambda value: None if value == null else texts.get(value, _OTHER)
        case Boolean():
            return lambda value: None if value == null else bool(value)
        case Number(scale=int(scale)) if scale:
            return lambda value: None if value != value else round(value * 10**scale)
        case Date() | DateTime() | Time():
            read = valued(type_)
            assert read is not None
            return lambda value: None if value == null else read(value)
        case _:
            return lambda value: None if value == null or value != value else value


def _not_kept(text: Text, kind: EventKind) -> tuple[Diagnostic, ...]:
    fields = kind.item_fields if kind.items else kind.fields
    missing = [field.name for field in fields if not field.keep and field.name in text.text]
    if not missing:
        return ()
    message = f"'{missing[0]}' of '{kind.id}' is not kept in the history, so nothing can be counted by it."
    return (Diagnostic("dictionary.aggregate", message, "Declare the field with keep = true.", text.place),)


def _untellable(compiled: Compiled, place: Place) -> Iterator[Diagnostic]:
    """Texts that are put to any other use than being compared with constants."""
    waiting: list[tuple[Node, bool]] = [(compiled.tree, False)]
    while waiting:
        here, compared = waiting.pop()
        if isinstance(here, Fact):
            if isinstance(here.reference.type, String) and not compared:
                message = f"'{here.reference.path[-1]}' is a text: here it can only be compared with other texts."
                hint = 'Use = "A", != "A" or in ("A", "B"), or keep a field that says it.'
                where = Place(place.file, here.at.line, here.at.column, here.at.end - here.at.start)
                yield Diagnostic("dictionary.where", message, hint, where)
            continue
        fits = _compares(here) or (compared and isinstance(here, Named))
        waiting.extend((child, fits) for child in children(here))


def _compares(node: Node) -> bool:
    """Whether a node compares with constants for being equal or not."""
    if isinstance(node, Compare):
        return node.op in ("=", "!=") and (isinstance(node.left, Literal) or isinstance(node.right, Literal))
    return isinstance(node, Member)


def _texts(tree: Node) -> Iterator[str]:
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Literal) and isinstance(here.value, str):
            yield here.value
        waiting.extend(children(here))

"""How many people a condition holds for, counted over all of them in one query.

The parts of the condition that run as SQL do so where the people are; what does not is asked of the row function, over
those alone whom the rest lets through. Either way the count is that of the people for whom the compiled rule is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa
from sqlglot import exp

from decidedly.feel import BOOLEAN, Scope, compile_tree
from decidedly.feel.scope import Reference
from decidedly.feel.sql import Reason, by_id, condition_to_sql, constant
from decidedly.feel.sql.columns import facts
from decidedly.feel.tree import And, Named, Node, references
from decidedly.feel.types import Money, Number
from decidedly.ports.warehouse import Warehouse

PEOPLE = "people"
"""The table: a row per person with `person`, a column per fact by its id, and one per channel, `consent:email`."""
CONSENT = "consent:"
_CHUNK = 4_096


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """The people whom a condition holds for.

    people  : how many they are
    of      : how many people there are
    consent : channel -> how many of them allow marketing by it
    by_rows : why a part of the condition ran row by row; empty where all of it ran as SQL
    """

    people: int
    of: int
    consent: dict[str, int]
    by_rows: tuple[Reason, ...] = ()


def count_people(
    condition: Node, scope: Scope, warehouse: Warehouse, at: datetime, channels: Sequence[str] = ()
) -> Count:  # fmt: skip
    """Whom a condition holds for as of a moment, among the people that the warehouse holds as of it."""
    columns = _columns(at)
    digits = _digits(condition, warehouse)
    native: list[str] = []
    rest: list[Node] = []
    reasons: list[Reason] = []
    for part in _parts(condition):
        sql, why = condition_to_sql(part, columns=columns, digits=digits, clean=True)
        if sql is None:
            rest.append(part)
            reasons += why
        else:
            native.append(sql.text)
    holds = " AND ".join(native) or "TRUE"
    allowed = [f'"{CONSENT}{channel}"' for channel in channels]
    if rest:
        return _by_rows(rest, holds, scope, warehouse, at, channels, tuple(reasons))
    asked = ", ".join(["count(*)", *(f"count(*) FILTER (WHERE {column})" for column in allowed)])
    found = warehouse.query(f"SELECT {asked} FROM {PEOPLE} WHERE {holds}").to_pylist()[0]
    people, *consenting = found.values()
    return Count(people=people, of=_everybody(warehouse), consent=dict(zip(channels, consenting, strict=True)))


def _parts(condition: Node) -> list[Node]:
    """The conditions that must all hold."""
    while isinstance(condition, Named):
        condition = condition.of
    if isinstance(condition, And):
        return [part for each in condition.parts for part in _parts(each)]
    return [condition]


def _columns(at: datetime) -> Callable[[Reference], exp.Expression]:
    clock = {"now": at.astimezone(UTC), "today": at.date()}

    def column(reference: Reference) -> exp.Expression:
        if reference.root == "person":
            return by_id(reference)
        # A segment is asked of nobody's action: what others would know is not known.
        return constant(clock.get(reference.id) if reference.root == "context" else None, reference.type)

    return column


def _digits(condition: Node, warehouse: Warehouse) -> Callable[[Reference], int | None]:
    """How long the integers of each column are: the widths of what is there decide how wide SQL computes."""
    scaled = {
        one.id for one in references(condition)
        if one.root == "person" and isinstance(one.type, Number | Money) and one.type.scale is not None
    }  # fmt: skip
    if not scaled:
        return lambda reference: None
    ids = sorted(scaled)
    asked = ", ".join(f"min({_name(id_)}), max({_name(id_)})" for id_ in ids)
    found = list(warehouse.query(f"SELECT {asked} FROM {PEOPLE}").to_pylist()[0].values())
    pairs = zip(ids, found[::2], found[1::2], strict=True)
    known = {id_: len(str(max(abs(low or 0), abs(high or 0)))) for id_, low, high in pairs}
    return lambda reference: known.get(reference.id) if reference.root == "person" else None


def _name(id_: str) -> str:
    return exp.to_identifier(id_, quoted=True).sql(dialect="duckdb")


def _everybody(warehouse: Warehouse) -> int:
    return int(warehouse.query(f"SELECT count(*) AS people FROM {PEOPLE}").to_pylist()[0]["people"])


def _by_rows(
    rest: Sequence[Node],
    holds: str,
    scope: Scope,
    warehouse: Warehouse,
    at: datetime,
    channels: Sequence[str],
    reasons: tuple[Reason, ...],
) -> Count:
    node = rest[0] if len(rest) == 1 else And(rest[0].at, BOOLEAN, 1 + max(r.height for r in rest), tuple(rest))
    compiled, problems = compile_tree(node, scope, BOOLEAN)
    if compiled is None:
        raise ValueError(problems[0].message)
    reads = {one.id: one for one in compiled.reads if one.root == "person"}
    names = [_name(id_) for id_ in reads] + [_name(CONSENT + channel) for channel in channels]
    found = warehouse.query(f"SELECT person, {', '.join(names)} FROM {PEOPLE} WHERE {holds}")
    context = {"now": at, "today": at.date()}
    people, consent = 0, dict.fromkeys(channels, 0)
    for batch in found.to_batches(max_chunksize=_CHUNK):
        for row, allowed in _rows(batch, reads, channels):
            arguments = [{"person": row, "context": context}.get(root, {}) for root in scope.roots]
            if _holds(compiled.fn, arguments):
                people += 1
                for channel in channels:
                    consent[channel] += allowed[channel] is True
    return Count(people=people, of=_everybody(warehouse), consent=consent, by_rows=reasons)


def _rows(
    batch: pa.RecordBatch, reads: Mapping[str, Reference], channels: Sequence[str]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    columns = {id_: facts(one.type, batch.column(id_)) for id_, one in reads.items()}
    allowed = {channel: batch.column(CONSENT + channel).to_pylist() for channel in channels}
    return [
        (
            {id_: values[place] for id_, values in columns.items() if values[place] is not None},
            {channel: values[place] for channel, values in allowed.items()},
        )
        for place in range(batch.num_rows)
    ]


def _holds(fn: Callable[..., Any], arguments: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rule is true; one that breaks on a value does not hold, as where a decision asks it."""
    try:
        return fn(*arguments) is True
    except Exception:
        return False

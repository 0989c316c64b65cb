"""Match: columns of persons -> who is who, with the reasons."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from decidedly.person.match.cluster import Join, cluster
from decidedly.person.match.model import Model
from decidedly.person.match.population import MODEST, Limits, population
from decidedly.person.match.roles import roles as infer
from decidedly.person.match.score import Scorer, probability, reasons
from decidedly.person.match.standardise import Record, Standard, day_first, known
from decidedly.person.match.words import Role


class Thresholds(msgspec.Struct, frozen=True):
    """automatic: probability from which records are joined unasked; review: from which a person is asked."""

    automatic: float = 0.95
    review: float = 0.2


USUAL = Thresholds()


class Match(msgspec.Struct, frozen=True):
    """Two records that are of one person: `sure` enough to be joined, or to be asked about.

    probability : of the two alone; `groups` : of the groups of records that they tie together, which decides
    reasons     : field by field, what says most first
    """

    left: int
    right: int
    probability: float
    groups: float
    automatic: bool
    reasons: tuple[str, ...]


class Matches(msgspec.Struct, frozen=True):
    """persons : per record the number of the first record of its person, by the automatic matches alone
    supposed : the same as if every proposed match were confirmed
    """

    roles: dict[str, Role]
    model: Model
    persons: npt.NDArray[np.int64]
    supposed: npt.NDArray[np.int64]
    found: list[Match]


def standard(
    columns: Mapping[str, Sequence[object]], roles: Mapping[str, Role] | None = None
) -> tuple[dict[str, Role], Standard]:
    """How these columns are made one: roles given, or inferred; the order of day and month told by the values."""
    known_roles = dict(roles) if roles is not None else infer(columns)
    first = {
        column: day_first(text for value in columns[column] if (text := known(value)) is not None)
        for column, role in known_roles.items()
        if role == "birth" and column in columns
    }
    return known_roles, Standard(known_roles, first)


def match(
    columns: Mapping[str, Sequence[object]],
    roles: Mapping[str, Role] | None = None,
    *,
    thresholds: Thresholds = USUAL,
    model: Model | None = None,
    limits: Limits = MODEST,
    apart: Iterable[tuple[int, int]] = (),
    joined: Sequence[tuple[int, int]] = (),
    explain: bool = True,
) -> Matches:
    """Which rows of these columns are of one person. Rows are named by their numbers.

    roles  : of the columns; None infers them. Those left out are ignored
    model  : parameters trained earlier; None trains on these rows
    apart  : pairs that a person said are two; they are never joined nor proposed
    joined : pairs that are of one person already
    """
    size = max((len(values) for values in columns.values()), default=0)
    told, how = standard(columns, roles)
    if size < 2 or not how.columns:
        nobody = np.arange(size)
        return Matches(
            told, model or Model(columns=(), prior=0.0, weights=(), rules=(), records=size), nobody, nobody, []
        )
    table = how.table(columns, size)
    trained, pairs = population(table, size, model, limits)
    scorer = Scorer(trained)

    def record(i: int) -> Record:
        return {column: values[i] for column, values in table.items()}

    def weigh(a: int, b: int) -> float:
        return scorer.weight(record(a), record(b))

    never = list(apart)
    persons, sure = cluster(
        size, pairs.left, pairs.right, pairs.weight, weigh, odds(thresholds.automatic), never, joined
    )
    together = [*joined, *((join.left, join.right) for join in sure)]
    supposed, unsure = cluster(
        size, pairs.left, pairs.right, pairs.weight, weigh, odds(thresholds.review), never, together
    )
    found = [
        _match(join, automatic, trained, record, explain)
        for joins, automatic in ((sure, True), (unsure, False))
        for join in joins
    ]
    return Matches(told, trained, persons, supposed, found)


def odds(share: float) -> float:
    """log2 odds of a probability."""
    return math.log2(share / (1 - share))


def _match(join: Join, automatic: bool, model: Model, record: Callable[[int], Record], explain: bool) -> Match:
    why = reasons(model, record(join.left), record(join.right)) if explain else ()
    return Match(join.left, join.right, probability(join.weight), probability(join.groups), automatic, why)

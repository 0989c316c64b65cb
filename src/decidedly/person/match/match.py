"""Match: columns of persons -> who is who, with the reasons."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from decidedly.person.match.cluster import Join, cluster
from decidedly.person.match.model import Model
from decidedly.person.match.population import MODEST, Limits, Pairs, population
from decidedly.person.match.roles import roles as infer
from decidedly.person.match.score import Scorer, probability, reasons
from decidedly.person.match.standardise import Record, Standard, day_first, known
from decidedly.person.match.words import Role


class Thresholds(msgspec.Struct, frozen=True):
    """automatic: probability from which records are joined unasked; review: from which a person is asked."""

    automatic: float = 0.5
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
    waiting: Sequence[tuple[int, int]] = (),
    explain: bool = True,
) -> Matches:
    """Which rows of these columns are of one person. Rows are named by their numbers.

    roles  : of the columns; None infers them. Those left out are ignored
    model  : parameters trained earlier; None trains on these rows
    apart  : pairs that a person said are two; they are never joined nor proposed
    joined : pairs that are of one person already
    waiting: pairs that are proposed already: they may be joined, but are not proposed again
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
    trained = msgspec.structs.replace(trained, roles=told, day_first=how.day_first)
    scorer = Scorer(trained)

    def record(i: int) -> Record:
        return {column: values[i] for column, values in table.items()}

    def weigh(a: int, b: int) -> float:
        return scorer.weight(record(a), record(b))

    groups = grouped(size, pairs, weigh, thresholds, Said(list(apart), joined, waiting))
    found = [
        as_match(join, automatic, scorer, record, explain)
        for joins, automatic in ((groups.sure, True), (groups.unsure, False))
        for join in joins
    ]
    return Matches(told, trained, groups.persons, groups.supposed, found)


class Said(msgspec.Struct, frozen=True):
    """What is known of pairs before they are weighed. apart: never joined nor proposed; joined: of one person already;
    waiting: proposed already, which does not keep them from being joined."""

    apart: Sequence[tuple[int, int]] = ()
    joined: Sequence[tuple[int, int]] = ()
    waiting: Sequence[tuple[int, int]] = ()


class Groups(msgspec.Struct, frozen=True):
    """persons: by the sure joins alone; supposed: by all of them, each record's group by its first record."""

    persons: npt.NDArray[np.int64]
    supposed: npt.NDArray[np.int64]
    sure: list[Join]
    unsure: list[Join]


def grouped(size: int, pairs: Pairs, weigh: Callable[[int, int], float], thresholds: Thresholds, said: Said) -> Groups:
    """Records joined as far as they are sure, and what is proposed beyond that. weigh: of a pair not among `pairs`."""
    weighed = (size, pairs.left, pairs.right, pairs.weight, weigh)
    persons, sure = cluster(*weighed, odds(thresholds.automatic), said.apart, said.joined)
    together = [*said.joined, *((join.left, join.right) for join in sure), *said.waiting]
    supposed, unsure = cluster(*weighed, odds(thresholds.review), said.apart, together)
    return Groups(persons, supposed, sure, unsure)


def odds(share: float) -> float:
    """log2 odds of a probability."""
    return math.log2(share / (1 - share))


def as_match(
    join: Join, automatic: bool, scorer: Scorer, record: Callable[[int], Record], explain: bool = True
) -> Match:
    """A join with its reasons."""
    why = reasons(scorer, record(join.left), record(join.right)) if explain else ()
    return Match(join.left, join.right, probability(join.weight), probability(join.groups), automatic, why)

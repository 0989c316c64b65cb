"""Population: the histories of many people end to end, so that one pass tells something of everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary, EventKind
from decidedly.core.errors import BadInput
from decidedly.core.person import Person
from decidedly.person.declared import micros_of
from decidedly.person.panes import EMPTY, arrays
from decidedly.person.schema import KindSchema, schema_of

Ints = npt.NDArray[np.int64]


class Histories(msgspec.Struct, frozen=True, eq=False):
    """Everybody's events of one kind, in canonical order within each person: n events, m items.

    at      : int64[n], microseconds since 1970
    whose   : int64[people + 1], first event of each person
    first   : int64[n + 1], first item of each event
    columns : name -> [m]
    """

    at: Ints
    whose: Ints
    first: Ints
    columns: dict[str, npt.NDArray[Any]]

    def before(self, moment: datetime | None) -> Ints:
        """int64[people]: one past each person's last event strictly before a moment; None is the beginning of time."""
        if moment is None:
            return self.whose[:-1]
        earlier = running(self.at < micros_of(moment))
        return self.whose[:-1] + earlier[self.whose[1:]] - earlier[self.whose[:-1]]


class Population(msgspec.Struct, frozen=True, eq=False):
    """People in the order given, and what happened to them strictly before `until`. Ask it about as many moments up to
    then as you like: what does not depend on the moment is reckoned once, and kept in `known`."""

    ids: tuple[str, ...]
    until: datetime | None
    kinds: dict[str, Histories]
    events: tuple[EventKind, ...]
    known: dict[tuple[str, ...], Any] = {}
    among: dict[str, Among] = {}


class Among(msgspec.Struct, frozen=True, eq=False):
    """The same people, each with the histories of a kind of group; told: bool[people], who has one that is told."""

    population: Population
    told: npt.NDArray[np.bool_]


def population(people: Iterable[Person], dictionary: Dictionary) -> Population:
    """The histories of these people, all seen at one moment: `combine(leaves, at)` of each.

    Raises BadInput where they were seen at different moments.
    """
    everybody = tuple(people)
    if len({one.at for one in everybody}) > 1:
        raise BadInput("A population is of people seen at one moment.", place="at", hint="Combine them all as of it.")
    whole = Population(
        ids=tuple(one.id for one in everybody),
        until=everybody[0].at if everybody else None,
        kinds={id: _histories(everybody, schema) for id, schema in schema_of(dictionary).kinds.items()},
        events=dictionary.events,
        known={},
    )
    kinds = dict.fromkeys(one.among for one in dictionary.aggregates if one.among)
    return replace(whole, among={kind: _among(whole, everybody, kind, dictionary) for kind in kinds})


def _among(whole: Population, everybody: tuple[Person, ...], kind: str, dictionary: Dictionary) -> Among:
    told = np.array([kind in one.among for one in everybody], np.bool_)
    together = tuple(replace(one, panes=one.among.get(kind, {})) for one in everybody)
    schemas = schema_of(dictionary).kinds.items()
    return Among(replace(whole, kinds={id: _histories(together, own) for id, own in schemas}, known={}), told)


def running(values: npt.NDArray[Any]) -> Ints:
    """int64[n + 1]: sums of the values before each place, 0 first."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _histories(people: tuple[Person, ...], schema: KindSchema) -> Histories:
    kind = schema.kind.id
    parts = [arrays(one.panes.get(kind, EMPTY), schema) for one in people] or [arrays(EMPTY, schema)]
    whole = slice(None) if people else slice(0, 0)
    return Histories(
        at=np.concatenate([part.at * 1_000_000 + part.micros for part in parts]),
        whose=running(np.array([len(part.at) for part in parts])[whole]),
        first=running(np.concatenate([np.diff(part.first) for part in parts])),
        columns={name: np.concatenate([part.columns[name] for part in parts]) for name in schema.columns},
    )

"""Eligibility by hand in Polars: one lazy query with an expression an offer, categoricals for strings, one thread.

Polars shares equal conditions among the expressions by itself. The columns are those of `bench/rules_blocks.py`, in the
narrowest types that hold them. The query gives the masks of all offers and, from them, their counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa


class PolarsEligibility:
    """wanted : the conditions of each offer as (column, operator, value)"""

    def __init__(self, columns: dict[str, pa.Array], wanted: list[list[Any]], size: int) -> None:
        if pl.thread_pool_size() != 1:
            raise SystemExit("Polars must run on one thread: set POLARS_MAX_THREADS=1 before it is imported.")
        frame = pl.from_arrow(pa.table(columns))
        assert isinstance(frame, pl.DataFrame)
        words = [name for name, array in columns.items() if pa.types.is_dictionary(array.type)]
        enums = {name: pl.Enum(columns[name].dictionary.to_pylist()) for name in words}
        frame = frame.with_columns(*(pl.col(name).cast(pl.String).cast(enum) for name, enum in enums.items()))
        frame = frame.with_columns(series.shrink_dtype() for series in frame if series.dtype == pl.Int64)
        self.frames = [frame.slice(start, size).rechunk() for start in range(0, frame.height, size)]
        self.offers = [
            pl.all_horizontal([_condition(*condition) for condition in offer]).alias(str(place))
            for place, offer in enumerate(wanted)
        ]

    def slices(self) -> list[Callable[[], Any]]:
        """One after the other they go through all people, each returning the counts of its part."""
        return [lambda frame=frame: self._part(frame) for frame in self.frames]

    def _part(self, frame: Any) -> Any:
        masks = frame.lazy().select(self.offers).collect()
        return np.array(masks.sum().row(0))


def _condition(column: str, op: str, value: Any) -> Any:
    of = pl.col(column)
    if column == "spend":
        value = tuple(one * 100 for one in value) if op == "between" else value * 100
    match op:
        case "is":
            return of
        case "in":
            return of.is_in(list(value))
        case "between":
            return of.is_between(*value)
        case "=":
            return of == value
        case "!=":
            return of.ne_missing(value)
        case "<":
            return of < value
        case "<=":
            return of <= value
        case ">":
            return of > value
        case _:
            return of >= value

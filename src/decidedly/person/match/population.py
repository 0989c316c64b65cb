"""Population: every pair worth looking at among all records, scored by Splink on DuckDB."""

from __future__ import annotations

import logging
import math
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from splink import DuckDBAPI, Linker

from decidedly.person.match import block
from decidedly.person.match.compare import comparisons
from decidedly.person.match.comparison import Comparison
from decidedly.person.match.estimate import Patterns, estimate
from decidedly.person.match.model import FREQUENCY, Model, Weights

ALL = 1_000_000  # pairs that are all looked at, whatever they share
MOST_RULES, MOST_RULES_AT_SCALE, SCALE = 60, 20, 50_000
LEARNT_FROM = 1_500_000  # pairs
RARE = 2  # records that have a value, up to which the model does not name it
LOWEST = -10.0  # log2 odds below which a pair is not told of


class Limits(msgspec.Struct, frozen=True):
    """What the population's match may take. pairs: looked at; sample: of random pairs for u; memory: of DuckDB."""

    pairs: int = 0  # 0: by the number of records
    sample: int = 600_000
    memory: str = "2GB"
    threads: int = 2


MODEST = Limits()


class Pairs(msgspec.Struct, frozen=True):
    """Pairs of records by their row numbers, left < right, with the log2 odds that they are of one person."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]


def population(
    table: Mapping[str, Sequence[str | None]], size: int, model: Model | None = None, limits: Limits = MODEST
) -> tuple[Model, Pairs]:
    """Train on these records (unless a model is given) and score every pair that the blocking rules let through.

    table : standard columns of `size` rows
    """
    columns = tuple(table)
    arrays = {column: pa.array(table[column], pa.string()) for column in columns}
    with (
        tempfile.TemporaryDirectory(prefix="decidedly-match-") as spill,
        duckdb.connect(
            config={"threads": limits.threads, "memory_limit": limits.memory, "temp_directory": spill,
                    "preserve_insertion_order": "false"}
        ) as connection,
    ):  # fmt: skip
        connection.register("given", pa.table({"unique_id": pa.array(np.arange(size)), **arrays}))
        connection.execute("CREATE TABLE records AS SELECT * FROM given")
        connection.unregister("given")
        api = DuckDBAPI(connection)
        compared = comparisons(columns)
        rules = _rules(connection, columns, size, limits) if model is None else model.rules
        looked_at = _pairs(connection, rules)
        if model is None:
            model = _train(connection, api, columns, compared, rules, size, looked_at, limits)
        linker = _linker(api, model, compared, "pairs")
        weights = linker.inference.predict(threshold_match_weight=LOWEST, warning_mode="never")
        found = connection.execute(
            "SELECT least(unique_id_l, unique_id_r) AS l, greatest(unique_id_l, unique_id_r) AS r, "
            f"match_weight - {_strangers(model, compared)} AS w FROM {weights.physical_name}"
        ).fetchnumpy()
    order = np.lexsort((found["r"], found["l"]))
    return model, Pairs(found["l"][order], found["r"][order], found["w"][order])


def _linker(api: DuckDBAPI, model: Model, compared: Sequence[Comparison], pairs: str) -> Linker:
    """Splink's linker over the records, that looks at the pairs of a table."""
    # Splink wants a new name for the same table in each linker.
    count = len(api._registered_table_names)
    records = api.register("records", table_name=f"records_{count}")
    linker = Linker(records, settings(model, compared), log_level=logging.ERROR, validate_settings=False)
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs, table_name=f"{pairs}_{count}"))
    return linker


def _pairs(connection: duckdb.DuckDBPyConnection, rules: Sequence[block.Rule]) -> int:
    """Makes the table of pairs that any of the rules lets through, and returns how many. Splink's own way to them puts
    each rule's condition into every later one, which takes longer than to weigh the pairs."""
    columns = "0 AS match_key, join_key_l, join_key_r"
    connection.execute("CREATE TABLE found (join_key_l BIGINT, join_key_r BIGINT)")
    for rule in rules:
        parts = block.expressions(rule)
        known = "".join(f" AND ({part}) IS NOT NULL" for part in parts)
        connection.execute(
            f"INSERT INTO found WITH keyed AS MATERIALIZED (SELECT unique_id, hash({', '.join(parts) or '0'}) AS of "
            f"FROM records WHERE TRUE{known}) SELECT l.unique_id, r.unique_id FROM keyed l JOIN keyed r "
            "ON l.of = r.of AND l.unique_id < r.unique_id"
        )
    connection.execute(f"CREATE TABLE pairs AS SELECT DISTINCT {columns} FROM found")
    connection.execute("DROP TABLE found")
    ((count,),) = connection.execute("SELECT count(*) FROM pairs").fetchall()
    return int(count)


def settings(model: Model, compared: Sequence[Comparison]) -> dict[str, Any]:
    """The model as Splink's settings; its levels are numbered the other way round."""
    out = []
    for one, weights in zip(compared, model.weights, strict=True):
        levels: list[dict[str, Any]] = [
            {"sql_condition": one.nothing, "label_for_charts": "nothing", "is_null_level": True}
        ]
        for number, level in enumerate(one.levels):
            at = {
                "sql_condition": level.sql, "label_for_charts": level.said, "m_probability": weights.m[number],
                "u_probability": weights.u[number],
            }  # fmt: skip
            if number == 0 and one.frequency:
                at |= {"tf_adjustment_column": one.frequency, "tf_adjustment_weight": FREQUENCY}
            levels.append(at)
        levels.append({
            "sql_condition": "ELSE", "label_for_charts": "differs", "m_probability": weights.m[-1],
            "u_probability": weights.u[-1],
        })  # fmt: skip
        out.append({"output_column_name": _slug(one.name), "comparison_levels": levels})
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": model.prior,
        "comparisons": out,
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": True,  # the levels are among them
    }


def _strangers(model: Model, compared: Sequence[Comparison]) -> str:
    """SQL of log2 of how much likelier than strangers a pair is if people who live together are counted among those who
    are not the same. Splink's own weight leaves them out."""
    if not model.household:
        return "0"
    terms = [f"{math.log2(model.household / (1 - model.prior))}"]
    for one, weights in zip(compared, model.weights, strict=True):
        if one.shared:
            cases = (f"WHEN {len(one.levels) - n} THEN {weights.at_home(n)}" for n in range(len(weights.u)))
            terms.append(f"(CASE gamma_{_slug(one.name)} {' '.join(cases)} ELSE 0 END)")
    return f"log2(1 + power(2::DOUBLE, {' + '.join(terms)}))"


def _slug(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_")


def _train(
    connection: duckdb.DuckDBPyConnection,
    api: DuckDBAPI,
    columns: tuple[str, ...],
    compared: Sequence[Comparison],
    rules: tuple[block.Rule, ...],
    size: int,
    looked_at: int,
    limits: Limits,
) -> Model:
    total = size * (size - 1) / 2
    usual = tuple(
        Weights(name=one.name, m=(*(level.m for level in one.levels), one.differs), u=_even(len(one.levels) + 1))
        for one in compared
    )
    share = max(1, looked_at // LEARNT_FROM)
    connection.execute(
        f"CREATE TABLE some_pairs AS SELECT * FROM pairs WHERE hash(join_key_l, join_key_r, 1) % {share} = 0"
    )
    model = Model(columns=columns, prior=1e-4, weights=usual, rules=rules, records=size)
    linker = _linker(api, model, compared, "some_pairs")
    linker.training.estimate_u_using_random_sampling(
        max_pairs=limits.sample, seed=1, min_count_per_level=None, num_chunks=1
    )
    random = [
        np.array(
            [level.u_probability if level._u_is_trained else 0.0 for level in one.comparison_levels[1:]], np.float64
        )
        for one in linker._settings_obj.comparisons
    ]
    seen = linker.inference.predict(warning_mode="never")
    names = [f"gamma_{_slug(one.name)}" for one in compared]
    counted = connection.execute(
        f"SELECT {', '.join(names)}, count(*) AS pairs FROM {seen.physical_name} GROUP BY ALL"
    ).fetchnumpy()
    levels = np.stack(
        [
            np.where(counted[name] < 0, -1, len(one.levels) - counted[name])
            for name, one in zip(names, compared, strict=True)
        ],
        axis=1,
    ).astype(np.int8)
    seen.drop_table_from_database_and_remove_from_cache()
    patterns = Patterns(levels, counted["pairs"].astype(np.float64) * share, total, random, min(limits.sample, total))
    shares = estimate(patterns, compared, size)
    weights = tuple(
        Weights(name=one.name, m=m, u=u, h=h, **_frequency(connection, one.frequency))
        for one, m, u, h in zip(compared, shares.m, shares.u, shares.h, strict=True)
    )
    return Model(
        columns=columns, prior=shares.prior, household=shares.household, weights=weights, rules=rules, records=size
    )


def _even(count: int) -> tuple[float, ...]:
    return (1.0 / count,) * count


def _frequency(connection: duckdb.DuckDBPyConnection, column: str) -> dict[str, Any]:
    """`frequency` and `rare` of the weights. An equal value of two records is one that two have at least."""
    if not column:
        return {}
    ((known,),) = connection.execute(f"SELECT count({column}) FROM records").fetchall()
    rows = connection.execute(
        f"SELECT {column}, count(*)::DOUBLE / {max(known, 1)} FROM records WHERE {column} IS NOT NULL GROUP BY 1 "
        f"HAVING count(*) > {RARE}"
    ).fetchall()
    return {"frequency": dict(rows), "rare": RARE / known if known else 0.0}


def _rules(
    connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...], size: int, limits: Limits
) -> tuple[block.Rule, ...]:
    """As many rules, the most telling first, as let no more pairs through than the limit."""
    if size * (size - 1) // 2 <= ALL:
        return ((),)
    most = limits.pairs or max(3_000_000, 15 * size)
    out: list[block.Rule] = []
    pairs = 0
    for rule in block.usable(columns):
        parts = block.expressions(rule)
        known = " AND ".join(f"({part}) IS NOT NULL" for part in parts)
        ((more,),) = connection.execute(
            "SELECT coalesce(sum(n * (n - 1) / 2), 0)::BIGINT FROM "
            f"(SELECT count(*) AS n FROM records WHERE {known} GROUP BY {', '.join(parts)})"
        ).fetchall()
        if more and pairs + more <= most:
            out.append(rule)
            pairs += more
        if len(out) == (MOST_RULES if size < SCALE else MOST_RULES_AT_SCALE):
            break
    return tuple(out)

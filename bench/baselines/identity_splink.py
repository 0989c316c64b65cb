"""The benchmark's baseline of Splink, used as its documentation advises: its ready comparisons for each kind of column,
term frequencies, u from random pairs, m by expectation and maximisation over two or three blockings, connected
components. The threshold was chosen on febrl 1 to 3 and fake_1000: of those from 0.01 to 0.99 the one with the best F1.
"""

from __future__ import annotations

import logging
import warnings

import duckdb
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, block_on

THRESHOLD = 0.2
DATES = ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y")
NAMES = {"given_name", "surname", "full_name"}


def match(frame: pd.DataFrame, roles: dict[str, str]) -> tuple[set[tuple[int, int]], list[int]]:
    """The linked pairs of row numbers, and each row's cluster. roles: of the columns, by their names."""
    warnings.simplefilter("ignore")
    columns = {column: f"{role}_{n}" for n, (column, role) in enumerate(roles.items()) if role != "ignore"}
    table = pd.DataFrame({"unique_id": range(len(frame))})
    for column, to in columns.items():
        table[to] = frame[column].astype("string").str.lower().str.strip().replace("", pd.NA).astype(object)
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
    connection.register("raw", table.where(table.notna(), None))
    of = {role: [to for column, to in columns.items() if roles[column] == role] for role in set(roles.values())}
    select = [
        f"TRY_CAST(coalesce({', '.join(f'TRY_STRPTIME({c}, {form!r})' for form in DATES)}) AS DATE) AS {c}"
        for c in of.get("birth", [])
    ]
    replace = f" REPLACE ({', '.join(select)})" if select else ""
    connection.execute(f"CREATE TABLE people AS SELECT *{replace} FROM raw")
    one = {role: found[0] for role, found in of.items() if found}
    api = DuckDBAPI(connection)
    linker = Linker(
        api.register("people"),
        {
            "link_type": "dedupe_only",
            "comparisons": _comparisons(columns, roles, one),
            "blocking_rules_to_generate_predictions": _blocking(one, table),
            "retain_matching_columns": False,
        },
        log_level=logging.ERROR,
    )
    _train(linker, one)
    scored = linker.inference.predict(threshold_match_probability=THRESHOLD, warning_mode="never")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, THRESHOLD)
    links = connection.execute(f"SELECT unique_id_l, unique_id_r FROM {scored.physical_name}").fetchall()
    of_row = dict(connection.execute(f"SELECT unique_id, cluster_id FROM {clusters.physical_name}").fetchall())
    connection.close()
    return {(min(a, b), max(a, b)) for a, b in links}, [of_row[i] for i in range(len(frame))]


def _comparisons(columns: dict[str, str], roles: dict[str, str], one: dict[str, str]) -> list[object]:
    out: list[object] = []
    both = "given_name" in one and "surname" in one
    if both:
        out.append(cl.ForenameSurnameComparison(one["given_name"], one["surname"], jaro_winkler_thresholds=[0.92, 0.8]))
    for column, to in columns.items():
        role = roles[column]
        if role in NAMES and not (both and role != "full_name"):
            out.append(cl.NameComparison(to).configure(term_frequency_adjustments=True))
        elif role == "birth":
            out.append(cl.DateOfBirthComparison(to, input_is_string=False))
        elif role == "email":
            out.append(cl.EmailComparison(to).configure(term_frequency_adjustments=True))
        elif role in ("id", "phone", "number"):
            out.append(cl.DamerauLevenshteinAtThresholds(to, [1, 2]))
        elif role == "postcode":
            out.append(cl.DamerauLevenshteinAtThresholds(to, [1, 2]).configure(term_frequency_adjustments=True))
        elif role in ("sex", "state", "country", "age"):
            out.append(cl.ExactMatch(to))
        elif role not in NAMES:
            out.append(cl.JaroWinklerAtThresholds(to, [0.9, 0.8]).configure(term_frequency_adjustments=role == "city"))
    return out


def _blocking(one: dict[str, str], table: pd.DataFrame) -> list[object]:
    rules = [
        ("id",), ("email",), ("phone",), ("birth",), ("given_name", "surname"), ("full_name",), ("surname", "city"),
        ("surname", "postcode"), ("given_name", "city"), ("given_name", "postcode"), ("street",), ("address",),
        ("postcode", "number"),
    ]  # fmt: skip
    out = [block_on(*(one[role] for role in rule)) for rule in rules if all(role in one for role in rule)]
    if len(table) <= 10_000:
        out += [block_on(one[role]) for role in ("surname", "given_name") if role in one]
        if "given_name" in one and "surname" in one:
            given, surname = one["given_name"], one["surname"]
            out.append(f"l.{given} = r.{surname}")
    return out


def _train(linker: Linker, one: dict[str, str]) -> None:
    sure = [
        ("id",),
        ("email",),
        ("given_name", "surname", "birth"),
        ("full_name", "birth"),
        ("given_name", "surname", "postcode"),
    ]
    rules = [block_on(*(one[role] for role in rule)) for rule in sure if all(role in one for role in rule)]
    if rules:
        linker.training.estimate_probability_two_random_records_match(rules, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e5, seed=1)
    tried = [
        ("birth",),
        ("given_name", "surname"),
        ("full_name",),
        ("email",),
        ("id",),
        ("surname",),
        ("postcode",),
        ("city",),
    ]
    done = 0
    for rule in tried:
        if all(role in one for role in rule) and done < 3:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*(one[role] for role in rule))
                )
            except Exception as error:  # a blocking that holds too little to learn from
                logging.getLogger(__name__).debug("no training on %s: %s", rule, error)
            else:
                done += 1

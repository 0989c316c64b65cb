"""The benchmark's baseline of recordlinkage (the Python Record Linkage Toolkit), used as its documentation advises: its
cleaning, blocking and sorted neighbourhoods, Jaro-Winkler and Damerau-Levenshtein comparisons, its unsupervised ECM
classifier over agreements, connected components. The threshold of agreement was chosen on febrl 1 to 3 and fake_1000:
of those from 0.75 to 0.92 the one with the best pairwise F1.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import recordlinkage
from recordlinkage.preprocessing import clean

AGREES = 0.9
EXACT = ("sex", "state", "country", "age")
EDITED = ("id", "phone", "number", "postcode", "birth")


def match(frame: pd.DataFrame, roles: dict[str, str]) -> tuple[set[tuple[int, int]], list[int]]:
    """The linked pairs of row numbers, and each row's cluster. roles: of the columns, by their names."""
    warnings.simplefilter("ignore")
    table = pd.DataFrame(index=range(len(frame)))
    used = {column: role for column, role in roles.items() if role != "ignore"}
    for column, role in used.items():
        text = frame[column].astype(object).where(frame[column].notna(), np.nan)
        table[column] = text if role in ("email", "birth") else clean(text)
        if role in ("birth", "phone", "id"):
            table[column] = table[column].astype(object).where(table[column].notna(), np.nan)
        table[column] = table[column].replace("", np.nan)
    pairs = _index(table, used)
    compare = recordlinkage.Compare()
    for column, role in used.items():
        if role in EXACT:
            compare.exact(column, column, label=column)
        elif role in EDITED:
            compare.string(column, column, method="damerau_levenshtein", threshold=AGREES, label=column)
        else:
            compare.string(column, column, method="jarowinkler", threshold=AGREES, label=column)
    vectors = compare.compute(pairs, table)
    vectors = vectors.loc[:, vectors.nunique() > 1]
    links = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(vectors)
    found = {(min(a, b), max(a, b)) for a, b in links}
    rows = list(range(len(frame)))
    for group in recordlinkage.ConnectedComponents().compute(links) if len(links) else []:
        members = sorted(set(group.get_level_values(0)) | set(group.get_level_values(1)))
        for member in members:
            rows[member] = members[0]
    return found, rows


def _index(table: pd.DataFrame, used: dict[str, str]) -> pd.MultiIndex:
    one = {role: column for column, role in reversed(used.items())}
    index = recordlinkage.Index()
    for role in ("id", "email", "phone", "birth", "street", "address"):
        if role in one:
            index.block(one[role])
    for role in ("surname", "given_name", "full_name"):
        if role in one:
            index.sortedneighbourhood(one[role], window=5)
    if "given_name" in one and "surname" in one:
        index.block(left_on=one["given_name"], right_on=one["surname"])
    for pair in (("surname", "postcode"), ("surname", "city"), ("given_name", "postcode"), ("given_name", "city")):
        if all(role in one for role in pair):
            index.block([one[role] for role in pair])
    return index.index(table)

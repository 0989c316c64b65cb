"""Groups are joined by what all pairs across them say, so that one poor link makes no chain."""

import numpy as np

from decidedly.person.match.cluster import cluster, components

PAIRS = [(0, 1, 9.0), (1, 2, 8.0), (0, 2, 7.0), (3, 4, 9.0), (2, 3, 1.0), (0, 3, -7.0), (1, 3, -6.0), (0, 4, -8.0)]
LEFT, RIGHT = (np.array([pair[n] for pair in PAIRS], np.int64) for n in (0, 1))
WEIGHT = np.array([pair[2] for pair in PAIRS])


def joined(least: float = 0.0, **how: object) -> list[int]:
    return cluster(6, LEFT, RIGHT, WEIGHT, lambda a, b: -8.0, least, **how)[0].tolist()  # type: ignore[arg-type]


def test_a_link_that_the_others_contradict_joins_nothing() -> None:
    assert joined() == [0, 0, 0, 3, 3, 5]


def test_components_alone_would_have_chained_them() -> None:
    assert components(6, LEFT[WEIGHT > 0], RIGHT[WEIGHT > 0]).tolist() == [0, 0, 0, 0, 0, 5]


def test_what_a_person_set_apart_is_never_joined() -> None:
    assert joined(apart=[(4, 3)]) == [0, 0, 0, 3, 4, 5]


def test_what_is_joined_already_stays_and_counts_as_one() -> None:
    assert joined(least=1.0, joined=[(4, 5)]) == [0, 0, 0, 3, 4, 4]
    assert joined(joined=[(2, 3), (3, 4)])[2:5] == [2, 2, 2]


def test_the_joins_name_the_best_pair_across_the_groups() -> None:
    _, joins = cluster(6, LEFT, RIGHT, WEIGHT, lambda a, b: -8.0, 0.0)
    assert [(join.left, join.right, join.weight, join.groups) for join in joins] == [
        (0, 1, 9.0, 9.0), (3, 4, 9.0, 9.0), (1, 2, 8.0, 7.5),
    ]  # fmt: skip

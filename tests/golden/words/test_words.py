"""Expressions and what they are in words; the pairs stand in words.txt, to be read by anybody."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from decidedly.feel import BOOLEAN, evaluate, parse
from decidedly.feel.builtins import BUILTINS
from decidedly.feel.phrases import CLAUSES, PHRASES
from decidedly.feel.tree import Node
from decidedly.feel.words import words
from tests.unit.feel.scopes import SCOPE

CASES = [
    tuple(case.split("\n", 1))
    for case in (Path(__file__).parent / "words.txt").read_text("utf-8").strip().split("\n\n")
]


def tree(text: str) -> Node:
    found, problems = parse(text, SCOPE)
    assert found is not None, problems
    return found


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_an_expression_is_said_in_words(text: str, expected: str) -> None:
    assert words(tree(text)) == expected.strip()


ATOMS = ("member", "opt-in", "orders = 1")


def small() -> list[str]:
    """All conditions of up to two operators inside one another over three atoms."""
    once = [f"not({a})" for a in ATOMS]
    once += [f"({a} {op} {b})" for a, b in product(ATOMS, ATOMS) for op in ("and", "or")]
    once += [f"(if {a} then {b} else {c})" for a, b, c in product(ATOMS, ATOMS, ATOMS)]
    twice = [f"not({one})" for one in once]
    twice += [f"({one} {op} {a})" for one in once for a in ATOMS for op in ("and", "or")]
    twice += [f"({a} {op} {one})" for one in once for a in ATOMS for op in ("and", "or")]
    twice += [f"(if {one} then {a} else {b})" for one in once[:20] for a, b in product(ATOMS, ATOMS)]
    twice += [f"(if {a} then {one} else {b})" for one in once for a, b in product(ATOMS[:2], ATOMS[1:])]
    return [*ATOMS, *once, *twice]


def test_conditions_of_one_sentence_have_one_meaning() -> None:
    people = [
        {"person": {"a8": member, "a9": opt_in, "a2": orders}}
        for member, opt_in, orders in product((True, False, None), (True, False, None), (1, 2, None))
    ]
    meanings: dict[str, list[object]] = {}
    for text in small():
        node = tree(text)
        meaning = [evaluate(node, person) for person in people]
        assert meanings.setdefault(words(node), meaning) == meaning, text
    assert len(meanings) > 300


def test_every_built_in_is_said_somehow_and_most_have_a_phrase() -> None:
    assert set(PHRASES) | set(CLAUSES) <= {*BUILTINS, "list contains"} | set(BUILTINS)
    said = {*PHRASES, *CLAUSES, "list contains", "not", "now", "today"}
    assert len(set(BUILTINS) & said) / len(BUILTINS) > 0.7


def test_a_fact_that_is_a_condition_is_said_as_one() -> None:
    assert tree("member").type == BOOLEAN
    assert words(tree("member")) == "member is true"

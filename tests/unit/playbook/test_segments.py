"""Segments: used by name in rules, nested without circles, written as a condition or as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decidedly.core.dictionary import Attribute, Dictionary
from decidedly.core.policy import Segment, Text
from decidedly.feel import BOOLEAN, Place, compile_expression, evaluate, parse
from decidedly.feel.words import words
from decidedly.playbook import policy_scope
from decidedly.playbook.segment_names import NESTED, read_segments

DICTIONARY = Dictionary(
    identifiers=("loyalty",),
    user_id="loyalty",
    attributes=(
        Attribute(id="age-band", name="age band", of="person", type="string"),
        Attribute(id="orders", name="orders", of="person", type="number(0)"),
    ),
    events=(),
    aggregates=(),
)
TABLE = """name = "Loyal, by age"
hit  = "first"

| age band | orders | -> belongs |
|----------|--------|------------|
| "19-24"  | >= 3   | true       |
| null     | -      | false      |
| -        | > 10   | true       |
"""


def segments(**rules: str) -> tuple[Segment, ...]:
    return tuple(
        Segment(id=id, name=id, table=Text(rule, Place(id)), place=Place(id))
        if "|" in rule
        else Segment(id=id, name=id, when=Text(rule, Place(id)), place=Place(id))
        for id, rule in rules.items()
    )


def holds(id: str, of: tuple[Segment, ...], person: Mapping[str, Any]) -> Any:
    names, problems = read_segments(DICTIONARY, of)
    assert problems == ()
    scope = policy_scope(DICTIONARY, names)
    compiled, more = compile_expression(f"segment.{id}", scope, BOOLEAN)
    assert compiled is not None, more
    expected = evaluate(compiled.tree, {"person": person})
    assert compiled.fn(person, {}, {}, {}) == expected
    return expected


def test_a_rule_uses_a_segment_that_uses_another_whatever_their_order() -> None:
    of = segments(both="segment.young and segment.active", young='age band = "19-24"', active="orders > 2")
    assert holds("both", of, {"age-band": "19-24", "orders": 3}) is True
    assert holds("both", of, {"age-band": "19-24", "orders": 2}) is False


def test_a_table_is_a_segment() -> None:
    of = segments(loyal=TABLE)
    cases = [("19-24", 3, True), ("19-24", 2, None), (None, 50, False), ("65+", 11, True), ("19-24", 11, True)]
    for age, orders, expected in cases:
        assert holds("loyal", of, {"age-band": age, "orders": orders}) is expected


def test_a_circle_is_told_with_its_path_and_others_still_work() -> None:
    of = segments(a="segment.b", b="orders > 1 and segment.c", c="segment.a", free="orders > 1")
    names, problems = read_segments(DICTIONARY, of)
    assert [problem.code for problem in problems] == ["segments.circle"]
    assert "'a' uses 'b' uses 'c' uses 'a'" in problems[0].message
    free = next(name for name in names if name.name == "free")
    assert free.tree is not None
    assert evaluate(free.tree, {"person": {"orders": 2}}) is True


def test_a_segment_that_uses_itself_is_a_circle() -> None:
    assert read_segments(DICTIONARY, segments(a="segment.a"))[1][0].code == "segments.circle"


def test_an_unknown_segment_is_told_with_the_nearest() -> None:
    _, problems = read_segments(DICTIONARY, segments(loyal="orders > 1", more="segment.loyel"))
    assert problems[0].code == "feel.unknown-name"
    assert problems[0].hint == "Did you mean 'loyal'?"


def test_segments_lie_only_so_deep_in_one_another() -> None:
    chain = {f"s{n}": f"segment.s{n - 1}" if n else "orders > 1" for n in range(NESTED + 2)}
    problems = read_segments(DICTIONARY, segments(**chain))[1]
    assert problems[0].code == "segments.nested"


def test_a_segments_table_says_belongs_and_is_first_hit() -> None:
    other = TABLE.replace("belongs", "belong")
    assert read_segments(DICTIONARY, segments(a=other))[1][0].code == "segments.belongs"
    unique = TABLE.replace("first", "unique")
    assert read_segments(DICTIONARY, segments(a=unique))[1][0].code == "segments.hit"


def test_a_segment_in_a_rule_is_said_as_such() -> None:
    names, _ = read_segments(DICTIONARY, segments(loyal=TABLE))
    tree, problems = parse("not(segment.loyal) and orders > 1", policy_scope(DICTIONARY, names))
    assert tree is not None, problems
    assert words(tree) == "the person is not in the segment loyal and orders is more than 1"

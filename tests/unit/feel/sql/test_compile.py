from __future__ import annotations

from typing import Any

import duckdb
import pytest

from decidedly.feel import INTEGER, STRING, ListOf, Name, Number, Scope, evaluate, money, parse
from decidedly.feel.builtins import BUILTINS
from decidedly.feel.sql import condition_to_sql, native_builtins, to_sql, why_not
from decidedly.feel.types import ANY, NUMBER

SCOPE = Scope.of(
    {
        "person": [
            Name("orders", INTEGER, "a0"),
            Name("spend", money("USD"), "a1"),
            Name("city", STRING, "a2"),
            Name("weight", Number(3), "a3"),
            Name("tags", ListOf(STRING), "a4"),
            Name("anything", ANY, "a5"),
            Name("exact", NUMBER, "a6"),
            Name("segment", STRING, 'x" OR 1=1 --'),
        ]
    },
    bare=["person"],
)


def tree_of(text: str) -> Any:
    tree, problems = parse(text, SCOPE)
    assert tree is not None, problems
    return tree


def asked(text: str, **facts: str) -> Any:
    """What DuckDB answers, with the columns as SQL literals."""
    sql, reasons = to_sql(tree_of(text))
    assert sql is not None, reasons
    columns = ", ".join(f'{literal} AS "{id_}"' for id_, literal in facts.items()) or "1 AS one"
    with duckdb.connect() as connection:
        return sql.plain(connection.sql(f"SELECT {sql.text} FROM (SELECT {columns})").fetchall()[0][0])


def test_null_equals_null_and_nothing_else() -> None:
    assert asked("orders = null", a0="NULL::BIGINT") is True
    assert asked("orders = 100", a0="NULL::BIGINT") is False
    assert asked("orders != 100", a0="NULL::BIGINT") is True
    assert asked("orders < 1", a0="NULL::BIGINT") is None


def test_a_null_bound_may_still_leave_a_certain_false() -> None:
    assert asked("20 between orders and 10", a0="NULL::BIGINT") is False
    assert asked("2 between orders and 10", a0="NULL::BIGINT") is None


def test_division_by_zero_is_null() -> None:
    assert asked("spend / orders > 1", a0="0::BIGINT", a1="100::BIGINT") is None
    assert asked("modulo(orders, orders)", a0="0::BIGINT") is None


def test_a_quotient_is_compared_exactly() -> None:
    # 0.30 / 3 is 0.1, which no double is.
    assert asked("spend / orders = 0.1", a0="3::BIGINT", a1="30::BIGINT") is True
    assert asked("spend / orders <= 0.1", a0="-3::BIGINT", a1="-30::BIGINT") is True


def test_the_largest_integers_do_not_overflow() -> None:
    most = f"{2**63 - 1}::BIGINT"
    assert asked("orders + orders", a0=most) == 2 * (2**63 - 1)
    assert asked("-orders", a0=f"(-{2**63})::BIGINT") == 2**63


def test_modulo_has_the_sign_of_the_divisor() -> None:
    assert asked("modulo(orders, 5)", a0="-12::BIGINT") == 3
    assert asked("modulo(orders, -5)", a0="12::BIGINT") == -3


def test_a_text_is_no_pattern() -> None:
    assert asked('contains(city, "50%_")', a2="'50 off'") is False
    assert asked('starts with(city, "50%")', a2="'50% off'") is True


def test_a_negation_stands_on_either_side_of_an_operator() -> None:
    assert asked("true = (not(orders > 1))", a0="1::BIGINT") is True
    assert asked('(city != null) = ("a" != null)', a2="'x'") is True


def test_trim_takes_off_what_python_takes_off() -> None:
    assert asked("trim(city)", a2="chr(160) || chr(9) || 'oat milk' || chr(8201) || chr(133)") == "oat milk"


def test_a_list_contains_null_if_an_item_is_null() -> None:
    assert asked("list contains(tags, null)", a4="['a', NULL]") is True
    assert asked('list contains(tags, "b")', a4="['a', NULL]") is False
    assert asked('some t in tags satisfies t < "a"', a4="['b', NULL]") is None


def test_no_text_of_an_author_reaches_the_statement_unquoted() -> None:
    text = "'); DROP TABLE people; --"
    assert asked(f'city = "{text}"', a2="'x'") is False
    sql, _ = to_sql(tree_of('segment = "a"'))
    assert sql is not None
    assert sql.text == '("x"" OR 1=1 --" IS NOT DISTINCT FROM \'a\')'


def test_a_part_without_facts_is_what_the_reference_says() -> None:
    text = 'upper case("straße") = city'
    assert evaluate(tree_of(text), {"person": {"a2": "STRASSE"}}) is True
    assert asked(text, a2="'STRASSE'") is True


def test_a_condition_uses_plain_equality_with_constants() -> None:
    sql, _ = condition_to_sql(tree_of('city = "a" and orders != 1'))
    assert sql is not None
    assert sql.text == '(("a2" = \'a\') AND ("a0" IS DISTINCT FROM 1))'


@pytest.mark.parametrize(
    ("text", "reason", "start"),
    [
        ('orders = 0 and upper case(city) = "A"', "upper case() does not run as SQL", 15),
        ("anything = 1", "its type is only known when it is read", 0),
        ("exact > 1", "it reads a number without a fixed number of decimals", 0),
        ("spend / orders", "a division in it is neither compared nor rounded", 0),
        ("weight * weight * weight > 1", "a number in it could have more than 34 digits", 0),
    ],
)
def test_why_an_expression_runs_row_by_row(text: str, reason: str, start: int) -> None:
    (found,) = why_not(tree_of(text))
    assert (found.text, found.at.start) == (reason, start)
    assert str(found) == f"runs row by row, because {reason}"


def test_every_native_built_in_is_a_built_in() -> None:
    assert native_builtins() <= set(BUILTINS)

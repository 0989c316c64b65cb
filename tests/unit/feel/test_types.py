from decimal import Decimal

import pytest

from decidedly.feel import NUMBER, REAL, STRING, ListOf, Money, Number, from_plain, money, parse_type, to_plain
from decidedly.feel.types import conforms, join


@pytest.mark.parametrize(
    "text",
    [
        "boolean",
        "string",
        "number",
        "number(2)",
        "money(USD)",
        "real",
        "date",
        "date and time",
        "time",
        "days and time duration",
        "years and months duration",
        "list of money(USD)",
        "range of number(0)",
        "any",
    ],
)
def test_a_type_is_read_and_written_back_unchanged(text: str) -> None:
    type_, problems = parse_type(text)
    assert str(type_) == text
    assert problems == ()


def test_an_unknown_type_is_answered_with_the_nearest() -> None:
    assert parse_type("strng")[1][0].hint == "Did you mean 'string'?"


def test_an_amount_is_stored_in_the_minor_units_of_its_currency() -> None:
    assert from_plain(money("USD"), Decimal("12.34")) == 1234
    assert from_plain(money("JPY"), Decimal(12)) == 12
    assert to_plain(money("KWD"), 1234) == Decimal("1.234")


def test_what_a_type_cannot_hold_exactly_becomes_null() -> None:
    assert from_plain(Number(1), Decimal("1.25")) is None
    assert from_plain(Number(1), "1.2") is None


def test_not_a_number_is_read_as_null() -> None:
    assert to_plain(REAL, float("nan")) is None


def test_only_a_constant_number_becomes_an_amount() -> None:
    assert join(money("USD"), Number(0, 2, constant=True)) == Money("USD")
    assert join(money("USD"), Number(0)) is None
    assert join(money("USD"), money("EUR")) is None


def test_an_exact_type_that_could_exceed_decimal128_is_a_decimal() -> None:
    assert join(Number(18, 19), Number(0, 19)) == NUMBER


def test_lists_conform_by_their_items() -> None:
    assert conforms(ListOf(Number(0)), ListOf(NUMBER))
    assert not conforms(ListOf(STRING), ListOf(NUMBER))

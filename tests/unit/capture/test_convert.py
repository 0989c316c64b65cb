"""Cells into values of the dictionary's types, or the reason why they are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from decidedly.capture.convert import Unreadable, converter, time_converter
from decidedly.core.mapping import Value, Written
from decidedly.person.schema import type_of

USUAL = Written()
GERMAN = Written(decimal=",", dates="DD.MM.YYYY", zone="Europe/Berlin", empty=("", "NULL", "-"))


def read(type_: str, cell: Any, written: Written = USUAL, **value: Any) -> Any:
    return converter(type_of(type_), Value(**value), written)(cell)


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        ("string", "  a b ", "a b"),
        ("string", 1029.0, "1029"),
        ("string", Decimal("10.50"), "10.50"),
        ("string", True, "true"),
        ("string", date(2017, 10, 30), "2017-10-30"),
        ("number(0)", "1,234", 1234),
        ("number(0)", "7.0", 7),
        ("number(0)", "+7", 7),
        ("number(2)", "1,234.5", 1234.5),
        ("number(2)", " 12 ", 12),
        ("real", "1e3", 1000),
        ("money(USD)", "12.3", 1230),
        ("money(USD)", Decimal("12.34"), 1234),
        ("money(USD)", 29.33, 2933),
        ("money(JPY)", "1200", 1200),
        ("boolean", "Yes", True),
        ("boolean", "J", True),
        ("boolean", 0, False),
        ("date", "2017-10-30", "2017-10-30"),
        ("date", datetime(2017, 10, 30), "2017-10-30"),  # noqa: DTZ001
        ("date", datetime(2017, 10, 30, 23, tzinfo=UTC), "2017-10-30"),
        ("time", "08:30", "08:30:00"),
        ("time", time(8, 30), "08:30:00"),
        ("date and time", "2017-10-30 08:00", "2017-10-30T08:00:00Z"),
        ("list of string", '["a", "b"]', ["a", "b"]),
        ("list of string", ["a", None], ["a"]),
        ("any", Decimal("1.5"), 1.5),
        ("any", datetime(2017, 10, 30, tzinfo=UTC), "2017-10-30T00:00:00+00:00"),
        ("string", "", None),
        ("money(USD)", " ", None),
        ("real", float("nan"), None),
        ("boolean", None, None),
    ],
)
def test_a_cell_becomes_a_value_of_its_type(type_: str, cell: Any, value: Any) -> None:
    assert read(type_, cell) == value


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        ("money(EUR)", "1.234,50", 123450),
        ("money(EUR)", "1 234,5", 123450),
        ("number(0)", "1.234", 1234),
        ("number(2)", "12,5", 12.5),
        ("number(2)", Decimal("12.5"), 12.5),
        ("date", "3.4.2017", "2017-04-03"),
        ("date", "2017-04-03", "2017-04-03"),
        ("date and time", "30.10.2017 08:00:30", "2017-10-30T07:00:30Z"),
        ("date", datetime(2017, 10, 30, 23, 30, tzinfo=UTC), "2017-10-31"),
        ("string", "null", None),
        ("number(0)", "-", None),
    ],
)
def test_conventions_of_a_country_are_read_as_the_mapping_says(type_: str, cell: Any, value: Any) -> None:
    assert read(type_, cell, GERMAN) == value


@pytest.mark.parametrize(
    ("type_", "cell", "message"),
    [
        ("number(0)", "abc", "'abc' is no number"),
        ("number(0)", "1.5", "'1.5' has digits after the point"),
        ("money(USD)", "1.005", "'1.005' has more digits than the currency has"),
        ("money(USD)", "12,50", "'12,50' is no number"),
        ("boolean", "maybe", "'maybe' is neither yes nor no"),
        ("date", "30.10.2017", "'30.10.2017' is no date or time written as 2017-10-30"),
        ("date", "2017-02-30", "'2017-02-30' is no date or time written as 2017-10-30"),
        ("time", "25:00", "'25:00' is no time of day"),
        ("list of string", "a;b", "'a;b' is no list or object in JSON"),
        ("real", float("inf"), "'Infinity' is no number"),
        ("number(0)", True, "'true' is no number"),
    ],
)
def test_what_is_no_value_of_the_type_is_told(type_: str, cell: Any, message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(type_, cell)
    assert refused.value.message == message


def test_a_decimal_point_where_a_comma_is_wanted_is_never_taken_for_a_thousand() -> None:
    with pytest.raises(Unreadable) as refused:
        read("money(EUR)", "12.5", GERMAN)
    assert 'decimal = "."' in refused.value.hint


def test_words_are_translated_and_unknown_ones_refused() -> None:
    words = {"m": "male", "f": "female", "?": ""}
    assert [read("string", cell, words=words) for cell in ("M", "f", "?", "")] == ["male", "female", None, None]
    with pytest.raises(Unreadable, match="none of the words"):
        read("string", "x", words=words)


def test_amounts_that_are_in_minor_units_already_stay() -> None:
    assert read("money(USD)", "1234", unit="minor") == 1234


def test_a_list_is_split_where_the_mapping_says() -> None:
    assert read("list of string", "a; b;", split=";") == ["a", "b"]


@pytest.mark.parametrize(
    ("cell", "dates", "at"),
    [
        ("19970101", "YYYYMMDD", datetime(1997, 1, 1, 5, tzinfo=UTC)),
        ("19970101083000", "YYYYMMDDhhmmss", datetime(1997, 1, 1, 13, 30, tzinfo=UTC)),
        ("1/2/97", "MM/DD/YY", datetime(1997, 1, 2, 5, tzinfo=UTC)),
        ("2017-10-30T08:00:00Z", "DD.MM.YYYY", datetime(2017, 10, 30, 8, tzinfo=UTC)),
        (1509350400, "unix seconds", datetime(2017, 10, 30, 8, tzinfo=UTC)),
        ("1509350400500", "unix milliseconds", datetime(2017, 10, 30, 8, 0, 0, 500_000, tzinfo=UTC)),
        (date(2017, 10, 30), "", datetime(2017, 10, 30, 4, tzinfo=UTC)),
        (datetime(2017, 11, 30, 8), "", datetime(2017, 11, 30, 13, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_the_time_of_an_event_is_read_in_its_zone(cell: Any, dates: str, at: datetime) -> None:
    assert time_converter(Value(dates=dates), Written(zone="America/New_York"))(cell) == at

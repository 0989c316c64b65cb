"""Dates, times and durations: which texts are one, their canonical texts, comparison, arithmetic and parts."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from decidedly.feel import operators
from decidedly.feel.temporal import (
    Months,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    day_of_year_of,
    parse_date_time,
    parse_temporal,
    part_of,
    stored,
    temporal_text,
    week_of_year_of,
    weekday_of,
)
from decidedly.feel.temporal.wide import date_at, day_number


def at(text: str) -> Any:
    value = parse_temporal(text)
    assert value is not None, text
    return value


@pytest.mark.parametrize(
    "text",
    [
        "2017-10-30",
        "-2017-12-31",
        "0000-02-29",
        "99999-12-31",
        "-999999999-01-01",
        "08:30:00",
        "11:22:33.5",
        "11:22:33.123456789",
        "23:59:00Z",
        "13:20:00+14:00",
        "13:20:00-05:30",
        "13:20:00@Europe/Paris",
        "2017-12-31T11:22:33",
        "-2017-12-31T11:22:33.456+01:35",
        "999999999-12-31T23:59:59.999999999@Europe/Paris",
        "P1Y2M",
        "-P11M",
        "P0M",
        "P1DT2H3M4.05S",
        "-PT0.000000001S",
        "PT0S",
        "P99999999999D",
    ],
)
def test_a_canonical_text_is_read_and_written_the_same(text: str) -> None:
    assert temporal_text(at(text)) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("11:22:33-00:00", "11:22:33Z"),
        ("11:22:33.100", "11:22:33.1"),
        ("24:00:00", "00:00:00"),
        ("2021-02-28T24:00:00", "2021-03-01T00:00:00"),
        ("P14M", "P1Y2M"),
        ("PT36H", "P1DT12H"),
        ("P0Y", "P0M"),
        ("-PT0S", "PT0S"),
    ],
)
def test_other_texts_have_a_canonical_one(text: str, canonical: str) -> None:
    assert temporal_text(at(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "2017-13-10", "2017-02-29", "2017-1-10", "998-12-31", "01211-12-31", "+99999-12-01", "9999999999-12-27",
        "2017-12-31T", "7:00:00", "23:59:60", "24:00:01", "25:00:00", "00:60:00", "13:20:00+15:00", "13:20:00+5:00",
        "13:20:00+02:60", "13:20:00@xyz/abc", "13:20:00@Europe", "13:20:00@../x", "13:20:00+02:00@Europe/Paris",
        "11:00", "2012T-12-2511:00:00Z", "999999999-12-31T24:00:00", "P", "PT", "-P", "P1DT", "P1Y2D", "PT.5S", "1D",
        "P1.5D", "P9999999999999999999D", "\u0661\u0661:00:00", "",
    ],
)  # fmt: skip
def test_what_is_no_temporal_text_is_null(text: str) -> None:
    assert parse_temporal(text) is None


def test_pythons_types_hold_what_they_can_and_wide_types_the_rest() -> None:
    assert at("9999-12-31") == date(9999, 12, 31)
    assert at("10000-01-01") == WideDate(10000, 1, 1)
    assert at("08:30:00.000001") == time(8, 30, 0, 1)
    assert isinstance(at("08:30:00.0000001"), WideTime)
    assert at("2017-10-30T00:00:00Z") == datetime(2017, 10, 30, tzinfo=UTC)
    assert isinstance(at("-0001-10-30T00:00:00Z"), WideDateTime)
    assert at("P999999999DT23H59M59.999999S") == timedelta.max
    assert at("-P999999999D") == timedelta.min
    assert isinstance(at("P1000000000D"), WideDuration)


def test_days_are_counted_as_python_counts_them() -> None:
    chance = random.Random(20171030)
    for _ in range(2_000):
        on = date.fromordinal(chance.randint(1, date.max.toordinal()))
        assert date_at(day_number(on)) == on
        assert weekday_of(on) == on.isoweekday()
        assert day_of_year_of(on) == on.timetuple().tm_yday
        assert week_of_year_of(on) == on.isocalendar().week
        number = chance.randint(-(10**11), 10**11)
        assert day_number(date_at(number)) == number


@pytest.mark.parametrize(
    ("a", "op", "b", "expected"),
    [
        ("2021-01-31", "+", "P1M", "2021-02-28"),
        ("2020-02-29", "-", "P1Y", "2019-02-28"),
        ("2021-01-01", "+", "PT36H", "2021-01-02"),
        ("2021-01-02", "-", "PT1M", "2021-01-01"),
        ("9999-12-31", "+", "P1D", "10000-01-01"),
        ("999999999-12-31", "+", "P1D", None),
        ("0001-01-01", "-", "P1D", "0000-12-31"),
        ("P1M", "+", "2021-01-31", "2021-02-28"),
        ("10:15:00+11:00", "+", "P1D", "10:15:00+11:00"),
        ("00:30:00", "-", "PT1H", "23:30:00"),
        ("2021-01-01T24:00:00", "-", "PT1S", "2021-01-01T23:59:59"),
        ("-2021-01-01T10:10:10+11:00", "+", "-P1Y", "-2022-01-01T10:10:10+11:00"),
        # across the hour that daylight saving takes away
        ("2021-03-28T01:30:00@Europe/Paris", "+", "PT1H", "2021-03-28T03:30:00@Europe/Paris"),
        ("2021-03-28T01:30:00@Europe/Paris", "+", "P1M", "2021-04-28T01:30:00@Europe/Paris"),
        ("-2021-01-01T10:10:10@Australia/Melbourne", "+", "P1D", "-2021-01-02T10:10:10@Australia/Melbourne"),
        ("2021-01-02", "-", "1995-01-01", "P9498D"),
        ("2021-01-02", "-", "2021-01-01T10:10:10@Australia/Melbourne", "P1DT49M50S"),
        ("2021-01-01T00:00:00", "-", "2021-01-02", None),
        ("2021-01-02T10:10:10", "-", "2021-01-01T10:10:10+02:00", None),
        ("10:10:10+11:00", "-", "11:10:10+11:00", "-PT1H"),
        ("10:10:10+02:00", "-", "10:10:10+01:00", "-PT1H"),
        ("10:10:10", "-", "10:10:10Z", None),
        ("P1Y", "+", "P1D", None),
        ("P1D", "-", "PT2H", "PT22H"),
        ("-P1Y", "-", "-P2M", "-P10M"),
    ],
)
def test_sums_and_differences(a: str, op: str, b: str, expected: str | None) -> None:
    found = operators.ARITHMETIC[op](at(a), at(b))
    assert (found if found is None else temporal_text(found)) == expected


@pytest.mark.parametrize(
    ("a", "b", "equal", "less", "same"),
    [
        ("2021-01-01", "2021-01-02", False, True, False),
        ("99999-01-01", "2021-01-02", False, False, False),
        ("10:00:00Z", "10:00:00+00:00", True, False, True),
        ("20:00:50+00:00", "21:00:50+01:00", True, False, False),
        ("10:00:00", "10:00:00Z", False, None, False),
        ("10:00:00@Europe/Paris", "11:00:00@Europe/Paris", False, True, False),
        ("10:00:00@Europe/Paris", "10:00:00@Europe/Prague", False, None, False),
        ("10:00:00@Etc/GMT", "10:00:00Z", True, False, False),
        ("2018-10-08T00:00:00+02:00", "2018-10-08T00:00:00@Europe/Paris", True, False, False),
        ("0001-01-01T00:00:00+01:00", "0000-12-31T23:00:00Z", True, False, False),
        ("2021-01-01T00:00:00", "2021-01-01T00:00:00Z", False, None, False),
        ("P1D", "PT24H", True, False, True),
        ("P1Y", "P12M", True, False, True),
        ("PT0.000000001S", "PT0.000000002S", False, True, False),
    ],
)
def test_comparisons(a: str, b: str, equal: bool, less: bool | None, same: bool) -> None:
    assert operators.equal(at(a), at(b)) is equal
    assert operators.less(at(a), at(b)) is less
    assert operators.is_same(at(a), at(b)) is same


def test_durations_are_scaled_towards_zero_and_divided_by_their_like() -> None:
    assert operators.divide(at("P10Y11M"), -2.5) == Months(-52)
    assert operators.divide(at("P1Y"), at("P5M")) == operators.divide(12, 5)
    assert operators.divide(at("P1D"), at("PT0S")) is None
    assert operators.divide(at("P1D"), at("P1M")) is None
    assert operators.multiply(at("P1D"), 10**40) is None


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("2018-12-10", "weekday", 1),
        ("-0001-12-10", "year", -1),
        ("2018-12-10T10:30:01.9", "second", 1),
        ("10:30:00+05:00", "time offset", timedelta(hours=5)),
        ("10:30:00", "time offset", None),
        ("2018-07-10T10:30:00@Europe/Paris", "time offset", timedelta(hours=2)),
        ("2018-07-10T10:30:00@Europe/Paris", "timezone", "Europe/Paris"),
        ("2018-07-10T10:30:00Z", "timezone", None),
        ("-P1DT2H", "days", -1),
        ("P1Y2M", "months", 2),
        ("P1Y2M", "days", None),
        ("2018-12-10", "hour", None),
    ],
)
def test_parts(text: str, name: str, expected: object) -> None:
    assert part_of(at(text), name) == expected


def test_the_stored_form_is_in_utc_and_of_pythons_types() -> None:
    assert stored(parse_date_time("2017-10-30T08:30:00")) == datetime(2017, 10, 30, 8, 30, tzinfo=UTC)
    assert stored(at("08:30:00.123456789")) == time(8, 30, 0, 123456)
    assert stored(at("08:30:00Z")) is None
    assert stored(at("10000-01-01")) is None

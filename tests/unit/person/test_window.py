"""Windows: which moments bound them, on every kind of calendar day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from decidedly.person import span
from decidedly.playbook.over import read_window
from tests.cases import dictionary

VIENNA = replace(dictionary(), time_zone="Europe/Vienna")
MONDAY_NOON = datetime(2017, 10, 30, 12, tzinfo=UTC)  # 13:00 in Vienna, the day after the clocks went back


def bounds(over: str, at: datetime = MONDAY_NOON, **changes: str) -> tuple[str, str]:
    window = read_window(over)
    assert window is not None, over
    since, until = span(window, at, replace(VIENNA, **changes))
    return ("" if since is None else f"{since:%Y-%m-%d %H:%M}"), f"{until:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("over", "since", "until"),
    [
        ("last 24 hours", "2017-10-29 12:00", "2017-10-30 12:00"),
        ("last 30 days", "2017-09-30 12:00", "2017-10-30 12:00"),
        ("days 31 to 60", "2017-08-31 12:00", "2017-09-30 12:00"),
        ("weeks 2 to 3", "2017-10-09 12:00", "2017-10-23 12:00"),
        ("last 1 month", "2017-09-30 11:00", "2017-10-30 12:00"),
        ("months 2 to 3", "2017-07-30 11:00", "2017-09-30 11:00"),
        ("last 1 year", "2016-10-30 12:00", "2017-10-30 12:00"),
        ("today", "2017-10-29 23:00", "2017-10-30 12:00"),
        ("yesterday", "2017-10-28 22:00", "2017-10-29 23:00"),
        ("this week", "2017-10-29 23:00", "2017-10-30 12:00"),
        ("last calendar week", "2017-10-22 22:00", "2017-10-29 23:00"),
        ("this month", "2017-09-30 22:00", "2017-10-30 12:00"),
        ("last calendar month", "2017-08-31 22:00", "2017-09-30 22:00"),
        ("last 3 calendar months", "2017-06-30 22:00", "2017-09-30 22:00"),
        ("this quarter", "2017-09-30 22:00", "2017-10-30 12:00"),
        ("last calendar quarter", "2017-06-30 22:00", "2017-09-30 22:00"),
        ("this year", "2016-12-31 23:00", "2017-10-30 12:00"),
        ("last calendar year", "2015-12-31 23:00", "2016-12-31 23:00"),
    ],
)
def test_a_window_has_these_bounds(over: str, since: str, until: str) -> None:
    # Moments in UTC: Vienna is two hours ahead in summer, one in winter.
    assert bounds(over) == (since, until)


def test_a_week_begins_on_the_first_weekday_of_the_brand() -> None:
    assert bounds("this week", first_weekday="sunday")[0] == "2017-10-28 22:00"
    assert bounds("this week", first_weekday="tuesday")[0] == "2017-10-23 22:00"


def test_a_day_of_twenty_three_or_twenty_five_hours_is_a_day() -> None:
    assert bounds("yesterday", datetime(2017, 3, 27, 12, tzinfo=UTC)) == ("2017-03-25 23:00", "2017-03-26 22:00")
    assert bounds("yesterday") == ("2017-10-28 22:00", "2017-10-29 23:00")


def test_a_day_whose_midnight_the_clocks_leap_over_begins_when_they_leap() -> None:
    at = datetime(2017, 10, 15, 12, tzinfo=UTC)  # in São Paulo 00:00 was 01:00
    assert bounds("today", at, time_zone="America/Sao_Paulo")[0] == "2017-10-15 03:00"


def test_a_month_without_the_day_gives_its_last() -> None:
    at = datetime(2020, 3, 31, 12, tzinfo=UTC)
    assert bounds("last 1 month", at, time_zone="UTC")[0] == "2020-02-29 12:00"
    assert bounds("last 12 months", datetime(2020, 2, 29, tzinfo=UTC), time_zone="UTC")[0] == "2019-02-28 00:00"


def test_what_is_before_all_calendars_is_the_beginning_of_time() -> None:
    assert bounds("last 9999 years")[0] == ""
    assert bounds("years 9000 to 9999") == ("2017-10-30 12:00", "2017-10-30 12:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "last month",
        "last week or so",
        "last 0 days",
        "days 60 to 31",
        "days 0 to 3",
        "this hour",
        "last calendar",
        "soon",
    ],
)
def test_other_words_are_no_window(text: str) -> None:
    assert read_window(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "last 30 days",
        "days 31 to 60",
        "last 1 hour",
        "last calendar quarter",
        "this month",
        "last calendar week",
        "last 3 calendar months",
    ],
)
def test_a_window_is_written_as_it_is_read(text: str) -> None:
    window = read_window(text)
    assert window is not None
    assert str(window) == text

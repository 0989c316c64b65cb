"""Days and times that the history keeps: told of one person and of everybody, and used in conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from decidedly.core.dictionary import Aggregate, Dictionary, EventKind, Field
from decidedly.core.person import Leaf, Person
from decidedly.core.policy import Text
from decidedly.feel.types import Date, DateTime, Time
from decidedly.person import (
    aggregate_columns,
    aggregate_problems,
    aggregates,
    as_read,
    combine,
    fold,
    population,
    project,
    readers_of,
)
from decidedly.person.temporal import numbered, valued
from tests.cases import NOON, dictionary, event

TYPES = {"due": "date", "booked": "date and time", "opens": "time", "seats": "number(0)"}
KIND = EventKind(
    id="booking", name="booking", fields=tuple(Field(name=name, type=type_, keep=True) for name, type_ in TYPES.items())
)
SAID: tuple[dict[str, Any], ...] = (
    {"due": "2017-11-05", "booked": "2017-10-01T09:00:00", "opens": "08:30:00", "seats": 2},
    {"due": None, "booked": None, "opens": None, "seats": 1},
    {"due": "1969-12-24", "booked": "2017-10-02T09:00:00.250001Z", "opens": "23:59:59.000001", "seats": 3},
    {"due": "2017-12-01", "booked": "2017-10-02T09:00:00+02:00", "seats": 4},
)


def declared(*aggregates: Aggregate) -> Dictionary:
    return replace(dictionary(), events=(KIND,), aggregates=aggregates, time_zone="Europe/Berlin")


def one(is_: str, what: str = "", where: str = "") -> Aggregate:
    condition = Text(where) if where else None
    return Aggregate(id="it", name="it", is_=is_, of="booking", what=what, where=condition)  # type: ignore[arg-type]


def person(book: Dictionary) -> Person:
    events = [event("booking", NOON - timedelta(days=9 - n), f"m{n}", **said) for n, said in enumerate(SAID)]
    return combine([fold(Leaf(id="p"), events, book)], NOON, book)


CASES = [
    ("minimum", "due", "", "1969-12-24", date(1969, 12, 24)),
    ("maximum", "due", "", "2017-12-01", date(2017, 12, 1)),
    ("first", "due", "", "2017-11-05", date(2017, 11, 5)),
    ("last", "due", "seats < 4", "1969-12-24", date(1969, 12, 24)),
    ("maximum", "booked", "", "2017-10-02T09:00:00.250001+00:00", datetime(2017, 10, 2, 9, 0, 0, 250_001)),  # noqa: DTZ001
    ("first", "booked", "", "2017-10-01T07:00:00+00:00", datetime(2017, 10, 1, 7)),  # noqa: DTZ001
    ("last", "booked", "", "2017-10-02T07:00:00+00:00", datetime(2017, 10, 2, 7)),  # noqa: DTZ001
    ("minimum", "opens", "", "08:30:00", time(8, 30)),
    ("maximum", "opens", "", "23:59:59.000001", time(23, 59, 59, 1)),
    ("distinct", "due", "", 3, 3),
    ("count", "due", "", 3, 3),
    ("sum", "seats", 'due > date("2017-01-01")', 6, 6),
    ("sum", "seats", "due = null", 1, 1),
    ("sum", "seats", 'booked < date and time("2017-10-02T08:00:00Z")', 6, 6),
    ("sum", "seats", 'opens < time("12:00:00")', 2, 2),
    ("sum", "seats", "due.year = 2017", 6, 6),
]


@pytest.mark.parametrize(("is_", "what", "where", "kept", "read"), CASES)
def test_it_is_told_of_one_person_and_of_everybody(is_: str, what: str, where: str, kept: Any, read: Any) -> None:
    book = declared(one(is_, what, where))
    assert [problem for _, problem in aggregate_problems(book.aggregates[0], book)] == []
    who = person(book)
    values = aggregates(who, book)
    assert values == {"it": kept}
    told = as_read(values, readers_of(book)["person"])["it"]
    assert (told.astimezone(UTC).replace(tzinfo=None) if isinstance(told, datetime) else told) == read
    nobody = Person(id="q", at=NOON, known=True)
    table = aggregate_columns(population([who, nobody], book), book, NOON)
    assert table["it"].to_pylist()[0] == read


def test_history_as_columns_has_days_and_moments_in_their_arrow_types() -> None:
    book = declared()
    table = project([person(book)], "booking", book)
    assert table["due"].to_pylist() == [date(2017, 11, 5), None, date(1969, 12, 24), date(2017, 12, 1)]
    assert table["opens"].to_pylist() == [time(8, 30), None, time(23, 59, 59, 1), None]
    assert table["booked"].to_pylist()[0] == datetime(2017, 10, 1, 7)  # noqa: DTZ001


@pytest.mark.parametrize(("is_", "what"), [("sum", "due"), ("average", "booked"), ("sum", "opens")])
def test_days_and_times_are_not_added_up(is_: str, what: str) -> None:
    book = declared(one(is_, what))
    ((_, problem),) = aggregate_problems(book.aggregates[0], book)
    assert problem.code == "dictionary.aggregate"
    assert f"which is a {TYPES[what]}" in problem.message


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moments_at_the_ends_of_the_calendar_can_be_shown_in_every_zone(text: str) -> None:
    number, value = numbered(DateTime(), ZoneInfo("UTC")), valued(DateTime())
    assert number is not None
    assert value is not None
    assert value(number(text)).astimezone(ZoneInfo("Pacific/Auckland"))


@pytest.mark.parametrize(
    ("type_", "text"), [(Date(), "0001-01-01"), (Date(), "9999-12-31"), (Time(), "23:59:59.999999")]
)
def test_a_number_goes_back_to_the_day_or_time_it_came_from(type_: Any, text: str) -> None:
    number, value = numbered(type_, ZoneInfo("UTC")), valued(type_)
    assert number is not None
    assert value is not None
    assert value(number(text)).isoformat() == text

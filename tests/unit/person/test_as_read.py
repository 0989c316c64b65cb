"""Days and times are kept as texts and read as what they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from decidedly.core.dictionary import Attribute, Dictionary
from decidedly.core.person import Person
from decidedly.core.provenance import Fact, Provenance
from decidedly.person import as_read, people_table, readers_of
from tests.cases import NOON, dictionary

BERLIN = ZoneInfo("Europe/Berlin")


def declared(**types: str) -> Dictionary:
    attributes = tuple(Attribute(id=id, name=id, of="person", type=type_) for id, type_ in types.items())
    return replace(dictionary(), attributes=attributes, aggregates=(), time_zone="Europe/Berlin")


def read(type_: str, value: Any) -> Any:
    return as_read({"it": value}, readers_of(declared(it=type_))["person"])["it"]


@pytest.mark.parametrize(
    ("type_", "kept", "value"),
    [
        ("date", "1980-01-31", date(1980, 1, 31)),
        ("time", "08:30:00", time(8, 30)),
        ("date and time", "2017-10-30T08:00:00Z", datetime(2017, 10, 30, 8, tzinfo=UTC)),
        ("date and time", "2017-10-30T08:00:00+02:00", datetime(2017, 10, 30, 8, tzinfo=timezone(timedelta(hours=2)))),
        ("date and time", "2017-10-30T08:00:00", datetime(2017, 10, 30, 8, tzinfo=BERLIN)),
        ("list of date", ["1980-01-31", None], [date(1980, 1, 31), None]),
        ("days and time duration", "P1DT2H", timedelta(hours=26)),
        ("days and time duration", "soon", "soon"),
        ("date", None, None),
        ("string", "1980-01-31", "1980-01-31"),
        ("any", "1980-01-31", "1980-01-31"),
    ],
)
def test_a_kept_value_is_read_as_its_type_says(type_: str, kept: Any, value: Any) -> None:
    assert read(type_, kept) == value


@pytest.mark.parametrize("kept", ["soon", 7, ["1980-01-31"], date(1980, 1, 31)])
def test_what_is_no_text_of_the_type_stays_as_it_is(kept: Any) -> None:
    assert read("date", kept) == kept


def test_values_of_other_attributes_are_the_same() -> None:
    values = {"a": 1, "b": "2017-10-30"}
    assert as_read(values, readers_of(declared(c="date"))["person"]) == values


def test_everybody_as_columns_has_days_and_moments_in_their_arrow_types() -> None:
    said = Provenance(how="given", source="test", at=NOON)
    facts = {
        id: Fact(value=value, provenance=said, message_id="m")
        for id, value in {"born": "1980-01-31", "seen": "2017-10-30T09:00:00"}.items()
    }
    people = [Person(id="p", at=NOON, known=True, facts=facts), Person(id="q", at=NOON, known=True)]
    table = people_table(people, declared(born="date", seen="date and time"), ["born", "seen"], [])
    assert table["born"].to_pylist() == [date(1980, 1, 31), None]
    assert table["seen"].to_pylist() == [datetime(2017, 10, 30, 8), None]  # noqa: DTZ001

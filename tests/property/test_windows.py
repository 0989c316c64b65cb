"""One person's aggregates = everybody's columns = counting the events by hand, in every order of arrival and merge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import fsum
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.derive import key64
from decidedly.core.dictionary import Aggregate, AggregateIs, Dictionary, EventKind, Field
from decidedly.core.event import Event
from decidedly.core.person import Leaf, Person
from decidedly.core.policy import Text
from decidedly.person import aggregate_columns, aggregates, combine, fold, population, span
from decidedly.playbook.over import read_window
from tests.cases import dictionary, event

ZONES = ("UTC", "Europe/Vienna", "America/Sao_Paulo", "Pacific/Auckland")
OVERS = (
    "", "last 36 hours", "last 30 days", "days 31 to 60", "last 1 month", "months 2 to 3", "today", "yesterday",
    "this week", "last calendar week", "this month", "last calendar month", "this year",
)  # fmt: skip
WHERES = (
    "",
    'thing = "a"',
    'thing in ("a", "b") or cents > 1',
    "cents >= 0.50 and not(gift)",
    "thing = null",
    "kilos < 2",
)
FIELDS = {"thing": "string", "cents": "money(USD)", "kilos": "number(1)", "score": "real", "gift": "boolean"}
KIND = EventKind(
    id="visit", name="visit", items="things",
    item_fields=tuple(Field(name=name, type=type_, keep=True) for name, type_ in FIELDS.items()),
)  # fmt: skip
# Moments around the ends of months, leap days and changes of the clocks.
EDGES = ("2016-02-29T00:00", "2016-03-27T01:00", "2016-10-16T03:00", "2016-10-30T01:00", "2016-10-31T23:00",
         "2016-12-31T23:30")  # fmt: skip
MOMENTS = st.builds(
    lambda edge, days, seconds, micros: (
        datetime.fromisoformat(edge).replace(tzinfo=UTC) + timedelta(days=days, seconds=seconds, microseconds=micros)
    ),
    st.sampled_from(EDGES),
    st.sampled_from((0, 0, -1, -7, -30, -31, -60)),
    st.sampled_from((0, 0, 3600, -3600, -1)),
    st.sampled_from((0, 0, 1)),
)
THINGS = st.lists(
    st.fixed_dictionaries({
        "thing": st.sampled_from(("a", "b", "c", None)), "cents": st.none() | st.integers(-100, 300),
        "kilos": st.none() | st.sampled_from((0.1, 2.0, 2.5)), "score": st.none() | st.sampled_from((0.1, 0.2, 1e9)),
        "gift": st.none() | st.booleans(),
    }),
    max_size=3,
)  # fmt: skip


@st.composite
def declarations(draw: st.DrawFn) -> Dictionary:
    found = []
    for number in range(8):
        is_ = draw(st.sampled_from(get_args(AggregateIs)))
        free = is_ == "count" or " since " in is_
        names = [name for name, type_ in FIELDS.items() if type_ != "string" or is_ == "distinct" or free]
        if is_ in ("sum", "average", "minimum", "maximum"):
            names.remove("gift")
        what = draw(st.sampled_from([*names, ""] if free else names))
        where = draw(st.sampled_from(WHERES))
        found.append(
            Aggregate(
                id=f"a{number}", name=f"a{number}", is_=is_, of="visit", what=what,
                over=read_window(draw(st.sampled_from(OVERS))), where=Text(where) if where else None,
            )
        )  # fmt: skip
    return replace(
        dictionary(), events=(KIND,), aggregates=tuple(found), time_zone=draw(st.sampled_from(ZONES)),
        first_weekday=draw(st.sampled_from(("monday", "sunday"))),
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[list[Event]]:
    """Events of up to three people, in the order of arrival; some come twice."""
    people = []
    for person in range(draw(st.integers(1, 3))):
        said = [
            event("visit", draw(MOMENTS), f"m{person}-{number}", things=draw(THINGS))
            for number in range(draw(st.integers(0, 6)))
        ]
        people.append(draw(st.permutations([*said, *said[:1]])))
    return people


def seen(events: list[Event], leaves: int, at: datetime, book: Dictionary) -> Person:
    """The person whose events came one by one to so many leaves in turn."""
    parts = [Leaf(id=f"p{number}") for number in range(leaves)]
    for number, one in enumerate(events):
        parts[number % leaves] = fold(parts[number % leaves], [one], book)
    return combine(parts, at, book)


@settings(deadline=None)
@given(declarations(), histories(), st.lists(MOMENTS, min_size=1, max_size=4), st.integers(1, 2))
def test_columns_of_everybody_are_the_aggregates_of_each(
    book: Dictionary, people: list[list[Event]], moments: list[datetime], leaves: int
) -> None:
    everybody = population([seen(events, leaves, max(moments), book) for events in people], book)
    for at in moments:
        table = aggregate_columns(everybody, book, at).to_pylist()
        for row, events in zip(table, people, strict=True):
            told = aggregates(seen(events, 1, at, book), book)
            assert {id: row[id] for id in told} == told
            assert {id: type(row[id]) for id in told} == {id: type(value) for id, value in told.items()}


@settings(deadline=None)
@given(declarations(), histories(), MOMENTS)
def test_aggregates_are_what_counting_by_hand_gives(book: Dictionary, people: list[list[Event]], at: datetime) -> None:
    for events in people:
        told = aggregates(seen(events, 2, at, book), book)
        assert told == {one.id: by_hand(one, events, at, book) for one in book.aggregates}


def by_hand(one: Aggregate, events: list[Event], at: datetime, book: Dictionary) -> Any:
    since, until = span(one.over, at, book)
    known = {event.message_id: event for event in events if event.at < until and (since is None or event.at >= since)}
    past = sorted(known.values(), key=lambda event: (event.at, key64(event.message_id)))
    counted = [(event.at, [item for item in event.properties["things"] if counts(one, item)]) for event in past]
    values = [item[one.what] for _, items in counted for item in items] if one.what else []
    if one.what == "kilos" and one.is_ not in ("average", "count", "distinct"):
        values = [round(value * 10) for value in values]
    whole = not one.what and one.where is None
    moments = [moment for moment, items in counted if items or whole]
    if " since " in one.is_:
        return elapsed(one.is_, moments[0 if one.is_.endswith("first") else -1], at, book) if moments else None
    match one.is_:
        case "count":
            return len(values) if one.what else len(moments)
        case "sum":
            return exact_sum(values)
        case "distinct":
            return len(set(values))
    if not values:
        return None
    match one.is_:
        case "average":
            if one.what == "kilos":
                return sum(round(value * 10) for value in values) / len(values) / 10
            return round(Fraction(sum(values), len(values))) if one.what == "cents" else fsum(values) / len(values)
        case "minimum":
            return min(values)
        case "maximum":
            return max(values)
        case "first":
            return values[0]
        case _:
            return values[-1]


def exact_sum(values: list[Any]) -> int | float:
    return fsum(values) if any(isinstance(value, float) for value in values) else sum(values)


def counts(one: Aggregate, item: dict[str, Any]) -> bool:
    thing, cents, kilos, gift = (item[name] for name in ("thing", "cents", "kilos", "gift"))
    met = {
        "": True,
        'thing = "a"': thing == "a",
        'thing in ("a", "b") or cents > 1': thing in ("a", "b") or (cents is not None and cents > 100),
        "cents >= 0.50 and not(gift)": cents is not None and cents >= 50 and gift is False,
        "thing = null": thing is None,
        "kilos < 2": kilos is not None and kilos < 2,
    }[one.where.text if one.where else ""]
    return met and (not one.what or item[one.what] is not None)


def elapsed(is_: str, then: datetime, at: datetime, book: Dictionary) -> int:
    unit = is_.partition(" ")[0]
    if unit in ("hours", "days", "weeks"):
        return (at - then) // timedelta(**{unit: 1})
    zone = ZoneInfo(book.time_zone)
    first, last = then.astimezone(zone).replace(tzinfo=None), at.astimezone(zone).replace(tzinfo=None)
    months = (last.year - first.year) * 12 + last.month - first.month
    if (last.day, last.time()) < (first.day, first.time()):
        months -= 1
    return months // (12 if unit == "years" else 1)

"""Rows through a mapping into the log: what they become, what is refused, and where the next run begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from decidedly.adapters.memory import MemoryPositions, MemoryReader
from decidedly.capture import Imported, Ports, first_rows, take_rows
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.mapping import CODE, HINT, MESSAGE, ROW, Cursor, Mapping, Position
from decidedly.playbook import read_mapping
from decidedly.ports.source import Batch, Broken, Part
from tests.unit.capture.conftest import Hub

HEAD = 'name = "shop"\nsource = "till"\n[from]\nfile = "orders.csv"\n'
ORDERS = (
    HEAD
    + """
[events.order]
key = "order"
at = "at"
who = {loyalty = "card", email = "mail"}
[events.order.fields]
order_id = "order"
store = {column = "shop", words = {A = "north", B = "south"}}
[events.order.items]
product_id = "product"
sales_cents = "paid"
"""
)
VIEWS = (
    HEAD
    + """
[events.view]
kind = "product-viewed"
key = "id"
at = "at"
who.loyalty = "card"
fields.product_id = "product"
"""
)
PEOPLE = (
    HEAD
    + """
[events.identify]
key = ["card", "at"]
at = "at"
who.loyalty = "card"
how = "asked"
confidence = 0.8
synthetic = true
fields = {age-band = "age", kids-count = "kids", born-on = "born"}

[events.letters]
kind = "consent"
key = ["card", "at"]
at = "at"
who.loyalty = "card"
needs = "letters"
fields = {purpose = {value = "marketing"}, channel = {value = "print"}, granted = "letters"}

[events.seen]
kind = "page"
key = ["card", "at"]
at = "at"
who.loyalty = "card"
only = {status = ["active", "vip"]}
channel = "web"
"""
)


def mapping(text: str, folder: Path) -> Mapping:
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    found, problems = read_mapping(path, Hub().dictionary)
    assert problems == ()
    assert found is not None
    return found


class Rows:
    """A source of rows in memory. `query`: one that the database orders by the cursor, else files."""

    open_ended = False

    def __init__(self, *parts: Sequence[dict[str, Any]], query: str = "", size: int = 2) -> None:
        self.content = list(parts)
        self.query = query
        self.size = size
        self.broken: dict[int, Broken] = {}
        self.asked: list[tuple[str, int, Cursor | None]] = []

    def parts(self) -> tuple[Part, ...]:
        if self.query:
            return (Part(""),)
        return tuple(Part(f"part-{n}", f"{len(rows)} rows", f"part-{n}") for n, rows in enumerate(self.content))

    def columns(self) -> tuple[str, ...]:
        return tuple(self.content[0][0])

    def batches(self, part: str, after: int = 0, since: Cursor | None = None) -> Iterator[Batch]:
        self.asked.append((part, after, since))
        rows = [dict(row) for row in self.content[int(part.partition("-")[2] or 0)]]
        if self.query:
            rows = sorted(rows, key=lambda row: row[self.query])
            if since is not None:
                rows = [row for row in rows if str(row[self.query]) >= since.text]
        numbered = [(n, row) for n, row in enumerate(rows, 1) if n > after]
        for start in range(0, len(numbered), self.size):
            some = numbered[start : start + self.size]
            bad = tuple(self.broken[n] for n, _ in some if n in self.broken)
            good = [(n, row) for n, row in some if n not in self.broken]
            yield Batch([n for n, _ in good], [row for _, row in good], bad)


class Kept:
    """Rejects in memory."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def write(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows += rows

    def sync(self) -> int:
        return len(self.rows)


class World:
    def __init__(self) -> None:
        self.hub = Hub()
        self.positions = MemoryPositions()
        self.kept = Kept()
        self.ports = Ports(self.hub.store, MemoryReader(self.hub.state), self.hub.clock, self.positions)

    def take(self, mapping: Mapping, source: Rows, chunk: int = 2000, whole: bool = False) -> Imported:
        start = self.positions.get(mapping.name) or Position()
        book = self.hub.dictionary
        return take_rows(mapping, source, book, self.ports, self.kept, start, chunk=chunk, whole=whole)

    @property
    def log(self) -> list[Event]:
        return self.hub.log


def line(order: str, product: str = "p1", paid: str = "1.00", **more: str) -> dict[str, str]:
    usual = {"order": order, "at": "2017-10-01 10:00", "card": "1", "mail": "", "shop": "A"}
    return {**usual, "product": product, "paid": paid, **more}


def view(id: int, at: str = "2017-10-01", card: str = "1") -> dict[str, Any]:
    return {"id": id, "at": at, "card": card, "product": f"p{id}"}


def test_rows_of_one_key_make_one_event_with_items(tmp_path: Path) -> None:
    world = World()
    source = Rows([line("o1", "p1", "1.50"), line("o1", "p2", "2"), line("o1", "p3", ""), line("o2", mail="a@b.c")])
    report = world.take(mapping(ORDERS, tmp_path), source)
    assert (report.rows, report.events, report.rejected) == (4, 2, 0)
    first, second = world.log
    assert first.message_id == "shop:order:o1"
    assert first.properties == {
        "order_id": "o1",
        "store": "north",
        "products": [
            {"product_id": "p1", "sales_cents": 150},
            {"product_id": "p2", "sales_cents": 200},
            {"product_id": "p3"},
        ],
    }
    assert (first.source, first.at, first.how) == ("till", datetime(2017, 10, 1, 10, tzinfo=UTC), "given")
    assert list(map(str, second.identifiers)) == ["loyalty:1", "email:a@b.c"]


def test_one_row_may_make_several_events_and_only_those_that_it_has(tmp_path: Path) -> None:
    world = World()
    usual = {"at": "2017-10-01", "age": "35-44", "kids": "2", "born": "1980-01-31"}
    rows = [
        {"card": "1", **usual, "letters": "J", "status": "vip"},
        {"card": "2", **usual, "letters": "", "status": "gone"},
    ]
    world.take(mapping(PEOPLE, tmp_path), Rows(rows))
    assert sorted((event.message_id, event.kind) for event in world.log) == [
        ("shop:identify:1:2017-10-01", "identify"),
        ("shop:identify:2:2017-10-01", "identify"),
        ("shop:letters:1:2017-10-01", "consent"),
        ("shop:seen:1:2017-10-01", "page"),
    ]
    one = next(event for event in world.log if event.message_id == "shop:identify:1:2017-10-01")
    assert one.properties == {"age-band": "35-44", "kids-count": 2, "born-on": "1980-01-31"}
    assert (one.how, one.confidence, one.synthetic) == ("asked", 0.8, True)
    assert next(event for event in world.log if event.kind == "page").channel == "web"


def test_a_row_that_makes_no_event_is_counted_as_skipped(tmp_path: Path) -> None:
    text = VIEWS.replace('key = "id"', 'key = "id"\nonly = {card = "1"}')
    report = World().take(mapping(text, tmp_path), Rows([view(1), view(2, card="2")]))
    assert (report.events, report.skipped, report.rejected) == (1, 1, 0)


def test_a_bad_row_is_refused_whole_with_every_reason_and_its_column(tmp_path: Path) -> None:
    world = World()
    rows = [line("o1", shop="C", at="soon", card=""), line("o2", paid="x"), line("o3")]
    report = world.take(mapping(ORDERS, tmp_path), Rows(rows))
    assert (report.events, report.rejected, report.reasons) == (1, 2, {"import.unreadable": 2})
    first, second = world.kept.rows
    assert first[ROW] == "part-0:1"
    assert first[CODE] == "import.unreadable"
    assert "Column 'at': 'soon' is no date or time" in first[MESSAGE]
    assert "Column 'shop': 'C' is none of the words." in first[MESSAGE]
    assert first["order"] == "o1"
    assert second[MESSAGE] == "Column 'paid': 'x' is no number."


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        (line(""), "import.no-key", "The key is not whole: 'order'."),
        (line("o", card=""), "import.no-identifier", "The row says of nobody: 'card', 'mail' empty."),
        (line("o", at=""), "import.no-time", "Column 'at' is empty."),
        (line("o", ""), "event.missing-field", "'product_id' is missing."),
        (line("o", card="x" * 600), "event.identifier", "one has 1 to 512 printable characters."),
    ],
)
def test_what_a_row_lacks_is_told(tmp_path: Path, row: dict[str, str], code: str, message: str) -> None:
    world = World()
    assert world.take(mapping(ORDERS, tmp_path), Rows([row])).rejected == 1
    assert world.kept.rows[0][CODE] == code
    assert message in world.kept.rows[0][MESSAGE]


def test_a_required_field_that_is_missing_names_the_column_it_comes_from(tmp_path: Path) -> None:
    world = World()
    world.take(mapping(ORDERS, tmp_path), Rows([line("o", "")]))
    assert world.kept.rows[0][HINT] == "Column 'product', where it comes from, is empty."


def test_one_bad_row_refuses_all_rows_of_its_event(tmp_path: Path) -> None:
    world = World()
    report = world.take(mapping(ORDERS, tmp_path), Rows([line("o1"), line("o1", paid="x"), line("o2")]))
    assert (report.events, report.rejected) == (1, 2)
    assert [row[CODE] for row in world.kept.rows] == ["import.group", "import.unreadable"]


def test_rows_of_one_event_that_do_not_stand_together_are_refused_instead_of_lost(tmp_path: Path) -> None:
    world = World()
    report = world.take(mapping(ORDERS, tmp_path), Rows([line("o1"), line("o2"), line("o1", "p2")]))
    assert (report.events, report.reasons) == (2, {"import.scattered": 1})


def test_corrected_rows_come_in_and_the_others_are_recognized(tmp_path: Path) -> None:
    world = World()
    known = mapping(VIEWS.replace('key = "id"', 'key-by = "row"'), tmp_path)
    world.take(known, Rows([view(1), view(2, at="?"), view(3)]))
    corrected = [{**row, "at": "2017-10-02"} for row in world.kept.rows]
    again = Rows(corrected)
    again.parts = lambda: (Part("rejected.csv", "1"),)  # type: ignore[method-assign]
    again.batches = lambda part, after=0, since=None: iter([Batch([1], corrected)])  # type: ignore[method-assign]
    assert world.take(known, again).events == 1
    assert {event.message_id for event in world.log} == {f"shop:view:part-0:{n}" for n in (1, 2, 3)}


def test_a_row_that_could_not_be_read_is_refused_in_its_place(tmp_path: Path) -> None:
    world = World()
    source = Rows([view(1), view(2), view(3)])
    source.broken[2] = Broken(2, {"id": "2"}, "import.uneven", "The row has 1 values, not 4.")
    report = world.take(mapping(VIEWS, tmp_path), source)
    assert (report.rows, report.events, report.rejected) == (3, 2, 1)
    assert world.kept.rows[0][ROW] == "part-0:2"


def test_a_list_in_a_row_gives_the_items(tmp_path: Path) -> None:
    world = World()
    text = (
        HEAD
        + """
[events.order]
key = "id"
at = "at"
who.loyalty = "who.card"
fields.order_id = "id"
items-from = "lines"
items = {product_id = "sku", sales_cents = {column = "cents", unit = "minor"}}
"""
    )
    row = {"id": 7, "at": "2017-10-01", "who": {"card": 1}}
    lists = [[{"sku": "a", "cents": 150}, {"sku": "b"}], '[{"sku": "a"}]', None, "oops"]
    report = world.take(mapping(text, tmp_path), Rows([{**row, "id": n, "lines": one} for n, one in enumerate(lists)]))
    items = [event.properties["products"] for event in world.log]
    assert items == [[{"product_id": "a", "sales_cents": 150}, {"product_id": "b"}], [{"product_id": "a"}], []]
    assert report.rejected == 1


def test_what_is_dated_in_the_future_is_logged_and_flagged_as_a_live_event_is(tmp_path: Path) -> None:
    world = World()
    report = world.take(mapping(VIEWS, tmp_path), Rows([view(1, at="2030-01-01")]))
    assert (report.events, report.future) == (1, 1)
    assert world.log[0].flags == ("future",)


def test_a_file_that_is_done_is_not_read_again_until_it_changes(tmp_path: Path) -> None:
    world, known = World(), mapping(VIEWS, tmp_path)
    source = Rows([view(1)], [view(2)])
    assert world.take(known, source).events == 2
    assert world.take(known, source).rows == 0
    source.content[1] = [view(2), view(3)]
    report = world.take(known, source)
    assert (report.rows, report.events, report.duplicates) == (2, 1, 1)


def test_an_interrupted_file_goes_on_behind_the_last_durable_row(tmp_path: Path) -> None:
    world, known = World(), mapping(VIEWS, tmp_path)
    source = Rows([view(n) for n in range(1, 8)])
    whole = source.batches

    def cut(part: str, after: int = 0, since: Cursor | None = None) -> Iterator[Batch]:
        for count, batch in enumerate(whole(part, after, since)):
            if count == 2:
                raise BadInput("The line went dead.")
            yield batch

    source.batches = cut  # type: ignore[method-assign]
    with pytest.raises(BadInput):
        world.take(known, source, chunk=2)
    assert len(world.log) == 4
    source.batches = whole  # type: ignore[method-assign]
    report = world.take(known, source)
    assert source.asked[-1] == ("part-0", 4, None)
    assert (report.rows, report.events, report.duplicates) == (3, 3, 0)


def test_a_query_goes_on_from_the_newest_cursor_value_and_recognizes_what_it_reads_again(tmp_path: Path) -> None:
    world = World()
    known = mapping(VIEWS.replace('file = "orders.csv"', 'url = "sqlite:x"\ntable = "t"\ncursor = "id"'), tmp_path)
    source = Rows([view(3), view(1), view(2)], query="id")
    assert world.take(known, source).events == 3
    source.content[0] = [*source.content[0], view(4), view(3)]
    report = world.take(known, source)
    assert source.asked[-1] == ("", 0, Cursor("number", "3"))
    assert (report.events, report.duplicates) == (1, 2)


def test_an_overlap_reads_again_what_may_have_come_late(tmp_path: Path) -> None:
    world = World()
    text = VIEWS.replace('file = "orders.csv"', 'url = "sqlite:x"\ntable = "t"\ncursor = "at"\noverlap = "2 days"')
    known = mapping(text, tmp_path)
    assert known.from_.overlap == timedelta(days=2)
    source = Rows([view(1, "2017-10-01 00:00:00"), view(2, "2017-10-09 00:00:00")], query="at")
    world.take(known, source)
    source.content[0] = [*source.content[0], view(3, "2017-10-08 00:00:00")]
    report = world.take(known, source)
    assert source.asked[-1][2] == Cursor("time", "2017-10-07 00:00:00")
    assert (report.events, report.duplicates) == (1, 1)


def test_files_with_a_cursor_give_only_what_is_newer(tmp_path: Path) -> None:
    world = World()
    known = mapping(VIEWS.replace('file = "orders.csv"', 'file = "orders.csv"\ncursor = "at"'), tmp_path)
    world.take(known, Rows([view(2, "2017-10-02"), view(1, "2017-10-01")]))
    longer = Rows([view(2, "2017-10-02"), view(1, "2017-10-01"), view(3, "2017-10-03"), view(0, "2017-09-01")])
    report = world.take(known, longer)
    assert (report.rows, report.events, report.duplicates, report.skipped) == (4, 1, 1, 2)


def test_corrected_rows_come_in_though_the_cursor_is_past_them_and_leave_it_where_it_is(tmp_path: Path) -> None:
    world = World()
    known = mapping(VIEWS.replace('file = "orders.csv"', 'url = "sqlite:x"\ntable = "t"\ncursor = "at"'), tmp_path)
    world.take(known, Rows([view(1, "2017-10-09")], query="at"))
    before = world.positions.get("shop")
    report = world.take(known, Rows([view(2, "2017-01-01"), view(3, "2017-12-01")]), whole=True)
    assert report.events == 2
    after = world.positions.get("shop")
    assert before is not None
    assert after is not None
    assert after.since == before.since


def test_a_row_without_a_cursor_value_is_refused_since_no_later_run_would_find_it(tmp_path: Path) -> None:
    world = World()
    known = mapping(VIEWS.replace('file = "orders.csv"', 'file = "orders.csv"\ncursor = "seen"'), tmp_path)
    report = world.take(known, Rows([{**view(1), "seen": 1}, {**view(2), "seen": ""}, {**view(3), "seen": "x"}]))
    assert (report.events, report.reasons) == (1, {"import.no-cursor": 2})


def test_a_lapse_of_time_is_no_overlap_of_numbers(tmp_path: Path) -> None:
    world = World()
    text = VIEWS.replace('file = "orders.csv"', 'file = "orders.csv"\ncursor = "id"\noverlap = "2 days"')
    known = mapping(text, tmp_path)
    world.take(known, Rows([view(1)]))
    with pytest.raises(BadInput, match="holds a number"):
        world.take(known, Rows([view(1), view(2)]))


def test_the_first_rows_are_shown_and_nothing_is_written(tmp_path: Path) -> None:
    world = World()
    source = Rows([line("o1"), line("o1", "p2"), line("o2", paid="x"), line("o3")])
    made = list(first_rows(mapping(ORDERS, tmp_path), source, world.hub.dictionary, world.hub.clock, 3))
    assert [len(one.events) for one in made] == [1, 0]
    assert made[1].rejected[0][CODE] == "import.unreadable"
    assert world.log == []

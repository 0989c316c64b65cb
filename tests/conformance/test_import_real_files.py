"""Public data sets, as they are published, through mappings: every row becomes what it says, none is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.files import FileSource
from decidedly.adapters.memory import MemoryJournal, MemoryPositions, MemoryReader, MemoryStore, State
from decidedly.capture import Imported, Made, Ports, first_rows, propose, take_rows
from decidedly.core.dictionary import Attribute, Dictionary, EventKind, Field
from decidedly.core.event import Event
from decidedly.core.mapping import Mapping, Position
from decidedly.playbook import check_columns, read_mapping
from tests.cases import NOON, dictionary
from tests.conformance.data import DATA

ATTRIBUTES = {
    "gender": "string", "senior": "boolean", "partner": "boolean", "tenure": "number(0)", "contract": "string",
    "monthly-charges": "money(USD)", "total-charges": "money(USD)", "age": "number(0)", "job": "string",
    "balance": "money(EUR)", "has-housing-loan": "boolean", "recency": "number(0)", "history": "money(USD)",
    "womens": "boolean",
}  # fmt: skip
PURCHASE = EventKind(
    id="purchase",
    name="purchase",
    fields=(
        Field(name="amount", type="money(USD)", required=True, keep=True),
        Field(name="units", type="number(0)", keep=True),
    ),
)
CDNOW = """
name = "cdnow"
source = "cdnow"
[from]
file = "CDNOW_sample.txt"
delimiter = "spaces"
columns = ["customer", "sample", "day", "cds", "dollars"]
dates = "YYYYMMDD"
zone = "America/New_York"
[events.purchase]
key-by = "row"
at = "day"
who.loyalty = "customer"
fields = {amount = "dollars", units = "cds"}
"""
TELCO = """
name = "telco"
source = "telco"
[from]
file = "Telco-Customer-Churn.csv"
[events.identify]
key = "customerID"
at = {value = "2017-01-01"}
who.loyalty = "customerID"
[events.identify.fields]
gender = {column = "gender", words = {Female = "female", Male = "male"}}
senior = "SeniorCitizen"
partner = "Partner"
tenure = "tenure"
contract = "Contract"
monthly-charges = "MonthlyCharges"
total-charges = "TotalCharges"
"""
BANK = """
name = "bank"
source = "bank"
[from]
file = "bank-full.csv"
[events.identify]
key-by = "row"
at = {value = "2010-11-01"}
who.loyalty = "decidedly row"
[events.identify.fields]
age = "age"
job = {column = "job"}
balance = "balance"
has-housing-loan = "housing"
"""
HILLSTROM = """
name = "hillstrom"
source = "hillstrom"
[from]
file = "hillstrom_even_rows.csv"
[events.identify]
key-by = "row"
at = {value = "2008-03-20"}
who.loyalty = "decidedly row"
fields = {recency = "recency", history = "history", womens = "womens"}
"""


def folder(name: str) -> Path:
    """The folder of a data set. Skips where it is absent, unless DECIDEDLY_REQUIRE_DATA=1 forbids it."""
    found = DATA / name
    if not found.is_dir():
        missing = f"The data set {name} is not at {found}: set DECIDEDLY_DATA to the folder that holds it."
        if os.environ.get("DECIDEDLY_REQUIRE_DATA") == "1":
            raise FileNotFoundError(missing)
        pytest.skip(missing)
    return found


def declared() -> Dictionary:
    attributes = tuple(Attribute(id=id, name=id, of="person", type=type_) for id, type_ in ATTRIBUTES.items())
    base = dictionary()
    return replace(base, attributes=attributes, events=(*base.events, PURCHASE), aggregates=())


def opened(text: str, data: Path, tmp_path: Path) -> tuple[Mapping, FileSource, Dictionary]:
    book = declared()
    (tmp_path / "it.toml").write_text(text, encoding="utf-8")
    mapping, problems = read_mapping(tmp_path / "it.toml", book)
    assert mapping is not None
    source = FileSource(mapping.from_, data)
    assert problems + check_columns(mapping, source.columns(), source.open_ended) == ()
    return mapping, source, book


class Nowhere:
    def write(self, rows: object) -> None:
        assert not rows

    def sync(self) -> int:
        return 0


def taken(text: str, data: Path, tmp_path: Path) -> tuple[Imported, list[Event]]:
    mapping, source, book = opened(text, data, tmp_path)
    state = State()
    ports = Ports(MemoryStore(state), MemoryReader(state), FixedClock(NOON), MemoryPositions())
    report = take_rows(mapping, source, book, ports, Nowhere(), Position())
    return report, [logged.event for logged in MemoryJournal(state).read(limit=1_000_000)]


def made(text: str, data: Path, tmp_path: Path) -> list[Made]:
    mapping, source, book = opened(text, data, tmp_path)
    return list(first_rows(mapping, source, book, FixedClock(NOON), 1_000_000))


def test_cdnow_has_its_purchases_and_dollars(tmp_path: Path) -> None:
    data = folder("cdnow")
    report, events = taken(CDNOW, data, tmp_path)
    lines = [line.split() for line in (data / "CDNOW_sample.txt").read_text().splitlines() if line.strip()]
    assert (report.rows, report.events, report.rejected) == (len(lines), len(lines), 0)
    assert sum(event.properties["amount"] for event in events) == round(sum(float(line[4]) for line in lines) * 100)
    assert sum(event.properties["units"] for event in events) == sum(int(line[3]) for line in lines)
    assert len({event.identifiers[0] for event in events}) == len({line[0] for line in lines})


def test_telco_customers_have_their_attributes_and_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    report, events = taken(TELCO, folder("telco-churn"), tmp_path)
    assert (report.rows, report.events, report.rejected) == (7043, 7043, 0)
    first = next(event for event in events if event.identifiers[0].value == "7590-VHVEG")
    assert first.properties == {
        "gender": "female", "senior": False, "partner": True, "tenure": 1, "contract": "Month-to-month",
        "monthly-charges": 2985, "total-charges": 2985,
    }  # fmt: skip
    assert sum("total-charges" not in event.properties for event in events) == 11


@pytest.mark.parametrize(
    ("text", "name", "rows", "first"),
    [
        (BANK, "bank-marketing", 45211,
         {"age": 58, "job": "management", "balance": 214300, "has-housing-loan": True}),
        (HILLSTROM, "hillstrom", 32000, {"recency": 10, "history": 14244, "womens": False}),
    ],
)  # fmt: skip
def test_rows_without_an_identifier_may_each_be_a_person(
    tmp_path: Path, text: str, name: str, rows: int, first: dict[str, object]
) -> None:
    found = made(text, folder(name), tmp_path)
    assert len(found) == rows
    assert not any(one.problems for one in found)
    assert found[0].events[0].properties == first
    assert len({one.events[0].identifiers for one in found}) == rows


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("telco-churn", "Telco-Customer-Churn.csv"),
        ("bank-marketing", "bank-full.csv"),
        ("hillstrom", "hillstrom_even_rows.csv"),
        ("febrl", "dataset1.csv"),
        ("splink", "fake_1000.csv"),
    ],
)
def test_a_mapping_is_proposed_for_every_file_and_can_be_read(tmp_path: Path, name: str, file: str) -> None:
    path = folder(name) / file
    book = declared()
    text = propose(file, lambda from_: FileSource(from_, Path(), [path]), book)
    (tmp_path / "it.toml").write_text(text, encoding="utf-8")
    mapping, problems = read_mapping(tmp_path / "it.toml", book)
    assert mapping is not None
    assert {problem.code for problem in problems} <= {"mapping.who", "mapping.missing-field"}
    assert mapping.from_.file == file

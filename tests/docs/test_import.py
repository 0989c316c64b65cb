"""The mappings that docs/import.md shows are right, and do what it says."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from decidedly.adapters.adbc import AdbcSource
from decidedly.adapters.clock import FixedClock
from decidedly.adapters.files import FileSource
from decidedly.capture import first_rows
from decidedly.core.dictionary import Attribute, Dictionary
from decidedly.core.event import Event
from decidedly.core.mapping import Mapping
from decidedly.playbook import check_columns, read_mapping
from decidedly.ports.source import Source
from tests.cases import NOON, dictionary

PAGE = Path(__file__).resolve().parents[2] / "docs" / "import.md"
CUSTOMERS, ORDERS, WAREHOUSE = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def declared() -> Dictionary:
    base = dictionary()
    income = Attribute(id="income", name="income", of="person", type="money(EUR)")
    return replace(base, attributes=(*base.attributes, income))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "customers-1.csv").write_bytes(
        "customer_no;mail;age;birthday;income_cents;newsletter;changed\n"
        "17;jörg@b.de;older;3.4.1950;123450;J;28.02.2017 10:00\n"
        "18;-;young;NULL;;;01.03.2017\n".encode("cp1252")
    )
    (tmp_path / "lines.csv").write_text(
        "receipt,sold_at,card,status,article,pieces,price\n"
        "r1,2017-10-01 10:00,1,paid,a,1,1.50\nr1,2017-10-01 10:00,1,paid,b,2,3\nr2,2017-10-01,1,open,a,1,1\n"
    )
    return tmp_path


def mapped(text: str, folder: Path) -> Mapping:
    (folder / "it.toml").write_text(text, encoding="utf-8")
    mapping, problems = read_mapping(folder / "it.toml", declared())
    assert problems == ()
    assert mapping is not None
    return mapping


def events(mapping: Mapping, source: Source) -> list[Event]:
    assert check_columns(mapping, source.columns(), source.open_ended) == ()
    made = list(first_rows(mapping, source, declared(), FixedClock(NOON), 100))
    assert not any(one.problems for one in made)
    return [event for one in made for event in one.events]


def test_customers_become_attributes_and_consents(folder: Path) -> None:
    mapping = mapped(CUSTOMERS, folder)
    found = events(mapping, FileSource(mapping.from_, folder))
    assert [event.kind for event in found] == ["identify", "consent", "identify"]
    first, consent, second = found
    assert first.properties == {"age-band": "65+", "born-on": "1950-04-03", "income": 123450}
    assert (first.at, first.source, first.how) == (datetime(2017, 2, 28, 9, tzinfo=UTC), "crm", "given")
    assert consent.properties == {"purpose": "marketing", "channel": "email", "granted": True}
    assert second.properties == {"age-band": "19-24"}
    assert list(map(str, second.identifiers)) == ["loyalty:18"]


def test_lines_become_orders_with_items(folder: Path) -> None:
    mapping = mapped(ORDERS, folder)
    (order,) = events(mapping, FileSource(mapping.from_, folder))
    assert order.properties == {
        "order_id": "r1",
        "products": [
            {"product_id": "a", "quantity": 1, "sales_cents": 150},
            {"product_id": "b", "quantity": 2, "sales_cents": 300},
        ],
    }
    assert order.channel == "store"


def test_the_warehouses_mapping_reads_a_database(folder: Path) -> None:
    mapping = mapped(WAREHOUSE.replace('"shop.orders"', '"orders"'), folder)
    base = sqlite3.connect(folder / "shop.db")
    base.execute("CREATE TABLE orders (id integer, customer_no text, changed_at text, total real)")
    base.execute("INSERT INTO orders VALUES (1, '17', '2017-10-01 10:00:00', 12.5)")
    base.commit()
    base.close()
    (order,) = events(mapping, AdbcSource(mapping.from_, f"sqlite:{folder / 'shop.db'}"))
    assert order.message_id == "it:order:1"
    assert order.properties == {"order_id": "1", "total_cents": 1250}

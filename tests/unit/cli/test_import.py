"""decidedly import, as people call it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psycopg
import pytest

from decidedly.app import Hub
from decidedly.cli import main
from decidedly.core.mapping import Position
from decidedly.demo.playbook import grocer
from tests.postgres import PostgresServer

MAPPING = """
name = "shop"
source = "till"
[from]
file = "orders.csv"
[events.order]
key = "order"
at = "at"
who.loyalty = "card"
fields.order_id = "order"
items = {product_id = "product", sales_cents = "paid"}
"""
ROWS = "order,at,card,product,paid\n"


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run a command as the shell would; its exit code."""
    monkeypatch.setattr(sys, "argv", ["decidedly", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's folder with the grocer's playbook in force."""
    folder = tmp_path_factory.mktemp("book")
    with Hub.open(folder) as hub:
        hub.publish(grocer())
    return folder


@pytest.fixture
def shop(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a mapping, three orders of which one is wrong, and a hub."""
    (tmp_path / "shop.toml").write_text(MAPPING, encoding="utf-8")
    lines = "o1,2017-10-01,1,p1,1.50\no2,2017-10-01,2,p1,oops\no3,2017-10-02,1,p2,2\n"
    (tmp_path / "orders.csv").write_text(ROWS + lines, encoding="utf-8")
    (tmp_path / "hub").mkdir()
    for file in book.iterdir():
        if file.is_file():
            (tmp_path / "hub" / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rejected_rows_are_told_corrected_and_imported(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "import", "shop.toml", "--workdir", "hub") == 3
    told = capsys.readouterr().out
    assert "3 rows of shop: 2 new events." in told
    assert "1 row rejected (1 import.unreadable)." in told
    (rejected,) = shop.glob("shop.rejected-*.csv")
    assert f"decidedly import shop.toml --file {rejected}" in told
    rejected.write_bytes(rejected.read_bytes().replace(b"oops", b"3.00"))
    assert run(monkeypatch, "import", "shop.toml", "--file", str(rejected), "--workdir", "hub") == 0
    assert "1 row of shop: 1 new event." in capsys.readouterr().out


def test_a_second_run_takes_nothing_and_from_the_beginning_everything_is_known(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "import", "shop.toml", "--workdir", "hub") == 3
    capsys.readouterr()
    assert run(monkeypatch, "import", "shop.toml", "--workdir", "hub") == 0
    assert "Nothing is new since the last run" in capsys.readouterr().out
    assert run(monkeypatch, "import", "shop.toml", "--again", "--json", "--rejected", "r.csv", "--workdir", "hub") == 3
    told = json.loads(capsys.readouterr().out)
    assert told["report"] == {
        "rows": 3, "events": 0, "duplicates": 2, "future": 0, "rejected": 1, "skipped": 0,
        "reasons": {"import.unreadable": 1},
    }  # fmt: skip
    assert Path(told["rejected_file"]) == shop / "r.csv"


def test_a_dry_run_shows_the_first_rows_and_writes_nothing(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "import", "shop.toml", "--dry-run", "--rows", "2", "--workdir", "hub") == 3
    told = capsys.readouterr().out
    assert "loyalty:1" in told
    assert "'oops' is no number" in told
    assert "Nothing was written." in told
    with Hub.open(shop / "hub") as hub:
        assert hub.journal.counts() == {}


def test_mistakes_in_mapping_and_columns_are_told_together(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = MAPPING.replace('"card"', '"crd"').replace("product_id", "product")
    (shop / "shop.toml").write_text(broken, encoding="utf-8")
    assert run(monkeypatch, "import", "shop.toml", "--workdir", "hub") == 1
    told = capsys.readouterr().err
    assert "shop.toml:9:16: There is no column 'crd'." in told
    assert "shop.toml:11:10: 'order' has no item field 'product'." in told


def test_a_proposed_mapping_is_one_that_the_dry_run_takes(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "Household ID,Age Band,Household Size\n1,35-44,2\n2,45-54,3\n"
    (shop / "people.csv").write_text(rows, encoding="utf-8")
    assert run(monkeypatch, "import", "--infer", "people.csv", "--workdir", "hub") == 0
    proposed = capsys.readouterr().out
    assert 'age-band = "Age Band"' in proposed
    (shop / "people.toml").write_text(proposed, encoding="utf-8")
    assert run(monkeypatch, "import", "people.toml", "--dry-run", "--workdir", "hub") == 0
    assert "age-band = 35-44" in capsys.readouterr().out


def test_without_a_mapping_the_command_says_how_to_get_one(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "import", "--workdir", "hub") == 1
    assert "decidedly import --infer FILE" in capsys.readouterr().err


def test_the_url_may_stand_in_a_variable(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    query = f"SELECT * FROM read_csv('{shop / 'orders.csv'}', all_varchar = true)"
    text = MAPPING.replace('file = "orders.csv"', f'url-variable = "SHOP_URL"\nquery = "{query}"')
    (shop / "shop.toml").write_text(text, encoding="utf-8")
    monkeypatch.delenv("SHOP_URL", raising=False)
    assert run(monkeypatch, "import", "shop.toml", "--workdir", "hub") == 1
    assert "The environment variable SHOP_URL is not set." in capsys.readouterr().err
    monkeypatch.setenv("SHOP_URL", "duckdb:")
    assert run(monkeypatch, "import", "shop.toml", "--workdir", "hub") == 3
    assert "3 rows of shop: 2 new events." in capsys.readouterr().out


def test_a_file_that_is_there_is_never_written_over_with_rejected_rows(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "import", "shop.toml", "--rejected", "orders.csv", "--workdir", "hub") == 1
    assert "is there already" in capsys.readouterr().err
    assert "oops" in (shop / "orders.csv").read_text("utf-8")


def test_a_table_of_postgresql_is_taken_once_and_then_what_is_new_of_it(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], postgres_server: PostgresServer
) -> None:
    url = postgres_server.database()
    monkeypatch.setenv("SHOP_URL", url)
    from_ = 'url-variable = "SHOP_URL"\ntable = "public.orders"\ncursor = "at"\noverlap = "1 day"'
    (shop / "shop.toml").write_text(MAPPING.replace('file = "orders.csv"', from_), encoding="utf-8")
    with psycopg.connect(url, autocommit=True) as base:
        base.execute('CREATE TABLE orders ("order" text, at timestamptz, card int, product text, paid numeric(9, 2))')
        base.execute("INSERT INTO orders SELECT 'o' || n, '2017-10-01 00:00Z'::timestamptz + n * '1 hour'::interval,"
                     " n % 7, 'p', 1.25 * n FROM generate_series(1, 300) AS n")  # fmt: skip
        assert run(monkeypatch, "import", "shop.toml", "--workdir", "hub") == 0
        assert "300 rows of shop: 300 new events." in capsys.readouterr().out
        # One that came late, within the overlap, and one that is new.
        base.execute(
            "INSERT INTO orders VALUES ('late', '2017-10-13 03:00Z', 1, 'p', 2), ('new', '2017-10-20', 1, 'p', 3)"
        )
    assert run(monkeypatch, "import", "shop.toml", "--workdir", "hub") == 0
    assert "27 rows of shop: 2 new events, 25 known before." in capsys.readouterr().out
    with Hub.open(shop / "hub") as hub:
        assert hub.journal.counts() == {"order": 302}
    postgres_server.drop(url)


def test_the_file_of_an_interrupted_run_is_not_read_while_it_is_written(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rejected = shop / "r.csv"
    rejected.write_text(ROWS, encoding="utf-8")
    with Hub.open(shop / "hub") as hub:
        hub.positions.set("shop", Position(part=str(shop / "orders.csv"), rejected=str(rejected)))
    assert run(monkeypatch, "import", "shop.toml", "--file", "r.csv", "--workdir", "hub") == 1
    assert "End it first: decidedly import shop.toml." in capsys.readouterr().err

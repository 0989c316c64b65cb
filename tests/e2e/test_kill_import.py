"""Kill -9 at twenty random instants of an import, run it again: no event is lost or doubled, no rejected row either."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
from pathlib import Path

from decidedly.adapters.published import StoredPositions
from decidedly.adapters.sqlite import Database, SqliteJournal, SqliteMeta
from decidedly.core.mapping import ROW, Position
from tests.e2e.import_child import import_all

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
ORDERS = 600
MOST_COMMITS = 5
LONGEST_S = 0.03
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


def write(folder: Path) -> tuple[set[str], set[str]]:
    """Orders of one to three lines; the ids of those that are right, and the places of rows that are to be rejected."""
    rng = random.Random(4)
    right, wrong, number = set(), set(), 0
    with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["order", "at", "card", "product", "paid"])
        for order in range(ORDERS):
            lines = rng.randint(1, 3)
            bad = order % 9 == 0
            for line in range(lines):
                number += 1
                paid = "?" if bad and not line else f"{rng.randint(1, 999) / 100:.2f}"
                at = f"2017-{rng.randint(1, 9):02}-01"
                writer.writerow([f"o{order}", at, rng.randint(1, 90), f"p{line}", paid])
                if bad:
                    wrong.add(f"orders.csv:{number}")
            if not bad:
                right.add(f"shop:order:o{order}")
    (folder / "shop.toml").write_text(MAPPING, encoding="utf-8")
    return right, wrong


def killed(folder: Path, commits: int, after_s: float) -> bool:
    """Import until so long after so many commits, then kill; False if it was done before."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    words = [str(folder / "hub"), str(folder / "shop.toml"), str(folder / "rejected.csv")]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.import_child", *words], cwd=ROOT, env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "importing\n"
        for _ in range(commits):
            child.stdout.readline()
        try:
            assert child.wait(after_s) == 0
        except subprocess.TimeoutExpired:
            child.kill()
            return True
    return False


def test_an_import_killed_at_twenty_random_instants_loses_and_doubles_nothing(tmp_path: Path) -> None:
    rng = random.Random(20171030)
    kills = round_ = on_the_way = 0
    while kills < KILLS:
        folder = tmp_path / f"round-{round_}"
        round_ += 1
        folder.mkdir()
        right, wrong = write(folder)
        while kills < KILLS and killed(folder, rng.randint(0, MOST_COMMITS), rng.uniform(0, LONGEST_S)):
            kills += 1
            on_the_way += 0 < position(folder).row < ORDERS
        import_all(folder / "hub", folder / "shop.toml", folder / "rejected.csv")
        database = Database(folder / "hub")
        logged = [one.event.message_id for one in SqliteJournal(database).read(limit=1_000_000)]
        database.close()
        assert sorted(logged) == sorted(right)
        with (folder / "rejected.csv").open(newline="", encoding="utf-8-sig") as file:
            assert sorted(row[ROW] for row in csv.DictReader(file)) == sorted(wrong)
        assert position(folder).rejected == ""
    assert on_the_way


def position(folder: Path) -> Position:
    database = Database(folder / "hub")
    try:
        return StoredPositions(SqliteMeta(database)).get("shop") or Position()
    finally:
        database.close()

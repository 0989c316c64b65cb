from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from decidedly.adapters.memory import MemoryWarehouse
from decidedly.feel import BOOLEAN, DATE, INTEGER, REAL, STRING, ListOf, Name, Scope, compile_tree, money, parse
from decidedly.feel.sql.columns import column
from decidedly.rules import PEOPLE, count_people

AT = datetime(2017, 10, 30, 12, tzinfo=UTC)
TYPES = {
    "orders": INTEGER, "spend": money("USD"), "city": STRING, "score": REAL, "born": DATE, "tags": ListOf(STRING),
    "member": BOOLEAN,
}  # fmt: skip
NAMES = [Name(name, type_, f"a-{name}") for name, type_ in TYPES.items()]
BASE = {"person": NAMES, "action": [Name("price", INTEGER, "price")], "context": []}
LOYAL, _ = parse("orders >= 3", Scope.of(BASE, bare=["person"], clock="context"))
SCOPE = Scope.of(
    {**BASE, "segment": [Name("loyal", BOOLEAN, "loyal", tree=LOYAL)]}, bare=["person"], clock="context"
)  # fmt: skip


def drawn(people: int = 500) -> list[dict[str, Any]]:
    draw = random.Random(3)
    values = {
        "a-orders": lambda: draw.randint(0, 6),
        "a-spend": lambda: draw.randint(0, 20_000),
        "a-city": lambda: draw.choice(["Brno", "brno", "Écully"]),
        "a-score": lambda: draw.choice([0.2, 0.7, float("nan")]),
        "a-born": lambda: date(1950 + draw.randint(0, 60), 2, 28),
        "a-tags": lambda: draw.sample(["a", "b", "c"], draw.randint(0, 2)),
        "a-member": lambda: draw.random() < 0.5,
    }
    return [{id_: make() for id_, make in values.items() if draw.random() < 0.8} for _ in range(people)]


PEOPLE_DRAWN = drawn()


def warehouse() -> MemoryWarehouse:
    made = MemoryWarehouse()
    columns = {
        f"a-{name}": column(type_, [one.get(f"a-{name}") for one in PEOPLE_DRAWN]) for name, type_ in TYPES.items()
    }
    allowed = pa.array([[True, False, None][place % 3] for place in range(len(PEOPLE_DRAWN))])
    made.write(
        PEOPLE, pa.table({"person": [str(n) for n in range(len(PEOPLE_DRAWN))], **columns, "consent:email": allowed})
    )
    return made


@pytest.mark.parametrize(
    ("text", "native"),
    [
        ("orders = 0", True),
        ("orders = 0 and spend between 50 and 150", True),
        ('spend / orders > 20 or city = "Brno"', True),
        ('born + @"P18Y" <= today() and member', True),
        ("segment.loyal and not(member)", True),
        ("some t in tags satisfies t = city", True),
        ("score > 0.5 or tags = null", True),
        ("person.orders = action.price", True),
        ('upper case(city) = "BRNO"', False),
        ('segment.loyal and upper case(city) = "ÉCULLY" and spend > 20', False),
    ],
)
def test_the_count_is_that_of_the_people_for_whom_the_compiled_rule_is_true(text: str, native: bool) -> None:
    tree, problems = parse(text, SCOPE)
    assert tree is not None, problems
    compiled, _ = compile_tree(tree, SCOPE, BOOLEAN)
    assert compiled is not None
    context = {"now": AT, "today": AT.date()}
    holds = [compiled.fn(*({"person": one, "context": context}.get(root, {}) for root in SCOPE.roots)) is True
             for one in PEOPLE_DRAWN]  # fmt: skip
    found = count_people(tree, SCOPE, warehouse(), AT, ["email"])
    assert (found.people, found.of) == (sum(holds), len(PEOPLE_DRAWN))
    assert found.consent == {"email": sum(held for place, held in enumerate(holds) if place % 3 == 0)}
    assert (found.by_rows == ()) is native


def test_what_runs_row_by_row_says_why() -> None:
    tree, _ = parse('orders > 1 and upper case(city) = "BRNO"', SCOPE)
    assert tree is not None
    (reason,) = count_people(tree, SCOPE, warehouse(), AT).by_rows
    assert str(reason) == "runs row by row, because upper case() does not run as SQL"

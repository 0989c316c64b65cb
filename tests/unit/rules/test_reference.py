"""Why a table gave what it gave: the rows and facts that decided, and where null came from."""

from decimal import Decimal

from decidedly.feel import INTEGER, STRING, Name, Place, Scope, money
from decidedly.rules import TypedTable, fire, read_table, trace_table, type_table

SCOPE = Scope.of(
    {"person": [Name("orders", INTEGER, "a1"), Name("band", STRING, "a2"), Name("spend", money("GBP"), "a3")]},
    bare=["person"],
)
TEXT = """hit = "first"

| orders | band    | spend + 1 | -> out      |
|--------|---------|-----------|-------------|
| < 5    | "young" | -         | 1           |
| < 5    | -       | > 10      | spend / 0   |
| -      | "old"   | -         | 3           |
| -      | -       | > 10      | 4           |
"""


def typed(text: str = TEXT) -> TypedTable:
    table, problems = read_table(text, place=Place("rewards.table"))
    assert table is not None, problems
    found, problems = type_table(table, SCOPE)
    assert found is not None, problems
    return found


def test_rows_are_told_with_the_cell_that_was_against_them() -> None:
    trace = trace_table(typed(), {"person": {"a1": 7, "a2": "old", "a3": 500}})
    assert (trace.fired.outputs, trace.matched) == ((Decimal(3),), (2,))
    assert [(one.row, one.against, one.value) for one in trace.tested] == [
        (0, 0, False),
        (1, 0, False),
        (2, None, True),
    ]
    assert trace.inputs == (Decimal(7), "old", Decimal(6))


def test_a_cell_that_cannot_be_said_is_null() -> None:
    trace = trace_table(typed(), {"person": {"a2": "new"}})
    assert [(one.row, one.against, one.value) for one in trace.tested] == [
        (0, 0, None), (1, 0, None), (2, 1, False), (3, 2, None),
    ]  # fmt: skip
    assert trace.fired.outputs == (None,)


def test_the_facts_that_decided_are_those_of_the_cells_that_kept_or_excluded_a_row() -> None:
    facts = {"person": {"a1": 7, "a2": "old", "a3": 500}}
    trace = trace_table(typed(), facts)
    assert [str(one) for one in trace.decided] == ["person.orders", "person.band"]
    assert [(str(reference), value) for reference, value in trace.read] == [
        ("person.orders", Decimal(7)), ("person.band", "old"), ("person.spend", Decimal(5)),
    ]  # fmt: skip


def test_null_is_traced_to_the_part_of_the_cell_in_which_it_arose() -> None:
    trace = trace_table(typed(), {"person": {"a1": 1, "a2": "old", "a3": 5000}})
    assert (trace.fired.outputs, trace.fired.rows) == ((None,), (1,))
    assert trace.nulls == (Place("rewards.table", 6, 34, 9),)


def test_equal_cells_share_a_tree_but_keep_their_own_places() -> None:
    text = TEXT.replace("| 1           |", "| spend / 0   |")
    table = typed(text)
    assert table.values[0][0] is table.values[1][0]
    trace = trace_table(table, {"person": {"a1": 1, "a2": "old", "a3": 5000}})
    assert [place.line for place in trace.nulls] == [6]


def test_plain_facts_are_taken_as_they_are() -> None:
    facts = {"person": {"a1": Decimal(7), "a2": "new", "a3": Decimal("9.50")}}
    assert fire(typed(), facts, plain=True).rows == (3,)


def test_a_value_that_is_not_allowed_decides_alone() -> None:
    trace = trace_table(typed('allowed = { band = \'"old", "young"\' }\n' + TEXT), {"person": {"a2": "new"}})
    assert trace.fired.problem == "'band' has a value that is not allowed"
    assert (trace.tested, [str(one) for one in trace.decided]) == ((), ["person.band"])


def test_a_lenient_table_keeps_what_the_types_refuse_and_lets_the_values_decide() -> None:
    table, _ = read_table('hit = "first"\n| band | -> out |\n|---|---|\n| > 5 | "big" |\n| "a" | 1 |\n| unknown | 2 |')
    assert table is not None
    strict, problems = type_table(table, SCOPE)
    assert strict is None
    assert {one.severity for one in problems} == {"error"}
    lenient, warnings = type_table(table, SCOPE, lenient=True)
    assert lenient is not None
    assert {one.severity for one in warnings} == {"warning"}
    for band, outputs in ((Decimal(6), ("big",)), ("a", (Decimal(1),)), (None, (Decimal(2),)), ("b", (None,))):
        assert fire(lenient, {"person": {"a2": band}}, plain=True).outputs == outputs

"""The contract of compiled functions: what they read, how they are called, what never reaches their source."""

from typing import Any

from decidedly.feel import BOOLEAN, compile_expression, compile_first_not_true, compile_many, trace

from .scopes import SCOPE


def compiled(text: str) -> Any:
    found, problems = compile_expression(text, SCOPE)
    assert found is not None, problems
    return found


class CountingFacts(dict[str, Any]):
    reads = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.reads += 1
        return super().get(key, default)


def test_each_fact_is_read_once_by_its_id() -> None:
    person = CountingFacts(a2=7)
    assert compiled("orders > 1 and orders < 9 and orders != 5").fn(person, {}, {}) is True
    assert person.reads == 1


def test_reads_name_root_and_id_in_the_order_of_the_text() -> None:
    rule = compiled('action.departments = ["A"] and orders > 1 and person.orders < 5')
    assert [(r.root, r.id, str(r)) for r in rule.reads] == [
        ("action", "d1", "action.departments"),
        ("person", "a2", "person.orders"),
    ]
    assert rule.roots == {"action", "person"}


def test_a_missing_fact_is_null() -> None:
    assert compiled("orders > 1").fn({}, {}, {}) is None


def test_no_name_text_or_number_of_the_author_reaches_the_source() -> None:
    source = compiled('age band = "__import__" and orders > 123456 and {evil key: 1}.evil key = 1').source
    for part in ("__import__", "123456", "evil", "a4", "age", "orders"):
        assert part not in source
    assert "." not in source.replace(".get(", "(")


def test_fused_expressions_give_each_its_own_value() -> None:
    parts = [compiled("orders > 1"), compiled("orders + 1"), compiled("opt-in")]
    assert compile_many(parts, SCOPE).fn({"a2": 7}, {}, {}) == (True, 8, None)
    assert compile_many(parts[:1], SCOPE).fn({"a2": 7}, {}, {}) == (True,)


def test_the_first_condition_that_is_not_true_is_found_null_included() -> None:
    first = compile_first_not_true([compiled("orders > 1"), compiled("opt-in"), compiled("member")], SCOPE)
    assert first.fn({"a2": 7, "a9": None, "a8": False}, {}, {}) == 1
    assert first.fn({"a2": 7, "a9": True, "a8": False}, {}, {}) == 2
    assert first.fn({"a2": 7, "a9": True, "a8": True}, {}, {}) == -1


def test_a_value_of_type_any_is_checked_when_a_type_is_expected() -> None:
    rule, _ = compile_expression("context.flag", SCOPE, BOOLEAN)
    assert rule is not None
    assert [rule.fn({}, {}, {"flag": flag}) for flag in (True, False, "yes", 1)] == [True, False, None, None]


def test_a_trace_names_the_facts_and_where_a_null_arose() -> None:
    rule = compiled("orders / (tenure months - 14) > 1")
    found = trace(rule.tree, {"person": {"a2": 7, "a5": 14}})
    assert found.value is None
    assert [(str(ref), int(value)) for ref, value in found.read] == [("person.orders", 7), ("person.tenure months", 14)]
    assert [(at.start, at.end) for at in found.nulls] == [(0, 29)]

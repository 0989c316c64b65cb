"""Names that stand for an expression, and function values."""

from decimal import Decimal

from decidedly.feel import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    Function,
    ListOf,
    Name,
    Scope,
    compile_expression,
    compile_first_not_true,
    compile_many,
    evaluate,
    parse,
)
from decidedly.feel.interpret import invoke
from decidedly.feel.tree import Named, references

FACTS = Scope.of({"person": [Name("xs", ListOf(INTEGER), "a1"), Name("limit", INTEGER, "a2")]}, bare=["person"])


def segment(text: str) -> Scope:
    tree, problems = parse(text, FACTS)
    assert tree is not None, problems
    return Scope.of(
        {"segment": [Name("big", tree.type, tree=tree)], "person": [*FACTS.names("person").values()]}, bare=["person"]
    )


def test_a_named_expression_is_computed_in_its_place() -> None:
    scope = segment("some x in xs satisfies x > limit")
    compiled, problems = compile_expression("some x in xs satisfies x = 2 and segment.big", scope, BOOLEAN)
    assert compiled is not None, problems
    for xs, limit in (([1, 2], 1), ([1, 2], 2), ([1, None], 1), (None, None)):
        facts = {"a1": xs, "a2": limit}
        assert compiled.fn({}, facts) == evaluate(compiled.tree, {"person": facts})
    assert {reference.id for reference in references(compiled.tree)} == {"a1", "a2"}


def test_a_tall_named_expression_may_stand_in_a_tall_one() -> None:
    scope = segment("(" * 5 + "if limit > 0 then " * 40 + "true" + " else false" * 40 + ")" * 5)
    compiled, problems = compile_expression("if limit > 0 then " * 30 + "segment.big" + " else false" * 30, scope)
    assert compiled is not None, problems
    assert isinstance(next(iter_named(compiled.tree)), Named)
    assert compiled.fn({}, {"a2": 1}) is True


def test_named_expressions_inside_one_another_are_bounded() -> None:
    person = FACTS.names("person").values()
    scope, text = FACTS, "limit > 0"
    for inside in range(20):  # noqa: B007
        tree, _ = parse("if limit > 1 then " * 15 + text + " else false" * 15, scope)
        assert tree is not None
        scope = Scope.of({"segment": [Name("big", BOOLEAN, tree=tree)], "person": person}, bare=["person"])
        text = "segment.big"
        compiled, problems = compile_expression(text, scope)
        if compiled is None:
            break
        for limit in (None, 1, 2):
            assert compiled.fn({}, {"a2": limit}) is evaluate(compiled.tree, {"person": {"a2": limit}})
    assert inside > 4
    assert [problem.code for problem in problems] == ["feel.too-deep"]


def test_what_is_used_more_than_once_is_computed_once() -> None:
    scope = segment("some x in xs satisfies x > limit")
    texts = ["segment.big", "not(segment.big)", "some x in xs satisfies x = 2 and segment.big"]
    parts = [compiled for text in texts if (compiled := compile_expression(text, scope, BOOLEAN)[0])]
    fused, first = compile_many(parts, scope), compile_first_not_true(parts, scope)
    assert len(parts) == 3
    assert fused.source.count(" for ") == first.source.count(" for ") + 1 == 3
    for xs, limit in (([1, 2], 1), ([1, 2], 2), ([1, None], 1), (None, None), ([3], None)):
        facts = {"a1": xs, "a2": limit}
        values = tuple(evaluate(part.tree, {"person": facts}) for part in parts)
        assert fused.fn({}, facts) == values
        assert first.fn({}, facts) == next((place for place, value in enumerate(values) if value is not True), -1)


def iter_named(tree):  # type: ignore[no-untyped-def]
    from decidedly.feel.tree import children

    if isinstance(tree, Named):
        yield tree
    for child in children(tree):
        yield from iter_named(child)


def test_a_function_is_called_by_position_and_by_name() -> None:
    double = Function(("n",), (NUMBER,), lambda arguments: arguments[0] * 2)
    assert invoke(double, [Decimal(2)], ()) == 4
    assert invoke(double, [Decimal(2)], ("n",)) == 4
    assert invoke(double, [Decimal(2)], ("m",)) is None
    assert invoke(Decimal(1), [], ()) is None

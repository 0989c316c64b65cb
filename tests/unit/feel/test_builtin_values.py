"""What the built-ins give where decision models call them: by position and by name, of nulls and of other kinds.

Each case is an expression and the text of its value.
"""

from __future__ import annotations

import pytest

from decidedly.feel import Scope, evaluate, parse
from decidedly.feel.builtins.conversion import text_of

NOTHING = Scope.of({"": []}, bare=[""])


def text(expression: str) -> str:
    tree, problems = parse(expression, NOTHING, lenient=True)
    assert tree is not None, problems
    return text_of(evaluate(tree, {}, plain=True))


NUMBER = [
    ("abs(-1)", "1"),
    ("abs(n: -1)", "1"),
    ("abs(number: -1)", "null"),
    ('abs("1")', "null"),
    ('abs(@"-P1D") = @"P1D"', "true"),
    ("abs([-1])", "1"),
    ("modulo(-10.1, 4.5)", "3.4"),
    ("modulo(dividend: 10.1, divisor: -4.5)", "-3.4"),
    ("modulo(10, 0)", "null"),
    ("decimal(1.115, 2)", "1.12"),
    ("floor(-1.56, 1)", "-1.6"),
    ("ceiling(n: 1.56, scale: 1)", "1.6"),
    ("even(2.5)", "false"),
    ("odd(5.5)", "false"),
    ("odd(-5)", "true"),
    ("exp(1)", "2.718281828459045235360287471352662"),
    ("sqrt(number: 16)", "4"),
    ("round up(1.1, 0)", "2"),
    ("round half up(-2.5, 0)", "-3"),
    ("round half down(2.5, 0)", "2"),
    ("round down(-1.9)", "-1"),
    ("round up(5.5, -6112)", "null"),
    ("decimal(1e300, 6176) = 1e300", "true"),
    ("round up(1e-6176, 0)", "1"),
    ("floor(1234.5, -2)", "1200"),
    ("log(0)", "null"),
    ("log(number: 1)", "0"),
    ("sqrt(-1)", "null"),
    ("exp(100000)", "null"),
    ("modulo(1e20, 7)", "2"),
    ("decimal(1/3, 2.5)", "0.33"),
    ("decimal(1/3)", "null"),
]


@pytest.mark.parametrize(("expression", "expected"), NUMBER)
def test_number_functions(expression: str, expected: str) -> None:
    assert text(expression) == expected


CONVERSION = [
    ('number("1.000.000,01", ".", ",")', "1000000.01"),
    ('number("1.000", ".", null)', "1000"),
    ('number("1,000.00", ",", ",")', "null"),
    ('number("1 000", "", ".")', "null"),
    ('number(from: "1,000.00", grouping separator: ",", decimal separator: ".")', "1000"),
    ('number("1", null, null)', "1"),
    ('number("foo")', "null"),
    ('range("[18..21]")', "[18..21]"),
    ('range("(18..21)")', "(18..21)"),
    ('range("]18..21[")', "(18..21)"),
    ('range("[18..)")', "[18..)"),
    ('range("(..21]")', "(..21]"),
    ('range("[..21]")', "null"),
    ('range("[\\"a\\"..\\"b\\"]")', '["a".."b"]'),
    ('range("[@\\"2019-01-01\\"..@\\"2019-02-01\\"]")', "[2019-01-01..2019-02-01]"),
    ('range("[date(\\"1978-09-12\\")..date(\\"1978-10-13\\")]")', "[1978-09-12..1978-10-13]"),
    ('range("[duration(\\"P1D\\")..duration(\\"P2D\\")]")', "[P1D..P2D]"),
    ('range("[1..\\"a\\"]")', "null"),
    ('range("[1+1..3]")', "null"),
    ('range("")', "null"),
    ('range(from: "[1..2]")', "[1..2]"),
    ("range(null)", "null"),
    ('years and months duration(@"2011-12-22", @"2013-08-24") = @"P1Y8M"', "true"),
    ('string(@"10:00:00")', '"10:00:00"'),
    ("string(function(a, b) a)", '"function(a, b)"'),
    ("string([1..3])", '"[1..3]"'),
    ("string({a: null})", '"{a: null}"'),
    ("string(null)", "null"),
    ("string(1.10)", '"1.1"'),
    ("string(1e2)", '"100"'),
    ('date(@"2017-08-10T10:20:00@Europe/Paris") = @"2017-08-10"', "true"),
    ('date("2017-12-31T11:22:33")', "null"),
    ("date(2017.5, 1, 1)", "null"),
    ('date(year: 2016, month: 2, day: 29) = @"2016-02-29"', "true"),
    ("date(2016, 2)", "null"),
    ('time(11, 59, 45.5) = @"11:59:45.5"', "true"),
    ('date and time(@"2017-01-01", @"23:59:01Z") = @"2017-01-01T23:59:01Z"', "true"),
    ('duration("P1Y2D")', "null"),
    ('time(12, 0, 0, null) = @"12:00:00"', "true"),
    ('time(11, 59, 45, @"PT2H") = @"11:59:45+02:00"', "true"),
    ("time(12, 0, 60)", "null"),
    ('time(@"2017-08-10") = @"00:00:00Z"', "true"),
    ('date and time(2017, 1, 1, 0, 0, 0, @"PT1H") = @"2017-01-01T00:00:00+01:00"', "true"),
    ('string({"{": 1})', '"{\\"{\\": 1}"'),
    ('string(@"-P1D")', '"-P1D"'),
]


@pytest.mark.parametrize(("expression", "expected"), CONVERSION)
def test_conversion_functions(expression: str, expected: str) -> None:
    assert text(expression) == expected


STRING = [
    ('upper case("aB1")', '"AB1"'),
    ('string join(["a","b"], null)', '"ab"'),
    ('string join(["a",null,"c"], "X")', '"aXc"'),
    ('string join([], "X")', '""'),
    ('string join("a", "X")', '"a"'),
    ('string join(null, "X")', "null"),
    ('string join(["a", 1], "X")', "null"),
    ('string join(["a"])', '"a"'),
    ('split("a,b", ",")', '["a", "b"]'),
    ('substring("foobar", 0)', "null"),
    ('substring("foobar", 7)', "null"),
    ('substring("foobar", 2, 0)', "null"),
    ('substring(string: "foobar", start position: 3, length: 3)', '"oba"'),
    ('contains("foo", "")', "true"),
    ('starts with("foo", "")', "true"),
    ('substring before("foobar", "")', '""'),
    ('substring after("foobar", "")', '"foobar"'),
    ('substring after("foobar", "x")', '""'),
    ('string length("\\U01F40E")', "1"),
    ('replace("abc", "b", "[$0]")', '"a[b]c"'),
    ('matches("abc", "B", null)', "false"),
    ('matches("abc", "B", "i")', "true"),
    ('lower case("ÀB")', '"àb"'),
    ('substring("abc", [2])', '"bc"'),
    ('string length(["abc"])', "3"),
    ('string length(["a", "b"])', "null"),
    ('ends with(string: "abc", match: "bc")', "true"),
    ('trim(" a ")', '"a"'),
]


@pytest.mark.parametrize(("expression", "expected"), STRING)
def test_string_functions(expression: str, expected: str) -> None:
    assert text(expression) == expected


LIST = [
    ("all([true, null])", "null"),
    ("all([false, null])", "false"),
    ("all([])", "true"),
    ("all([0])", "null"),
    ("sort([3,1,2], function(x,y) x < y)", "[1, 2, 3]"),
    ("sort(precedes: function(x,y) x > y, list: [3,1,2])", "[3, 2, 1]"),
    ("sort([], function(x,y) x<y)", "[]"),
    ("mean(1,2,3)", "2"),
    ("mean([])", "null"),
    ("mean()", "null"),
    ("sum(list: [1,2])", "3"),
    ("sum([1, null])", "null"),
    ('min("a","b")', '"a"'),
    ('min([1, "a"])', "null"),
    ('max(@"P1D", @"P2D") = @"P2D"', "true"),
    ("concatenate([1,2],[3])", "[1, 2, 3]"),
    ("concatenate([1,2])", "[1, 2]"),
    ("concatenate(1, [2])", "[1, 2]"),
    ("append([1], 2, 3)", "[1, 2, 3]"),
    ("append(1, 2)", "[1, 2]"),
    ("append(null, 1)", "null"),
    ("append([], null)", "[null]"),
    ("union([1,2],[2,3])", "[1, 2, 3]"),
    ("flatten([[1,[2]],3])", "[1, 2, 3]"),
    ("insert before([1,2], -1, 9)", "[1, 9, 2]"),
    ("insert before([], 1, 9)", "null"),
    ("remove([1,2,3], -1)", "[1, 2]"),
    ("remove([1,2,3], 4)", "null"),
    ("index of([1,2,null,2], null)", "[3]"),
    ("sublist([1,2,3], -2, 1)", "[2]"),
    ("sublist([1,2,3], 1, 0)", "[]"),
    ("sublist([1,2,3], 4)", "null"),
    ("list contains(null, 1)", "null"),
    ("list contains([1,null], null)", "true"),
    ("count(1)", "1"),
    ("count(null)", "null"),
    ("distinct values([1,2,1,null,null])", "[1, 2, null]"),
    ("list replace([1,2,3], function(item, newItem) item = 2, 9)", "[1, 9, 3]"),
    ('product([1,2,"a"])', "null"),
    ("median([])", "null"),
    ("mode([])", "[]"),
    ("mode([1, null])", "null"),
    ("stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"),
    ("stddev([47])", "null"),
]


@pytest.mark.parametrize(("expression", "expected"), LIST)
def test_list_functions(expression: str, expected: str) -> None:
    assert text(expression) == expected


CONTEXT = [
    ('get value({a: {b: 1}}, ["a","b"])', "1"),
    ('get value(m: {a: 1}, key: "a")', "1"),
    ("get value({a: 1}, [])", "null"),
    ('context({key: "a", value: 1})', "{a: 1}"),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', "null"),
    ('context([{key: "a"}])', "null"),
    ("context([])", "{}"),
    ("context merge([{a: 1}, {b: 2, a: 3}])", "{a: 3, b: 2}"),
    ("context merge({a: 1})", "{a: 1}"),
    ("context merge([])", "{}"),
    ("context merge([null])", "null"),
    ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
    ('context put({a: {b: 1}}, ["a", "c"], 2)', "{a: {b: 1, c: 2}}"),
    ('context put({a: 1}, ["a", "b"], 2)', "null"),
    ('context put(context: {}, key: ["a", "b"], value: 1)', "null"),
    ("context put({}, [], 1)", "null"),
    ("get entries({a: 1})", '[{key: "a", value: 1}]'),
    ("get entries(map: {})", "null"),
    ('get value(null, "a")', "null"),
]


@pytest.mark.parametrize(("expression", "expected"), CONTEXT)
def test_context_functions(expression: str, expected: str) -> None:
    assert text(expression) == expected


RANGE = [
    ("overlaps([1..5],[6..8])", "false"),
    ("overlaps([1..5],[5..8])", "true"),
    ("overlaps([1..5),[5..8])", "false"),
    ("overlaps before([1..5],[3..8])", "true"),
    ("overlaps before([1..5],[1..5])", "false"),
    ("overlaps before([1..5),[1..5])", "false"),
    ("overlaps before([1..5],(1..5])", "true"),
    ("overlaps after([3..8],[1..5])", "true"),
    ("overlaps after((1..5],[1..5))", "true"),
    ("overlaps after([1..5],[1..5))", "false"),
    ("finishes(10, [1..10])", "true"),
    ("finishes([5..10], [1..10])", "true"),
    ("finishes([5..10), [1..10])", "false"),
    ("finished by([1..10], [5..10])", "true"),
    ("includes([1..10], [1..10))", "true"),
    ("during((1..5),[1..5])", "true"),
    ("starts((1..5],[1..5])", "false"),
    ("starts((1..5],(1..5])", "true"),
    ("started by([1..10], 1)", "true"),
    ("started by((1..10], (1..5])", "true"),
    ("meets([1..5],(5..8])", "false"),
    ("met by([5..8],[1..5])", "true"),
    ("coincides(5,4)", "false"),
    ("coincides([1..5],[1..5))", "false"),
    ("before(point: 1, range: [2..3])", "true"),
    ("before(range: [2..3], point: 1)", "false"),
    ("before(range1: [2..3], range2: (3..5])", "true"),
    ("before(1, 10)", "true"),
    ("after([11..20], [1..11))", "true"),
]


@pytest.mark.parametrize(("expression", "expected"), RANGE)
def test_range_functions(expression: str, expected: str) -> None:
    assert text(expression) == expected


CALENDAR = [
    ('day of week(@"2019-09-17")', '"Tuesday"'),
    ('day of week(date: @"2019-09-17T10:00:00")', '"Tuesday"'),
    ("is(1, 1.0)", "true"),
    ("is(null, null)", "true"),
    ('day of year(@"2020-12-31")', "366"),
    ('week of year(@"2010-01-01")', "53"),
    ('month of year("foo")', "null"),
    ('last day of month(@"1900-02-01")', "28"),
    ('is(@"P0Y", @"P0D")', "false"),
    ("is(value1: 1)", "false"),
    ("is(1, 1, 1)", "null"),
]


@pytest.mark.parametrize(("expression", "expected"), CALENDAR)
def test_calendar_functions_and_is(expression: str, expected: str) -> None:
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("string(for i in 1..60 return partial)", "null"),
        ("flatten(for i in 1..60 return partial)", "null"),
        ("(for i in 1..60 return partial) = (for i in 1..60 return partial)", "null"),
        ("distinct values([for i in 1..60 return partial, for i in 1..60 return partial])", "null"),
        ("count(reverse(for i in 1..60 return partial))", "60"),
        ("count(append(for i in 1..60 return partial, 1))", "61"),
    ],
)
def test_lists_that_share_their_parts_are_not_walked_for_ever(expression: str, expected: str) -> None:
    assert text(expression) == expected


def test_an_argument_given_by_name_means_that_parameter() -> None:
    assert text("before(range: [2..3], point: 1)") == "false"
    assert text("before(point: 1, range: [2..3])") == "true"

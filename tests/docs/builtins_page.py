"""The reference of the built-in functions, made from their register.

    python -m tests.docs.builtins_page

writes docs/reference/built-ins.md anew; a test fails where it is outdated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

from decidedly.feel import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    REAL,
    STRING,
    ListOf,
    Name,
    Number,
    Scope,
    Type,
    blocks,
    money,
    parse,
    sql,
)
from decidedly.feel.builtins import BUILTINS, Builtin, Form, Param
from decidedly.feel.tree import Node
from decidedly.feel.types import ANY, ContextOf, DaysDuration, FunctionOf, RangeOf, String, type_name

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "built-ins.md"

INTRO = """\
# Built-in functions

<!-- Made by `python -m tests.docs.builtins_page` from the register of the functions; do not edit. -->

All functions of DMN 1.5, chapter 10.3.4. A function is called by position, `substring("oat milk", 5)`, or by the
names of its parameters, `substring(string: "oat milk", start position: 5)`. A parameter with `?` may be left out;
`...` stands for as many arguments as you like. Where a list of numbers or conditions is wanted its items may be
written alone: `max(1, 2)` is `max([1, 2])`.

**Null.** A function of null is null, except where *takes null* names the parameter. A value of another kind, a number
of arguments that no form has, and a result that does not exist (`sqrt(-1)`, `date(2017, 2, 30)`) are null too. In the
playbook what cannot be right is told when it is checked; decision models, whose types are loose, get null.

**Kinds.** A list of one value stands for the value, a value for a list of one, and a date for its midnight in UTC,
where the other is wanted. A function of numbers takes amounts and real numbers as well, and gives its like.

**Limits.** A list has 10,000 items and a text 100,000 characters at most; beyond is null. Regular expressions are
XPath's (flags `i`, `s`, `m`, `x`; `$1` in replacements), without look-around; a back-reference does not go with
repetitions inside repetitions. A text that is too long for the choices of its pattern gives null.

**How it runs.** The last columns say for which first arguments (or items of lists) there is a fast form: in the
compiled Python of one decision, over blocks of columns, and as SQL. Elsewhere Python calls the exact function, and
blocks and SQL fall back to it, once for each distinct value or row by row; the answer is the same. Other arguments may
make a call fall back as well; `decidedly check` names those that do. Whole numbers, numbers of a scale and amounts are
*scaled*; strings, dates, durations and real numbers are stored as they are, so that no call in Python converts them.
"""

OUTRO = """\
## Words with a form of their own

| form | gives | example |
|---|---|---|
| `not(negand)` | boolean | `not(false) = true`; `not(null) = null` |
| `today()` | date | the day of the evaluation, an input of it |
| `now()` | date and time | the moment of the evaluation, an input of it |
"""

TITLES = {
    "number": "Numbers",
    "string": "Strings",
    "lists": "Lists",
    "aggregates": "One value of a list",
    "context": "Contexts",
    "temporal": "Dates, times and durations",
    "conversion": "Conversion",
    "ranges": "Ranges",
    "boolean": "Equality",
}
KINDS: dict[str, tuple[Type, ...]] = {
    "scaled": (INTEGER, Number(2), money("USD")),
    "real numbers": (REAL,),
    "strings": (STRING,),
    "dates": (DATE,),
    "dates and times": (DATE_TIME,),
    "durations": (DAYS, MONTHS),
    "booleans": (BOOLEAN,),
}


BACKENDS: dict[str, Callable[[Node], Sequence[object]]] = {"in blocks": blocks.why_not, "as SQL": sql.why_not}
"""Each backend tells why a tree has no form of its own there."""


def page() -> str:
    """The text of the page."""
    sections = [section(name, title) for name, title in TITLES.items()]
    return "\n".join([INTRO, *sections, OUTRO])


def section(name: str, title: str) -> str:
    rows = [row for builtin in BUILTINS.values() if builtin.section == name for row in rows_of(builtin)]
    head = ["form", "gives", "example", "takes null", "fast in Python", *BACKENDS]
    return "\n".join([f"## {title}", "", line(head), line(["---"] * len(head), ""), *map(line, rows), ""])


def line(cells: list[str], space: str = " ") -> str:
    return "|" + "|".join(f"{space}{cell}{space}" if cell else " " for cell in cells) + "|"


def rows_of(builtin: Builtin) -> Iterator[list[str]]:
    """A row for each function, with all forms that it serves."""
    seen: dict[Callable[..., object], list[Form]] = {}
    for form in builtin.forms:
        seen.setdefault(form.run, []).append(form)
    for run, forms in seen.items():
        example = (run.__doc__ or "").strip().replace("|", "\\|")
        nullable = dict.fromkeys(param.name for form in forms for param in form.params if param.nullable)
        yield [
            "<br>".join(f"`{signature(builtin.name, form)}`" for form in forms),
            kind_of(forms[0].returns(tuple(param.type for param in forms[0].params))),
            f"`{example}`",
            ", ".join(f"`{name}`" for name in nullable),
            ", ".join(fast(forms[0])),
            *(", ".join(native(builtin.name, forms[0], why_not)) for why_not in BACKENDS.values()),
        ]


def signature(name: str, form: Form) -> str:
    parts = [parameter(form, param) for param in form.params]
    return f"{name}({', '.join(parts)})"


def parameter(form: Form, param: Param) -> str:
    type_ = param.type
    if form.gather == "rest" and param is form.params[-1] and isinstance(type_, ListOf):
        return f"{param.name}...: {kind_of(type_.of)}"
    if form.gather == "items":
        return f"{param.name}: {kind_of(type_)}, or its items"
    return f"{param.name}{'?' if param.optional else ''}: {param.says or kind_of(type_)}"


def kind_of(type_: Type) -> str:
    match type_:
        case ListOf(of=of):
            return "list" if of == ANY else f"list of {kind_of(of)}"
        case RangeOf():
            return "range"
        case ContextOf():
            return "context"
        case FunctionOf(parameters=parameters, returns=returns):
            return f"function({', '.join(name for name, _ in parameters)}) -> {kind_of(returns)}"
        case Number():
            return "number"
    return type_name(type_)


def fast(form: Form) -> list[str]:
    """The kinds of first arguments for which compiled Python has a form over stored values."""
    if form.native is None:
        return []
    as_list = isinstance(form.params[0].type, ListOf)
    every = [type_ for types in KINDS.values() for type_ in types]
    found = []
    for kind, types in KINDS.items():
        firsts = [ListOf(type_) if as_list else type_ for type_ in types]
        counts = range(form.needed, len(form.params) + 1)
        calls = (call for first in firsts for n in counts for call in product([first], *[every] * (n - 1)))
        if any(form.takes(call) and not problem(form, call) and form.native(call) for call in calls):
            found.append(kind)
    return ["all"] if len(found) == len(KINDS) else found


def problem(form: Form, types: tuple[Type, ...]) -> str:
    return form.check(types) if form.check else ""


def native(name: str, form: Form, why_not: Callable[[Node], Sequence[object]]) -> list[str]:
    """The kinds of first arguments for which a backend has a form of its own, found by asking it."""
    taken, found = [], []
    for kind, types in KINDS.items():
        trees = [tree for type_ in types for tree in calls(name, form, type_)]
        if trees:
            taken.append(kind)
        if any(not why_not(tree) for tree in trees):
            found.append(kind)
    return ["all"] if found == taken and len(found) > 1 else found


def calls(name: str, form: Form, type_: Type) -> Iterator[Node]:
    """Calls of a form with a fact of this kind first, alone and compared."""
    if form.params and isinstance(form.params[0].type, FunctionOf | ContextOf):
        return
    fact = FACTS[type_]
    for count in range(form.needed, len(form.params) + 1):
        given = [argument(param, fact) for param in form.params[:count]]
        call = f"{name}({', '.join(given)})"
        for text in (call, f"{call} = {call}", f"{call} > 1"):
            tree, problems = parse(text, SCOPE)
            if tree is not None and not problems:
                yield tree


def argument(param: Param, fact: str) -> str:
    match param.type:
        case ListOf(of=ListOf()) | ListOf(of=RangeOf()):
            return f"[{fact}]"
        case ListOf(of=of) if of == ANY or param.name == "list":
            return f"{fact} list"
        case ListOf():
            return '["a"]'
        case RangeOf():
            return f"[{fact}..{fact}]"
        case FunctionOf(parameters=parameters):
            return f"function({', '.join(name for name, _ in parameters)}) true"
        case Number() if param.name not in ("n", "number", "dividend", "year", "hour"):
            return "1"
        case String() if param.name in ("pattern", "match", "delimiter", "replacement", "flags", "key", "timezone"):
            return '"i"'
        case DaysDuration() if param.name == "offset":
            return '@"PT1H"'
    return fact


FACTS = {type_: f"{type_} fact".replace("(", " ").replace(")", "") for types in KINDS.values() for type_ in types}
NAMES = [Name(fact, type_) for type_, fact in FACTS.items()]
LISTS = [Name(f"{fact} list", ListOf(type_)) for type_, fact in FACTS.items()]
SCOPE = Scope.of({"": [*NAMES, *LISTS]}, bare=[""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

"""The reference of the built-in functions, made from their register.

    python -m tests.docs.builtins_page

writes docs/reference/built-ins.md anew; a test fails where it is outdated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from decidedly.feel import BOOLEAN, DATE, DATE_TIME, DAYS, INTEGER, MONTHS, REAL, STRING, ListOf, Number, Type, money
from decidedly.feel.builtins import BUILTINS, Builtin, Form, Param
from decidedly.feel.types import ANY, ContextOf, FunctionOf, RangeOf, type_name

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

**How it runs.** The last column says for which arguments compiled Python has a fast form over values as they are
stored; everywhere else it calls the exact function. Its answer is the same. Whole numbers, numbers of a scale and
amounts are *scaled*; strings, dates, durations and real numbers are stored as they are, so that no call converts
them.
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
_KINDS: dict[str, tuple[Type, ...]] = {
    "scaled": (INTEGER, Number(2), money("USD")),
    "real numbers": (REAL,),
    "strings": (STRING,),
    "dates": (DATE,),
    "dates and times": (DATE_TIME,),
    "durations": (DAYS, MONTHS),
    "booleans": (BOOLEAN,),
}


def page() -> str:
    """The text of the page."""
    sections = [section(name, title) for name, title in TITLES.items()]
    return "\n".join([INTRO, *sections, OUTRO])


def section(name: str, title: str) -> str:
    rows = [row for builtin in BUILTINS.values() if builtin.section == name for row in rows_of(builtin)]
    head = ["form", "gives", "example", "takes null", "fast in Python for"]
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
    """The kinds of first arguments, with others that suit, for which there is a fast form."""
    if form.native is None:
        return []
    found = []
    as_list = isinstance(form.params[0].type, ListOf)
    every = [type_ for types in _KINDS.values() for type_ in types]
    for kind, types in _KINDS.items():
        firsts = [ListOf(type_) if as_list else type_ for type_ in types]
        counts = range(form.needed, len(form.params) + 1)
        calls = (call for first in firsts for n in counts for call in product([first], *[every] * (n - 1)))
        if any(form.takes(call) and not problem(form, call) and form.native(call) for call in calls):
            found.append(("lists of " if as_list else "") + kind)
    return ["all lists"] if as_list and len(found) == len(_KINDS) else found


def problem(form: Form, types: tuple[Type, ...]) -> str:
    return form.check(types) if form.check else ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

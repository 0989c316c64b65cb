"""Boxed expressions as the playbook writes them: named values, with texts for FEEL and pipe tables for tables.

is = "income - debts"                                       a literal expression; inside others the text alone
table = '''| age | -> discount |...'''                      a decision table inside another expression
context = [{ name = "net", is = "..." }, { is = "net" }]    the entry without a name is the result
list = ["1", "2"]
columns = ["name", "price"]                                 a relation
rows = [['"milk"', "2"]]
parameters = [{ name = "rate", type = "number" }]           a function
gives = "amount * rate"
invoke = "installment"                                      an invocation
with = [{ name = "rate", is = "0.04" }]
if = "...", then = "...", else = "..."
for = "x", in = "...", return = "..."                       some and every likewise, with satisfies
filter = "orders", by = "item.price > 10"
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean

from .definition import Cell, DecisionTable, Row
from .model import (
    Binding,
    Boxed,
    BoxedConditional,
    BoxedContext,
    BoxedFilter,
    BoxedFor,
    BoxedFunction,
    BoxedInvocation,
    BoxedList,
    BoxedQuantified,
    BoxedRelation,
    BoxedTable,
    Clause,
    Entry,
    LiteralExpression,
    Rule,
    Variable,
)
from .read import read_table
from .toml import toml_value
from .write import format_table

Path = tuple[str | int, ...]
Locate = Callable[[Path], Place]
"""Where the value at a path stands in its file."""

_FORMS: dict[str, tuple[str, ...]] = {
    "is": (), "table": (), "context": (), "list": (), "columns": ("rows",), "parameters": ("gives",),
    "invoke": ("with",), "if": ("then", "else"), "for": ("in", "return"), "some": ("in", "satisfies"),
    "every": ("in", "satisfies"), "filter": ("by",),
}  # fmt: skip
BOX_KEYS = frozenset([*_FORMS, *(key for keys in _FORMS.values() for key in keys)])


# Written


def box_out(box: Boxed | None, name: str = "") -> dict[str, Any]:
    """The named values of an expression; `name` heads a result of a table that has no name."""
    match box:
        case LiteralExpression():
            return {"is": box.text.text}
        case BoxedTable():
            return {"table": format_table(table_out(box, name or "result", {}))}
        case BoxedContext():
            return {"context": [_entry_out(entry) for entry in box.entries]}
        case BoxedList():
            return {"list": [_inner_out(item) for item in box.items]}
        case BoxedRelation():
            rows = [[_inner_out(item) for item in row.items] for row in box.rows]
            return {"columns": [column.name for column in box.columns], "rows": rows}
        case BoxedFunction():
            return {"parameters": parameters_out(box), "gives": _inner_out(box.body)}
        case BoxedInvocation():
            bound = [{"name": one.parameter.name, **box_out(one.value)} for one in box.bindings]
            return {"invoke": _inner_out(box.function), "with": bound}
        case BoxedConditional():
            then, otherwise = _inner_out(box.then), _inner_out(box.otherwise)
            return {"if": _inner_out(box.condition), "then": then, "else": otherwise}
        case BoxedFor():
            return {"for": box.variable, "in": _inner_out(box.over), "return": _inner_out(box.body)}
        case BoxedQuantified():
            word = "every" if box.every else "some"
            return {word: box.variable, "in": _inner_out(box.over), "satisfies": _inner_out(box.body)}
        case BoxedFilter():
            return {"filter": _inner_out(box.over), "by": _inner_out(box.match)}
        case _:
            return {}


def _inner_out(box: Boxed | None) -> Any:
    found = box_out(box)
    return found["is"] if found.keys() == {"is"} else found


def _entry_out(entry: Entry) -> dict[str, Any]:
    named = variable_out(entry.variable) if entry.variable else {}
    return {**named, **box_out(entry.value, named.get("name", ""))}


def variable_out(variable: Variable) -> dict[str, Any]:
    return {"name": variable.name} | ({"type": variable.type} if variable.type else {})


def parameters_out(box: BoxedFunction) -> list[dict[str, Any]]:
    return [variable_out(one) for one in box.parameters]


def table_out(box: BoxedTable, name: str, settings: Mapping[str, Any]) -> DecisionTable:
    """A table as the playbook's file holds it: heads with names, one line a cell, a rule's description above it."""
    table = box.table

    def head(cell: Cell) -> str:
        return _line(cell.text) or name

    clauses = zip((*table.inputs, *table.outputs), (*box.inputs, *box.outputs), strict=True)
    kinds = {head(cell): clause.type for cell, clause in clauses if clause.type}
    hit = {} if table.hit == "unique" else {"hit": table.hit}
    texts = {
        key: {head(Cell(known)): _line(text) for known, text in found.items()}
        for key, found in (("allowed", table.allowed), ("default", table.defaults))
        if found
    }
    everything = {**settings, **hit, **({"types": kinds} if kinds else {}), **texts}
    rows = tuple(
        Row(tuple(Cell(_line(cell.text)) for cell in row.cells), notes=_notes(rule))
        for row, rule in zip(table.rows, box.rules, strict=True)
    )
    return DecisionTable(
        name=name,
        hit=table.hit,
        inputs=tuple(Cell(_line(cell.text)) for cell in table.inputs),
        outputs=tuple(Cell(head(cell)) for cell in table.outputs),
        rows=rows,
        header=tuple(_header(everything)),
    )


def _header(settings: Mapping[str, Any]) -> list[str]:
    width = max(map(len, settings), default=0)
    return [f"{key.ljust(width)} = {toml_value(value)}" for key, value in settings.items()]


def _notes(rule: Rule) -> tuple[str, ...]:
    return tuple(f"# {line}".rstrip() for line in rule.description.splitlines())


def _line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text else text


# Read


class BoxTexts:
    """Reads expressions and collects what is wrong with their form."""

    def __init__(self, file: str, locate: Locate, problems: list[Diagnostic]) -> None:
        self.file = file
        self.locate = locate
        self.problems = problems

    def report(self, path: Path, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Diagnostic(code, message, hint, self.locate(path)))

    def box(self, values: Mapping[str, Any], path: Path = ()) -> Boxed | None:
        """The expression of named values; other keys than its own are not looked at."""
        forms = [form for form in _FORMS if form in values]
        if not forms:
            return None
        if len(forms) > 1:
            self.report((*path, forms[1]), "model.form", f"Here stand both '{forms[0]}' and '{forms[1]}'.",
                        "An expression has one form.")  # fmt: skip
            return None
        form = forms[0]
        missing = [key for key in _FORMS[form] if key not in values and key != "with"]
        if missing:
            self.report((*path, form), "model.form", f"'{form}' needs '{missing[0]}'.")
            return None
        place = self.locate((*path, form))
        match form:
            case "is":
                return LiteralExpression(text=self.cell(values["is"], (*path, "is")), place=place)
            case "table":
                return self.table(values["table"], self.locate((*path, "table")))
            case "context":
                entries = self.named(values["context"], (*path, "context"))
                return BoxedContext(entries=tuple(self.entry(*one) for one in entries), place=place)
            case "list":
                return BoxedList(items=self.many(values["list"], (*path, "list")), place=place)
            case "columns":
                return self.relation(values, path, place)
            case "parameters":
                return self.function(values, path, self.inner(values["gives"], (*path, "gives")))
            case "invoke":
                function = self.inner(values["invoke"], (*path, "invoke"))
                bound = tuple(self.binding(*one) for one in self.named(values.get("with", []), (*path, "with")))
                return BoxedInvocation(function=function, bindings=bound, place=place)
            case "if":
                condition, then, otherwise = (self.inner(values[key], (*path, key)) for key in ("if", "then", "else"))
                return BoxedConditional(condition=condition, then=then, otherwise=otherwise, place=place)
            case "for":
                over, body = (self.inner(values[key], (*path, key)) for key in ("in", "return"))
                return BoxedFor(variable=str(values["for"]), over=over, body=body, place=place)
            case "filter":
                over, match = (self.inner(values[key], (*path, key)) for key in ("filter", "by"))
                return BoxedFilter(over=over, match=match, place=place)
            case _:
                over, body = (self.inner(values[key], (*path, key)) for key in ("in", "satisfies"))
                variable = str(values[form])
                return BoxedQuantified(every=form == "every", variable=variable, over=over, body=body, place=place)

    def inner(self, value: Any, path: Path) -> Boxed:
        if isinstance(value, dict):
            found = self.box(value, path)
            if found is not None:
                return found
            if value:
                known = did_you_mean(next(iter(value)), _FORMS)
                self.report(path, "model.form", "Here must be an expression.", known or f"Write {', '.join(_FORMS)}.")
            return LiteralExpression(text=Cell("", self.locate(path)))
        return LiteralExpression(text=self.cell(value, path), place=self.locate(path))

    def cell(self, value: Any, path: Path) -> Cell:
        if not isinstance(value, str):
            self.report(path, "model.form", "Here must be an expression in quotes.")
            return Cell("null", self.locate(path))
        place = self.locate(path)
        lead = len(value) - len(value.lstrip())
        if "\n" not in value[:lead]:
            place = msgspec.structs.replace(place, column=place.column + lead)
        return Cell(value.strip(), place)

    def many(self, value: Any, path: Path) -> tuple[Boxed, ...]:
        if not isinstance(value, list):
            self.report(path, "model.form", "Here must be a list in square brackets.")
            return ()
        return tuple(self.inner(item, (*path, number)) for number, item in enumerate(value))

    def named(self, value: Any, path: Path) -> list[tuple[dict[str, Any], Path]]:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            hint = 'Write [{ name = "...", is = "..." }].'
            self.report(path, "model.form", "Here must be a list of named values.", hint)
            return []
        return [(item, (*path, number)) for number, item in enumerate(value)]

    def variable(self, values: Mapping[str, Any], path: Path) -> Variable:
        name, type_ = values.get("name", ""), values.get("type", "")
        if not isinstance(name, str) or not isinstance(type_, str):
            self.report(path, "model.form", "A name and a type are texts in quotes.")
            return Variable()
        return Variable(name=name, type=type_, place=self.locate((*path, "name")))

    def entry(self, values: dict[str, Any], path: Path) -> Entry:
        variable = self.variable(values, path) if "name" in values else None
        return Entry(variable=variable, value=self.box(values, path), place=self.locate(path))

    def binding(self, values: dict[str, Any], path: Path) -> Binding:
        return Binding(parameter=self.variable(values, path), value=self.box(values, path), place=self.locate(path))

    def relation(self, values: Mapping[str, Any], path: Path, place: Place) -> Boxed:
        names = values["columns"]
        if not isinstance(names, list) or not isinstance(values["rows"], list):
            self.report(path, "model.form", "A relation has columns and rows, both lists.")
            names, rows = [], []
        else:
            rows = values["rows"]
        found = tuple(
            BoxedList(items=self.many(row, (*path, "rows", number)), place=self.locate((*path, "rows", number)))
            for number, row in enumerate(rows)
        )
        for number, row in enumerate(found):
            if len(row.items) != len(names):
                message = f"This row has {len(row.items)} cells, but the relation has {len(names)} columns."
                self.report((*path, "rows", number), "dmn.relation", message)
        return BoxedRelation(columns=tuple(Variable(name=str(name)) for name in names), rows=found, place=place)

    def function(self, values: Mapping[str, Any], path: Path, body: Boxed | None) -> BoxedFunction:
        parameters = self.named(values["parameters"], (*path, "parameters"))
        place = self.locate((*path, "parameters"))
        return BoxedFunction(parameters=tuple(self.variable(*one) for one in parameters), body=body, place=place)

    def table(self, text: Any, place: Place) -> Boxed | None:
        table, problems = read_table(text if isinstance(text, str) else "", place=place)
        self.problems.extend(problems)
        return None if table is None else boxed_table(table)


def boxed_table(table: DecisionTable) -> BoxedTable:
    """A table of the playbook as one of a model; a rule's notes are its description."""
    kinds = table.settings.get("types", {})
    kinds = kinds if isinstance(kinds, dict) else {}
    bare = msgspec.structs.replace(
        table, name="", header=(), settings={}, rows=tuple(Row(row.cells, row.place) for row in table.rows)
    )
    return BoxedTable(
        table=bare,
        inputs=tuple(Clause(type=str(kinds.get(cell.text, ""))) for cell in table.inputs),
        outputs=tuple(Clause(type=str(kinds.get(cell.text, ""))) for cell in table.outputs),
        rules=tuple(Rule(description=_description(row), place=row.place) for row in table.rows),
        place=table.place,
    )


def _description(row: Row) -> str:
    return "\n".join(note.removeprefix("#").removeprefix(" ") for note in row.notes)

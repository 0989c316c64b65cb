"""The types of a model: what a reference to a type means, whether a value conforms to it, and what it is coerced to.

Source: DMN 1.5, 7.3.2 (item definitions), 10.3.2.9.2 (type conformance) and 10.3.2.9.4 (type conversions).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from decidedly.feel import evaluate, parse, parse_tests
from decidedly.feel.diagnostics import Diagnostic
from decidedly.feel.scope import Scope
from decidedly.feel.tree import InstanceOf, Node
from decidedly.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    ContextOf,
    FunctionOf,
    ListOf,
    Type,
)
from decidedly.feel.values import Function, fits, kind

from ..definition import Cell
from ..model import ItemDefinition

_BUILT_IN: dict[str, Type] = {
    "": ANY, "any": ANY, "undefined": ANY, "number": NUMBER, "string": STRING, "boolean": BOOLEAN, "date": DATE,
    "time": TIME, "date and time": DATE_TIME, "datetime": DATE_TIME, "dateandtime": DATE_TIME,
    "days and time duration": DAYS, "daytimeduration": DAYS, "years and months duration": MONTHS,
    "yearmonthduration": MONTHS, "list": ListOf(ANY), "context": ContextOf((), closed=False), "function": FunctionOf(),
}  # fmt: skip
_INPUT = 1
_DEPTH = 30
"""Deepest nesting of a type that is followed; deeper, and where a type holds itself, it is any."""

MISFIT = object()
"""What a value becomes that does not conform to its type."""


class ItemTypes:
    """The item definitions of a model, and under their prefixes those of the models that it imports."""

    def __init__(self, items: tuple[ItemDefinition, ...], imported: Mapping[str, "ItemTypes"]) -> None:
        self.items = {item.name: item for item in items}
        self.imported = imported
        self.problems: list[Diagnostic] = []
        self._static: dict[str, Type] = {}
        self._tests: dict[Cell, Node | None] = {}
        self._names: dict[str, Type] | None = None

    @property
    def names(self) -> dict[str, Type]:
        """All types with names of their own, as expressions may name them."""
        if self._names is None:
            self._names = {}  # Where models import each other.
            self._names |= {name: self.static(name) for name in self.items}
            for prefix, others in self.imported.items():
                self._names |= {f"{prefix}.{name}" if prefix else name: t for name, t in others.names.items()}
        return self._names

    def find(self, reference: str, seen: tuple["ItemTypes", ...] = ()) -> tuple["ItemTypes", ItemDefinition] | None:
        """The item definition of a reference, and the types among which it stands."""
        if reference in self.items:
            return self, self.items[reference]
        for prefix, others in self.imported.items():
            if prefix and reference.startswith(prefix + ".") and (found := others.find(reference[len(prefix) + 1 :])):
                return found
            # Names of a model without a prefix are looked for in each model once.
            if not prefix and others not in (*seen, self) and (found := others.find(reference, (*seen, self))):
                return found
        return None

    # Static types: they serve to tell names apart

    def static(self, reference: str, depth: int = 0) -> Type:
        """The FEEL type of a reference, without what it allows."""
        if reference not in self._static:
            found = self.find(reference)
            if found is None:
                self._static[reference] = self._written(reference)
            elif depth > _DEPTH:
                return ANY
            else:
                self._static[reference] = ANY  # Where a type holds itself.
                types, item = found
                self._static[reference] = types._item(item, depth + 1)
        return self._static[reference]

    def _item(self, item: ItemDefinition, depth: int) -> Type:
        if item.components:
            fields = tuple((part.name, self._item(part, depth + 1)) for part in item.components)
            type_: Type = ContextOf(fields) if depth <= _DEPTH else ANY
        elif item.function:
            parameters = tuple((p.name, self.static(p.type, depth)) for p in item.function.parameters)
            type_ = FunctionOf(parameters, self.static(item.function.returns, depth))
        else:
            type_ = self.static(item.type, depth)
        return ListOf(type_) if item.collection else type_

    def _written(self, reference: str) -> Type:
        """A built-in type, or one written in FEEL, such as list<number>."""
        built_in = _BUILT_IN.get(reference.lower())
        if built_in is not None:
            return built_in
        node, problems = parse(f"null instance of {reference}", Scope.of({}), lenient=True)
        return node.wanted if isinstance(node, InstanceOf) and not problems else ANY

    # Values

    def coerced(self, reference: str, value: Any) -> Any:
        """The value as a value of the type, or MISFIT; null is a value of every type."""
        if value is None or self.conforms(reference, value):
            return value
        if isinstance(value, list):
            if len(value) == 1 and self.conforms(reference, value[0]):
                return value[0]
        elif self.conforms(reference, [value]):
            return [value]
        if kind(value) == "date" and isinstance(value, date):
            midnight = datetime(value.year, value.month, value.day, tzinfo=UTC)
            if self.conforms(reference, midnight):
                return midnight
        return MISFIT

    def conforms(self, reference: str, value: Any, depth: int = 0) -> bool:
        """Whether a value is one of the type, without any conversion."""
        if value is None or depth > _DEPTH:
            return True
        found = self.find(reference)
        if found is None:
            return fits(self.static(reference), value)
        types, item = found
        return types._conforms(item, value, depth + 1)

    def _conforms(self, item: ItemDefinition, value: Any, depth: int) -> bool:
        if value is None:
            return True
        if item.collection:
            if not isinstance(value, list):
                return False
            whole = all(self._is_one(item, one, depth) for one in value)
        else:
            whole = self._is_one(item, value, depth)
        return whole and self._meets(item.constraint, value)

    def _is_one(self, item: ItemDefinition, value: Any, depth: int) -> bool:
        if value is None:
            return True
        if item.components:
            if not isinstance(value, dict):
                return False
            fitting = all(self._conforms(part, value.get(part.name), depth + 1) for part in item.components)
        elif item.function:
            fitting = isinstance(value, Function) and len(value.names) == len(item.function.parameters)
        else:
            fitting = self.conforms(item.type, value, depth)
        # Of a list, what a type of lists gives, the items are meant.
        return fitting and all(
            self._meets(item.allowed, one) for one in (value if isinstance(value, list) else [value])
        )

    def _meets(self, tests: Cell | None, value: Any) -> bool:
        if tests is None or not tests.text:
            return True
        node = self.tests(tests)
        return node is None or evaluate(node, {}, {_INPUT: value}) is True

    def tests(self, tests: Cell) -> Node | None:
        """The condition on `?` of allowed values; None where they cannot be read, which is then among the problems."""
        if tests not in self._tests:
            node, problems = parse_tests(tests.text, Scope.of({}), ANY, place=tests.place, lenient=True)
            self.problems.extend(problem for problem in problems if problem.severity == "error")
            self._tests[tests] = node
        return self._tests[tests]

    def allowed(self, reference: str) -> str:
        """The unary tests of a type's values as text, "" where it has none."""
        found = self.find(reference)
        while found is not None:
            types, item = found
            if item.allowed is not None and not item.collection:
                return item.allowed.text
            found = types.find(item.type) if item.type != reference and not item.components else None
            reference = item.type
        return ""


def known_type(value: Any) -> Type:
    """The type of a value as far as it holds names: contexts and lists of them."""
    if isinstance(value, dict):
        return ContextOf(tuple((name, known_type(item)) for name, item in value.items()), closed=False)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return ListOf(known_type(value[0]))
    return ANY

"""DMN XML -> boxed expressions, and what the reading of every element has in common."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean

from ..definition import HIT_POLICIES, Cell, DecisionTable, Row
from ..model import (
    NOTHING,
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
    Kept,
    LiteralExpression,
    Rule,
    Variable,
)
from ..xml import Element, Text
from .spaces import FEEL, MODEL, current

_AGGREGATES = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#", "": ""}


class Logic(NamedTuple):
    """The element of an expression, and it as what was read of its parent."""

    element: Element
    of: tuple[Element, ...]


class BoxReading:
    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []

    def report(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Diagnostic(code, message, hint, place))

    # What all elements have

    def authored(
        self, element: Element, attributes: Collection[str] = (), children: Collection[str] = (),
        read: Iterable[Element] = (),
    ) -> dict[str, Any]:  # fmt: skip
        """The fields that every element has; what is neither named here nor in `read` is kept as it is."""
        taken = set(map(id, read))
        others = {key: value for key, value in element.attributes.items()
                  if key not in attributes and key not in ("id", "label")}  # fmt: skip
        elements = tuple(
            child
            for child in element.elements
            if id(child) not in taken
            and not (child.space == MODEL and (child.name in children or child.name == "description"))
        )
        return {
            "id": element.attributes.get("id", ""),
            "label": element.attributes.get("label", ""),
            "description": self.words(element, "description"),
            "kept": Kept(others, elements) if others or elements else NOTHING,
            "place": element.place,
        }

    def children(self, element: Element, *names: str) -> tuple[Element, ...]:
        return tuple(child for child in element.elements if child.space == MODEL and child.name in names)

    def child(self, element: Element, name: str) -> Element | None:
        return next(iter(self.children(element, name)), None)

    def words(self, element: Element, name: str) -> str:
        found = self.child(element, name)
        return found.text.text if found else ""

    def name(self, element: Element) -> str:
        name = " ".join(element.attributes.get("name", "").split())
        if not name:
            self.report(element.place, "dmn.no-name", f"This {element.name} has no name.", 'Write name="...".')
        return name

    def reference(self, text: str) -> str:
        return " ".join(text.split())

    def type_of(self, element: Element) -> str:
        return self.reference(element.attributes.get("typeRef", ""))

    def variable(self, element: Element) -> Variable:
        name = " ".join(element.attributes.get("name", "").split())
        return Variable(**self.authored(element, ("name", "typeRef")), name=name, type=self.type_of(element))

    def tests(self, element: Element | None) -> Cell | None:
        return None if element is None else self.text(element)

    def text(self, element: Element) -> Cell:
        """The text of an expression: what its element `text` holds, without the spaces around it."""
        found = self.child(element, "text")
        if found is None:
            return Cell("", element.place)
        return trimmed(found.text)

    # Expressions

    def only(self, element: Element) -> Logic | None:
        """The expression that stands in an element; a second one is a mistake."""
        found = [child for child in element.elements if child.space == MODEL and child.name in _BOXES]
        if len(found) > 1:
            self.report(found[1].place, "dmn.expression", "Here may be only one expression.")
        return Logic(found[0], (found[0],)) if found else None

    def inner(self, element: Element, name: str) -> Boxed:
        """The expression in a named part of an element, such as `then`."""
        part = self.child(element, name)
        logic = self.only(part) if part else None
        if logic is None:
            at = part or element
            self.report(at.place, "dmn.expression", f"The part '{name}' of this '{element.name}' has no expression.")
            return LiteralExpression(text=Cell("null", at.place), place=at.place)
        return self.boxed(logic.element)

    def boxed(self, element: Element) -> Boxed:
        return _BOXES[element.name](self, element)

    def literal(self, element: Element) -> Boxed:
        language = element.attributes.get("expressionLanguage", "")
        return LiteralExpression(
            **self.authored(element, ("typeRef", "expressionLanguage"), ("text",)),
            type=self.type_of(element),
            text=self.text(element),
            language="" if current(language) == FEEL or language.lower() == "feel" else language,
        )

    def context(self, element: Element) -> Boxed:
        entries = self.children(element, "contextEntry")
        return BoxedContext(
            **self.authored(element, ("typeRef",), ("contextEntry",)),
            type=self.type_of(element),
            entries=tuple(self.entry(entry) for entry in entries),
        )

    def entry(self, element: Element) -> Entry:
        variable, logic = self.child(element, "variable"), self.only(element)
        return Entry(
            **self.authored(element, (), ("variable",), logic.of if logic else ()),
            variable=self.variable(variable) if variable else None,
            value=self.boxed(logic.element) if logic else None,
        )

    def items(self, element: Element) -> BoxedList:
        items = [child for child in element.elements if child.space == MODEL and child.name in _BOXES]
        return BoxedList(
            **self.authored(element, ("typeRef",), (), items),
            type=self.type_of(element),
            items=tuple(self.boxed(item) for item in items),
        )

    def relation(self, element: Element) -> Boxed:
        columns = tuple(self.variable(column) for column in self.children(element, "column"))
        rows = tuple(self.items(row) for row in self.children(element, "row"))
        for row in rows:
            if len(row.items) != len(columns):
                message = f"This row has {len(row.items)} cells, but the relation has {len(columns)} columns."
                self.report(row.place, "dmn.relation", message)
        return BoxedRelation(
            **self.authored(element, ("typeRef",), ("column", "row")),
            type=self.type_of(element),
            columns=columns,
            rows=rows,
        )

    def boxed_function(self, element: Element) -> Boxed:
        logic = self.only(element)
        kind = element.attributes.get("kind", "FEEL")
        if kind not in ("FEEL", "Java", "PMML"):
            self.report(element.place, "dmn.function", f"There is no kind of function '{kind}'.",
                        did_you_mean(kind, ("FEEL", "Java", "PMML")))  # fmt: skip
        return BoxedFunction(
            **self.authored(element, ("typeRef", "kind"), ("formalParameter",), logic.of if logic else ()),
            type=self.type_of(element),
            parameters=tuple(self.variable(child) for child in self.children(element, "formalParameter")),
            body=self.boxed(logic.element) if logic else None,
            kind=kind,  # type: ignore[arg-type]
        )

    def invocation(self, element: Element) -> Boxed:
        logic = self.only(element)
        return BoxedInvocation(
            **self.authored(element, ("typeRef",), ("binding",), logic.of if logic else ()),
            type=self.type_of(element),
            function=self.boxed(logic.element) if logic else None,
            bindings=tuple(self.binding(child) for child in self.children(element, "binding")),
        )

    def binding(self, element: Element) -> Binding:
        parameter, logic = self.child(element, "parameter"), self.only(element)
        return Binding(
            **self.authored(element, (), ("parameter",), logic.of if logic else ()),
            parameter=self.variable(parameter) if parameter else Variable(place=element.place),
            value=self.boxed(logic.element) if logic else None,
        )

    def conditional(self, element: Element) -> Boxed:
        return BoxedConditional(
            **self.authored(element, ("typeRef",), ("if", "then", "else")),
            type=self.type_of(element),
            condition=self.inner(element, "if"),
            then=self.inner(element, "then"),
            otherwise=self.inner(element, "else"),
        )

    def loop(self, element: Element) -> Boxed:
        return BoxedFor(
            **self.authored(element, ("typeRef", "iteratorVariable"), ("in", "return")),
            type=self.type_of(element),
            variable=self.iterator(element),
            over=self.inner(element, "in"),
            body=self.inner(element, "return"),
        )

    def quantified(self, element: Element) -> Boxed:
        return BoxedQuantified(
            **self.authored(element, ("typeRef", "iteratorVariable"), ("in", "satisfies")),
            type=self.type_of(element),
            every=element.name == "every",
            variable=self.iterator(element),
            over=self.inner(element, "in"),
            body=self.inner(element, "satisfies"),
        )

    def iterator(self, element: Element) -> str:
        name = " ".join(element.attributes.get("iteratorVariable", "").split())
        if not name:
            self.report(element.place, "dmn.no-name", f"This '{element.name}' does not name its items.",
                        'Write iteratorVariable="...".')  # fmt: skip
        return name

    def filtered(self, element: Element) -> Boxed:
        return BoxedFilter(
            **self.authored(element, ("typeRef",), ("in", "match")),
            type=self.type_of(element),
            over=self.inner(element, "in"),
            match=self.inner(element, "match"),
        )

    # Tables

    def table(self, element: Element) -> Boxed:
        inputs, outputs = self.children(element, "input"), self.children(element, "output")
        rules = self.children(element, "rule")
        input_heads = tuple(self.input_head(clause) for clause in inputs)
        output_heads = tuple(Cell(" ".join(c.attributes.get("name", "").split()), c.place) for c in outputs)
        allowed = self.clause_texts(inputs, input_heads, "inputValues")
        allowed |= self.clause_texts(outputs, output_heads, "outputValues")
        table = DecisionTable(
            name="",
            hit=self.hit(element),
            inputs=input_heads,
            outputs=output_heads,
            rows=tuple(self.row(rule, len(inputs), len(outputs)) for rule in rules),
            defaults=self.clause_texts(outputs, output_heads, "defaultOutputEntry"),
            allowed=allowed,
            place=element.place,
        )
        if not outputs:
            self.report(element.place, "table.heads", "This table has no result.")
        attributes = ("typeRef", "hitPolicy", "aggregation", "preferredOrientation", "outputLabel")
        return BoxedTable(
            **self.authored(element, attributes, ("input", "output", "annotation", "rule")),
            type=self.type_of(element),
            table=table,
            inputs=tuple(self.input_clause(clause) for clause in inputs),
            outputs=tuple(self.output_clause(clause) for clause in outputs),
            rules=tuple(self.rule(rule) for rule in rules),
            annotations=tuple(child.attributes.get("name", "") for child in self.children(element, "annotation")),
            output_label=element.attributes.get("outputLabel", ""),
            orientation=element.attributes.get("preferredOrientation", ""),
        )

    def hit(self, element: Element) -> Any:
        written = element.attributes.get("hitPolicy", "UNIQUE")
        aggregation = element.attributes.get("aggregation", "")
        words = written.lower().replace("_", " ")
        if words == "collect" and aggregation:
            words = f"collect {_AGGREGATES.get(aggregation.upper(), aggregation)}"
        if words not in HIT_POLICIES:
            named = f"{written} {aggregation}".strip()
            hint = did_you_mean(words, HIT_POLICIES)
            self.report(element.place, "table.hit", f"There is no hit policy '{named}'.", hint)
            return "unique"
        return HIT_POLICIES[words]

    def input_head(self, clause: Element) -> Cell:
        expression = self.child(clause, "inputExpression")
        head = self.text(expression) if expression else Cell("", clause.place)
        if not head.text:
            self.report(clause.place, "table.heads", "This column has no head.")
        return head

    def clause_texts(self, clauses: tuple[Element, ...], heads: tuple[Cell, ...], name: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for clause, head in zip(clauses, heads, strict=True):
            part = self.child(clause, name)
            text = self.text(part).text if part else ""
            if text and found.setdefault(head.text, text) != text:
                message = f"Two columns '{head.text}' have different values for '{name}'."
                self.report(clause.place, "table.heads", message)
        return found

    def input_clause(self, clause: Element) -> Clause:
        expression, values = self.child(clause, "inputExpression"), self.child(clause, "inputValues")
        ids = {"inputExpression": expression, "inputValues": values}
        return Clause(
            **self.authored(clause, (), tuple(ids)),
            type=self.type_of(expression) if expression else "",
            ids=_ids(ids),
        )

    def output_clause(self, clause: Element) -> Clause:
        ids = {name: self.child(clause, name) for name in ("outputValues", "defaultOutputEntry")}
        return Clause(
            **self.authored(clause, ("name", "typeRef"), tuple(ids)), type=self.type_of(clause), ids=_ids(ids)
        )

    def row(self, rule: Element, inputs: int, outputs: int) -> Row:
        tests = tuple(self.text(cell) for cell in self.children(rule, "inputEntry"))
        results = tuple(self.text(cell) for cell in self.children(rule, "outputEntry"))
        if (len(tests), len(results)) != (inputs, outputs):
            message = (f"This row has {len(tests)} conditions and {len(results)} results, but the table has "
                       f"{inputs} and {outputs} columns.")  # fmt: skip
            self.report(rule.place, "table.row", message)
        return Row((*tests, *results), rule.place)

    def rule(self, rule: Element) -> Rule:
        cells = (*self.children(rule, "inputEntry"), *self.children(rule, "outputEntry"))
        ids = tuple(cell.attributes.get("id", "") for cell in cells)
        return Rule(
            **self.authored(rule, (), ("inputEntry", "outputEntry", "annotationEntry")),
            annotations=tuple(self.words(note, "text") for note in self.children(rule, "annotationEntry")),
            ids=ids if any(ids) else (),
        )


def _ids(parts: dict[str, Element | None]) -> dict[str, str]:
    return {name: part.attributes["id"] for name, part in parts.items() if part and "id" in part.attributes}


def trimmed(text: Text) -> Cell:
    """A text without the white space around it, and the place where it then begins."""
    raw = text.text
    start = len(raw) - len(raw.lstrip())
    line = raw.count("\n", 0, start)
    column = (text.place.column + start) if line == 0 else start - raw.rfind("\n", 0, start)
    inner = raw.strip()
    return Cell(inner, Place(text.place.file, text.place.line + line, column, len(inner)))


_BOXES: dict[str, Callable[[BoxReading, Element], Boxed]] = {
    "literalExpression": BoxReading.literal,
    "decisionTable": BoxReading.table,
    "context": BoxReading.context,
    "list": BoxReading.items,
    "relation": BoxReading.relation,
    "functionDefinition": BoxReading.boxed_function,
    "invocation": BoxReading.invocation,
    "conditional": BoxReading.conditional,
    "for": BoxReading.loop,
    "some": BoxReading.quantified,
    "every": BoxReading.quantified,
    "filter": BoxReading.filtered,
}

"""DMN XML -> decision model: the definitions, the types and the graph. The logic inside is read by `read_boxed`."""

from collections.abc import Callable

from decidedly.feel.diagnostics import Diagnostic

from ..model import (
    BoxedFunction,
    BusinessKnowledgeModel,
    Decision,
    DecisionModel,
    DecisionService,
    FunctionItem,
    Import,
    InputData,
    ItemDefinition,
    KnowledgeSource,
    Node,
    Requirement,
    Variable,
)
from ..xml import Document, Element, read_xml
from .read_boxed import BoxReading
from .spaces import DMNDI, FEEL, MODEL, STANDARD, XSI, current

_HREFS = {
    "requiredDecision": "decision",
    "requiredInput": "input",
    "requiredKnowledge": "knowledge",
    "requiredAuthority": "authority",
}
_REQUIREMENTS = {
    "informationRequirement": "information",
    "knowledgeRequirement": "knowledge",
    "authorityRequirement": "authority",
}


def read_dmn(source: str | bytes, *, file: str = "") -> tuple[DecisionModel | None, tuple[Diagnostic, ...]]:
    """The model of a file in DMN XML 1.1 to 1.5, or None and why; expressions are not looked at here."""
    document, problems = read_xml(source, file=file)
    if document is None:
        return None, problems
    reading = _Reading(document)
    root = reading.root
    if root.space != MODEL or root.name != "definitions":
        reading.report(root.place, "dmn.not-a-model", f"This is no decision model: its element is '{root.name}'.",
                       "A decision model is an element 'definitions' of DMN 1.2 to 1.5.")  # fmt: skip
        return None, tuple(reading.problems)
    model = reading.model()
    failed = any(problem.severity == "error" for problem in reading.problems)
    return (None if failed else model), tuple(reading.problems)


def _updated(element: Element) -> Element:
    """An element, and all inside it, in the name spaces of DMN 1.5."""
    attributes = {
        (f"{{{current(key[1:].partition('}')[0])}}}{key.partition('}')[2]}" if key[0] == "{" else key): value
        for key, value in element.attributes.items()
    }
    children = tuple(_updated(child) if isinstance(child, Element) else child for child in element.children)
    return Element(current(element.space), element.name, attributes, children, element.place)


class _Reading(BoxReading):
    def __init__(self, document: Document) -> None:
        super().__init__()
        self.root = _updated(document.root)
        self.prefixes = {prefix: current(space) for prefix, space in document.prefixes.items()}
        self.imported: dict[str, str] = {}

    def model(self) -> DecisionModel:
        root = self.root
        imports = tuple(self.import_(child) for child in self.children(root, "import"))
        self.imported = {one.namespace: one.name for one in imports}
        names = root.attributes
        nodes = tuple(_NODES[child.name](self, child) for child in root.elements if child.name in _NODES)
        known = {"import", "itemDefinition", *_NODES}
        diagram = next((child for child in root.elements if (child.space, child.name) == (DMNDI, "DMNDI")), None)
        others = tuple(child for child in root.elements if child is diagram)
        return DecisionModel(
            **self.authored(
                root, ("name", "namespace", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion",
                       f"{{{XSI}}}schemaLocation"), known, others,
            ),
            name=names.get("name", ""),
            namespace=names.get("namespace", ""),
            imports=imports,
            types=tuple(self.item(child) for child in self.children(root, "itemDefinition")),
            nodes=nodes,
            language=_language(names.get("expressionLanguage", "")),
            type_language=_language(names.get("typeLanguage", "")),
            exporter=names.get("exporter", ""),
            exporter_version=names.get("exporterVersion", ""),
            diagram=diagram,
            prefixes={prefix: space for prefix, space in self.prefixes.items() if prefix and space not in STANDARD},
        )  # fmt: skip

    def reference(self, text: str) -> str:
        """A reference to a type; DMN 1.1 wrote a name with the prefix of its name space."""
        text = " ".join(text.split())
        prefix, colon, name = text.partition(":")
        space = self.prefixes.get(prefix) if colon else None
        if space is None:
            return text
        if space in (FEEL, self.root.attributes.get("namespace")):
            return name
        return f"{self.imported[space]}.{name}" if space in self.imported else text

    def import_(self, element: Element) -> Import:
        named = element.attributes
        space = named.get("namespace", "")
        if not space:
            self.report(element.place, "dmn.import", "This import does not say the name space of its model.")
        # DMN 1.1 imports have no name of their own: the prefix serves.
        prefix = next((prefix for prefix, value in self.prefixes.items() if value == space), "")
        return Import(
            **self.authored(element, ("name", "namespace", "importType", "locationURI")),
            name=named.get("name", prefix),
            namespace=space,
            kind=current(named.get("importType", "")),
            location=named.get("locationURI", ""),
        )

    def item(self, element: Element) -> ItemDefinition:
        function = self.child(element, "functionItem")
        type_ = self.child(element, "typeRef")
        return ItemDefinition(
            **self.authored(
                element, ("name", "isCollection", "typeLanguage", "typeRef"),
                ("itemComponent", "functionItem", "typeRef", "allowedValues", "typeConstraint"),
            ),
            name=self.name(element),
            type=self.reference(type_.text.text if type_ else element.attributes.get("typeRef", "")),
            components=tuple(self.item(child) for child in self.children(element, "itemComponent")),
            function=self.function_item(function) if function else None,
            collection=element.attributes.get("isCollection", "") in ("true", "1"),
            allowed=self.tests(self.child(element, "allowedValues")),
            constraint=self.tests(self.child(element, "typeConstraint")),
            language=_language(element.attributes.get("typeLanguage", "")),
        )  # fmt: skip

    def function_item(self, element: Element) -> FunctionItem:
        return FunctionItem(
            **self.authored(element, ("outputTypeRef",), ("parameters", "parameter")),
            parameters=tuple(self.variable(child) for child in self.children(element, "parameters", "parameter")),
            returns=self.reference(element.attributes.get("outputTypeRef", "")),
        )

    # The graph

    def own_variable(self, element: Element) -> Variable | None:
        found = self.child(element, "variable")
        return self.variable(found) if found else None

    def requirements(self, element: Element) -> tuple[Requirement, ...]:
        """The requirements in the order of the standard: information, knowledge, authority."""
        order = list(_REQUIREMENTS)
        return tuple(
            Requirement(
                **self.authored(child, (), tuple(_HREFS)),
                kind=_REQUIREMENTS[child.name],  # type: ignore[arg-type]
                of=_HREFS[target.name],  # type: ignore[arg-type]
                href=self.href(target),
            )
            for child in sorted(self.children(element, *_REQUIREMENTS), key=lambda one: order.index(one.name))
            for target in self.children(child, *_HREFS)[:1]
        )

    def href(self, element: Element) -> str:
        href = element.attributes.get("href", "").strip()
        if not href:
            self.report(element.place, "dmn.reference", "This reference does not say what it refers to.",
                        'Write href="#id".')  # fmt: skip
        return href

    def hrefs(self, element: Element, name: str) -> tuple[str, ...]:
        return tuple(self.href(child) for child in self.children(element, name))

    def input_data(self, element: Element) -> Node:
        return InputData(
            **self.authored(element, ("name",), ("variable",)),
            name=self.name(element),
            variable=self.own_variable(element),
        )

    def decision(self, element: Element) -> Node:
        known = ("variable", "question", "allowedAnswers", *_REQUIREMENTS)
        logic = self.only(element)
        return Decision(
            **self.authored(element, ("name",), known, logic.of if logic else ()),
            name=self.name(element),
            variable=self.own_variable(element),
            question=self.words(element, "question"),
            allowed_answers=self.words(element, "allowedAnswers"),
            requirements=self.requirements(element),
            logic=self.boxed(logic.element) if logic else None,
        )

    def knowledge(self, element: Element) -> Node:
        logic = self.child(element, "encapsulatedLogic")
        function = self.boxed_function(logic) if logic else None
        return BusinessKnowledgeModel(
            **self.authored(element, ("name",), ("variable", "encapsulatedLogic", *_REQUIREMENTS)),
            name=self.name(element),
            variable=self.own_variable(element),
            requirements=self.requirements(element),
            logic=function if isinstance(function, BoxedFunction) else None,
        )

    def service(self, element: Element) -> Node:
        parts = ("outputDecision", "encapsulatedDecision", "inputDecision", "inputData")
        outputs, encapsulated, decisions, inputs = (self.hrefs(element, part) for part in parts)
        return DecisionService(
            **self.authored(element, ("name",), ("variable", *parts)),
            name=self.name(element),
            variable=self.own_variable(element),
            outputs=outputs,
            encapsulated=encapsulated,
            decisions=decisions,
            inputs=inputs,
        )

    def source(self, element: Element) -> Node:
        owner = self.child(element, "owner")
        return KnowledgeSource(
            **self.authored(element, ("name", "locationURI"), ("type", "owner", "authorityRequirement")),
            name=self.name(element),
            kind=self.words(element, "type"),
            owner=self.href(owner) if owner else "",
            location=element.attributes.get("locationURI", ""),
            requirements=self.requirements(element),
        )


def _language(uri: str) -> str:
    """The language of expressions, "" for FEEL."""
    return "" if current(uri) == FEEL or uri.lower() == "feel" else uri


_NODES: dict[str, Callable[[_Reading, Element], Node]] = {
    "inputData": _Reading.input_data,
    "decision": _Reading.decision,
    "businessKnowledgeModel": _Reading.knowledge,
    "decisionService": _Reading.service,
    "knowledgeSource": _Reading.source,
}

"""Decision model -> DMN XML: 1.5, or an older version for those who do not read it yet."""

from ..model import (
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
)
from ..xml import Element, write_xml
from .spaces import PREFIXES, space_in
from .write_boxed import authored, boxed, function, tag, tests, variable, words

_TARGETS = {
    "decision": "requiredDecision",
    "input": "requiredInput",
    "knowledge": "requiredKnowledge",
    "authority": "requiredAuthority",
}


def write_dmn(model: DecisionModel, *, version: str = "1.5") -> str:
    """The text of a model; what is written is read back as the same model.

    version : 1.2, 1.3, 1.4 or 1.5; an older one has only other name spaces, so what it does not know (conditionals,
              iterators and filters before 1.4, type constraints before 1.5) its readers will not understand
    """
    attributes = {
        "name": model.name,
        "namespace": model.namespace,
        "expressionLanguage": model.language,
        "typeLanguage": model.type_language,
        "exporter": model.exporter,
        "exporterVersion": model.exporter_version,
    }
    imports = [_import(one) for one in model.imports]
    types = [_item("itemDefinition", item) for item in model.types]
    nodes = [_node(node) for node in model.nodes]
    root = authored("definitions", model, attributes, [model.diagram], [*imports, *types, *nodes])
    prefixes = {space_in(space, version): prefix for space, prefix in PREFIXES.items()}
    declared = {prefix: space_in(space, version) for prefix, space in model.prefixes.items()}
    return write_xml(_as_version(root, version), prefixes, declared)


def _as_version(element: Element, version: str) -> Element:
    if version == "1.5":
        return element
    children = tuple(_as_version(child, version) if isinstance(child, Element) else child for child in element.children)
    attributes = {key: space_in(value, version) for key, value in element.attributes.items()}
    return Element(space_in(element.space, version), element.name, attributes, children)


def _import(one: Import) -> Element:
    attributes = {"namespace": one.namespace, "importType": one.kind, "locationURI": one.location}
    made = authored("import", one, {"name": one.name, **attributes})
    # An empty name means something: the names of that model are used bare.
    return made if one.name else Element(made.space, made.name, {"name": "", **made.attributes}, made.children)


def _item(name: str, item: ItemDefinition) -> Element:
    attributes = {
        "name": item.name, "isCollection": "true" if item.collection else "", "typeLanguage": item.language,
    }  # fmt: skip
    inside = [
        words("typeRef", item.type),
        tests("allowedValues", item.allowed),
        tests("typeConstraint", item.constraint),
        *(_item("itemComponent", part) for part in item.components),
        _function_item(item.function),
    ]
    return authored(name, item, attributes, inside)


def _function_item(item: FunctionItem | None) -> Element | None:
    if item is None:
        return None
    parameters = [variable("parameters", one) for one in item.parameters]
    return authored("functionItem", item, {"outputTypeRef": item.returns}, parameters)


def _node(node: Node) -> Element:
    own = variable("variable", getattr(node, "variable", None))
    name = {"name": node.name}
    match node:
        case InputData():
            return authored("inputData", node, name, [own])
        case Decision():
            before = [
                words("question", node.question),
                words("allowedAnswers", node.allowed_answers),
                own,
                *map(_requirement, node.requirements),
            ]
            return authored("decision", node, name, [boxed(node.logic)], before)
        case BusinessKnowledgeModel():
            logic = function("encapsulatedLogic", node.logic) if node.logic else None
            return authored("businessKnowledgeModel", node, name, [own, logic, *map(_requirement, node.requirements)])
        case DecisionService():
            parts = {
                "outputDecision": node.outputs, "encapsulatedDecision": node.encapsulated,
                "inputDecision": node.decisions, "inputData": node.inputs,
            }  # fmt: skip
            hrefs = [tag(part, {"href": href}) for part, found in parts.items() for href in found]
            return authored("decisionService", node, name, [own, *hrefs])
        case KnowledgeSource():
            owner = tag("owner", {"href": node.owner}) if node.owner else None
            inside = [*map(_requirement, node.requirements), words("type", node.kind), owner]
            return authored("knowledgeSource", node, {**name, "locationURI": node.location}, inside)
    raise AssertionError(f"no element for {type(node).__name__}")


def _requirement(one: Requirement) -> Element:
    return authored(f"{one.kind}Requirement", one, {}, [tag(_TARGETS[one.of], {"href": one.href})])

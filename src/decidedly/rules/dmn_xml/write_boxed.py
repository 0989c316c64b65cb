"""Boxed expressions -> DMN XML 1.5, and what the writing of every element has in common."""

from collections.abc import Iterable

from ..definition import Cell
from ..model import (
    Authored,
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
from ..xml import Element, Text
from .spaces import MODEL

_HITS = {
    "unique": ("", ""), "any": ("ANY", ""), "first": ("FIRST", ""), "priority": ("PRIORITY", ""),
    "rule order": ("RULE ORDER", ""), "output order": ("OUTPUT ORDER", ""), "collect": ("COLLECT", ""),
    "collect +": ("COLLECT", "SUM"), "collect <": ("COLLECT", "MIN"), "collect >": ("COLLECT", "MAX"),
    "collect #": ("COLLECT", "COUNT"),
}  # fmt: skip


def tag(name: str, attributes: dict[str, str] | None = None, children: Iterable[Element | Text | None] = ()) -> Element:
    """An element of the standard; attributes without a value and missing children are left out."""
    given = {key: value for key, value in (attributes or {}).items() if value}
    return Element(MODEL, name, given, tuple(child for child in children if child is not None))


def words(name: str, text: str, attributes: dict[str, str] | None = None) -> Element | None:
    """An element around a text, if there is one."""
    return tag(name, attributes, [Text(text)]) if text else None


def text_of(name: str, text: str, attributes: dict[str, str] | None = None) -> Element:
    """An expression: an element `text` inside, also where it is empty."""
    return tag(name, attributes, [text_in(text)])


def text_in(text: str) -> Element:
    return tag("text", {}, [Text(text)] if text else [])


def authored(
    name: str, thing: Authored, attributes: dict[str, str], children: Iterable[Element | None] = (),
    before: Iterable[Element | None] = (),
) -> Element:  # fmt: skip
    """An element with what all have: id, label and description first, then what was kept, between `before` and the
    other children."""
    all_attributes = {"id": thing.id, **attributes, "label": thing.label}
    made = tag(name, all_attributes)
    extensions = [kept for kept in thing.kept.elements if _is_extension(kept)]
    others = [kept for kept in thing.kept.elements if not _is_extension(kept)]
    inside = [words("description", thing.description), *extensions, *before, *others, *children]
    return Element(
        MODEL, name, {**made.attributes, **thing.kept.attributes}, tuple(child for child in inside if child is not None)
    )


def _is_extension(element: Element) -> bool:
    return element.space == MODEL and element.name == "extensionElements"


def variable(name: str, thing: Variable | None) -> Element | None:
    return None if thing is None else authored(name, thing, {"name": thing.name, "typeRef": thing.type})


def tests(name: str, text: Cell | None) -> Element | None:
    return None if text is None else text_of(name, text.text)


def boxed(box: Boxed | None) -> Element | None:
    """The element of a boxed expression."""
    match box:
        case LiteralExpression():
            attributes = {"typeRef": box.type, "expressionLanguage": box.language}
            # What is kept may be the text: imported values stand in its place.
            inside = [] if box.kept.elements and not box.text.text else [text_in(box.text.text)]
            return authored("literalExpression", box, attributes, inside)
        case BoxedTable():
            return _table(box)
        case BoxedContext():
            return authored("context", box, {"typeRef": box.type}, map(_entry, box.entries))
        case BoxedList():
            return _list("list", box)
        case BoxedRelation():
            columns = [variable("column", column) for column in box.columns]
            return authored(
                "relation", box, {"typeRef": box.type}, [*columns, *(_list("row", row) for row in box.rows)]
            )
        case BoxedFunction():
            return function("functionDefinition", box)
        case BoxedInvocation():
            return authored(
                "invocation", box, {"typeRef": box.type}, [boxed(box.function), *map(_binding, box.bindings)]
            )
        case BoxedConditional():
            parts = {"if": box.condition, "then": box.then, "else": box.otherwise}
            return _parts("conditional", box, {}, parts)
        case BoxedFor():
            return _parts("for", box, {"iteratorVariable": box.variable}, {"in": box.over, "return": box.body})
        case BoxedQuantified():
            name = "every" if box.every else "some"
            return _parts(name, box, {"iteratorVariable": box.variable}, {"in": box.over, "satisfies": box.body})
        case BoxedFilter():
            return _parts("filter", box, {}, {"in": box.over, "match": box.match})
        case _:
            return None


def _parts(name: str, box: Boxed, attributes: dict[str, str], parts: dict[str, Boxed]) -> Element:
    inside = [tag(part, {}, [boxed(inner)]) for part, inner in parts.items()]
    return authored(name, box, {"typeRef": box.type, **attributes}, inside)


def _entry(entry: Entry) -> Element:
    return authored("contextEntry", entry, {}, [variable("variable", entry.variable), boxed(entry.value)])


def _list(name: str, box: BoxedList) -> Element:
    return authored(name, box, {"typeRef": box.type}, map(boxed, box.items))


def function(name: str, box: BoxedFunction) -> Element:
    kind = "" if box.kind == "FEEL" else box.kind
    parameters = [variable("formalParameter", one) for one in box.parameters]
    return authored(name, box, {"typeRef": box.type, "kind": kind}, [*parameters, boxed(box.body)])


def _binding(binding: Binding) -> Element:
    return authored("binding", binding, {}, [variable("parameter", binding.parameter), boxed(binding.value)])


def _table(box: BoxedTable) -> Element:
    table = box.table
    hit, aggregation = _HITS[table.hit]
    attributes = {
        "typeRef": box.type, "hitPolicy": hit, "aggregation": aggregation, "preferredOrientation": box.orientation,
        "outputLabel": box.output_label,
    }  # fmt: skip
    inputs = [_input(head, clause, table.allowed) for head, clause in zip(table.inputs, box.inputs, strict=True)]
    outputs = [
        _output(head, clause, table.allowed, table.defaults)
        for head, clause in zip(table.outputs, box.outputs, strict=True)
    ]
    annotations = [Element(MODEL, "annotation", {"name": name}) for name in box.annotations]
    width = len(table.inputs)
    rules = [
        _rule([cell.text for cell in row.cells], width, rule) for row, rule in zip(table.rows, box.rules, strict=True)
    ]
    return authored("decisionTable", box, attributes, [*inputs, *outputs, *annotations, *rules])


def _input(head: Cell, clause: Clause, allowed: dict[str, str]) -> Element:
    expression = {"id": clause.ids.get("inputExpression", ""), "typeRef": clause.type}
    inside: list[Element | None] = [text_of("inputExpression", head.text, expression)]
    if head.text in allowed:
        inside.append(text_of("inputValues", allowed[head.text], {"id": clause.ids.get("inputValues", "")}))
    return authored("input", clause, {}, inside)


def _output(head: Cell, clause: Clause, allowed: dict[str, str], defaults: dict[str, str]) -> Element:
    texts = {"outputValues": allowed.get(head.text), "defaultOutputEntry": defaults.get(head.text)}
    inside = [text_of(name, text, {"id": clause.ids.get(name, "")}) for name, text in texts.items() if text is not None]
    return authored("output", clause, {"name": head.text, "typeRef": clause.type}, inside)


def _rule(cells: list[str], width: int, rule: Rule) -> Element:
    ids = rule.ids or ("",) * len(cells)
    entries = [
        text_of("inputEntry" if place < width else "outputEntry", text or ("-" if place < width else ""), {"id": id_})
        for place, (text, id_) in enumerate(zip(cells, ids, strict=True))
    ]
    notes = [text_of("annotationEntry", note) for note in rule.annotations]
    return authored("rule", rule, {}, [*entries, *notes])

"""A decision model in the playbook's own form: see `model_text`, which reads it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from decidedly.feel.diagnostics import Place

from .model import (
    BoxedFunction,
    BoxedTable,
    BusinessKnowledgeModel,
    Decision,
    DecisionModel,
    DecisionService,
    InputData,
    ItemDefinition,
    KnowledgeSource,
    Node,
    Requirement,
)
from .model_boxes import box_out, parameters_out, table_out
from .model_codec import difference, encode
from .model_text import DIAGRAM_FILE, FROM, MODEL_FILE, Reading, namespace_of, slug
from .toml import toml
from .write import format_table
from .xml import write_xml


def write_model(model: DecisionModel) -> dict[str, str]:
    """The texts of a model by file name."""
    keys = _keys(model.nodes)
    plain: frozenset[str] = frozenset()
    while True:
        texts = _texts(model, keys, plain, {}, {})
        reading = Reading(texts, lambda file, _: Place(file))
        reading.read()
        # What this form has no words for stands under `dmn` as a whole.
        worded = {key for key, node in keys.items() if type(reading.found.get(key)) is type(node)}
        wordless = {problem.place.file.rpartition(".")[0] for problem in reading.problems} | (keys.keys() - worded)
        if wordless - {""} <= plain:
            break
        plain |= wordless
    rest = {
        key: found
        for key, node in keys.items()
        if (found := difference(encode(reading.found[key]), encode(node))) is not None
    }
    of_model = difference(encode(_bare(reading.model())), encode(_bare(model))) or {}
    order = [key for key in keys if key in reading.found]
    if order != list(reading.found):
        of_model = {**of_model, "order": order}
    return _texts(model, keys, plain, rest, of_model)


def _bare(model: DecisionModel) -> DecisionModel:
    return msgspec.structs.replace(model, nodes=(), diagram=None)


def _keys(nodes: tuple[Node, ...]) -> dict[str, Node]:
    """A key for each node: the stem of its file, or its kind and name where it stands in model.toml."""
    found: dict[str, Node] = {}
    for node in nodes:
        stem = _prefix(node) + slug(node.name)
        key = next(key for n in range(1, len(nodes) + 2) if (key := stem if n == 1 else f"{stem}-{n}") not in found)
        found[key] = node
    return found


def _prefix(node: Node) -> str:
    match node:
        case InputData():
            return "input-"
        case DecisionService():
            return "service-"
        case KnowledgeSource():
            return "source-"
        case _:
            return ""


def _texts(
    model: DecisionModel, keys: Mapping[str, Node], plain: frozenset[str], rest: Mapping[str, Any], of_model: Any
) -> dict[str, str]:
    names = {f"#{node.id}": node.name for node in model.nodes if node.id}
    head: dict[str, Any] = {"name": model.name, "namespace": model.namespace, "description": model.description}
    if model.namespace == namespace_of(model.name):
        del head["namespace"]
    entries: dict[str, list[Any]] = {kind: [] for kind in ("input", "type", "service", "import", "source")}
    entries["type"] = [_type_out(item) for item in model.types]
    entries["import"] = [
        _filled({"name": one.name, "namespace": one.namespace, "url": one.location}, "name") for one in model.imports
    ]
    texts: dict[str, str] = {}
    for key, node in keys.items():
        more = {"id": "" if node.id == key else node.id}
        extra = {"dmn": rest[key]} if key in rest else {}
        if isinstance(node, InputData):
            entries["input"].append({**_input_out(node), **_filled(more), **extra})
        elif isinstance(node, DecisionService):
            entries["service"].append({**_service_out(node, names), **_filled(more), **extra})
        elif isinstance(node, KnowledgeSource):
            entries["source"].append({**_source_out(node, names), **_filled(more), **extra})
        else:
            suffix, text = _file_out(node, names, key in plain, more, extra)
            texts[key + suffix] = text
    if model.diagram is not None:
        texts[DIAGRAM_FILE] = write_xml(model.diagram, {}, model.prefixes)
    last = {"dmn": of_model} if of_model else {}
    return {MODEL_FILE: toml({**_filled(head, "name"), **_filled(entries), **last}), **texts}


def _filled(values: Mapping[str, Any], *always: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value or key in always}


def _type(node: Node) -> str:
    variable = getattr(node, "variable", None)
    return variable.type if variable else ""


def _input_out(node: InputData) -> dict[str, Any]:
    values = {"name": node.name, "type": _type(node), "from": node.kept.attributes.get(FROM, "")}
    return _filled({**values, "description": node.description}, "name")


def _service_out(node: DecisionService, names: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {"name": node.name, "type": _type(node), "description": node.description}
    values |= {
        "gives": _by_name(node.outputs, names),
        "works-out": _by_name(node.encapsulated, names),
        "takes": _by_name((*node.decisions, *node.inputs), names),
    }
    return _filled(values, "name")


def _source_out(node: KnowledgeSource, names: Mapping[str, str]) -> dict[str, Any]:
    values = {"name": node.name, "kind": node.kind, "url": node.location, "description": node.description}
    return _filled({**values, "needs": _needs(node.requirements, names)}, "name")


def _by_name(hrefs: tuple[str, ...], names: Mapping[str, str]) -> list[str]:
    return [names.get(href, href) for href in hrefs]


def _needs(requirements: tuple[Requirement, ...], names: Mapping[str, str]) -> list[str]:
    return _by_name(tuple(one.href for one in requirements), names)


def _type_out(item: ItemDefinition) -> dict[str, Any]:
    values: dict[str, Any] = {"name": item.name, "type": item.type, "list": item.collection}
    values |= {
        "allowed": item.allowed.text if item.allowed else "",
        "constraint": item.constraint.text if item.constraint else "",
        "parts": [_type_out(part) for part in item.components],
    }
    return _filled(values, "name")


def _file_out(
    node: Node, names: Mapping[str, str], plain: bool, more: Mapping[str, Any], extra: Mapping[str, Any]
) -> tuple[str, str]:
    assert isinstance(node, Decision | BusinessKnowledgeModel)
    values: dict[str, Any] = {
        "name": node.name, **more, "needs": _needs(node.requirements, names), "type": _type(node),
        "description": node.description,
    }  # fmt: skip
    logic = node.logic
    if isinstance(node, Decision):
        values |= {"question": node.question, "answers": node.allowed_answers}
    values = _filled(values, "name")
    if isinstance(node, BusinessKnowledgeModel):
        # The parameters tell a business knowledge model from a decision, so they stand there even if there are none.
        values["parameters"] = parameters_out(node.logic) if node.logic else []
        logic = node.logic.body if node.logic else None
    if plain:
        return ".toml", toml({**values, **extra})
    if isinstance(logic, BoxedTable):
        return ".table", format_table(table_out(logic, node.name, {**values, **extra}))
    form = {} if logic is None or isinstance(logic, BoxedFunction) else box_out(logic, node.name)
    if isinstance(node, BusinessKnowledgeModel) and form:
        form = {"gives": form["is"] if form.keys() == {"is"} else form}
    return ".toml", toml({**values, **form, **extra})

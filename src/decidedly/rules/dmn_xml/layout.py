"""A diagram for a model that has none, so that editors show it: what is decided from what, from the bottom up."""

from typing import Any

import msgspec

from ..model import (
    BusinessKnowledgeModel,
    Decision,
    DecisionModel,
    DecisionService,
    InputData,
    KnowledgeSource,
    Node,
    Requirement,
)
from ..xml import Element
from .spaces import DC, DI, DMNDI

_SIZES: dict[type[Node], tuple[int, int]] = {
    Decision: (180, 80), InputData: (125, 45), BusinessKnowledgeModel: (135, 46), KnowledgeSource: (100, 63),
    DecisionService: (180, 80),
}  # fmt: skip
_ACROSS, _DOWN, _MARGIN = 220, 150, 60
_DEPTH = 50
"""Most levels; a model whose decisions need each other has no lowest one."""


def laid_out(model: DecisionModel) -> DecisionModel:
    """The model with an id for everything that a diagram names, and with a diagram; as it is where it has one."""
    if model.diagram is not None:
        return model
    nodes = tuple(_with_ids(node, number) for number, node in enumerate(model.nodes, 1))
    return msgspec.structs.replace(model, nodes=nodes, diagram=diagram(nodes))


def _with_ids(node: Node, number: int) -> Node:
    id_ = node.id or f"node-{number}"
    changes: dict[str, Any] = {"id": id_}
    requirements: tuple[Requirement, ...] = getattr(node, "requirements", ())
    if requirements:
        changes["requirements"] = tuple(
            one if one.id else msgspec.structs.replace(one, id=f"{id_}-needs-{place}")
            for place, one in enumerate(requirements, 1)
        )
    return msgspec.structs.replace(node, **changes)


def diagram(nodes: tuple[Node, ...]) -> Element:
    """The nodes in levels, each above what it needs, with straight arrows."""
    levels = _levels(nodes)
    highest = max(levels.values(), default=0)
    places: dict[str, tuple[int, int, int, int]] = {}
    used: dict[int, int] = {}
    for node in nodes:
        level = levels[node.id]
        width, height = _SIZES.get(type(node), (180, 80))
        x = _MARGIN + used.get(level, 0) * _ACROSS + (180 - width) // 2
        y = _MARGIN + (highest - level) * _DOWN + (80 - height) // 2
        used[level] = used.get(level, 0) + 1
        places[node.id] = (x, y, width, height)
    shapes = [_shape(node, places[node.id]) for node in nodes]
    edges = [
        _edge(one, places[one.href[1:]], places[node.id])
        for node in nodes
        for one in getattr(node, "requirements", ())
        if one.href.startswith("#") and one.href[1:] in places
    ]
    return _made(DMNDI, "DMNDI", {}, _made(DMNDI, "DMNDiagram", {"id": "diagram"}, *shapes, *edges))


def _levels(nodes: tuple[Node, ...]) -> dict[str, int]:
    needed = {node.id: [one.href[1:] for one in getattr(node, "requirements", ())] for node in nodes}
    for node in nodes:
        if isinstance(node, DecisionService):
            needed[node.id] = [href[1:] for href in (*node.outputs, *node.encapsulated)]
    levels = dict.fromkeys(needed, 0)
    for _ in range(_DEPTH):
        raised = {
            id_: max([levels[id_], *(1 + levels[below] for below in needs if below in levels and below != id_)])
            for id_, needs in needed.items()
        }
        if raised == levels:
            break
        levels = raised
    return levels


def _shape(node: Node, place: tuple[int, int, int, int]) -> Element:
    attributes = {"id": f"shape-{node.id}", "dmnElementRef": node.id}
    if isinstance(node, DecisionService):
        attributes["isCollapsed"] = "true"
    x, y, width, height = map(str, place)
    return _made(DMNDI, "DMNShape", attributes, _made(DC, "Bounds", {"height": height, "width": width, "x": x, "y": y}))


def _edge(one: Requirement, start: tuple[int, int, int, int], end: tuple[int, int, int, int]) -> Element:
    """From the top of what is needed to the bottom of what needs it."""
    points = [(start[0] + start[2] // 2, start[1]), (end[0] + end[2] // 2, end[1] + end[3])]
    waypoints = [_made(DI, "waypoint", {"x": str(x), "y": str(y)}) for x, y in points]
    return _made(DMNDI, "DMNEdge", {"id": f"edge-{one.id}", "dmnElementRef": one.id}, *waypoints)


def _made(space: str, name: str, attributes: dict[str, str], *children: Element) -> Element:
    return Element(space, name, attributes, children)

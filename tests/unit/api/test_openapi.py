"""The description of the API is whole and holds together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litestar.routes import HTTPRoute

from decidedly.api.app import OPERATIONS, routed
from decidedly.api.metrics import Metrics
from decidedly.api.openapi import document
from tests.unit.api.hubs import hub_of


def references(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        own = [tree["$ref"]] if isinstance(tree.get("$ref"), str) else []
        return own + [ref for value in tree.values() for ref in references(value)]
    return [ref for value in tree for ref in references(value)] if isinstance(tree, list) else []


def test_every_route_is_described_and_every_description_has_a_route(tmp_path: Path) -> None:
    served = set()
    for route in routed(hub_of(tmp_path), Metrics()).routes:
        path = route.path_format.replace(":str", "").replace(":path", "")
        methods = route.methods - {"OPTIONS"} if isinstance(route, HTTPRoute) else {"POST"}
        served |= {(method.lower(), path) for method in methods}
    assert served - {("get", "/gallery")} == {(one.method, one.path) for one in OPERATIONS}


def test_every_reference_resolves() -> None:
    told = document(OPERATIONS)
    found = references(told)
    assert found
    for reference in found:
        node = told
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_operation_ids_are_unique() -> None:
    told = document(OPERATIONS)
    ids = [operation["operationId"] for path in told["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))


def test_every_path_parameter_is_declared() -> None:
    for operation in OPERATIONS:
        named = {one.name for one in operation.parameters if one.where == "path"}
        assert {part[1:-1] for part in operation.path.split("/") if part.startswith("{")} == named

"""OPTIONS: which methods a route takes, where it takes several."""

from __future__ import annotations

from collections.abc import Iterable

from litestar import Response, route
from litestar.handlers import HTTPRouteHandler

from decidedly.api.operation import Operation


def options_routes(operations: Iterable[Operation]) -> list[HTTPRouteHandler]:
    """To be registered first: Litestar's own answer knows only the method that it met first."""
    methods: dict[str, set[str]] = {}
    for one in operations:
        methods.setdefault(one.path, set()).add(one.method.upper())
    return [_options(path, sorted({*own, "OPTIONS"})) for path, own in methods.items() if len(own) > 1]


def _options(path: str, methods: list[str]) -> HTTPRouteHandler:
    @route(path.replace("}", ":str}"), http_method=["OPTIONS"], status_code=204, sync_to_thread=False)
    def options() -> Response[None]:
        return Response(None, status_code=204, headers={"allow": ", ".join(methods)})

    return options

"""A person's rights: GET /v1/people/{identifier}/export hands out all, DELETE /v1/people/{identifier} erases."""

from __future__ import annotations

from collections.abc import Iterator

from litestar import Request, Response, delete, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from decidedly.api.auth import authorize, needs
from decidedly.api.operation import NAMED, Operation, Parameter
from decidedly.api.people import named
from decidedly.app import Hub
from decidedly.privacy import Signed, to_line

LINES = "application/x-ndjson"

_WHO = Parameter(name="identifier", where="path", description="namespace:value, e.g. loyalty:1029", schema=NAMED)

OPERATIONS = (
    Operation(
        method="get",
        path="/v1/people/{identifier}/export",
        summary="All that is held of a person, a line of JSON for each part",
        description="Nothing is masked: the key needs both scopes. docs/privacy.md describes the parts.",
        media_type=LINES,
        parameters=(_WHO,),
        scopes=("read", "sensitive"),
        errors=(400, 401, 403, 404),
    ),
    Operation(
        method="delete",
        path="/v1/people/{identifier}",
        summary="Erase a person everywhere, all of their identifiers; the signed receipt",
        description="It cannot be taken back. The answer comes when it is done, which for a large store is minutes.",
        answers=Signed,
        parameters=(
            _WHO,
            Parameter(name="why", where="query", description="The reason, without names: it stays.", required=True),
        ),
        scopes=("erase",),
        errors=(400, 401, 403, 404),
    ),
)


def privacy_routes(hub: Hub) -> list[HTTPRouteHandler]:
    both = [needs(hub.access, "read"), needs(hub.access, "sensitive")]

    @get("/v1/people/{identifier:str}/export", guards=both, sync_to_thread=True)
    def export(identifier: FromPath[str]) -> Stream:
        parts = hub.privacy.export(named(identifier, hub))

        def lines() -> Iterator[bytes]:
            yield from map(to_line, parts)

        return Stream(lines(), media_type=LINES)

    @delete("/v1/people/{identifier:str}", guards=[needs(hub.access, "erase")], sync_to_thread=True, status_code=200)
    def erase(
        request: Request[None, None, State], identifier: FromPath[str], why: FromQuery[str] = ""
    ) -> Response[bytes]:
        by = f"key {authorize(hub.access, request.scope, 'erase').name}"
        erasure = hub.privacy.erase(named(identifier, hub), by, why)
        return Response(hub.privacy.receipt_file(erasure.id).read_bytes(), media_type="application/json")

    return [export, erase]

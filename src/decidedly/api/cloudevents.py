"""POST /v1/events: CloudEvents over HTTP, structured, binary or batched."""

from __future__ import annotations

from typing import Any

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from decidedly.api.capture import described, handling, headers_of
from decidedly.api.intake import Intake
from decidedly.api.metrics import Metrics
from decidedly.api.operation import Operation
from decidedly.app import Hub
from decidedly.capture import Received
from decidedly.capture.cloudevents import BATCHED, STRUCTURED

OPERATIONS = (
    Operation(
        method="post",
        path="/v1/events",
        summary="Capture CloudEvents",
        description="In binary mode the attributes stand in ce- headers and the body is the data, in JSON. `source` and"
        " `id` together count once, for ever. Who it is about stands in `subject` as namespace:value, and in extension"
        " attributes named as the dictionary's namespaces.",
        takes=dict[str, Any] | list[Any],
        media_types=(STRUCTURED, BATCHED, "application/json"),
        **described(),
    ),
)


def cloudevents_routes(hub: Hub, metrics: Metrics, intake: Intake) -> list[ASGIRouteHandler]:
    def read(scope: Scope, body: bytes) -> Received:
        return hub.read_cloudevents(body, headers_of(scope))

    handle = handling(hub, metrics, intake, read)

    @asgi("/v1/events", copy_scope=False)
    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        await handle(scope, receive, send)

    return [events]

"""POST /v1/batch, /v1/track, ...: what people did, in the Segment tracking format, as the trackers of Segment,
RudderStack and Jitsu send it, each by its own routes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from decidedly.api.capture import CaptureAnswer, Handle, Read, described, handling
from decidedly.api.intake import Intake
from decidedly.api.metrics import Metrics
from decidedly.api.operation import Operation
from decidedly.app import Hub
from decidedly.capture import Report

TYPES = ("track", "identify", "page", "screen", "group", "alias")
BATCH = ""
SEGMENT: dict[str, str] = {
    **dict.fromkeys(("/v1/batch", "/v1/import", "/v1/b", "/beacon/v1/batch"), BATCH),
    **{f"/v1/{type_}": type_ for type_ in TYPES},
    # Browsers send to these.
    **{f"/v1/{type_[0]}": type_ for type_ in TYPES},
}
"""Route -> type of its one message."""
JITSU: dict[str, str] = {
    f"/api/s/{side}{name}": BATCH if name == "batch" else name for side in ("", "s2s/") for name in ("batch", *TYPES)
}
"""The same; servers send to those with s2s."""
MEDIA_TYPES = ("application/json", "text/plain")
"""Browsers send text/plain, for then they need not ask first. JSON is read whatever a tracker calls it:
that of RudderStack for Node.js calls its zipped batches a form."""


class BatchRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Messages of a tracker: track, identify, page, screen, group, alias. Those without a messageId get one derived
    from their content. sent_at: the sender's clock at the sending, by which its times are corrected. A message that is
    not an object is rejected by itself."""

    batch: list[Any]
    sent_at: datetime | None = None
    context: dict[str, Any] | None = None


class JitsuAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What Jitsu's trackers look for, beside the rest."""

    ok: bool
    received_events: int
    ok_events: int
    errors: tuple[str, ...]


OPERATIONS = tuple(
    Operation(
        method="post",
        path=path,
        summary=f"Capture {f'one {type_} message' if type_ else 'a batch of messages'}, {family}",
        description="Durable when answered; each messageId counts once, for ever. Valid messages are taken in even"
        " where others of the batch are rejected. gzip is read; the key may stand in the query or body as writeKey.",
        takes=dict[str, Any] if type_ else BatchRequest,
        media_types=MEDIA_TYPES,
        **described(answers=answers),
    )
    for routes, family, answers in (
        (SEGMENT, "in the Segment tracking format", CaptureAnswer),
        (JITSU, "as Jitsu's trackers send it", JitsuAnswer),
    )
    for path, type_ in routes.items()
)


def tracking_routes(hub: Hub, metrics: Metrics, intake: Intake) -> list[ASGIRouteHandler]:
    segment = {path: handling(hub, metrics, intake, _read(hub, type_)) for path, type_ in SEGMENT.items()}
    jitsu = {
        path: handling(hub, metrics, intake, _read(hub, type_, "jitsu"), _jitsu_told) for path, type_ in JITSU.items()
    }
    return [_route(path, handle) for path, handle in (segment | jitsu).items()]


def _route(path: str, handle: Handle) -> ASGIRouteHandler:
    @asgi(path, copy_scope=False)
    async def tracked(scope: Scope, receive: Receive, send: Send) -> None:
        await handle(scope, receive, send)

    return tracked


def _read(hub: Hub, type_: str, source: str = "segment") -> Read:
    return lambda _, body: hub.read_segment(body, type_, source)


def _jitsu_told(report: Report) -> JitsuAnswer:
    rejected = tuple(f"{one.place}: {one.message}" for one in report.refusals)
    good = report.accepted + report.duplicates
    return JitsuAnswer(ok=not rejected, received_events=good + report.rejected, ok_events=good, errors=rejected)

"""POST /v1/batch: what people did, in the Segment tracking format. The answer comes after the durable commit, so the
next decision sees these events. A raw ASGI handler; runs in the event loop's thread, see `decide`."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from decidedly.api.auth import authorize
from decidedly.api.metrics import Metrics
from decidedly.api.operation import Operation
from decidedly.api.wire import ClientGone, posted_json, send_json
from decidedly.app import Hub
from decidedly.capture import Refusal

LIMIT = 1024 * 1024
"""Twice what trackers send at most (Segment: 500 KB a batch)."""


class BatchRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Messages of a tracker: track, identify, page, screen, group, alias. Those without a messageId get one derived
    from their content. sent_at: the sender's clock at the sending, by which its times are corrected."""

    batch: list[dict[str, Any]]
    sent_at: str | None = None
    context: dict[str, Any] | None = None


class BatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the messages.

    success    : the batch was read; repeating it would change nothing
    accepted   : now durable; future: of these, dated too far ahead to be part of any record
    duplicates : known before, or twice in the batch
    rejected   : refused, and why; one message may have several reasons
    """

    success: bool
    accepted: int
    duplicates: int
    future: int
    rejected: tuple[Refusal, ...]


OPERATIONS = (
    Operation(
        method="post",
        path="/v1/batch",
        summary="Capture events in the Segment tracking format",
        description="Durable when answered; each messageId counts once, for ever. Valid messages are taken in even"
        " where others of the batch are rejected. gzip is read.",
        takes=BatchRequest,
        answers=BatchAnswer,
        scopes=("capture",),
        errors=(400, 401, 403, 405, 413, 415, 503),
    ),
)

_encode = msgspec.json.Encoder().encode


def batch_routes(hub: Hub, metrics: Metrics) -> list[ASGIRouteHandler]:
    @asgi("/v1/batch", copy_scope=False)
    async def batch(scope: Scope, receive: Receive, send: Send) -> None:
        authorize(hub.access, scope, "capture")
        try:
            body = await posted_json(scope, receive, LIMIT)
        except ClientGone:
            return
        report = hub.capture_segment(body)
        metrics.captured(report)
        answer = BatchAnswer(
            success=True,
            accepted=report.accepted,
            duplicates=report.duplicates,
            future=report.future,
            rejected=report.refusals,
        )
        await send_json(send, 200, _encode(answer))

    return [batch]

"""Capture: what every route that takes events has in common. The answer comes after the durable commit, so the next
decision sees these events. Raw ASGI handlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar.types import Receive, Scope, Send

from decidedly.api.auth import authorize_key, given_key
from decidedly.api.cross_site import allow_page, asked_first, page_headers, preflight
from decidedly.api.errors import Problem, failure
from decidedly.api.intake import Intake
from decidedly.api.metrics import Metrics
from decidedly.api.wire import ClientGone, header, posted, send_json
from decidedly.app import Hub
from decidedly.capture import Received, Refusal, Report

LIMIT = 4 * 1024 * 1024
"""Unzipped. RudderStack's trackers send at most 4 MB a batch, Segment's 500 KB."""

Read = Callable[[Scope, bytes], Received]
Handle = Callable[[Scope, Receive, Send], Awaitable[None]]


class CaptureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the messages.

    success    : the request was read; repeating it would change nothing
    accepted   : now durable; future: of these, dated too far ahead to be part of any record yet
    duplicates : known before, or twice in the request
    rejected   : refused, and why; one message may have several reasons. They are kept in quarantine
    """

    success: bool
    accepted: int
    duplicates: int
    future: int
    rejected: tuple[Refusal, ...]


class CaptureError(msgspec.Struct, frozen=True, kw_only=True):
    """The body of an answer of status 400 and above: the one shape of all errors, and what trackers look for."""

    error: Problem
    success: bool
    code: str
    message: str


class _Keyed(msgspec.Struct, frozen=True, rename="camel"):
    write_key: str | None = None


class _Carrier(msgspec.Struct, frozen=True, rename="camel"):
    write_key: str | None = None
    batch: list[_Keyed] | None = None


_carriers = msgspec.json.Decoder(_Carrier)
_encode = msgspec.json.Encoder().encode


def told(report: Report) -> CaptureAnswer:
    return CaptureAnswer(
        success=True,
        accepted=report.accepted,
        duplicates=report.duplicates,
        future=report.future,
        rejected=report.refusals,
    )


def handling(
    hub: Hub,
    metrics: Metrics,
    intake: Intake,
    read: Read,
    answer: Callable[[Report], msgspec.Struct] = told,
) -> Handle:
    """The handler of one route: who sends, the body, the events, the answer."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope.get("method") == "OPTIONS":
                allow_page(scope, hub.origins, hub.access.open)
                await preflight(scope, send)
                return
            body = await _admitted(hub, scope, receive)
            report = await intake.take(body, lambda: hub.receive(read(scope, body)))
            metrics.captured(report)
            await send_json(send, 200, _encode(answer(report)), page_headers(scope))
        except ClientGone:
            return
        except Exception as error:
            await _fail(error, scope, send)

    return handle


async def _admitted(hub: Hub, scope: Scope, receive: Receive) -> bytes:
    """The body of somebody who may send events. A key in the query or the body is good for nothing but this."""
    from_page = allow_page(scope, hub.origins, hub.access.open)
    key = _explicit_key(scope)
    if key is None and (not from_page or asked_first(scope)):
        key = given_key(scope)
    if key is not None or hub.access.open:
        authorize_key(hub.access, scope, key, "capture")
        return await posted(scope, receive, LIMIT)
    body = await posted(scope, receive, LIMIT)
    authorize_key(hub.access, scope, _key_in(body), "capture")
    return body


def _explicit_key(scope: Scope) -> str | None:
    """A key that whoever sends has written himself, and that no browser adds. Jitsu's trackers want a key of two parts,
    of which the second is ours."""
    key = header(scope, b"x-write-key")
    if key:
        return key.rpartition(":")[2]
    query = scope["query_string"]
    if not query:
        return None
    found = parse_qs(query.decode("latin-1"))
    return next((found[name][0] for name in ("writeKey", "writekey", "write_key") if name in found), None)


def _key_in(body: bytes) -> str | None:
    """The `writeKey` of a body or of its first message. Jitsu's trackers mask it: that is no key."""
    try:
        carrier = _carriers.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    key = carrier.write_key or next((one.write_key for one in carrier.batch or () if one.write_key), None)
    return None if key is None or key.endswith("***") else key


async def _fail(error: Exception, scope: Scope, send: Send) -> None:
    failed = failure(error, scope)
    problem = failed.answer.error
    body = _encode(CaptureError(error=problem, success=False, code=problem.code, message=problem.message))
    headers = [(name.encode(), value.encode("latin-1")) for name, value in failed.headers.items()]
    await send_json(send, failed.status, body, [*headers, *page_headers(scope)])


def headers_of(scope: Scope) -> dict[str, str]:
    """The request's headers by lower-case name."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def described(answers: type[msgspec.Struct] = CaptureAnswer) -> dict[str, Any]:
    """What the description of every route that takes events says alike."""
    return {"answers": answers, "scopes": ("capture",), "errors": (400, 401, 403, 405, 413, 415, 429, 503, 507)}

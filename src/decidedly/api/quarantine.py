"""/v1/quarantine: events that were refused, with their reasons; tried again, or dropped."""

from __future__ import annotations

from asyncio import to_thread
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from decidedly.api.auth import needs, sees_all
from decidedly.api.operation import Operation, Parameter, in_range, whole
from decidedly.api.wire import decoded, posted_json
from decidedly.app import Hub
from decidedly.capture import Refusal
from decidedly.core.errors import NotFound
from decidedly.core.quarantine import Quarantined

MOST = 500
"""Events of one page."""
LIMIT = 256 * 1024
"""Bytes of a body: ids of some ten thousand events."""


class QuarantinedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One refused event.

    format      : how it is written; body, envelope: its bytes and what stood around it, as text. Null without the
                  scope sensitive: anything may stand in them
    received_at : when it first came; last_at: the last time; times: how often
    """

    id: str
    kind: str
    source: str
    format: str
    received_at: datetime
    last_at: datetime
    times: int
    refusals: tuple[Refusal, ...]
    body: str | None
    envelope: str | None


class QuarantineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the quarantine.

    counts : events by code, of all pages; total: events
    next   : number to go on after, null at the end
    """

    events: tuple[QuarantinedAnswer, ...]
    total: int
    counts: dict[str, int]
    next: int | None


class ReplayRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to try again: events of a kind, or refused with a code; all without either.

    dry_run : only say what would become of them
    """

    kind: str = ""
    code: str = ""
    dry_run: bool = False


class ReplayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """looked_at: tried again; taken: now durable; known: were in the log already; kept: still refused."""

    looked_at: int
    taken: int
    known: int
    kept: int


class DropRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ids of events that nobody will mend."""

    ids: tuple[str, ...]


class DropAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """dropped: those that were there."""

    dropped: int


OPERATIONS = (
    Operation(
        method="get",
        path="/v1/quarantine",
        summary="Events that were refused, whole, in the order in which they came, with their reasons",
        answers=QuarantineAnswer,
        parameters=(
            Parameter(name="after", where="query", description="Go on after this number.", schema=whole(0)),
            Parameter(name="limit", where="query", description="So many events at most.", schema=whole(1, MOST)),
            Parameter(name="kind", where="query", description="Only events of this kind."),
            Parameter(name="code", where="query", description="Only events refused with this code."),
        ),
        scopes=("read",),
        errors=(400, 401, 403),
    ),
    Operation(
        method="post",
        path="/v1/quarantine/replay",
        summary="Try refused events again, after the dictionary or their sender was mended",
        description="With their message ids and times. What is taken in leaves; the rest gets its new reasons.",
        takes=ReplayRequest,
        answers=ReplayAnswer,
        scopes=("author",),
        errors=(400, 401, 403, 413, 415, 503),
    ),
    Operation(
        method="post",
        path="/v1/quarantine/drop",
        summary="Forget refused events for good",
        takes=DropRequest,
        answers=DropAnswer,
        scopes=("author",),
        errors=(400, 401, 403, 413, 415),
    ),
    Operation(
        method="get",
        path="/v1/quarantine/{id}",
        summary="One refused event",
        answers=QuarantinedAnswer,
        parameters=(Parameter(name="id", where="path", description="Its id."),),
        scopes=("read",),
        errors=(401, 403, 404),
    ),
)

_replays = msgspec.json.Decoder(ReplayRequest)
_drops = msgspec.json.Decoder(DropRequest)


def quarantine_routes(hub: Hub) -> list[HTTPRouteHandler]:
    reads, authors = needs(hub.access, "read"), needs(hub.access, "author")

    @get("/v1/quarantine", guards=[reads], sync_to_thread=True)
    def page(
        request: Request[Any, Any, State],
        after: FromQuery[int] = 0,
        limit: FromQuery[int] = 100,
        kind: FromQuery[str] = "",
        code: FromQuery[str] = "",
    ) -> QuarantineAnswer:
        found = hub.quarantine.page(in_range(after, "after", 0), in_range(limit, "limit", 1, MOST), kind, code)
        return QuarantineAnswer(
            events=tuple(_told(event, sees_all(hub.access, request.scope)) for _, event in found),
            total=hub.quarantine.filled().events,
            counts=hub.quarantine.counts(),
            next=found[-1][0] if len(found) == limit else None,
        )

    @get("/v1/quarantine/{id:str}", guards=[reads], sync_to_thread=True)
    def one(request: Request[Any, Any, State], id: FromPath[str]) -> QuarantinedAnswer:
        found = hub.quarantine.get(id)
        if found is None:
            raise NotFound.named("refused event", id)
        return _told(found, sees_all(hub.access, request.scope))

    @post("/v1/quarantine/replay", guards=[authors], status_code=200)
    async def replay(request: Request[Any, Any, State]) -> ReplayAnswer:
        wanted = decoded(_replays, await posted_json(request.scope, request.receive, LIMIT))
        done = await to_thread(hub.replay_quarantine, wanted.kind, wanted.code, dry_run=wanted.dry_run)
        return ReplayAnswer(looked_at=done.looked_at, taken=done.taken, known=done.known, kept=done.kept)

    @post("/v1/quarantine/drop", guards=[authors], status_code=200)
    async def drop(request: Request[Any, Any, State]) -> DropAnswer:
        wanted = decoded(_drops, await posted_json(request.scope, request.receive, LIMIT))
        return DropAnswer(dropped=await to_thread(hub.quarantine.remove, wanted.ids))

    return [page, one, replay, drop]


def _told(event: Quarantined, sensitive: bool) -> QuarantinedAnswer:
    return QuarantinedAnswer(
        id=event.id,
        kind=event.kind,
        source=event.arrival.source,
        format=event.arrival.format,
        received_at=event.received_at,
        last_at=event.last_at,
        times=event.times,
        refusals=event.refusals,
        body=event.arrival.body.decode("utf-8", "replace") if sensitive else None,
        envelope=event.arrival.envelope.decode("utf-8", "replace") if sensitive else None,
    )

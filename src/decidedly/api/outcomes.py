"""/v1/decisions/{id}/outcomes: what came of a decision, told and asked."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from decidedly.api.ask import idempotency_key, moment
from decidedly.api.auth import authorize, needs
from decidedly.api.errors import KeyReused
from decidedly.api.operation import KEY, Operation, Parameter
from decidedly.api.wire import decoded, posted_json
from decidedly.app import Hub
from decidedly.capture import Raw
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.outcome import Outcome, Reported
from decidedly.measure import Standing, Told

LIMIT = 16 * 1024
MOST_MINOR = 2**31 - 1
"""As much as the history keeps of an amount."""


class OutcomeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One outcome of a decision.

    outcome     : what came of it
    action      : id of the action that it is about; without it, the decision as a whole
    at          : when it happened, on the caller's clock; now without it
    value_minor : what it was worth, in minor units of the brand's currency
    verdict     : whether the person gave it, or software
    """

    outcome: Reported
    action: str = ""
    at: datetime | None = None
    value_minor: Annotated[int, msgspec.Meta(ge=-MOST_MINOR, le=MOST_MINOR)] | None = None
    verdict: Literal["human", "machine"] = "human"


class OutcomeTaken(msgspec.Struct, frozen=True, kw_only=True):
    """taken: false where this outcome was known. message_id: of its event."""

    decision_id: str
    message_id: str
    taken: bool


class OutcomesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a decision, the oldest first. standing: how it stands by now."""

    decision_id: str
    standing: Standing
    outcomes: tuple[Outcome, ...]


_ID = Parameter(name="id", where="path", description="Id of the decision.")

OPERATIONS = (
    Operation(
        method="get",
        path="/v1/decisions/{id}/outcomes",
        summary="What came of a decision: responses, conversions, non-response",
        description="Worked out from the log when it is asked for; asking changes nothing.",
        answers=OutcomesAnswer,
        parameters=(_ID,),
        scopes=("read",),
        errors=(401, 403, 404, 410),
    ),
    Operation(
        method="post",
        path="/v1/decisions/{id}/outcomes",
        summary="Tell what came of a decision",
        description="The event is durable before the answer. The same Idempotency-Key again changes nothing.",
        takes=OutcomeRequest,
        answers=OutcomeTaken,
        parameters=(
            _ID,
            Parameter(
                name="Idempotency-Key",
                where="header",
                description="Identity of this outcome; made up where missing.",
                schema=KEY,
            ),
        ),
        scopes=("capture",),
        errors=(400, 401, 403, 404, 409, 410, 413, 415, 503),
    ),
)

_requests = msgspec.json.Decoder(OutcomeRequest)


def outcomes_routes(hub: Hub) -> list[HTTPRouteHandler]:
    @get("/v1/decisions/{id:str}/outcomes", guards=[needs(hub.access, "read")], sync_to_thread=True)
    def outcomes(id: FromPath[str]) -> OutcomesAnswer:
        came = hub.results.of(hub.decision(id))
        return OutcomesAnswer(decision_id=id, standing=came.standing, outcomes=came.outcomes)

    @post("/v1/decisions/{id:str}/outcomes", status_code=200)
    async def report(request: Request[None, None, State], id: FromPath[str]) -> OutcomeTaken:
        authorize(hub.access, request.scope, "capture")
        body = await posted_json(request.scope, request.receive, LIMIT)
        key = idempotency_key(request.scope) or uuid4().hex
        return await asyncio.to_thread(_report, hub, id, decoded(_requests, body), key)

    return [outcomes, report]


def _report(hub: Hub, id: str, said: OutcomeRequest, key: str) -> OutcomeTaken:
    record = hub.decision(id)
    at = moment(said.at, hub.clock, "body.at") or hub.clock.now()
    event = hub.results.report(
        Told(id=key, outcome=said.outcome, at=at, action=said.action, value_minor=said.value_minor,
             machine=said.verdict == "machine"),
        record,
    )  # fmt: skip
    report = hub.capture([Raw(event, "body")])
    for wrong in report.refusals:
        raise BadInput(wrong.message, place=wrong.place.replace(".properties", ""), hint=wrong.hint)
    if report.duplicates:
        known = next((one.event for one in hub.journal.answers([id]) if one.event.message_id == event.message_id), None)
        if known is not None and not _same(known, event, dated=said.at is not None):
            raise KeyReused(
                "This Idempotency-Key has already named another outcome.",
                place="header.Idempotency-Key",
                hint="Use a new key for each outcome, and the same only to repeat it.",
            )
    return OutcomeTaken(decision_id=id, message_id=event.message_id, taken=bool(report.accepted))


def _same(known: Event, event: Event, *, dated: bool) -> bool:
    """Whether it is the outcome that was told before; its time counts where the caller tells one."""
    told = (known.kind, known.properties, known.machine) == (event.kind, event.properties, event.machine)
    return told and (not dated or known.at == event.at)

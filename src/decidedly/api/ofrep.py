"""/ofrep/v1/evaluate/flags: decisions for OpenFeature SDKs, by the OpenFeature Remote Evaluation Protocol 0.3."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from decidedly.api.auth import authorize
from decidedly.api.decide import shown_actions
from decidedly.api.flags import Flag, NoTarget, Reason, ask_of, evaluated, find_flag, flags_of
from decidedly.api.metrics import Metrics
from decidedly.api.operation import Operation, Parameter
from decidedly.api.wire import decoded, header, posted_json
from decidedly.app import Hub
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import digest
from decidedly.core.errors import BadInput, DecidedlyError, NotFound

LIMIT = 256 * 1024
PATH = "/ofrep/v1/evaluate/flags"

ErrorCode = Literal["PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "FLAG_NOT_FOUND", "GENERAL"]
"""Error codes of the protocol."""


Target = Annotated[str, msgspec.Meta(min_length=1)]


class EvaluationContext(msgspec.Struct, frozen=True, kw_only=True):
    """The situation. targetingKey: who it is about; further members, such as channel and session, stand beside it."""

    targetingKey: Target


class EvaluationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked; other members than the context are not read."""

    context: EvaluationContext


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One flag's value for one person; without a value the application uses its own default.

    value    : an object with the decision's id and its actions, the id of the best action, or whether there is one
    variant  : id of the best action, or no-action
    metadata : decisionId, to be named in the events that answer it; service, channel, result, playbook, model
    """

    key: str
    reason: Reason
    variant: str
    metadata: dict[str, bool | str | float]
    value: dict[str, Any] | str | bool | msgspec.UnsetType = msgspec.UNSET


class EvaluationFailure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a flag has no value."""

    key: str
    errorCode: ErrorCode
    errorDetails: str


class BulkEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Every flag, each with its value or why it has none."""

    flags: tuple[dict[str, Any], ...]
    metadata: dict[str, bool | str | float]


class BulkFailure(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing could be evaluated."""

    errorCode: ErrorCode
    errorDetails: str


class _Body(msgspec.Struct, frozen=True):
    """What is decoded: everything that is wrong with the context is told in the protocol's own words."""

    context: Any = None


_ERRORS = (401, 403, 413, 415, 503)

OPERATIONS = (
    Operation(
        method="post",
        path=f"{PATH}/{{key}}",
        summary="Evaluate one feature flag: a decision service, or a placement of it",
        description="The decision is stored; the same person, context and visit get the same one.",
        takes=EvaluationRequest,
        answers=Evaluation,
        parameters=(Parameter(name="key", where="path", description="SERVICE, SERVICE.PLACEMENT; .action or .shown"),),
        scopes=("decide",),
        errors=(410, *_ERRORS),
        failures={400: EvaluationFailure, 404: EvaluationFailure},
    ),
    Operation(
        method="post",
        path=PATH,
        summary="Evaluate every feature flag for one person",
        takes=EvaluationRequest,
        answers=BulkEvaluation,
        parameters=(
            Parameter(name="If-None-Match", where="header", description="ETag of an earlier answer."),
            Parameter(name="flagConfigEtag", where="query", description="Told by event streams; not read."),
            Parameter(name="flagConfigLastModified", where="query", description="Told by event streams; not read."),
        ),
        scopes=("decide",),
        errors=_ERRORS,
        failures={400: BulkFailure, 304: None},
    ),
)

_encode = msgspec.json.Encoder().encode
_bodies = msgspec.json.Decoder(_Body)


def ofrep_routes(hub: Hub, metrics: Metrics) -> list[HTTPRouteHandler]:
    @post(f"{PATH}/{{key:str}}", status_code=200)
    async def evaluate(request: Request[None, None, State], key: FromPath[str]) -> Response[bytes]:
        authorize(hub.access, request.scope, "decide")
        body = await posted_json(request.scope, request.receive, LIMIT)
        try:
            flag = find_flag(key, hub.snapshot.book)
            record = _decide(hub, metrics, flag, _context(body))
        except (BadInput, NoTarget, NotFound) as error:
            failure = EvaluationFailure(key=key, errorCode=_code(error), errorDetails=_details(error))
            return _json(failure, 404 if isinstance(error, NotFound) else 400)
        return _json(evaluated(flag, record, shown_actions(hub, record)))

    @post(PATH, status_code=200)
    async def evaluate_all(request: Request[None, None, State]) -> Response[bytes]:
        authorize(hub.access, request.scope, "decide")
        body = await posted_json(request.scope, request.receive, LIMIT)
        try:
            answer = await asyncio.to_thread(_all, hub, metrics, _context(body))
        except (BadInput, NoTarget) as error:
            return _json(BulkFailure(errorCode=_code(error), errorDetails=_details(error)), 400)
        tag = f'"{digest(_encode(answer))}"'
        told = header(request.scope, b"if-none-match") or ""
        if tag.strip('"') in (one.strip().removeprefix("W/").strip('"') for one in told.split(",")):
            return Response(b"", status_code=304, headers={"etag": tag})
        return _json(answer, headers={"etag": tag})

    return [evaluate, evaluate_all]


def _context(body: bytes) -> dict[str, Any]:
    """The evaluation context. Raises BadInput whose place is the body where it is no JSON, NoTarget."""
    context = decoded(_bodies, body).context
    if not isinstance(context, dict):
        raise NoTarget("There is no context with a targetingKey.", place="context",
                       hint='Send {"context": {"targetingKey": "1029"}}.')  # fmt: skip
    return context


def _decide(hub: Hub, metrics: Metrics, flag: Flag, context: Mapping[str, Any]) -> DecisionRecord:
    ask = ask_of(flag.service, context, hub.clock.now(), hub.snapshot.book)
    began = perf_counter()
    record = hub.decide(ask)
    metrics.decided(ask.service, record.result, perf_counter() - began)
    return record


def _all(hub: Hub, metrics: Metrics, context: Mapping[str, Any]) -> BulkEvaluation:
    """Every flag of the services that answer the channel, each service decided once. Raises NoTarget, and BadInput
    where the context fits no service."""
    book = hub.snapshot.book
    channel = context.get("channel")
    flags = [flag for flag in flags_of(book) if channel is None or channel in flag.service.inbound]
    decided: dict[str, DecisionRecord | DecidedlyError] = {}
    found: list[dict[str, Any]] = []
    for flag in flags:
        if flag.service.id not in decided:
            try:
                decided[flag.service.id] = _decide(hub, metrics, flag, context)
            except (NoTarget, BadInput):
                raise
            except DecidedlyError as error:  # of this service; the others are answered
                decided[flag.service.id] = error
        record = decided[flag.service.id]
        if isinstance(record, DecidedlyError):
            failure = EvaluationFailure(key=flag.key, errorCode="GENERAL", errorDetails=_details(record))
            found.append(msgspec.to_builtins(failure))
        else:
            found.append(evaluated(flag, record, shown_actions(hub, record)))
    return BulkEvaluation(flags=tuple(found), metadata={"playbook": hub.snapshot.hash})


def _code(error: DecidedlyError) -> ErrorCode:
    if isinstance(error, NoTarget):
        return "TARGETING_KEY_MISSING"
    if isinstance(error, NotFound):
        return "FLAG_NOT_FOUND"
    return "PARSE_ERROR" if error.place == "body" else "INVALID_CONTEXT"


def _details(error: DecidedlyError) -> str:
    return f"{error.message} {error.hint}".strip()


def _json(answer: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    return Response(_encode(answer), status_code=status, headers=dict(headers or {}), media_type="application/json")

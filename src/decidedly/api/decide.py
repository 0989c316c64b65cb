"""POST /v1/decide: who gets what, now.

A raw ASGI handler, decoded and encoded by msgspec. Deciding runs in the event loop's own thread: only one thread can
commit or hold the interpreter anyway, and handing over costs more than it frees. What came meanwhile is decided and
committed together (`api.together`). Only a letter's PDF, far slower than a decision, is set in another thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

import msgspec
import numpy as np
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from decidedly.api.ask import DecideRequest, idempotency_key, moment, read_ask
from decidedly.api.auth import authorize
from decidedly.api.errors import KeyReused, Problem
from decidedly.api.metrics import Metrics
from decidedly.api.operation import KEY, Operation, Parameter
from decidedly.api.together import Together
from decidedly.api.wire import ClientGone, decoded, posted_json, send_json
from decidedly.app import Hub
from decidedly.content import Treatment
from decidedly.core.decision import DecisionRecord
from decidedly.core.errors import DecidedlyError
from decidedly.decide import placements_of

LIMIT = 256 * 1024
SLOW = frozenset({"print"})
"""Channels whose treatment takes so long that others must not wait for it."""

_log = logging.getLogger("decidedly.api")


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who the decision is about. identifiers: as asked, the most telling first; made up for somebody anonymous."""

    known: bool
    identifiers: tuple[str, ...]


class ShownAction(msgspec.Struct, frozen=True, kw_only=True):
    """One action of the answer, best first.

    propensity  : calibrated probability of the wanted outcome
    priority    : by which it was ranked
    probability : with which the policy in force chose it
    value       : worth to the person who takes it, in major units of the currency
    valid_until : the first moment at which it no longer holds
    placement   : id of the place it stands in, "main" where the service declares none
    tells       : the attributes that the service tells of it, by id, such as talking points
    reasons     : the main reasons for its propensity, as many as the service tells
    """

    rank: int
    id: str
    name: str
    propensity: float
    priority: float
    probability: float
    value: float
    currency: str
    valid_from: datetime
    valid_until: datetime
    placement: str
    tells: Mapping[str, Any]
    reasons: tuple[str, ...]


class FilledPlacement(msgspec.Struct, frozen=True, kw_only=True):
    """One place of the service. shown: ids of the actions that stand in it, in their order; it may be empty."""

    id: str
    name: str
    shown: tuple[str, ...]


class DecideAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The decision.

    decision_id : to ask why, and to name in the events that answer it; null for a dry run, which is not stored
    at          : the hub's moment of the decision
    channel     : the channel that asked, or the outbound one that was chosen; "" for no-action
    placements  : the places that the service fills, in its order
    content     : the actions as that channel says them: subject, html, text and its own fields; null without actions
    content_problem : why there is no content though there are actions
    """

    decision_id: str | None
    result: str
    service: str
    channel: str
    at: datetime
    dry_run: bool
    person: Asker
    actions: tuple[ShownAction, ...]
    placements: tuple[FilledPlacement, ...]
    content: dict[str, Any] | None
    content_problem: Problem | None = None
    playbook: str
    model: str


OPERATIONS = (
    Operation(
        method="post",
        path="/v1/decide",
        summary="Decide what to say or offer to a person, now",
        description="The decision is stored before the answer. Asking again with the same Idempotency-Key returns it"
        " unchanged. An `at` other than now is a dry run: it needs the scope read or author, and nothing is stored.",
        takes=DecideRequest,
        answers=DecideAnswer,
        parameters=(
            Parameter(
                name="Idempotency-Key",
                where="header",
                description="Identity of this ask; made up where missing.",
                schema=KEY,
            ),
        ),
        scopes=("decide",),
        errors=(400, 401, 403, 405, 409, 413, 415, 503),
    ),
)

_requests = msgspec.json.Decoder(DecideRequest)
_encode = msgspec.json.Encoder().encode


def decide_routes(hub: Hub, metrics: Metrics) -> list[ASGIRouteHandler]:
    together = Together(hub)

    @asgi("/v1/decide", copy_scope=False)
    async def decide(scope: Scope, receive: Receive, send: Send) -> None:
        principal = authorize(hub.access, scope, "decide", "read", "author")
        try:
            body = await posted_json(scope, receive, LIMIT)
        except ClientGone:
            return
        request = decoded(_requests, body)
        at = moment(request.at, hub.clock, "body.at")
        if at is None:
            authorize(hub.access, scope, "decide")
        elif principal.scopes.isdisjoint(("read", "author")):
            authorize(hub.access, scope, "read", "author")
        ask = read_ask(request, idempotency_key(scope) or uuid4().hex, at or hub.clock.now(), hub.snapshot.book)
        if at is not None:
            record = hub.dry_run(ask)
        else:
            began = perf_counter()
            record = await together.decide(ask)
            metrics.decided(ask.service, record.result, perf_counter() - began)
            if (record.ask.who, record.ask.channel, record.ask.context) != (ask.who, ask.channel, ask.context):
                raise KeyReused(
                    "This Idempotency-Key has already named another ask.",
                    place="header.Idempotency-Key",
                    hint="Use a new key for each ask, and the same only to repeat it.",
                )
        if record.channel in SLOW:
            content, problem = await asyncio.to_thread(_content, hub, record)
        else:
            content, problem = _content(hub, record)
        await send_json(send, 200, _encode(_answer(hub, record, at is not None, content, problem)))

    return [decide]


def _content(hub: Hub, record: DecisionRecord) -> tuple[dict[str, Any] | None, Problem | None]:
    """The rendered slate, of a service that has a template. One that breaks does not take the decision away from the
    person who waits for it."""
    if record.result == "no-action" or not hub.plan_of(record).service.template:
        return None, None
    try:
        return content_of(hub.render(record, record.channel)), None
    except DecidedlyError as error:
        _log.error("Decision %s cannot be rendered for %s: %s", record.id, record.channel, error)
        return None, Problem.of(error)


def content_of(treatment: Treatment) -> dict[str, Any]:
    """A treatment as JSON: html and text as such, other parts (a letter's PDF) as base64 under their media type."""
    names = {"text/html": "html", "text/plain": "text"}
    parts = {
        names.get(part.media_type, part.media_type): part.body.decode() if part.media_type in names else part.body
        for part in treatment.parts
    }
    return {"subject": treatment.subject, **treatment.fields, **parts}


def _answer(
    hub: Hub, record: DecisionRecord, dry_run: bool, content: dict[str, Any] | None, problem: Problem | None
) -> DecideAnswer:
    return DecideAnswer(
        decision_id=None if dry_run else record.id,
        result=record.result,
        service=record.ask.service,
        channel=record.channel,
        at=record.ask.at,
        dry_run=dry_run,
        person=Asker(known=record.known, identifiers=tuple(map(str, record.ask.who))),
        actions=shown_actions(hub, record),
        placements=_placements(hub, record),
        content=content,
        content_problem=problem,
        playbook=record.playbook,
        model=record.model,
    )


def shown_actions(hub: Hub, record: DecisionRecord) -> tuple[ShownAction, ...]:
    if not record.chosen:
        return ()
    plan = hub.plan_of(record)
    actions = plan.actions
    propensity = np.frombuffer(record.inputs.propensity, "<f4")
    priority = np.frombuffer(record.priority, "<f4").reshape(record.actions, len(record.channels))
    column = record.channels.index(record.channel)
    places, why = placements_of(record, plan.slates), hub.reasons(record)
    chosen = zip(record.chosen, record.probability, places, why, strict=True)
    return tuple(
        ShownAction(
            rank=rank,
            id=actions[index].id,
            name=actions[index].name,
            propensity=float(propensity[index]),
            priority=float(priority[index, column]),
            probability=probability,
            value=actions[index].value.minor / 100,
            currency=actions[index].value.currency,
            valid_from=actions[index].valid_from,
            valid_until=actions[index].valid_until,
            placement=placement,
            tells=plan.told[index],
            reasons=tuple(reason.text for reason in reasons),
        )
        for rank, (index, probability, placement, reasons) in enumerate(chosen, 1)
    )


def _placements(hub: Hub, record: DecisionRecord) -> tuple[FilledPlacement, ...]:
    plan = hub.plan_of(record)
    shown = list(zip(record.chosen, placements_of(record, plan.slates), strict=True))
    return tuple(
        FilledPlacement(
            id=one.id, name=one.name, shown=tuple(plan.action_ids[index] for index, place in shown if place == one.id)
        )
        for one in plan.slates.placements
    )

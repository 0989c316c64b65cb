"""/v1/decisions: the stored record of a decision, why it came out so, and the proof that it would again.

These read much and are asked by people, so they run in threads: a live decision does not wait for them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from math import isnan
from typing import Any

import msgspec
import numpy as np
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from msgspec.structs import replace

from decidedly.api.auth import needs, sees_all
from decidedly.api.operation import Operation, Parameter
from decidedly.app import Hub
from decidedly.core.decision import NULL, DecisionRecord, Earlier, input_hash
from decidedly.core.ledger import Entry
from decidedly.core.own_rule import OwnRule
from decidedly.core.provenance import Fact
from decidedly.decide import Briefing, Counterfactual, Explanation, Letter, Plan, WhyNot, placements_of
from decidedly.person import MASKED, masked


class ChosenAction(msgspec.Struct, frozen=True, kw_only=True):
    rank: int
    action: str
    probability: float
    placement: str = ""


class CandidateRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the record holds of one action.

    propensity : None where a rule dropped it on every channel: the record keeps none then, and `explain` asks the model
    inputs   : the candidate attributes that rules read, e.g. how often the person bought its products
    priority : by channel, where it passed
    dropped  : by channel, the id of the rule that dropped it
    """

    action: str
    propensity: float | None
    inputs: dict[str, int | None]
    priority: dict[str, float]
    dropped: dict[str, str]


class DecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision record, its arrays spelled out.

    seed       : as text, because it may exceed what JavaScript counts exactly
    input_hash : of everything that the decision read
    contacts   : the ledger's entries that it was conditioned on
    """

    id: str
    ask_id: str
    who: tuple[str, ...]
    service: str
    at: datetime
    asked_by: str
    context: dict[str, Any]
    leaf: str
    known: bool
    result: str
    channel: str
    chosen: tuple[ChosenAction, ...]
    playbook: str
    model: str
    kernel: str
    arm: str
    seed: str
    input_hash: str
    facts: dict[str, Fact]
    consents: dict[str, bool]
    consent_ids: dict[str, str]
    permissions: dict[str, bool]
    permission_ids: dict[str, str]
    open_facts: dict[str, Fact] | None
    own_rules: tuple[OwnRule, ...]
    contacts: tuple[Entry, ...]
    epoch: int
    earlier: tuple[Earlier, ...]
    channels: tuple[str, ...]
    candidates: tuple[CandidateRecord, ...]


class ReplayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """same: decided again from its stored inputs, the decision came out the same to the byte."""

    decision_id: str
    same: bool
    kernel: str
    playbook: str


_ID = Parameter(name="id", where="path", description="Id of the decision.")
_ACTION = Parameter(name="action", where="query", description="Id of the action.", required=True)

OPERATIONS = (
    Operation(
        method="get",
        path="/v1/decisions/{id}",
        summary="The stored record of a decision",
        answers=DecisionAnswer,
        parameters=(_ID,),
        scopes=("read",),
        errors=(401, 403, 404, 410),
    ),
    Operation(
        method="get",
        path="/v1/decisions/{id}/explain",
        summary="Why each action won, was ranked or was dropped",
        description="Reads only the record; asking changes nothing.",
        answers=Explanation,
        parameters=(
            _ID,
            Parameter(name="action", where="query", description="Id of an action, to explain only this one."),
        ),
        scopes=("read",),
        errors=(401, 403, 404, 410),
    ),
    Operation(
        method="get",
        path="/v1/decisions/{id}/briefing",
        summary="What somebody needs who speaks with the person: what to offer and why, and what to leave unsaid",
        description="Reads only the record; asking changes nothing.",
        answers=Briefing,
        parameters=(_ID,),
        scopes=("read",),
        errors=(401, 403, 404, 410),
    ),
    Operation(
        method="get",
        path="/v1/decisions/{id}/letter",
        summary="The decision told to the person it was about, in plain words and their language",
        description="What it rested on, how it was chosen, and what they can do (Art. 15 and 22 GDPR).",
        answers=Letter,
        parameters=(_ID,),
        scopes=("read",),
        errors=(401, 403, 404, 410),
    ),
    Operation(
        method="get",
        path="/v1/decisions/{id}/why-not",
        summary="What kept an action out, channel by channel",
        description="The first rule that dropped it with the facts that it read, or by how much it fell short of whom.",
        answers=WhyNot,
        parameters=(_ID, _ACTION),
        scopes=("read",),
        errors=(400, 401, 403, 404, 410),
    ),
    Operation(
        method="get",
        path="/v1/decisions/{id}/counterfactual",
        summary="The least changes after which an action would have been chosen",
        description="Each was found true by running the kernel in memory; nothing is written.",
        answers=Counterfactual,
        parameters=(_ID, _ACTION),
        scopes=("read",),
        errors=(400, 401, 403, 404, 409, 410),
    ),
    Operation(
        method="post",
        path="/v1/decisions/{id}/replay",
        summary="Decide again from the stored inputs and compare to the byte",
        answers=ReplayAnswer,
        parameters=(_ID,),
        scopes=("read",),
        errors=(401, 403, 404, 409, 410),
    ),
)


def decisions_routes(hub: Hub) -> list[HTTPRouteHandler]:
    read = [needs(hub.access, "read")]

    @get("/v1/decisions/{id:str}", guards=read, sync_to_thread=True)
    def decision(request: Request[None, None, State], id: FromPath[str]) -> DecisionAnswer:
        record = hub.decision(id)
        hidden = frozenset() if sees_all(hub.access, request.scope) else hub.hidden(record)
        return spelled_out(record, hub.plan_of(record), hidden)

    @get("/v1/decisions/{id:str}/explain", guards=read, sync_to_thread=True)
    def explain(request: Request[None, None, State], id: FromPath[str], action: FromQuery[str] = "") -> Explanation:
        return hub.explain(id, action, sensitive=sees_all(hub.access, request.scope))

    @get("/v1/decisions/{id:str}/briefing", guards=read, sync_to_thread=True)
    def briefing(request: Request[None, None, State], id: FromPath[str]) -> Briefing:
        return hub.briefing(id, sensitive=sees_all(hub.access, request.scope))

    @get("/v1/decisions/{id:str}/letter", guards=read, sync_to_thread=True)
    def letter(request: Request[None, None, State], id: FromPath[str]) -> Letter:
        return hub.letter(id, sensitive=sees_all(hub.access, request.scope))

    @get("/v1/decisions/{id:str}/why-not", guards=read, sync_to_thread=True)
    def why_not(request: Request[None, None, State], id: FromPath[str], action: FromQuery[str]) -> WhyNot:
        return hub.why_not(id, action, sensitive=sees_all(hub.access, request.scope))

    @get("/v1/decisions/{id:str}/counterfactual", guards=read, sync_to_thread=True)
    def counterfactual(
        request: Request[None, None, State], id: FromPath[str], action: FromQuery[str]
    ) -> Counterfactual:
        return hub.counterfactual(id, action, sensitive=sees_all(hub.access, request.scope))

    @post("/v1/decisions/{id:str}/replay", guards=read, sync_to_thread=True, status_code=200)
    def replay(id: FromPath[str]) -> ReplayAnswer:
        record = hub.replay(id)
        return ReplayAnswer(decision_id=record.id, same=True, kernel=record.kernel, playbook=record.playbook)

    return [decision, explain, briefing, letter, why_not, counterfactual, replay]


def spelled_out(record: DecisionRecord, plan: Plan, hidden: Collection[str] = ()) -> DecisionAnswer:
    """The record for a reader: indices become ids, arrays become lists. hidden: ids of the facts that are masked."""
    ids = [action.id for action in plan.actions]
    places = placements_of(record, plan.slates)
    chosen = enumerate(zip(record.chosen, record.probability, places, strict=True), 1)
    ask, inputs = record.ask, record.inputs
    return DecisionAnswer(
        id=record.id,
        ask_id=ask.ask_id,
        who=tuple(map(str, ask.who)),
        service=ask.service,
        at=ask.at,
        asked_by=ask.channel,
        context=masked(ask.context, hidden),
        leaf=record.leaf,
        known=record.known,
        result=record.result,
        channel=record.channel,
        chosen=tuple(
            ChosenAction(rank=rank, action=ids[at], probability=chance, placement=place)
            for rank, (at, chance, place) in chosen
        ),
        playbook=record.playbook,
        model=record.model,
        kernel=record.kernel,
        arm=record.arm,
        seed=str(record.seed),
        input_hash=input_hash(inputs),
        facts=_facts(inputs.facts, hidden),
        consents=inputs.consents,
        consent_ids=inputs.consent_ids,
        permissions=inputs.permissions,
        permission_ids=inputs.permission_ids,
        open_facts=None if inputs.open_facts is None else _facts(inputs.open_facts, hidden),
        own_rules=inputs.own_rules,
        contacts=inputs.contacts,
        epoch=inputs.epoch,
        earlier=inputs.earlier,
        channels=record.channels,
        candidates=_candidates(record, plan, ids),
    )


def _facts(facts: dict[str, Fact], hidden: Collection[str]) -> dict[str, Fact]:
    return {id: replace(fact, value=MASKED) if id in hidden else fact for id, fact in facts.items()}


def _candidates(record: DecisionRecord, plan: Plan, ids: list[str]) -> tuple[CandidateRecord, ...]:
    shape = (record.actions, len(record.channels))
    dropped = np.frombuffer(record.dropped, "<u2").reshape(shape).tolist()
    priority = np.frombuffer(record.priority, "<f4").reshape(shape).tolist()
    propensity = np.frombuffer(record.inputs.propensity, "<f4").tolist()
    read = {id: np.frombuffer(raw, "<i4").tolist() for id, raw in record.inputs.candidates.items()}
    return tuple(
        CandidateRecord(
            action=ids[index],
            propensity=None if isnan(propensity[index]) else propensity[index],
            inputs={id: None if values[index] == NULL else values[index] for id, values in read.items()},
            priority={
                channel: worth
                for channel, worth, code in zip(record.channels, priority[index], dropped[index], strict=True)
                if not code
            },
            dropped={
                channel: plan.rule(code - 1, record.inputs.own_rules).id
                for channel, code in zip(record.channels, dropped[index], strict=True)
                if code
            },
        )
        for index in range(record.actions)
    )

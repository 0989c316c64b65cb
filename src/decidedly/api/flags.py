"""Flags: decision services as feature flags are read.

A flag's key is SERVICE, or SERVICE.PLACEMENT for one place of it: an object. With `.action` behind it the flag is a
text, the id of the best action there; with `.shown` a boolean, whether there is one. All flags of a service are read
from one decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from decidedly.api.ask import DecideRequest, read_ask
from decidedly.api.decide import ShownAction
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import content_hash, digest
from decidedly.core.dictionary import ANONYMOUS, Dictionary
from decidedly.core.errors import BadInput, DecidedlyError, NotFound
from decidedly.core.playbook import Playbook
from decidedly.core.service import DecisionService
from decidedly.feel import did_you_mean

Form = Literal["object", "action", "shown"]
FORMS: tuple[Form, ...] = ("object", "action", "shown")
CHANNEL, SESSION, TARGET = "channel", "session", "targetingKey"
"""Members of the evaluation context with a meaning of their own: the inbound channel that asks, the id of the visit,
who it is."""
VISIT_S = 900
"""Without the id of a visit, one ends with each quarter of an hour."""

Reason = Literal["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "UNKNOWN"]


class Flag(msgspec.Struct, frozen=True):
    """placement: id of a place of the service, "" for all of them."""

    key: str
    service: DecisionService
    placement: str
    form: Form


class NoTarget(DecidedlyError):
    """The evaluation context does not say who it is about."""

    code = "flags.no-target"


def flags_of(book: Playbook) -> Iterator[Flag]:
    """Every flag: of the services that answer a channel, in their order."""
    for service in book.services:
        if service.inbound:
            for placement in ("", *(one.id for one in service.placements)):
                base = f"{service.id}.{placement}" if placement else service.id
                for form in FORMS:
                    yield Flag(base if form == "object" else f"{base}.{form}", service, placement, form)


def find_flag(key: str, book: Playbook) -> Flag:
    """Raises NotFound with the nearest key."""
    known = {flag.key: flag for flag in reversed(list(flags_of(book)))}
    if key not in known:
        raise NotFound(f"Flag '{key}' was not found.", hint=did_you_mean(key, known))
    return known[key]


def ask_of(service: DecisionService, context: Mapping[str, Any], at: datetime, book: Playbook) -> Ask:
    """The ask of an evaluation. The same person, context and visit ask the same, and get the same decision.

    Raises NoTarget, BadInput.
    """
    target = context.get(TARGET)
    if not isinstance(target, str) or not target:
        raise NoTarget("The context has no targetingKey.", place="context.targetingKey",
                       hint='Send who it is about: "namespace:value", or the bare user id.')  # fmt: skip
    channel = context.get(CHANNEL, service.inbound[0])
    if not isinstance(channel, str):
        raise BadInput("The channel is a text.", place="context.channel")
    person = _person(target, book.dictionary)
    rest = {name: value for name, value in context.items() if name not in (TARGET, CHANNEL, SESSION)}
    request = DecideRequest(service=service.id, person=person, channel=channel, context=rest)
    ask = read_ask(request, "", at, book)
    visit = str(context.get(SESSION) or f"quarter {int(at.timestamp()) // VISIT_S}")
    id = digest("flags", service.id, channel, target, visit, content_hash(ask.context))
    return read_ask(request, f"flags:{id}", at, book)


def _person(target: str, dictionary: Dictionary) -> dict[str, Any]:
    """Who a targeting key names: namespace:value, or a user's bare id."""
    namespace, colon, value = target.partition(":")
    if colon and namespace in (*dictionary.identifiers, ANONYMOUS):
        return {namespace: value}
    return {dictionary.user_id: target}


def evaluated(flag: Flag, record: DecisionRecord, shown: Sequence[ShownAction]) -> dict[str, Any]:
    """A flag's evaluation as the protocol has it. Where nothing is shown, an object or text has no value: the
    application's own default is the fallback."""
    actions = [one for one in shown if not flag.placement or one.placement == flag.placement]
    split = any(one.probability < 1 for one in actions)
    found: dict[str, Any] = {
        "key": flag.key,
        "reason": "SPLIT" if split else "TARGETING_MATCH",
        "variant": actions[0].id if actions else "no-action",
        "metadata": {
            "decisionId": record.id, "service": record.ask.service, "channel": record.ask.channel,
            "result": record.result, "playbook": record.playbook, "model": record.model,
        },
    }  # fmt: skip
    if flag.form == "shown":
        found["value"] = bool(actions)
    elif actions and flag.form == "action":
        found["value"] = actions[0].id
    elif actions:
        found["value"] = {"decision_id": record.id, "actions": msgspec.to_builtins(actions)}
    return found

"""The Segment tracking format (HTTP tracking API) into raw events.

Source: https://segment.com/docs/connections/spec/common/ and /connections/sources/catalog/libraries/server/http-api/
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from decidedly.capture.capture import Raw
from decidedly.capture.validate import ANONYMOUS, Refusal
from decidedly.core.derive import digest
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.feel.diagnostics import did_you_mean
from decidedly.ports.clock import Clock

_UUID = re.compile("[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
TYPES = ("track", "identify", "page", "screen", "group", "alias")


class _Message(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One message of a tracker; what is not named here (integrations, version, ...) is not read."""

    type: str
    message_id: str | None = None
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    group_id: str | int | None = None
    previous_id: str | int | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    timestamp: datetime | None = None
    sent_at: datetime | None = None
    channel: str | None = None


class _Batch(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    batch: list[msgspec.Raw]
    sent_at: datetime | None = None
    context: dict[str, Any] | None = None


_batches = msgspec.json.Decoder(_Batch)
_messages = msgspec.json.Decoder(_Message)


def segment(
    body: bytes, *, clock: Clock, dictionary: Dictionary, source: str = "segment"
) -> tuple[tuple[Raw, ...], tuple[Refusal, ...]]:
    """The raw events of one `POST /v1/batch`, and why single messages cannot be read.

    userId is an identifier of the dictionary's `user_id` namespace, anonymousId of "anonymous". A track event has the
    kind that its name means to the dictionary; the others' kind is their type. A message without an id gets one
    derived from its content, so that a retry is recognized. Times are corrected by the sender's clock skew (now minus
    sentAt plus timestamp) or, without sentAt, shifted by the hub's clock.

    Raises BadInput where the body is no batch at all.
    """
    try:
        batch = _batches.decode(body)
    except msgspec.ValidationError as error:
        text, where = _reason(error, "body")
        raise BadInput(text, place=where, hint='Send {"batch": [{"type": "track", ...}]}.') from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"The body is not JSON: {error}.", place="body") from error
    now = clock.now()
    raws: list[Raw] = []
    refusals: list[Refusal] = []
    for index, item in enumerate(batch.batch):
        place = f"batch[{index}]"
        try:
            message = _messages.decode(item)
        except msgspec.ValidationError as error:
            text, where = _reason(error, place)
            refusals.append(Refusal(code="input.invalid", message=text, place=where))
            continue
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            refusals.append(Refusal(code="input.invalid", message=f"The message is not JSON: {error}.", place=place))
            continue
        if message.type not in TYPES:
            text = f"There is no message type '{message.type}'."
            hint = did_you_mean(message.type, TYPES) or f"Types are {', '.join(TYPES)}."
            refusals.append(Refusal(code="input.invalid", message=text, place=f"{place}.type", hint=hint))
            continue
        try:
            raws.append(_raw(message, bytes(item), batch, place, now, clock, dictionary, source))
        except OverflowError:
            text = "The times lie outside the years 1 to 9999."
            refusals.append(Refusal(code="input.invalid", message=text, place=f"{place}.timestamp"))
    return tuple(raws), tuple(refusals)


def _raw(
    message: _Message,
    item: bytes,
    batch: _Batch,
    place: str,
    now: datetime,
    clock: Clock,
    dictionary: Dictionary,
    source: str,
) -> Raw:
    context = message.context or batch.context or {}
    named = [(dictionary.user_id, message.user_id), (ANONYMOUS, message.anonymous_id)]
    if message.type == "alias":
        named.append((_namespace_before(message, dictionary), message.previous_id))
    return Raw(
        message_id=message.message_id or "m" + digest("segment", item),
        kind=_kind(message, dictionary),
        at=_at(message.timestamp, message.sent_at or batch.sent_at, now, clock),
        identifiers=tuple(Identifier(space, str(value)) for space, value in named if value not in (None, "")),
        source=source,
        channel=_channel(context),
        properties=_properties(message, context),
        decision_id=_decision(message),
        place=place,
    )


def _namespace_before(message: _Message, dictionary: Dictionary) -> str:
    """What an alias's previousId is, which the format leaves open: trackers make anonymous ids that are UUIDs."""
    anonymous = message.previous_id == message.anonymous_id or _UUID.fullmatch(str(message.previous_id))
    return ANONYMOUS if anonymous else dictionary.user_id


def _kind(message: _Message, dictionary: Dictionary) -> str:
    if message.type != "track":
        return message.type
    kind = dictionary.kind(message.event or "")
    return kind.id if kind is not None else message.event or ""


def _at(timestamp: datetime | None, sent_at: datetime | None, now: datetime, clock: Clock) -> datetime:
    if timestamp is None:
        return now
    timestamp = _utc(timestamp)
    return clock.shift(timestamp) if sent_at is None else now - (_utc(sent_at) - timestamp)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _properties(message: _Message, context: dict[str, Any]) -> dict[str, Any]:
    if message.type in ("identify", "group"):
        also = context.get("traits")
        traits = message.traits or (also if isinstance(also, dict) else {})
        return {**traits, "group_id": str(message.group_id)} if message.type == "group" else traits
    properties = message.properties or {}
    if message.type == "alias":
        return {**properties, "previous_id": str(message.previous_id)}
    if message.type in ("page", "screen") and message.name is not None:
        return {**properties, "name": message.name}
    return properties


def _channel(context: dict[str, Any]) -> str:
    channel = context.get("channel", "")
    return channel if isinstance(channel, str) else ""


def _decision(message: _Message) -> str:
    decision = (message.properties or {}).get("decision_id", "")
    return decision if isinstance(decision, str) else ""


def _reason(error: msgspec.ValidationError, place: str) -> tuple[str, str]:
    """msgspec's "Expected `str`, got `int` - at `$.batch`" as (sentence, place)."""
    text, _, path = str(error).partition(" - at `$")
    return f"{text}.", place + path.rstrip("`")

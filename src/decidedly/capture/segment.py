"""The Segment tracking format (HTTP tracking API) into raw events; RudderStack's and Jitsu's trackers send it too.

Sources: https://segment.com/docs/connections/spec/common/, .../sources/catalog/libraries/server/http-api/;
https://docs.jitsu.com/sending-data/http
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from decidedly.capture.capture import Arrivals, Raw, Received
from decidedly.capture.context import Context, with_context
from decidedly.capture.robots import judged
from decidedly.capture.take import ALIAS
from decidedly.capture.validate import Rules, rules_of
from decidedly.core.derive import digest
from decidedly.core.dictionary import ANONYMOUS, Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.quarantine import Arrival
from decidedly.core.refusal import Refusal
from decidedly.feel.diagnostics import did_you_mean
from decidedly.ports.clock import Clock

_UUID = re.compile("[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
TYPES = ("track", "identify", "page", "screen", "group", "alias")

Id = str | int | float | None


class _Message(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One message of a tracker; what is not named here (integrations, version, ...) is not read.

    timestamp : when it happened by the sender's clock; RudderStack's trackers call it original_timestamp
    """

    type: str = ""
    message_id: str | None = None
    user_id: Id = None
    anonymous_id: Id = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    group_id: Id = None
    previous_id: Id = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: Context | None = None
    timestamp: datetime | None = None
    original_timestamp: datetime | None = None
    sent_at: datetime | None = None


class _Batch(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    batch: list[msgspec.Raw]
    sent_at: datetime | None = None
    context: Context | None = None


class _Pieces(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A batch in its own bytes."""

    batch: list[msgspec.Raw]
    sent_at: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()


class _Whole(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A batch whose messages are all of the right form: decoded in one go."""

    batch: list[_Message]
    sent_at: datetime | None = None
    context: Context | None = None


_batches = msgspec.json.Decoder(_Batch)
_pieces = msgspec.json.Decoder(_Pieces)
_wholes = msgspec.json.Decoder(_Whole)
_messages = msgspec.json.Decoder(_Message)
_not_json = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def segment(body: bytes, *, clock: Clock, dictionary: Dictionary, source: str = "segment", type: str = "") -> Received:
    """The raw events of one request, and why single messages cannot be read.

    type : "" for a batch, {"batch": [...]}; else the body is one message of this type

    userId is an identifier of the dictionary's `user_id` namespace, anonymousId of "anonymous". A track event has the
    kind that its name means to the dictionary; the others' kind is their type. A message without an id gets one
    derived from its content, so that a retry is recognized. Times are corrected by the sender's clock skew (now minus
    sentAt plus timestamp) or, without sentAt, shifted by the hub's clock.

    Raises BadInput where the body is no batch, or no message, at all.
    """
    reading = _Reading(clock, dictionary, source)
    arrivals = partial(arrivals_of, body, source, type)
    if type:
        return Received((reading.one(body, type),), arrivals=arrivals)
    try:
        whole = _wholes.decode(body)
    except (msgspec.ValidationError, *_not_json):
        whole = None
    if whole is None or not all(message.message_id and message.type in TYPES for message in whole.batch):
        return reading.piece_by_piece(body, arrivals)
    try:
        return Received(
            tuple(
                Raw(reading.event(message, message.message_id or "", whole.sent_at, whole.context), f"batch[{index}]")
                for index, message in enumerate(whole.batch)
            ),
            arrivals=arrivals,
        )
    except OverflowError:
        return reading.piece_by_piece(body, arrivals)


def arrivals_of(body: bytes, source: str, type: str, places: Collection[str]) -> dict[str, Arrival]:
    """The messages of a request that stood at these places; the whole body at "body"."""
    whole = Arrival(format="segment-body", body=body, source=source, envelope=msgspec.json.encode({"type": type}))
    if type or not all(place.startswith("batch[") for place in places):
        return dict.fromkeys(places, whole)
    pieces = _pieces.decode(body)
    around = ((b'"sentAt":', pieces.sent_at), (b'"context":', pieces.context))
    envelope = b"{" + b",".join(name + bytes(value) for name, value in around if value) + b"}"
    return {
        place: Arrival(format="segment", body=bytes(pieces.batch[int(place[6:-1])]), source=source, envelope=envelope)
        for place in places
    }


def segment_again(arrival: Arrival, *, clock: Clock, dictionary: Dictionary) -> Received:
    """One message of a batch read anew, as it would have been at the clock's moment."""
    around = arrival.envelope.removeprefix(b"{").removesuffix(b"}")
    body = b'{"batch":[' + arrival.body + b"]" + (b"," + around if around else b"") + b"}"
    return segment(body, clock=clock, dictionary=dictionary, source=arrival.source)


def segment_body_again(arrival: Arrival, *, clock: Clock, dictionary: Dictionary) -> Received:
    """A whole request read anew."""
    type_ = msgspec.json.decode(arrival.envelope)["type"]
    return segment(arrival.body, clock=clock, dictionary=dictionary, source=arrival.source, type=type_)


class _Reading:
    """One request being read."""

    def __init__(self, clock: Clock, dictionary: Dictionary, source: str) -> None:
        self._clock = clock
        self._now = clock.now()
        self._rules: Rules = rules_of(dictionary)
        self._user_id = dictionary.user_id
        self._source = source
        self._sent_at: datetime | None = None
        self._behind = timedelta(0)

    def one(self, body: bytes, type_: str) -> Raw:
        try:
            message = _messages.decode(body)
        except msgspec.ValidationError as error:
            text, where = _reason(error, "body")
            raise BadInput(text, place=where, hint=f'Send one message: {{"type": "{type_}", ...}}.') from error
        except _not_json as error:
            raise BadInput(f"The body is not JSON: {error}.", place="body") from error
        message = msgspec.structs.replace(message, type=type_)
        try:
            return Raw(self.event(message, message.message_id or _derived(body), None, None), "body")
        except OverflowError as error:
            raise BadInput(_NO_TIME, place="body.timestamp") from error

    def piece_by_piece(self, body: bytes, arrivals: Arrivals) -> Received:
        """A batch with something wrong in it, or with messages without ids: each message by itself."""
        try:
            batch = _batches.decode(body)
        except msgspec.ValidationError as error:
            text, where = _reason(error, "body")
            raise BadInput(text, place=where, hint='Send {"batch": [{"type": "track", ...}]}.') from error
        except _not_json as error:
            raise BadInput(f"The body is not JSON: {error}.", place="body") from error
        raws: list[Raw] = []
        refusals: list[Refusal] = []
        for index, item in enumerate(batch.batch):
            read = self._message(bytes(item), batch, f"batch[{index}]")
            if isinstance(read, Raw):
                raws.append(read)
            else:
                refusals.append(read)
        return Received(tuple(raws), tuple(refusals), arrivals)

    def _message(self, item: bytes, batch: _Batch, place: str) -> Raw | Refusal:
        try:
            message = _messages.decode(item)
        except msgspec.ValidationError as error:
            text, where = _reason(error, place)
            return Refusal(code="input.invalid", message=text, place=where)
        except _not_json as error:
            return Refusal(code="input.invalid", message=f"The message is not JSON: {error}.", place=place)
        if message.type not in TYPES:
            text = f"There is no message type '{message.type}'." if message.type else "'type' is missing."
            hint = did_you_mean(message.type, TYPES) or f"Types are {', '.join(TYPES)}."
            return Refusal(code="input.invalid", message=text, place=f"{place}.type", hint=hint)
        try:
            event = self.event(message, message.message_id or _derived(item), batch.sent_at, batch.context)
        except OverflowError:
            return Refusal(code="input.invalid", message=_NO_TIME, place=f"{place}.timestamp")
        return Raw(event, place)

    def event(self, message: _Message, message_id: str, sent_at: datetime | None, shared: Context | None) -> Event:
        context = message.context or shared
        kind = self._rules.kind(message.event or "") if message.type == "track" else message.type
        properties = _properties(message, context)
        if context is not None:
            properties = with_context(properties, context, self._rules.context_fields(kind))
        decision = properties.get("decision_id", "")
        event = Event(
            message_id=message_id,
            kind=kind,
            at=self._at(message.timestamp or message.original_timestamp, message.sent_at or sent_at),
            received_at=self._now,
            identifiers=self._identifiers(message, context),
            source=self._source,
            channel="" if context is None or not isinstance(context.channel, str) else context.channel,
            properties=properties,
            decision_id=decision if isinstance(decision, str) else "",
        )
        response = self._rules.response(kind) if self._rules.responses else ""
        return judged(event, response, _signals(context)) if response else event

    def _identifiers(self, message: _Message, context: Context | None) -> tuple[Identifier, ...]:
        found = []
        if message.user_id not in _NOBODY:
            found.append(Identifier(self._user_id, _text(message.user_id)))
        if message.anonymous_id not in _NOBODY:
            found.append(Identifier(ANONYMOUS, _text(message.anonymous_id)))
        if message.type == ALIAS and message.previous_id not in _NOBODY:
            found.append(self._previous(_text(message.previous_id), message))
        if context is not None and context.external_ids:
            found += self._external(context.external_ids)
        return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))

    def _previous(self, id_: str, message: _Message) -> Identifier:
        """What an alias's previousId is, which the format leaves open: trackers make anonymous ids that are UUIDs."""
        anonymous = message.previous_id == message.anonymous_id or _UUID.fullmatch(id_)
        return Identifier(ANONYMOUS if anonymous else self._user_id, id_)

    def _external(self, listed: Any) -> list[Identifier]:
        """Of context.externalIds, [{"type": "email", "id": ...}], those whose type is a namespace."""
        return [
            Identifier(one["type"], _text(one["id"]))
            for one in (listed if isinstance(listed, list) else ())
            if isinstance(one, dict) and one.get("type") in self._rules.namespaces and one.get("id") not in _NOBODY
        ]

    def _at(self, timestamp: datetime | None, sent_at: datetime | None) -> datetime:
        if timestamp is None:
            return self._now
        timestamp = _utc(timestamp)
        if sent_at is None:
            return self._clock.shift(timestamp)
        if sent_at is not self._sent_at:
            # One for a whole batch: how far the sender's clock is behind ours is worked out once.
            self._sent_at, self._behind = sent_at, self._now - _utc(sent_at)
        return timestamp + self._behind


_NOBODY = (None, "")
_NO_TIME = "The times lie outside the years 1 to 9999."


def _signals(context: Context | None) -> dict[str, Any]:
    """What a context tells of how a response came about; it is not kept."""
    told = {} if context is None else {
        "userAgent": context.user_agent, "headers": context.headers, "method": context.method,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def _derived(message: bytes) -> str:
    return "m" + digest("segment", message)


def _text(id_: Any) -> str:
    return str(int(id_)) if isinstance(id_, float) and id_.is_integer() else str(id_)


def _utc(at: datetime) -> datetime:
    zone = at.tzinfo
    return at if zone is UTC else at.replace(tzinfo=UTC) if zone is None else at.astimezone(UTC)


def _properties(message: _Message, context: Context | None) -> dict[str, Any]:
    if message.type in ("identify", "group"):
        also = None if context is None else context.traits
        traits = message.traits or (also if isinstance(also, dict) else {})
        return _of_group(message, context, traits) if message.type == "group" else traits
    properties = message.properties or {}
    if message.type == ALIAS:
        return {**properties, "previous_id": _text(message.previous_id)}
    if message.type in ("page", "screen") and (message.name is not None or message.category is not None):
        named = {"name": message.name, "category": message.category}
        return {**properties, **{name: value for name, value in named.items() if value is not None}}
    return properties


def _of_group(message: _Message, context: Context | None, traits: dict[str, Any]) -> dict[str, Any]:
    """What a group message says: of the group its traits, of the person in it the role and of which kind it is, which
    stand among the traits or in the context. Trackers call the kind `group_type`, too."""
    named = {**traits, "group_id": "" if message.group_id is None else _text(message.group_id)}
    for name, said in (("role", context and context.role), ("group_kind", context and context.group_type)):
        if named.get(name) is None and isinstance(said, str):
            named[name] = said
    if named.get("group_kind") is None and isinstance(named.get("group_type"), str):
        named["group_kind"] = named.pop("group_type")
    return named


def _reason(error: msgspec.ValidationError, place: str) -> tuple[str, str]:
    """msgspec's "Expected `str`, got `int` - at `$.batch`" as (sentence, place)."""
    text, _, path = str(error).partition(" - at `$")
    return f"{text}.", place + path.rstrip("`")

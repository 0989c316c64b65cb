"""CloudEvents over HTTP, structured, binary and batched, into raw events.

Sources: CloudEvents 1.0.2 (spec.md, formats/json-format.md, bindings/http-protocol-binding.md).
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

import msgspec

from decidedly.capture.capture import Arrivals, Raw, Received
from decidedly.capture.validate import Rules, rules_of
from decidedly.core.derive import digest
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.quarantine import Arrival
from decidedly.core.refusal import Refusal
from decidedly.ports.clock import Clock

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
VERSIONS = ("1.0", "0.3")
REQUIRED = ("specversion", "id", "source", "type")
_LONGEST_ID = 512
_batches = msgspec.json.Decoder(list[msgspec.Raw])


def cloudevents(body: bytes, headers: Mapping[str, str], *, clock: Clock, dictionary: Dictionary) -> Received:
    """The raw events of one request, and why single events of a batch cannot be read.

    headers : of the request by lower-case name; in binary mode they carry the attributes (ce-id, ce-type, ...)

    `source` and `id` together are the message id, `type` names the kind, `time` (now without one) is shifted by the
    hub's clock, `data` holds the properties: a JSON object,
    or anything else as the property `data`. Who it is about stands in `subject` as "namespace:value"
    and in extension attributes named as namespaces (without their hyphens and underscores). The extensions `channel`
    and `decisionid` are the event's.

    Raises BadInput where the request holds no CloudEvent at all.
    """
    reading = _Reading(clock, dictionary)
    told = told_by(body, headers)
    arrivals = partial(arrivals_of, body, headers)
    return (
        reading.batch(told, arrivals)
        if isinstance(told, list)
        else Received((reading.raw(told, "body"),), arrivals=arrivals)
    )


def arrivals_of(body: bytes, headers: Mapping[str, str], places: Collection[str]) -> dict[str, Arrival]:
    """The events of a request that stood at these places; the whole body at "body"."""
    told = {name: value for name, value in headers.items() if name == "content-type" or name.startswith("ce-")}
    if not all(place.startswith("batch[") for place in places):
        return dict.fromkeys(places, _arrival(body, told))
    pieces = _batches.decode(body)
    return {place: _arrival(bytes(pieces[int(place[6:-1])]), {"content-type": STRUCTURED}) for place in places}


def _arrival(body: bytes, headers: Mapping[str, str]) -> Arrival:
    return Arrival(format="cloudevents", body=body, source="cloudevents", envelope=msgspec.json.encode(headers))


def cloudevents_again(arrival: Arrival, *, clock: Clock, dictionary: Dictionary) -> Received:
    """A request of one event, or a whole one, read anew as it would have been at the clock's moment."""
    headers = msgspec.json.decode(arrival.envelope, type=dict[str, str])
    return cloudevents(arrival.body, headers, clock=clock, dictionary=dictionary)


def told_by(body: bytes, headers: Mapping[str, str]) -> Any:
    """What a request says, in the JSON format: an event's attributes and data, or a list of such. Raises BadInput."""
    content_type = headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == BATCHED:
        listed = _json(body, "body")
        if not isinstance(listed, list):
            raise BadInput("A batch of CloudEvents is a list.", place="body", hint="Send [{...}, {...}].")
        return listed
    if media_type == STRUCTURED:
        told = _json(body, "body")
        if not isinstance(told, dict):
            raise BadInput("A CloudEvent is an object.", place="body")
        return told
    return _binary(body, content_type, headers)


class _Reading:
    def __init__(self, clock: Clock, dictionary: Dictionary) -> None:
        self._clock = clock
        self._now = clock.now()
        self._rules: Rules = rules_of(dictionary)
        self._namespaces = {_extension(name): name for name in self._rules.namespaces}

    def batch(self, listed: list[Any], arrivals: Arrivals) -> Received:
        raws: list[Raw] = []
        refusals: list[Refusal] = []
        for index, one in enumerate(listed):
            try:
                raws.append(self.raw(one, f"batch[{index}]"))
            except BadInput as error:
                refusal = Refusal(code=error.code, message=error.message, place=error.place, hint=error.hint)
                refusals.append(refusal)
        return Received(tuple(raws), tuple(refusals), arrivals)

    def raw(self, told: Any, place: str) -> Raw:
        """One event in the JSON format. Raises BadInput."""
        if not isinstance(told, dict):
            raise BadInput("A CloudEvent is an object.", place=place)
        for name in REQUIRED:
            if not isinstance(told.get(name), str) or not told[name]:
                hint = "Every CloudEvent has specversion, id, source and type, texts that are not empty."
                raise BadInput(f"'{name}' is missing.", place=f"{place}.{name}", hint=hint)
        if told["specversion"] not in VERSIONS:
            text = f"CloudEvents {told['specversion']} are not read."
            raise BadInput(text, place=f"{place}.specversion", hint=f"Versions are {' and '.join(VERSIONS)}.")
        properties = _data(told, f"{place}.data")
        decision = told.get("decisionid", properties.get("decision_id", ""))
        return Raw(
            Event(
                message_id=_message_id(told["source"], told["id"]),
                kind=self._rules.kind(told["type"]),
                at=self._time(told.get("time"), f"{place}.time"),
                received_at=self._now,
                identifiers=self._identifiers(told),
                source=told["source"],
                channel=_text(told.get("channel")),
                properties=properties,
                decision_id=_text(decision),
            ),
            place,
        )

    def _identifiers(self, told: dict[str, Any]) -> tuple[Identifier, ...]:
        found = []
        namespace, _, value = _text(told.get("subject")).partition(":")
        if namespace in self._rules.namespaces and value:
            found.append(Identifier(namespace, value))
        for name, namespace in self._namespaces.items():
            if told.get(name) not in (None, ""):
                found.append(Identifier(namespace, str(told[name])))
        return tuple(dict.fromkeys(found))

    def _time(self, text: Any, place: str) -> datetime:
        if text is None:
            return self._now
        try:
            at = msgspec.convert(text, datetime)
            return self._clock.shift(at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
        except (msgspec.ValidationError, OverflowError) as error:
            raise BadInput(f"'{text}' is no time.", place=place, hint="Write 2017-10-30T08:00:00Z.") from error


def _binary(body: bytes, content_type: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """An event whose attributes stand in headers, in the JSON format."""
    told: dict[str, Any] = {name[3:]: _header(name, value) for name, value in headers.items() if name.startswith("ce-")}
    if not told:
        raise BadInput(
            "The request holds no CloudEvent.",
            place="header.Content-Type",
            hint=f"Send {STRUCTURED}, {BATCHED}, or the headers ce-specversion, ce-id, ce-source and ce-type.",
        )
    if content_type:
        told["datacontenttype"] = content_type
    told.pop("data", None)
    if body and is_json(content_type):
        told["data"] = _json(body, "body")
    elif body:
        told["data_base64"] = body
    return told


def _header(name: str, value: str) -> str:
    """A header's value as section 3.1.3.2 of the HTTP binding reads it: unquoted, then percent-decoded."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError as error:
        raise BadInput("The header is not UTF-8.", place=f"header.{name}") from error


def is_json(media_type: str) -> bool:
    """JSON by its media type; nothing said is JSON too."""
    subtype = media_type.partition(";")[0].strip().lower().rpartition("/")[2]
    return subtype in ("", "json") or subtype.endswith("+json")


def _data(told: dict[str, Any], place: str) -> dict[str, Any]:
    """The properties: data that is an object, or else `data` as the only one (text; base64 where it is not)."""
    data, encoded = told.get("data"), told.get("data_base64")
    if encoded is None and told.get("datacontentencoding") == "base64":
        data, encoded = None, data
    if encoded is not None:
        data = _decoded(encoded, is_json(_text(told.get("datacontenttype"))), place)
    if data is None:
        return {}
    return data if isinstance(data, dict) else {"data": data}


def _decoded(encoded: Any, json: bool, place: str) -> Any:
    if not isinstance(encoded, bytes):
        try:
            encoded = b64decode(encoded, validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise BadInput("The data is not base64.", place=place) from error
    if json:
        return _json(encoded, place)
    try:
        return encoded.decode()
    except UnicodeDecodeError:
        return b64encode(encoded).decode()


def _json(body: bytes, place: str) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"The {place} is not JSON: {error}.", place=place) from error


def _message_id(source: str, id_: str) -> str:
    """A source names no event twice, so both together are unique; a URI has no space in it."""
    joined = f"{source} {id_}"
    return joined if len(joined) <= _LONGEST_ID else "c" + digest("cloudevents", source, id_)


def _extension(namespace: str) -> str:
    """Names of extension attributes are small letters and digits."""
    return "".join(letter for letter in namespace.lower() if letter.isalnum())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

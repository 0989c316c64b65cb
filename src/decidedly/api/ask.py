"""Ask: the body of POST /v1/decide, checked against the playbook and made into the ask that the hub decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar.types import Scope

from decidedly.api.wire import header
from decidedly.capture.validate import storable
from decidedly.core.ask import Ask
from decidedly.core.dictionary import ANONYMOUS, Dictionary
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.identifier import Identifier
from decidedly.core.playbook import Playbook
from decidedly.decide import whom
from decidedly.feel import did_you_mean
from decidedly.feel.types import AnyType, Boolean, ContextOf, ListOf, Money, Number, Real, Type
from decidedly.person import sought
from decidedly.person.said import fact_value
from decidedly.person.schema import type_of
from decidedly.ports.clock import Clock

NOW_S = 60
"""An `at` within so many seconds of the hub's clock means now: clocks differ and requests travel."""
LONGEST = 256
"""Characters of an identifier's value and of an Idempotency-Key."""


IdentifierValue = Annotated[Any, msgspec.Meta(extra_json_schema={"type": ["string", "integer"]})]
"""Checked by us, not by the decoder, which cannot say under which key a wrong value stands."""


class DecideRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ask.

    service : id of the decision service
    person  : namespace -> value, {"loyalty": "1029"}; without one, somebody anonymous asks
    channel : the inbound channel that asks; without it the service chooses an outbound one
    context : what the channel knows of the moment, as the data dictionary declares it
    at      : the moment to decide for, on the caller's clock; other than now it is a dry run and nothing is stored
    """

    service: str
    person: dict[str, IdentifierValue] = {}
    channel: str = ""
    context: dict[str, Any] = {}
    at: datetime | None = None


def moment(at: datetime | None, clock: Clock, place: str) -> datetime | None:
    """A caller's time as the hub's; None for now, also where it is so near that it means now."""
    if at is None:
        return None
    try:
        shifted = clock.shift(at if at.tzinfo else at.replace(tzinfo=UTC))
    except OverflowError as error:
        raise BadInput("The time lies outside the years 1 to 9999.", place=place) from error
    return None if abs(shifted - clock.now()) <= timedelta(seconds=NOW_S) else shifted


def moment_of(text: str | None, clock: Clock, place: str) -> datetime | None:
    """A time in a query, as the hub's; None for now. Raises BadInput."""
    if text is None:
        return None
    try:
        return moment(msgspec.convert(text, datetime), clock, place)
    except msgspec.ValidationError as error:
        raise BadInput(f"{error}.", place=place, hint="Write 2017-10-30T12:00:00Z.") from error


def idempotency_key(scope: Scope) -> str | None:
    """What the caller calls this request; None where it has no name. Raises BadInput."""
    key = header(scope, b"idempotency-key")
    if key is not None and not 0 < len(key) <= LONGEST:
        raise BadInput(f"A key has 1 to {LONGEST} characters.", place="header.Idempotency-Key")
    return key


def read_ask(request: DecideRequest, ask_id: str, at: datetime, book: Playbook) -> Ask:
    """The ask of a request. Raises BadInput with the place of what the playbook does not know."""
    try:
        service = book.service(request.service)
    except NotFound as error:
        known = ", ".join(one.id for one in book.services)
        raise BadInput(error.message, place="body.service", hint=error.hint or f"Services are {known}.") from error
    if request.channel and request.channel not in service.inbound:
        near = did_you_mean(request.channel, service.inbound)
        answers = f"It answers {', '.join(service.inbound)}." if service.inbound else "It answers no channel."
        raise BadInput(
            f"Service '{service.id}' does not answer channel '{request.channel}'.",
            place="body.channel",
            hint=near or f"{answers} Leave the channel out to have an outbound one chosen.",
        )
    ask = Ask(
        ask_id=ask_id,
        who=tuple(_identifier(namespace, value, book.dictionary) for namespace, value in request.person.items()),
        service=service.id,
        channel=request.channel,
        context=_context(request.context, book.dictionary),
        at=at,
    )
    return whom(ask, book.dictionary)


def _identifier(namespace: str, value: Any, dictionary: Dictionary) -> Identifier:
    place = f"body.person.{namespace}"
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise BadInput("An identifier is a text or a whole number.", place=place, hint='Send {"loyalty": "1029"}.')
    return checked_identifier(namespace, str(value), dictionary, place)


def namespaces(dictionary: Dictionary) -> tuple[str, ...]:
    """All that identify a person, the most telling first."""
    return tuple(dict.fromkeys((*dictionary.identifiers, ANONYMOUS)))


def checked_identifier(namespace: str, value: str, dictionary: Dictionary, place: str) -> Identifier:
    """An identifier that the dictionary allows, in the form of its namespace. Raises BadInput."""
    known = namespaces(dictionary)
    if namespace not in known:
        raise BadInput(
            f"There is no namespace '{namespace}'.",
            place=place,
            hint=did_you_mean(namespace, known) or f"Namespaces are {', '.join(known)}.",
        )
    if not 0 < len(value) <= LONGEST:
        raise BadInput(f"An identifier has 1 to {LONGEST} characters; this one has {len(value)}.", place=place)
    return sought(Identifier(namespace, value), dictionary)


def _context(context: dict[str, Any], dictionary: Dictionary) -> dict[str, Any]:
    """The context as rules may read it. What the dictionary does not declare is kept in the record, read by no rule."""
    types = {one.id: one.type for one in dictionary.attributes if one.of == "context"}
    return {name: _value(name, value, types.get(name)) for name, value in context.items()}


def _value(name: str, value: Any, declared: str | None) -> Any:
    place = f"body.context.{name}"
    if not storable(value):
        raise BadInput(f"'{name}' cannot be kept.", place=place, hint="Integers have at most 64 bits.")
    if declared is None or value is None:
        return value
    type_ = type_of(declared)
    if not _fits(value, type_):
        raise BadInput(f"'{name}' must be of type {declared}.", place=place)
    return fact_value(value, type_)


def _fits(value: Any, type_: Type) -> bool:
    """Whether a JSON value can stand for the type; what JSON has no form for comes as text."""
    match type_:
        case Boolean():
            return isinstance(value, bool)
        case Number(scale=0) | Money():
            return isinstance(value, int) and not isinstance(value, bool)
        case Number() | Real():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ListOf(of=of):
            return isinstance(value, list) and all(item is None or _fits(item, of) for item in value)
        case ContextOf():
            return isinstance(value, dict)
        case AnyType():
            return True
        case _:
            return isinstance(value, str)

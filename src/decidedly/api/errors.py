"""Errors as the caller sees them: one JSON shape for all, and one table of statuses."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import uuid4

import msgspec
from litestar.exceptions import HTTPException
from litestar.types import Scope

from decidedly import capture
from decidedly.api.intake import Overloaded
from decidedly.core.erasure import Erased
from decidedly.core.errors import (
    AuthoringError,
    BadInput,
    DecidedlyError,
    NotAllowed,
    NotFound,
    NotReady,
    ReplayMismatch,
    StoreUnavailable,
)
from decidedly.core.quarantine import QuarantineFull
from decidedly.decide import online
from decidedly.feel import did_you_mean

_log = logging.getLogger("decidedly.api")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong. code: stable; place: where in the request, "body.person.loyalty"; hint: what to do about it."""

    code: str
    message: str
    place: str = ""
    hint: str = ""

    @classmethod
    def of(cls, error: DecidedlyError) -> Problem:
        return cls(code=error.code, message=error.message, place=error.place, hint=error.hint)


class ErrorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every answer of status 400 and above."""

    error: Problem


class NoKey(DecidedlyError):
    """The request carries no key, or one that nobody was given."""

    code = "access.no-key"


class WrongMethod(DecidedlyError):
    """The route exists, but not for this method."""

    code = "http.method-not-allowed"

    def __init__(self, method: str, path: str, allow: str) -> None:
        super().__init__(f"{path} does not take {method}.", place="method", hint=f"It takes {allow}.")
        self.allow = allow


class TooLarge(DecidedlyError):
    """The body is longer than the route takes."""

    code = "http.too-large"


class WrongMediaType(DecidedlyError):
    """The body is not of a type that the route reads."""

    code = "http.unsupported-media-type"


class KeyReused(DecidedlyError):
    """An Idempotency-Key came a second time, with another ask."""

    code = "ask.key-reused"


class Other(DecidedlyError):
    """What HTTP itself objects to."""

    code = "http.error"


STATUS: dict[type[DecidedlyError], int] = {
    BadInput: 400,
    NoKey: 401,
    NotAllowed: 403,
    NotFound: 404,
    Erased: 410,
    WrongMethod: 405,
    KeyReused: 409,
    ReplayMismatch: 409,
    capture.NotJoined: 409,
    capture.NotMerged: 409,
    TooLarge: 413,
    WrongMediaType: 415,
    AuthoringError: 422,
    Overloaded: 429,
    NotReady: 503,
    StoreUnavailable: 503,
    capture.Contended: 503,
    capture.Unsettled: 503,
    online.Contended: 503,
    QuarantineFull: 507,
}
"""Status by kind of error; what is not listed is our fault: 500."""


class Failure(msgspec.Struct, frozen=True):
    """An error ready to be sent."""

    status: int
    answer: ErrorAnswer
    headers: dict[str, str]


def failure(error: Exception, scope: Scope, routes: Iterable[str] = ()) -> Failure:
    """What to answer to an exception. What nobody foresaw is logged under an id, and the caller is told only the id."""
    told = _foreseen(error, scope, routes)
    if told is None:
        id = uuid4().hex[:12]
        _log.error("%s %s failed [%s]", scope.get("method"), scope.get("path_template", "?"), id, exc_info=error)
        problem = Problem(
            code="internal",
            message=f"Something went wrong on our side, logged as {id}.",
            hint="Tell the operator the id.",
        )
        return Failure(500, ErrorAnswer(error=problem), {})
    status = next((STATUS[kind] for kind in type(told).__mro__ if kind in STATUS), 500)
    if isinstance(error, HTTPException) and isinstance(told, Other):
        status = error.status_code
    return Failure(status, ErrorAnswer(error=Problem.of(told)), _headers(told, status))


def _headers(error: DecidedlyError, status: int) -> dict[str, str]:
    if isinstance(error, NoKey):
        return {"www-authenticate": 'Basic realm="Decidedly"'}
    if isinstance(error, WrongMethod):
        return {"allow": error.allow}
    return {429: {"retry-after": "1"}, 503: {"retry-after": "1"}, 507: {"retry-after": "60"}}.get(status, {})


def _foreseen(error: Exception, scope: Scope, routes: Iterable[str]) -> DecidedlyError | None:
    """The error in our words; None for what nobody foresaw."""
    if isinstance(error, DecidedlyError):
        return error
    if not isinstance(error, HTTPException) or error.status_code >= 500:
        return None
    method, path = str(scope.get("method", "")), scope["path"]
    if error.status_code == 404:
        hint = did_you_mean(path, routes) or "GET /openapi.json lists all routes."
        return NotFound(f"There is no route {path}.", place="path", hint=hint)
    if error.status_code == 405:
        allow = {name.lower(): value for name, value in (error.headers or {}).items()}.get("allow", "other methods")
        return WrongMethod(method, path, allow)
    if error.status_code == 400:
        return _invalid(error)
    return Other(f"{error.detail}.")


def _invalid(error: HTTPException) -> BadInput:
    """Litestar's validation of parameters: the first complaint, and where it stands."""
    extra = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
    source = str(getattr(extra.get("source"), "value", extra.get("source", "")))
    place = f"{source}.{extra['key']}" if extra.get("key") else source
    return BadInput(f"{extra.get('message', error.detail).rstrip('.')}.", place=place)

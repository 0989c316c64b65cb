"""Who calls, and whether they may. A key comes as `Authorization: Bearer KEY`, or as the user of Basic
authentication, as trackers send their write key. Without keys the hub answers this machine only."""

from __future__ import annotations

import binascii
from base64 import b64decode
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard
from litestar.types import Scope as AsgiScope

from decidedly.api.errors import NoKey
from decidedly.api.wire import header
from decidedly.core.errors import NotAllowed
from decidedly.core.principal import Principal, Scope
from decidedly.ports.access import Access


def given_key(scope: AsgiScope) -> str | None:
    """The key of the Authorization header: a bearer's, or the user of Basic authentication."""
    return _key(header(scope, b"authorization"))


def authorize(access: Access, scope: AsgiScope, *any_of: Scope) -> Principal:
    """The caller, who holds one of these scopes. Raises NoKey or NotAllowed."""
    return authorize_key(access, scope, given_key(scope), *any_of)


def authorize_key(access: Access, scope: AsgiScope, key: str | None, *any_of: Scope) -> Principal:
    """The caller by a key that may have come elsewhere than in the Authorization header."""
    if access.open and not is_loopback(_host(scope)):
        # A page anywhere can point its own name at 127.0.0.1 and read us through the browser; not by our names, though.
        raise NotAllowed(
            "Without keys only this machine may call.",
            place="header.Host",
            hint="Call 127.0.0.1 or localhost, or set keys.",
        )
    principal = access.principal(key)
    if principal is None:
        raise NoKey(
            "This hub needs a key that it knows.",
            place="header.Authorization",
            hint="Send Authorization: Bearer KEY, or the key as the user of Basic authentication.",
        )
    if principal.scopes.isdisjoint(any_of):
        raise NotAllowed(
            f"Key {principal.name} lacks the scope {' or '.join(any_of)}.",
            place="header.Authorization",
            hint="Use a key that has it.",
        )
    return principal


def needs(access: Access, *any_of: Scope) -> Guard:
    """The guard of a route: callers with one of these scopes only."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        authorize(access, connection.scope, *any_of)

    return guard


def sees_all(access: Access, scope: AsgiScope) -> bool:
    """Whether the caller may see secrets and special categories as they are."""
    principal = access.principal(_key(header(scope, b"authorization")))
    return principal is not None and "sensitive" in principal.scopes


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _host(scope: AsgiScope) -> str:
    """The Host header without its port; a request without one comes from no browser."""
    host = header(scope, b"host") or "localhost"
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _key(authorization: str | None) -> str | None:
    kind, _, value = (authorization or "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip() or None
    if kind.lower() == "basic":
        try:
            return b64decode(value.strip(), validate=True).decode().partition(":")[0] or None
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None

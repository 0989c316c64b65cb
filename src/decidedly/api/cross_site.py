"""Cross-site: which pages of other sites may send events, and what their browsers must be told (CORS).

A browser sends a page's events wherever the page says, also to a hub on its owner's machine, and adds what its owner
once entered as user and password. So:

- a hub without keys takes nothing from pages of other sites, unless it names their origins (`origins`, "*" for all)
- a hub with keys takes events from any page, or from the named origins alone, with a key that the page itself gives:
  in the body, the query or X-Write-Key; what comes without a preflight may not use Authorization alone, which the
  browser may have added by itself

A browser tells by `Origin`, or by `Sec-Fetch-Site`, that a page sends; a program sends neither.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from litestar.types import Scope, Send

from decidedly.api.wire import header, media_type
from decidedly.core.errors import NotAllowed

ANY = "*"
_UNASKED = frozenset({"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
"""Media types that a browser sends to other sites without asking first."""
_DAY_S = b"86400"


def foreign_page(scope: Scope) -> str | None:
    """The origin of the page of another site that sends this request; None for programs and for our own pages."""
    origin = header(scope, b"origin")
    if origin is None:
        return None if header(scope, b"sec-fetch-site") in (None, "same-origin", "none") else "null"
    host = header(scope, b"host")
    return None if host and urlsplit(origin).netloc.lower() == host.lower() else origin


def allow_page(scope: Scope, origins: Collection[str], keyless: bool) -> bool:
    """Whether a page of another site sends this. Raises NotAllowed where that page may not."""
    origin = foreign_page(scope)
    if origin is None:
        return False
    if not (ANY in origins or origin in origins) and (keyless or origins):
        raise NotAllowed(
            f"Pages of {origin} may not send events to this hub.",
            place="header.Origin",
            hint=f"Name the origin where the hub is served: --origin {origin}.",
        )
    return True


def asked_first(scope: Scope) -> bool:
    """Whether a browser must have asked for leave (a preflight) before a page's request of this form."""
    return media_type(scope) not in _UNASKED or header(scope, b"x-write-key") is not None


def page_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """What lets the page that sent a request read the answer, and when it may ask again. No credentials: browsers must
    not add any."""
    origin = header(scope, b"origin")
    if origin is None:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", b"Retry-After"),
        (b"vary", b"Origin"),
    ]


async def preflight(scope: Scope, send: Send) -> None:
    """Answer a browser that asks whether a page may send (OPTIONS); whether the page may was found out before.

    A sender of CloudEvents asks so too (HTTP 1.1 Web Hooks for Event Delivery, section 4).
    """
    asked = header(scope, b"access-control-request-headers") or "content-type"
    headers = [
        *page_headers(scope),
        (b"access-control-allow-methods", b"POST"),
        (b"access-control-allow-headers", asked.encode("latin-1")),
        (b"access-control-max-age", _DAY_S),
        (b"allow", b"OPTIONS, POST"),
    ]
    if header(scope, b"access-control-request-private-network") == "true":
        headers.append((b"access-control-allow-private-network", b"true"))
    webhook = header(scope, b"webhook-request-origin")
    if webhook is not None:
        headers += [(b"webhook-allowed-origin", webhook.encode("latin-1")), (b"webhook-allowed-rate", b"*")]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})

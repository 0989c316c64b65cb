"""Wire: what the raw ASGI handlers share: read a body with a limit, decode it with places, send JSON."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import TypeVar

import msgspec
from litestar.types import Receive, Scope, Send

from decidedly.api.errors import TooLarge, WrongMediaType, WrongMethod
from decidedly.core.errors import BadInput

T = TypeVar("T", bound=msgspec.Struct)
_JSON = b"application/json"


class ClientGone(Exception):
    """The caller hung up before the body was whole: there is nobody to answer."""


def header(scope: Scope, name: bytes) -> str | None:
    """A header's value; name in lower case."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def media_type(scope: Scope) -> str:
    """Of the body, in lower case, without parameters; "" where the request says nothing."""
    return (header(scope, b"content-type") or "").partition(";")[0].strip().lower()


async def posted_json(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The JSON body of a POST, unzipped.

    Only `application/json` is taken: a page of another site can make a browser send anything else without asking.
    Raises WrongMethod, WrongMediaType, TooLarge, BadInput, ClientGone.
    """
    return await posted(scope, receive, limit, ("application/json",))


async def posted(scope: Scope, receive: Receive, limit: int, media_types: Collection[str] = ()) -> bytes:
    """The body of a POST of one of these media types, or of any if none is named, unzipped.

    Raises WrongMethod, WrongMediaType, TooLarge, BadInput, ClientGone.
    """
    method = str(scope.get("method", ""))
    if method != "POST":
        raise WrongMethod(method, scope["path"], "POST")
    told = media_type(scope)
    if media_types and told not in media_types:
        said = f"'{told}'" if told else "nothing"
        raise WrongMediaType(
            f"The body must be application/json; the request says {said}.",
            place="header.Content-Type",
            hint="Send the header Content-Type: application/json.",
        )
    body = await _body(scope, receive, limit)
    encoding = (header(scope, b"content-encoding") or "identity").strip().lower()
    if encoding == "gzip":
        return _unzipped(body, limit)
    if encoding != "identity":
        raise WrongMediaType(
            f"Bodies in '{encoding}' are not read.", place="header.Content-Encoding", hint="Use gzip, or none."
        )
    return body


async def _body(scope: Scope, receive: Receive, limit: int) -> bytes:
    announced = header(scope, b"content-length")
    if announced is not None and announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        assert message["type"] == "http.request"
        parts.append(message["body"])
        size += len(message["body"])
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _unzipped(body: bytes, limit: int) -> bytes:
    unzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = unzip.decompress(body, limit + 1)
    except zlib.error as error:
        raise BadInput("The body is not gzip, though the request says so.", place="body") from error
    if len(plain) > limit:
        raise _too_large(limit)
    if not unzip.eof:
        raise BadInput("The gzip body ends too early.", place="body")
    return plain


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is longer than {limit // 1024} KiB.", place="body", hint="Send it in smaller parts.")


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """The body as its Struct. Raises BadInput that says where in the body the mistake is, and what was meant."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        place = "body" + path.rstrip("`")
        field = text.rpartition(" field `")[2].rstrip("`") if " field `" in text else ""
        if text.startswith("Object missing"):
            raise BadInput(f"'{field}' is missing.", place=f"{place}.{field}") from error
        if field:
            known = [one.encode_name for one in msgspec.structs.fields(decoder.type)]
            near = get_close_matches(field, known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known fields are {', '.join(known)}."
            raise BadInput(f"There is no field '{field}'.", place=f"{place}.{field}", hint=hint) from error
        raise BadInput(f"{text}.", place=place) from error
    except RecursionError as error:
        raise BadInput("The body is nested too deeply.", place="body") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The body is not JSON: {error}.", place="body", hint="Check quotes, commas and braces."
        ) from error


async def send_json(send: Send, status: int, body: bytes, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", _JSON), (b"content-length", b"%d" % len(body)), *headers],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})

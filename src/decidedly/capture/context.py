"""Context: what a tracker knows of the moment (page, campaign, device), kept where the dictionary has a field for it.

A field `page_url` of a kind takes `context.page.url` where the event's properties have none of that name. IP addresses
are not kept at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

PARTS = ("app", "campaign", "device", "library", "location", "network", "os", "page", "referrer", "screen")
ALONE = ("locale", "timezone", "user_agent")
_NONE = msgspec.Raw()


class Context(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Of a message's context what we may read; parts that hold values of their own stay as they came until needed."""

    channel: Any = None
    traits: Any = None
    external_ids: Any = None
    role: Any = None
    group_type: Any = None
    app: msgspec.Raw = _NONE
    campaign: msgspec.Raw = _NONE
    device: msgspec.Raw = _NONE
    library: msgspec.Raw = _NONE
    location: msgspec.Raw = _NONE
    network: msgspec.Raw = _NONE
    os: msgspec.Raw = _NONE
    page: msgspec.Raw = _NONE
    referrer: msgspec.Raw = _NONE
    screen: msgspec.Raw = _NONE
    locale: Any = None
    timezone: Any = None
    user_agent: Any = None
    headers: Any = None
    method: Any = None


def context_fields(declared: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Of a kind's declared fields those that a context can fill: (field, part, name in the part or "")."""
    found = []
    for field in declared:
        part, _, name = field.partition("_")
        if field in ALONE:
            found.append((field, field, ""))
        elif part in PARTS and name:
            found.append((field, part, name))
    return tuple(found)


def with_context(
    properties: dict[str, Any], context: Context, fields: tuple[tuple[str, str, str], ...]
) -> dict[str, Any]:
    """The properties, with those fields that only the context tells."""
    more: dict[str, Any] = {}
    for field, part, name in fields:
        if properties.get(field) is None:
            value = getattr(context, part)
            if name:
                inner = msgspec.json.decode(value) if value else None
                value = _named(inner, name) if isinstance(inner, dict) else None
            if value is not None:
                more[field] = value
    return {**properties, **more} if more else properties


def _named(part: dict[str, Any], name: str) -> Any:
    """The value of page_url is `url`, that of device_advertising_id `advertisingId`."""
    head, *rest = name.split("_")
    return part.get(name, part.get(head + "".join(word.capitalize() for word in rest)))

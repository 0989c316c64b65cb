"""Addresses: network addresses are dropped at the door, whatever sends them, and are kept nowhere."""

from __future__ import annotations

import re
from typing import Any

NAMES = frozenset(
    {
        "ip", "IP", "ip_address", "ipAddress", "ip_addr", "ip-address", "IPAddress",
        "client_ip", "clientIp", "clientIP",
        "remote_addr", "remoteAddr", "remote_address", "remoteAddress", "user_ip", "userIp", "x-forwarded-for",
        "X-Forwarded-For", "x_forwarded_for", "x-real-ip", "X-Real-IP", "true-client-ip", "True-Client-IP",
        "cf-connecting-ip", "CF-Connecting-IP",
    }
)  # fmt: skip
"""Names of properties that hold the address of a person's device."""

_NAMED = re.compile(
    rb'("(?:'
    + b"|".join(sorted({re.escape(name.lower().encode()) for name in NAMES}))
    + rb')"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])',
    re.IGNORECASE,
)

_NESTED = (dict, list)


def without_addresses(properties: dict[str, Any]) -> dict[str, Any]:
    """The properties without those that are addresses, at any depth; the same object where there are none."""
    kept = _without(properties)
    return kept if isinstance(kept, dict) else {}


def blanked(text: bytes) -> bytes:
    """JSON with every address in it emptied, all other bytes as they were; it need not be valid."""
    return _NAMED.sub(rb'\1""', text)


def _without(value: Any) -> Any:
    if type(value) is dict:
        changed = {}
        for name, one in value.items():
            if type(one) in _NESTED and (inner := _without(one)) is not one:
                changed[name] = inner
        if changed or not NAMES.isdisjoint(value):
            return {name: changed.get(name, one) for name, one in value.items() if name not in NAMES}
        return value
    if type(value) is list:
        parts = [_without(one) if type(one) in _NESTED else one for one in value]
        return parts if any(part is not one for part, one in zip(parts, value, strict=True)) else value
    return value

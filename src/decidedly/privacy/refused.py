"""Refused: events in quarantine that name a person. They are part of no record; whom they name, their texts tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from decidedly.core.quarantine import Quarantined
from decidedly.ports.quarantine import Quarantine

IDS = frozenset({"userid", "user_id", "anonymousid", "previousid", "subject", "distinct_id"})
"""Keys, in small letters, under which trackers send a bare identifier."""
_PAGE = 500
_WORD = re.compile(rb"[^\s\"',;<>{}\[\]=&?()]+")


def pages(quarantine: Quarantine) -> Iterator[list[Quarantined]]:
    """All refused events, some at a time."""
    after = 0
    while found := quarantine.page(after, _PAGE):
        after = found[-1][0]
        yield [event for _, event in found]


def names_in(event: Quarantined, namespaces: Collection[str]) -> set[str]:
    """Texts of an event that may name its person: what tells itself (an @, a leading +, namespace:value), and what
    stands where identifiers stand."""
    found: set[str] = set()
    for part in (event.arrival.body, event.arrival.envelope):
        try:
            found.update(_texts(msgspec.json.decode(part) if part else None, "", namespaces))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            words = (word.decode(errors="replace") for word in _WORD.findall(part))
            found.update(word for word in words if _tells(word, namespaces))
    return found


def _texts(value: Any, key: str, namespaces: Collection[str]) -> Iterator[str]:
    match value:
        case dict():
            for name, one in value.items():
                yield from _texts(one, name, namespaces)
        case list():
            for one in value:
                yield from _texts(one, key, namespaces)
        case str() | int() if not isinstance(value, bool):
            text = str(value)
            if key.casefold() in IDS or key in namespaces or _tells(text, namespaces):
                yield text


def _tells(text: str, namespaces: Collection[str]) -> bool:
    return "@" in text or text.startswith("+") or text.partition(":")[0] in namespaces

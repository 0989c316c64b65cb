"""Blobs: nouns as bytes. Two bytes of schema number, then msgpack; older numbers pass through their upcasters.

Fields only append with defaults, which needs no new number. A change that an old blob cannot be read with takes the
next number and an upcaster from the one before, with a golden blob in `tests/unit/adapters`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from decidedly.adapters.decision_blob import DecisionCodec
from decidedly.core.erasure import Erasure
from decidedly.core.errors import StoreTooNew
from decidedly.core.event import Event
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf
from decidedly.core.playbook import Playbook
from decidedly.core.quarantine import Quarantined

T = TypeVar("T")

Upcaster = Callable[[Any], Any]
"""The msgpack tree of one schema number -> the tree of the next."""

_encode = msgspec.msgpack.Encoder().encode


class Codec(Generic[T]):
    """Bytes of one noun, for stores."""

    def __init__(
        self,
        noun: type[T],
        *,
        schema: int = 1,
        upcasters: Mapping[int, Upcaster] | None = None,
    ) -> None:
        self._noun = noun
        self._schema = schema
        self._prefix = schema.to_bytes(2, "big")
        self._upcasters = dict(upcasters or {})
        self._decoder = msgspec.msgpack.Decoder(noun)

    def encode(self, value: T) -> bytes:
        return self._prefix + _encode(value)

    def decode(self, blob: bytes) -> T:
        """Raises StoreTooNew for a blob of a later schema, msgspec.ValidationError for one that is damaged."""
        if blob[:2] == self._prefix:
            return self._decoder.decode(memoryview(blob)[2:])
        return self._upcast(blob)

    def _upcast(self, blob: bytes) -> T:
        schema = int.from_bytes(blob[:2], "big")
        if schema > self._schema:
            raise StoreTooNew.of(self._noun.__name__, schema, self._schema)
        tree = msgspec.msgpack.decode(memoryview(blob)[2:])
        for number in range(schema, self._schema):
            tree = self._upcasters[number](tree)
        return msgspec.convert(tree, self._noun)


def _windows_of_aggregates(playbook: Any) -> Any:
    """Schema 1 had windows of so many days up to the moment, and 0 for all time."""
    for aggregate in playbook["dictionary"]["aggregates"]:
        days = aggregate.pop("days", 0)
        aggregate["over"] = {"unit": "day", "newest": 1, "oldest": days} if days else None
    return playbook


def _scopes_of_caps(playbook: Any) -> Any:
    """Schema 2 had caps of rolling days, of a class, and of one channel or all."""
    for cap in playbook["contact"]["caps"]:
        scope = {"contact_class": cap.pop("contact_class", "marketing"), "channel": cap.pop("channel", "")}
        cap |= {"per": {"unit": "day", "count": cap.pop("days")}, "scope": scope}
    return playbook


EVENT = Codec(Event)
LEAF = Codec(Leaf)
LEDGER = Codec(Ledger)
EDGE = Codec(Edge)
CLUSTER = Codec(Cluster)
DECISION = DecisionCodec()
ERASURE = Codec(Erasure)
PLAYBOOK = Codec(Playbook, schema=3, upcasters={1: _windows_of_aggregates, 2: _scopes_of_caps})
QUARANTINED = Codec(Quarantined)

"""Ids and seeds that follow from what they name, so that the same request always gets the same ones."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import msgspec

from decidedly.core.identifier import Identifier

_canonical = msgspec.json.Encoder(order="sorted", decimal_format="string")


def digest(*parts: str | bytes, size: int = 16) -> str:
    """Hex of a BLAKE2b hash over length-prefixed parts: ("ab", "c") and ("a", "bc") differ."""
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        state.update(len(raw).to_bytes(8, "little"))
        state.update(raw)
    return state.hexdigest()


def content_hash(value: Any) -> str:
    """Hash of a value's canonical JSON: independent of key order and of where it was written."""
    return digest(_canonical.encode(value))


def key64(text: str) -> int:
    """A string as a signed 64-bit key, for columns that must stay narrow."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


GROUP = "group/"
"""Namespaces of groups begin with it, so that no identifier of a person names a group."""


@lru_cache(maxsize=1 << 16)
def leaf_id(identifier: Identifier) -> str:
    """Id of the leaf that begins with this identifier: p... of a person; g... of a group, which stands before all."""
    prefix = "g" if identifier.namespace.startswith(GROUP) else "p"
    return prefix + digest("leaf", str(identifier), size=8)


def is_group(leaf: str) -> bool:
    """Whether a leaf is a group's, which is nobody."""
    return leaf.startswith(GROUPS)


GROUPS, PEOPLE = "g", "h"
"""Before every id of a group's leaf, and before every id of a person's and behind those of groups."""


def decision_id(ask_id: str, service: str) -> str:
    """Id of the decision that answers this ask: asking again with the same id returns the stored decision."""
    return "d" + digest("decision", ask_id, service, size=12)


def seed_of(decision: str) -> int:
    """Seed of a decision, 0 <= seed < 2**63."""
    return int(digest("seed", decision, size=8), 16) >> 1

"""Seal: keyed hashes, by which what was erased is recognized again without being kept."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

Sort = Literal["leaf", "message", "decision", "value"]
"""Ids of leaves, messages and decisions; values by which a person is named or reached: addresses, numbers."""
SORTS: tuple[Sort, ...] = ("leaf", "message", "decision", "value")

KEY_BYTES = 32


class Seal(msgspec.Struct, frozen=True):
    """The key of a hub. Without it nobody can tell of a keyed hash what it is the hash of, not even by trying."""

    key: bytes

    def of(self, sort: Sort, text: str) -> bytes:
        """16 bytes of keyed BLAKE2b (RFC 7693). Values are hashed whatever their case and spacing."""
        told = " ".join(text.casefold().split()) if sort == "value" else text
        return hashlib.blake2b(told.encode(), key=self.key, person=sort.encode(), digest_size=16).digest()

    @property
    def check(self) -> bytes:
        """Tells whether two keys are the same, and nothing else."""
        return hashlib.blake2b(b"", key=self.key, person=b"check", digest_size=16).digest()

    @property
    def signing_seed(self) -> bytes:
        """32 secret bytes from which the hub's key pair for receipts follows."""
        return hashlib.blake2b(b"", key=self.key, person=b"sign", digest_size=32).digest()

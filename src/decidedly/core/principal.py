"""Principal: who calls, and what they may do."""

from __future__ import annotations

from typing import Literal

import msgspec

Scope = Literal["capture", "decide", "read", "sensitive", "author", "approve", "erase"]
SCOPES: tuple[Scope, ...] = ("capture", "decide", "read", "sensitive", "author", "approve", "erase")
"""sensitive: together with `read`, to see secrets and special categories as they are."""


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    scopes: frozenset[Scope]

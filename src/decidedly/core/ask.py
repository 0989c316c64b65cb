"""Ask: one request for a decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from decidedly.core.identifier import Identifier


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Who, which service, where and when. Time and identity of the request are inputs.

    ask_id  : the decision id and the seed derive from it
    channel : the inbound channel that asks, or "" where the service shall choose an outbound one
    """

    ask_id: str
    who: tuple[Identifier, ...]
    service: str
    at: datetime
    channel: str = ""
    context: dict[str, Any] = {}

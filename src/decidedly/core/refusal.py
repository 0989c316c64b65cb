"""Refusal: why something that came in was not taken in."""

from __future__ import annotations

import msgspec


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why one event, or one value of it, was not taken in. place: "batch[3].properties.total"."""

    code: str
    message: str
    place: str
    hint: str = ""

"""Assignment: the arm of an experiment that a leaf got, kept so that it gets the same again."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """While leaves are merged, the earliest assignment of an experiment counts for all of them."""

    experiment: str
    arm: str
    at: datetime

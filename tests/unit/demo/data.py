"""The grocer's tables for the tests that need them."""

from __future__ import annotations

import os
from functools import cache

import pytest

from decidedly.core.errors import NotReady
from decidedly.demo.source import Source


@cache
def whole_year() -> Source:
    """All tables. Skips where the data package is absent, unless DECIDEDLY_REQUIRE_DATA=1 forbids it."""
    try:
        return Source.read()
    except NotReady as absent:
        if os.environ.get("DECIDEDLY_REQUIRE_DATA") == "1":
            raise
        pytest.skip(f"{absent.message} {absent.hint}")

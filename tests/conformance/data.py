"""Where the conformance kit's data is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

KIT = Path(os.environ.get("DECIDEDLY_DMN_TCK", "/work/shared/data/dmn-tck"))


def kit() -> Path:
    """The folder of the kit. Skips where it is absent, unless DECIDEDLY_REQUIRE_DATA=1 forbids it."""
    if not KIT.is_dir():
        missing = f"The DMN TCK is not at {KIT}: set DECIDEDLY_DMN_TCK to the folder that holds its levels."
        if os.environ.get("DECIDEDLY_REQUIRE_DATA") == "1":
            raise FileNotFoundError(missing)
        pytest.skip(missing)
    return KIT

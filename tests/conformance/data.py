"""Where the conformance kit's data is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DECIDEDLY_DATA") or ROOT.parent / "shared" / "data")
KIT = DATA / "dmn-tck"


def kit() -> Path:
    """The folder of the kit. Skips where it is absent, unless DECIDEDLY_REQUIRE_DATA=1 forbids it."""
    if not KIT.is_dir():
        missing = f"The DMN TCK is not at {KIT}: set DECIDEDLY_DATA to the folder that holds dmn-tck."
        if os.environ.get("DECIDEDLY_REQUIRE_DATA") == "1":
            raise FileNotFoundError(missing)
        pytest.skip(missing)
    return KIT

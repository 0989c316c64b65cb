"""Where the data of the conformance kits is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DECIDEDLY_DATA") or ROOT.parent / "shared" / "data")
KIT = DATA / "dmn-tck"


def kit() -> Path:
    """The folder of the DMN TCK; skips as `folder` does."""
    return folder("dmn-tck")


def folder(name: str) -> Path:
    """A folder of the data. Skips where it is absent, unless DECIDEDLY_REQUIRE_DATA=1 forbids it."""
    found = DATA / name
    if not found.is_dir():
        missing = f"There is no {found}: set DECIDEDLY_DATA to the folder that holds {name}."
        if os.environ.get("DECIDEDLY_REQUIRE_DATA") == "1":
            raise FileNotFoundError(missing)
        pytest.skip(missing)
    return found

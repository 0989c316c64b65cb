"""Where the grocer's playbook stands: beside the source in a checkout, inside the package when it is installed."""

from __future__ import annotations

from pathlib import Path

from decidedly.core.errors import NotFound

_HERE = Path(__file__).resolve()
_PLACES = (_HERE.parents[3] / "examples" / "grocer", _HERE.parents[1] / "examples" / "grocer")


def grocer() -> Path:
    """The folder of the grocer's playbook. Raises NotFound."""
    for place in _PLACES:
        if (place / "playbook.toml").is_file():
            return place
    raise NotFound("The grocer's playbook is not installed.", hint="Run from a checkout, or install the wheel again.")

"""How property tests draw, and what the agreement of the backends was tested on.

The same cases are drawn each time here, new ones at night (HYPOTHESIS_PROFILE=nightly). What was compared is printed at
the end, and written as JSON to the file that DECIDEDLY_AGREEMENT names.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("nightly", max_examples=5_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

_CASES = "tests.property.feel_cases"
_tallied: list[dict[str, Any]] = []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _tallied.extend(getattr(node, "workeroutput", {}).get("tallied", []))


def pytest_sessionfinish(session: pytest.Session) -> None:
    found = sys.modules[_CASES].tallied() if _CASES in sys.modules else []
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tallied"] = found
    else:
        _tallied.extend(found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for one in _tallied:
        terminalreporter.write_line(
            f"{one['backend']}: {one['expressions']:,} expressions and {one['pairs']:,} expression-row pairs agree, "
            f"{one['native'] / one['expressions']:.1%} of the expressions native"
        )
        for reason, times in sorted(one["reasons"].items(), key=lambda pair: -pair[1])[:10]:
            terminalreporter.write_line(f"    {times:6,} {reason}")
    if path := os.environ.get("DECIDEDLY_AGREEMENT"):
        Path(path).write_text(json.dumps(_tallied, indent=1) + "\n", "utf-8")

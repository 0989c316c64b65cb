"""How property tests draw, and what the agreement of the backends was tested on.

The same cases are drawn each time here, new ones at night (HYPOTHESIS_PROFILE=nightly). What was compared is printed at
the end, and written as JSON to the file that DECIDEDLY_AGREEMENT names.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from decidedly.adapters.postgres import Database
from tests.postgres import NoPostgres, PostgresServer, name_of

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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the tests of this process, with a template of an empty store."""
    try:
        server = PostgresServer()
    except NoPostgres as error:
        if os.environ.get("DECIDEDLY_REQUIRE_DATA"):
            raise
        pytest.skip(str(error))
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: PostgresServer) -> str:
    url = postgres_server.database()
    Database(url).close()
    return name_of(url)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, _postgres_template: str) -> Iterator[str]:
    """The URL of an empty store in a database of its own."""
    url = postgres_server.database(_postgres_template)
    yield url
    postgres_server.drop(url)

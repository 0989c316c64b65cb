"""The sample of the grocer's households, decided, for every test that only reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from decidedly.app import Hub
from decidedly.core.decision import DecisionRecord
from decidedly.decide import Explanation
from tests.grocer.steps import decide, decided, open_hub, year


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with open_hub(decided(tmp_path_factory)) as hub:
        yield hub


@pytest.fixture(scope="session")
def records(hub: Hub) -> list[DecisionRecord]:
    return decide(hub)


@pytest.fixture(scope="session")
def explanations(hub: Hub, records: list[DecisionRecord]) -> list[Explanation]:
    """Of all records, in their order."""
    return [hub.explain(record.id) for record in records]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """All households, loaded, nothing decided."""
    with open_hub(year(tmp_path_factory)) as hub:
        yield hub

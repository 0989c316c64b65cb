"""A server of several processes stops when they cannot live."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from decidedly.api import serve_workers, workers
from decidedly.api.workers import WorkersDied
from decidedly.app import Settings
from decidedly.core.errors import NotAllowed

# Forking beside other threads is warned of by later Pythons; here the fork only ends.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_processes_that_die_at_once_are_started_again_a_few_times_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "write_for_all", lambda settings, ready: os._exit(3))
    with pytest.raises(WorkersDied, match="writer"):
        serve_workers(Settings(tmp_path), 2, port=0)
    assert caplog.messages == ["writer ended (exit code 3); it is started again"] * 5


def test_without_keys_only_this_machine_is_answered(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        serve_workers(Settings(tmp_path), 2, host="0.0.0.0", port=0)

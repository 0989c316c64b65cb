"""Settings: what a hub is made of, said by whoever runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from decidedly.adapters import opened
from decidedly.adapters.clock import SystemClock
from decidedly.core.principal import Scope
from decidedly.ports.clock import Clock


@dataclass(frozen=True)
class Settings:
    """How a hub is run.

    folder  : where everything is kept that is not in the store
    keys    : SHA-256 of a key -> its scopes; without keys only this machine calls
    origins : of the websites whose pages may send events; "*" for all
    store   : URL of the operational store, "" for SQLite in the folder; it may hold a password and is never shown
    writer  : socket of the process that commits for this one (SQLite only)
    """

    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    keys: Mapping[str, Sequence[Scope]] = field(default_factory=dict)
    origins: frozenset[str] = frozenset()
    store: str = field(default="", repr=False)
    writer: Path | None = None

    @property
    def embedded(self) -> bool:
        """The store is a file, for which one process commits at a time. Raises BadInput for a URL that is none."""
        return opened.is_embedded(self.store)


def write_for_all(settings: Settings, ready: Callable[[], None]) -> None:
    """Commit for all processes that ask on the socket `settings.writer`, until SIGTERM."""
    assert settings.writer is not None
    opened.write_for_all(settings.store, settings.folder, settings.writer, ready)

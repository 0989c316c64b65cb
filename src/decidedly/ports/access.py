"""Access: which principal a key stands for."""

from __future__ import annotations

from typing import Protocol

from decidedly.core.principal import Principal


class Access(Protocol):
    def principal(self, key: str | None) -> Principal | None:
        """The principal of this key; None if the key is unknown, or missing where one is needed."""
        ...

    @property
    def open(self) -> bool:
        """No keys are set: anyone on this machine may do everything, and the server binds to loopback only."""
        ...

"""Keys: which principal a key stands for, known only by the keys' SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from hmac import compare_digest

from decidedly.core.errors import BadInput
from decidedly.core.principal import SCOPES, Principal, Scope

_LOCAL = Principal(name="local", scopes=frozenset(SCOPES))


def hash_key(key: str) -> str:
    """The form in which a key is kept. Keys are long and random, so a plain SHA-256 does."""
    return hashlib.sha256(key.encode()).hexdigest()


class KeyAccess:
    """Keys with their scopes; open to everybody on this machine while there are none."""

    def __init__(self, keys: Mapping[str, Iterable[Scope]]) -> None:
        """keys: hex SHA-256 of a key -> its scopes. Raises BadInput for a scope or a hash that is none."""
        self._principals: list[tuple[bytes, Principal]] = []
        for hashed, scopes in keys.items():
            granted = frozenset(scopes)
            if not granted <= set(SCOPES):
                unknown = ", ".join(sorted(granted - set(SCOPES)))
                raise BadInput(f"There is no scope '{unknown}'.", place="keys", hint=f"Scopes are {', '.join(SCOPES)}.")
            if len(hashed) != 64 or set(hashed) - set("0123456789abcdef"):
                raise BadInput("A key is kept as 64 hexadecimal digits, its SHA-256.", place="keys")
            self._principals.append((hashed.encode(), Principal(name=hashed[:8], scopes=granted)))

    @property
    def open(self) -> bool:
        return not self._principals

    def principal(self, key: str | None) -> Principal | None:
        if self.open:
            return _LOCAL
        if key is None:
            return None
        hashed = hash_key(key).encode()
        found = None
        for known, principal in self._principals:
            # Every key is compared, and in constant time: how long it takes says nothing.
            if compare_digest(known, hashed):
                found = principal
        return found

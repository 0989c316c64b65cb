"""Key: the hub's secret for keyed hashes and receipts, in a file of its own that only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from decidedly.core.errors import DecidedlyError
from decidedly.core.seal import KEY_BYTES, Seal

FILE = "erasure.key"


class WrongKey(DecidedlyError):
    """Erasures were made with another key: what was erased could not be recognized."""

    code = "privacy.wrong-key"


def read_seal(folder: Path, *, make: bool = True) -> Seal:
    """The seal of a hub's folder, made where there is none and `make` allows. Raises WrongKey."""
    path = folder / FILE
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        if not make:
            raise WrongKey(
                "The key of the erasures is missing.", place=str(path), hint="Put back the file that belongs here."
            ) from None
        return _made(path)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise WrongKey("The key of the erasures is damaged.", place=str(path), hint="Put back the file as it was.")
    return Seal(key)


def _made(path: Path) -> Seal:
    """A new key, whole or not at all; of several processes that make one at once, one is the first."""
    key = secrets.token_bytes(KEY_BYTES)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        return read_seal(path.parent, make=False)
    finally:
        temporary.unlink()
    return Seal(key)

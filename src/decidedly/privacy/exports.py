"""Exports: `exports.jsonl`, which files were written about whom, so that an erasure finds them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from decidedly.core.erasure import Tombstone
from decidedly.privacy.places import Places

FILE = "exports.jsonl"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """leaves: keyed hash of those it is about, hexadecimal -> the time of their latest erasure so far, None for none;
    files: paths of files or of a folder, relative to the hub's where they lie in it."""

    leaves: dict[str, datetime | None]
    files: tuple[str, ...]


def tombstone_of(leaf: str) -> Tombstone:
    """leaf: as an export holds it."""
    return Tombstone("leaf", bytes.fromhex(leaf))


_decoder = msgspec.json.Decoder(Export)


def note_export(places: Places, leaves: Sequence[str], files: Iterable[Path]) -> None:
    """Write down that these files are about to be written, before they are."""
    folder = places.folder
    hashes = [places.seal.of("leaf", leaf).hex() for leaf in leaves]
    erased = places.holdings.buried([tombstone_of(one) for one in hashes])
    export = Export(
        leaves={one: erased.get(tombstone_of(one)) for one in hashes},
        files=tuple(path_of(file, folder) for file in files),
    )
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(msgspec.json.encode(export) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def path_of(file: Path, folder: Path) -> str:
    """Relative to the hub's folder where it lies in it."""
    whole, home = file.resolve(), folder.resolve()
    return str(whole.relative_to(home) if whole.is_relative_to(home) else whole)


def read_exports(folder: Path) -> list[Export]:
    """All of them, in the order in which they were written."""
    path = folder / FILE
    found = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with suppress(msgspec.DecodeError):  # what a crash cut off was not written yet
            found.append(_decoder.decode(line))
    return found


def keep_exports(folder: Path, exports: Iterable[Export]) -> None:
    """Replace the list, atomically."""
    temporary = folder / f".{FILE}.{secrets.token_hex(4)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b"".join(msgspec.json.encode(one) + b"\n" for one in exports))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FILE)

"""Erasure log: `erasures.jsonl` beside the store. A store that is restored from a backup is compared with it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from decidedly.core.erasure import Erasure, Tombstone
from decidedly.core.seal import Sort

FILE = "erasures.jsonl"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line: an erasure, and tombstones of it by sort as hexadecimal digits, those of earlier lines left out."""

    erasure: Erasure
    tombstones: dict[Sort, tuple[str, ...]]

    def laid(self) -> list[Tombstone]:
        return [Tombstone(sort, bytes.fromhex(hash)) for sort, hashes in self.tombstones.items() for hash in hashes]


_decoder = msgspec.json.Decoder(Entry)


def read_log(folder: Path) -> dict[str, Entry]:
    """Erasure id -> what its lines say, in the order of the first ones.

    A line that a crash cut off is left out: the store that lived on writes it again.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    found: dict[str, Entry] = {}
    with path.open("rb") as file:
        for line in file:
            with suppress(msgspec.DecodeError):
                entry = _decoder.decode(line)
                known = found.get(entry.erasure.id)
                found[entry.erasure.id] = entry if known is None else _both(known, entry)
    return found


def append(folder: Path, erasure: Erasure, tombstones: Iterable[Tombstone]) -> None:
    """Write a line, durably before it returns."""
    laid: dict[Sort, list[str]] = {}
    for one in tombstones:
        laid.setdefault(one.sort, []).append(one.hash.hex())
    entry = Entry(erasure=erasure, tombstones={sort: tuple(hashes) for sort, hashes in laid.items()})
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")  # what a crash cut off stays a line of its own, which cannot be read
        file.write(msgspec.json.encode(entry) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def chain(erasures: Iterable[Erasure]) -> str:
    """SHA-256 over these erasures, each over the one before: none can be left out or changed unnoticed."""
    found = ""
    for one in erasures:
        found = hashlib.sha256(msgspec.json.encode((found, one.id, one.at, one.by, one.why))).hexdigest()
    return found


def _both(known: Entry, later: Entry) -> Entry:
    laid = {
        sort: tuple(dict.fromkeys((*known.tombstones.get(sort, ()), *later.tombstones.get(sort, ()))))
        for sort in {*known.tombstones, *later.tombstones}
    }
    return Entry(erasure=later.erasure, tombstones=laid)

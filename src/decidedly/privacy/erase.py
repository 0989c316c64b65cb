"""Erase: somebody out of everywhere. Each step can be done again: whatever interrupts it, the next start goes on.

The store comes first, in one piece; the log of erasures follows, then the files beside the store, then what erased rows
leave behind in the store's own files. Everything after the first step finds what it looks for by tombstones: no list of
what was erased is kept anywhere.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from decidedly.core.erasure import Erasure, Whose
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.ports.reader import Stored
from decidedly.privacy.erasure_log import Entry, append, chain, read_log
from decidedly.privacy.key import WrongKey
from decidedly.privacy.places import Places
from decidedly.privacy.receipt import receipt_of, sign
from decidedly.privacy.sweep import sweep

RECEIPTS = "receipts"
_PAGE = 5_000
_TELLING = 4
"""Characters from which on a value in the reason for an erasure may be taken for the person's."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Who erases, when and why."""

    at: datetime
    by: str
    why: str


def erase(places: Places, stored: Stored, wish: Wish, addresses: Iterable[str], models: Mapping[str, str]) -> Erasure:
    """Erase a person as they are now, all of their leaves; what was done, with what is left to do.

    addresses : by which they were reached
    models    : name -> version of those in force, which learnt from them among others
    Raises BadInput for a reason that names the person, or none.
    """
    whose = whose_of(places, stored.cluster.leaves, addresses)
    if not wish.why.strip():
        raise BadInput("An erasure needs a reason.", place="why", hint='Write it down: --why "asked for by letter".')
    if any(len(value) >= _TELLING and value.casefold() in wish.why.casefold() for value in whose.values):
        raise BadInput(
            "The reason names the person: it would stay.", place="why", hint="Tell it without names and numbers."
        )
    erasure = Erasure(
        id="e" + secrets.token_hex(8),
        at=wish.at,
        by=wish.by,
        why=wish.why,
        key=places.seal.check.hex(),
        models=dict(models),
    )
    return _finish(places, places.holdings.erase(erasure, whose, places.seal), whose)


def resume(places: Places, *, everywhere: bool = False) -> list[Erasure]:
    """Go on with what was interrupted, and erase again what a restored store holds; the erasures gone through.

    everywhere : look for what was erased in every place, though all seems done: files may have been restored too
    Raises WrongKey.
    """
    known = {one.id: one for one in places.holdings.erasures()}
    log = read_log(places.folder)
    _check_key(places, [*known.values(), *(entry.erasure for entry in log.values())])
    for id in known.keys() - log.keys():
        append(places.folder, known[id], places.holdings.tombstones(id))
    back = [entry for id, entry in log.items() if id not in known]
    if back:
        _erase_again(places, back)
    erasures = places.holdings.erasures()
    return [_finish(places, one) for one in erasures if not one.done or (everywhere and one is erasures[-1])]


def refitted(places: Places, model: str, version: str) -> list[Erasure]:
    """A model was trained on what is left: the receipts that waited for it are written anew."""
    waited = [one for one in places.holdings.erasures() if model in one.models and model not in one.refitted]
    for one in waited:
        _write(places, replace(one, refitted={**one.refitted, model: version}))
    return waited


def whose_of(places: Places, leaves: Collection[str], addresses: Iterable[str] = ()) -> Whose:
    """What names these leaves: their identifiers, those of the edges between them, and addresses."""
    found: set[Identifier] = set()
    for state in places.reader.states(leaves).values():
        found.update(state.leaf.identifiers if state.leaf is not None else ())
    for edge in places.reader.edges_of(leaves):
        found.update(one for one, leaf in zip((edge.a, edge.b), edge.leaves, strict=True) if leaf in leaves)
    values = {one.value for one in found} | {address for address in addresses if address}
    return Whose(leaves=tuple(sorted(leaves)), identifiers=tuple(sorted(found)), values=tuple(sorted(values)))


def receipt_file(folder: Path, id: str) -> Path:
    return folder / RECEIPTS / f"{id}.json"


def _finish(places: Places, erasure: Erasure, whose: Whose | None = None) -> Erasure:
    """Everything that follows the store."""
    append(places.folder, erasure, places.holdings.tombstones(erasure.id))
    places.settle()
    removed = Counter(erasure.removed)
    removed.update(sweep(places))
    erasure = replace(erasure, removed=dict(sorted(removed.items())))
    if whose is not None and not any(one.leaf for one in places.reader.states(whose.leaves).values()):
        # What was being decided or sent while the store was cleared, and came after.
        again = places.holdings.erase(erasure, replace(whose, identifiers=()), places.seal)
        if again.removed != erasure.removed:
            sweep(places)
            append(places.folder, again, places.holdings.tombstones(erasure.id))
        erasure = again
    scrubbed = places.holdings.scrub()
    pending = (scrubbed.remains,) if scrubbed.remains else ()
    return _write(places, replace(erasure, pending=pending, done=scrubbed.done))


def _write(places: Places, erasure: Erasure) -> Erasure:
    """The receipt, and the erasure into the log and the store, which is done with it from then on."""
    append(places.folder, erasure, ())
    before = [entry.erasure for entry in read_log(places.folder).values()]
    ids = [one.id for one in before]
    receipt = receipt_of(erasure, chain(before[: ids.index(erasure.id) + 1]))
    path = receipt_file(places.folder, erasure.id)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    temporary.write_bytes(sign(receipt, places.seal))
    os.replace(temporary, path)
    places.holdings.write(erasure)
    return erasure


def _erase_again(places: Places, entries: Collection[Entry]) -> None:
    """Lay the tombstones of these erasures, and erase whoever they are of and the store still holds."""
    sought = {one.hash: entry.erasure for entry in entries for one in entry.laid() if one.sort == "leaf"}
    held: dict[str, list[str]] = {}
    after = ""
    while page := places.holdings.leaves(after, _PAGE):
        after = page[-1]
        for leaf in page:
            if erasure := sought.get(places.seal.of("leaf", leaf)):
                held.setdefault(erasure.id, []).append(leaf)
    for entry in entries:
        undone = replace(entry.erasure, done=False)
        if leaves := held.get(undone.id):
            undone = places.holdings.erase(undone, whose_of(places, leaves), places.seal)
        places.holdings.bury(undone, entry.laid())


def _check_key(places: Places, erasures: Iterable[Erasure]) -> None:
    if any(one.key != places.seal.check.hex() for one in erasures):
        raise WrongKey(
            "Erasures were made with another key: what was erased cannot be recognized.",
            place=str(places.folder),
            hint="Put back the erasure.key that belongs to this folder.",
        )

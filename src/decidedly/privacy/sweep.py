"""Sweep: what was erased out of the files beside the store: tables, pickup folders, exports, rejected rows."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from decidedly.privacy.exports import Export, keep_exports, read_exports, tombstone_of
from decidedly.privacy.places import Places
from decidedly.privacy.refused import names_in, pages
from decidedly.privacy.remembered import erased_of, named, remembered
from decidedly.privacy.row_files import sweep_rows

OUTBOX = "outbox"


def sweep(places: Places) -> dict[str, int]:
    """Go through all of them; place -> what was removed. Safe to do again, and to be interrupted."""
    removed: Counter[str] = Counter()
    for counts in (_tables(places), _quarantine(places), _outbox(places), _exports(places), sweep_rows(places)):
        removed.update(counts)
    return dict(removed)


def _tables(places: Places) -> Iterable[str]:
    places.warehouse.sweep()
    for name in places.warehouse.names():
        table = places.warehouse.read(name)
        left = without(table, {column: named(places, column, _texts(table[column])) for column in _columns(table)})
        if places.groups and any(column.startswith(places.groups) for column in table.column_names):
            # What somebody said of a group stands in the rows of the others in it: the table is made anew when needed.
            left = left.slice(0, 0)
        if left is not table:
            places.warehouse.write(name, left)
            yield from [f"warehouse.{name}"] * max(1, table.num_rows - left.num_rows)


def _columns(table: pa.Table) -> list[str]:
    """The columns that hold texts."""
    return [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type) or pa.types.is_dictionary(field.type)
    ]


def _texts(column: pa.ChunkedArray) -> list[str]:
    """Each text once; of a dictionary's those too that no row has."""
    if pa.types.is_dictionary(column.type):
        found = {text for chunk in column.chunks for text in chunk.dictionary.to_pylist()}
    else:
        found = set(pc.unique(column).to_pylist())
    return [text for text in found if isinstance(text, str)]


def without(table: pa.Table, gone: dict[str, set[str]]) -> pa.Table:
    """The table without the rows that hold one of these texts in its column, and without the texts in dictionaries; the
    same table where it holds none."""
    if not any(gone.values()):
        return table
    kept = np.ones(table.num_rows, bool)
    for column, texts in gone.items():
        if texts:
            plain = table[column].cast(pa.string())
            kept &= ~np.asarray(pc.fill_null(pc.is_in(plain, pa.array(sorted(texts))), False))
    left = table.filter(pa.array(kept))
    for column, texts in gone.items():
        if texts and pa.types.is_dictionary(left.schema.field(column).type):
            place = left.schema.get_field_index(column)
            left = left.set_column(place, column, _forgetting(left[column].combine_chunks(), texts))
    return left


def _forgetting(column: Any, texts: set[str]) -> pa.DictionaryArray:
    """A dictionary column without these texts, the others in their order. No row has them any more."""
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    words = column.dictionary.to_pylist()
    stays = np.array([word not in texts for word in words], bool)
    places = np.cumsum(stays) - 1
    old = column.indices
    codes = places[np.asarray(pc.fill_null(old, 0))] if len(words) else np.zeros(len(old), np.int64)
    codes = pa.array(codes.astype(np.int32), mask=np.asarray(pc.is_null(old)))
    dictionary = pa.array([word for word, kept in zip(words, stays, strict=True) if kept], pa.string())
    return pa.DictionaryArray.from_arrays(codes, dictionary)


def _quarantine(places: Places) -> Iterable[str]:
    """Refused events that name an erased person, whatever else is in them."""
    for page in pages(places.quarantine):
        named_by = {event.id: names_in(event, places.namespaces) for event in page}
        erased = erased_of(places, {text for texts in named_by.values() for text in texts})
        gone = [id for id, texts in named_by.items() if not erased.isdisjoint(texts)]
        if gone:
            yield from ["store.quarantine"] * places.quarantine.remove(gone)


def _outbox(places: Places) -> Iterable[str]:
    """Messages in the pickup folders, those half written too: a file is called by its message's key."""
    for folder in sorted((places.folder / OUTBOX).glob("*")):
        files: dict[str, list[Path]] = {}
        for file in folder.iterdir() if folder.is_dir() else ():
            files.setdefault(file.name.removeprefix(".").partition(".")[0], []).append(file)
        for key in remembered(places, "decision", files):
            for file in files[key]:
                file.unlink(missing_ok=True)
                yield f"outbox.{folder.name}"


def _erased_since(places: Places, export: Export) -> bool:
    """Whether one of those it is about was erased after it was written. Who came back may have another export."""
    erased = places.holdings.buried([tombstone_of(one) for one in export.leaves])
    return any(erased.get(tombstone_of(one)) != known for one, known in export.leaves.items())


def _exports(places: Places) -> Iterable[str]:
    """What was written out about the person. Only what lies in the hub's folder goes as a whole folder."""
    exports = read_exports(places.folder)
    gone = [one for one in exports if _erased_since(places, one)]
    for one in gone:
        for path in (places.folder / file for file in one.files):
            if path.is_dir() and path != places.folder and path.is_relative_to(places.folder):
                shutil.rmtree(path)
                yield "exports"
            elif path.is_file():
                path.unlink()
                yield "exports"
                if not os.listdir(path.parent):
                    path.parent.rmdir()
    if gone:
        keep_exports(places.folder, [one for one in exports if one not in gone])

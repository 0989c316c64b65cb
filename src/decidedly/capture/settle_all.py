"""Settle all: who is who worked out anew for everybody, as after the limits of the dictionary changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from decidedly.capture.settle import settle
from decidedly.core.dictionary import Dictionary
from decidedly.core.identity import Edge
from decidedly.person import is_explicit
from decidedly.person.resolve_all import Edges, resolve_all
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.store import Store

CHUNK = 500
"""Persons that are read together, and identifiers that are settled together."""

_ROW = np.dtype(
    [
        ("a", "u8"), ("b", "u8"), ("by", "u1"), ("namespace_a", "u1"), ("namespace_b", "u1"), ("at", "i8"),
        ("explicit", "?"), ("match", "?"), ("apart", "?"), ("refused", "?"),
    ]
)  # fmt: skip
_SORTS = ("event", "alias", "match", "person")


def settle_all(
    *, store: Store, reader: Reader, dictionary: Dictionary, progress: Callable[[int], None] = lambda done: None
) -> int:
    """Bring everybody to what the edges and this dictionary say; how many identifiers were worked out anew.

    All edges are resolved at once from arrays; only where the result differs from what is stored, or a link is refused,
    is anything read again and written. Safe to repeat, and while events come in: these settle themselves.

    progress : called with the number of persons read so far
    Memory   : about 200 bytes an edge
    """
    namespaces: dict[str, int] = {}
    blocks: list[npt.NDArray[np.void]] = []
    held: list[npt.NDArray[np.uint64]] = []
    done = 0
    for page in _pages(reader):
        leaves = {leaf for stored in page for leaf in stored.cluster.leaves}
        blocks.append(_rows(reader.edges_of(leaves), namespaces))
        pairs = [(_key(leaf), _key(stored.person)) for stored in page for leaf in stored.cluster.leaves]
        held.append(np.array(pairs, np.uint64))
        done += len(page)
        progress(done)
    # An edge between two persons was read with each.
    rows = np.unique(np.concatenate([*blocks, np.empty(0, _ROW)]))
    if not len(rows):
        return 0
    ids, inverse = np.unique(np.concatenate([rows["a"], rows["b"]]), return_inverse=True)
    a, b = inverse[: len(rows)].astype(np.int32), inverse[len(rows) :].astype(np.int32)
    namespace = np.zeros(len(ids), np.uint8)
    namespace[a], namespace[b] = rows["namespace_a"], rows["namespace_b"]
    open_ = ~rows["apart"]
    edges = Edges(
        a=a[open_],
        b=b[open_],
        at=rows["at"][open_],
        explicit=rows["explicit"][open_],
        match=rows["match"][open_],
        apart=np.stack([a[~open_], b[~open_]], axis=1),
    )
    limits = [dictionary.namespace(name) for name in namespaces]
    person, verdict = resolve_all(edges, namespace, limits, dictionary.most_identifiers)
    # Rows have no message ids, so links of one moment may be tried in another order than the canonical one. Only what
    # breaks a limit can come out differently then, and all of that is settled edge by edge.
    unsure = (verdict != 0) | rows["refused"][open_]
    wrong = np.zeros(len(ids), np.bool_)
    wrong[edges.a[unsure]] = wrong[edges.b[unsure]] = True
    wrong |= ids[person] != _stored(ids, np.concatenate(held))
    seeds = [f"p{id:016x}" for id in ids[wrong].tolist()]
    for start in range(0, len(seeds), CHUNK):
        settle(seeds[start : start + CHUNK], store=store, reader=reader, dictionary=dictionary)
    return len(seeds)


def _pages(reader: Reader) -> Iterator[list[Stored]]:
    after = ""
    while page := reader.people(after, CHUNK):
        yield page
        after = page[-1].person


def _rows(edges: Iterable[Edge], namespaces: dict[str, int]) -> npt.NDArray[np.void]:
    """Edges that take part as rows; namespaces are numbered as they come."""
    rows = [
        (
            *map(_key, edge.leaves), _SORTS.index(edge.by),
            namespaces.setdefault(edge.a.namespace, len(namespaces)),
            namespaces.setdefault(edge.b.namespace, len(namespaces)),
            int(edge.at.timestamp() * 1e6), is_explicit(edge), edge.by == "match", edge.apart, bool(edge.refused),
        )
        for edge in edges
        if edge.undone is None and not edge.proposed
    ]  # fmt: skip
    return np.array(rows, _ROW)


def _key(leaf: str) -> int:
    """A leaf's id as the number that it is the hexadecimal of: the order is the same."""
    return int(leaf[1:], 16)


def _stored(ids: npt.NDArray[np.uint64], held: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The stored person of each of these leaves; those of whom nothing is stored are persons of their own."""
    held = held[np.argsort(held[:, 0])]
    places = np.minimum(np.searchsorted(held[:, 0], ids), len(held) - 1)
    return np.where(held[places, 0] == ids, held[places, 1], ids)

"""Evidence: which of two edges of one key counts. One rule for all stores, and for whoever foretells what they hold."""

from __future__ import annotations

from decidedly.core.identity import Edge


def kept(known: Edge | None, new: Edge) -> Edge:
    """A person's decision replaces what was there, and so does taking an edge back. What was taken back is revived by
    nothing else; of an event or an alias the earliest evidence is kept, of a match the latest."""
    if known is None or new.by == "person" or new.undone is not None:
        return new
    if known.undone is not None:
        return known
    return new if new.by == "match" or new.place < known.place else known


def waits(edge: Edge) -> bool:
    """Whether a person has to decide on it."""
    return edge.undone is None and not edge.apart and bool(edge.proposed or edge.refused)

"""Combined: the ledgers of a person's leaves as the one account that a decision conditions on."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from decidedly.core.assignment import Assignment
from decidedly.core.ledger import Entry, Ledger, Mark, with_marks

_RANK = {"confirmed": 3, "sending": 2, "reserved": 1, "released": 0}


def combined(ledgers: Sequence[Ledger]) -> Ledger:
    """Every contact once, in canonical order: one that two leaves know counts as the one that knows most of it, a
    confirmed one before a reserved one. Of each experiment the earliest assignment counts, of each outcome to an
    action the latest. Versions and epochs add up.
    """
    if len(ledgers) == 1:
        return ledgers[0]
    entries: dict[str, Entry] = {}
    assignments: dict[str, Assignment] = {}
    marks: tuple[Mark, ...] = ()
    for ledger in ledgers:
        marks = with_marks(marks, ledger.marks)
        for entry in ledger.entries:
            known = entries.get(entry.id)
            entries[entry.id] = entry if known is None else _both(known, entry)
        for one in ledger.assignments:
            held = assignments.get(one.experiment)
            if held is None or (one.at, one.arm) < (held.at, held.arm):
                assignments[one.experiment] = one
    return Ledger(
        leaf=min(ledger.leaf for ledger in ledgers),
        version=sum(ledger.version for ledger in ledgers),
        epoch=sum(ledger.epoch for ledger in ledgers),
        entries=tuple(sorted(entries.values(), key=lambda entry: (entry.at, entry.id))),
        assignments=tuple(assignments[experiment] for experiment in sorted(assignments)),
        marks=marks,
    )


def _both(a: Entry, b: Entry) -> Entry:
    more, less = (a, b) if (_RANK[a.state], b.at) >= (_RANK[b.state], a.at) else (b, a)
    return replace(
        more,
        exposures=max(more.exposures, less.exposures),
        actions=more.actions or less.actions,
        topics=more.topics or less.topics,
        worth=more.worth or less.worth,
    )

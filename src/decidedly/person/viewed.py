"""Viewed: a person as rules, segments and models read them: what was said, what their history adds up to, and
what the groups that they are in tell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary
from decidedly.core.group import TOLD
from decidedly.core.person import Person
from decidedly.core.provenance import Fact, Provenance
from decidedly.person.aggregates import aggregates
from decidedly.person.circle import Look, grouped
from decidedly.person.combine import seen
from decidedly.ports.reader import Stored


def viewed(
    stored: Stored,
    at: datetime,
    dictionary: Dictionary,
    wanted: Collection[str] | None = None,
    look: Look | None = None,
) -> Person:
    """The person as of a moment, aggregates and what groups tell among the facts: all, or those wanted.

    look : at a group that the person is in; without it groups tell nothing
    """
    one = seen(stored, at, dictionary, wanted)
    if one.groups and look is not None:
        one = grouped(one, dictionary, look, wanted)
    learnt = Provenance(how="learnt", source="history", at=at)
    computed = {
        id: Fact(value=value, provenance=learnt, message_id=f"aggregate:{id}")
        for id, value in aggregates(one, dictionary, wanted).items()
        if value is not None
    }
    for aggregate in dictionary.aggregates if one.among else ():
        if aggregate.among and aggregate.id in computed:
            together = replace(learnt, source=aggregate.among)
            computed[aggregate.id] = replace(
                computed[aggregate.id], provenance=together, message_id=TOLD + aggregate.id
            )
    return replace(one, facts={**one.facts, **computed})

"""Viewed: a person as rules, segments and models read them: what was said, and what their history adds up to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Person
from decidedly.core.provenance import Fact, Provenance
from decidedly.person.aggregates import aggregates
from decidedly.person.combine import seen
from decidedly.ports.reader import Stored


def viewed(stored: Stored, at: datetime, dictionary: Dictionary, wanted: Collection[str] | None = None) -> Person:
    """The person as of a moment, aggregates among the facts: all, or those wanted."""
    one = seen(stored, at, dictionary)
    learnt = Provenance(how="learnt", source="history", at=at)
    computed = {
        id: Fact(value=value, provenance=learnt, message_id=f"aggregate:{id}")
        for id, value in aggregates(one, dictionary, wanted).items()
        if value is not None
    }
    return replace(one, facts={**one.facts, **computed})

"""Said: what one event says, as a record keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from decidedly.core.event import Event
from decidedly.core.provenance import Fact, Provenance
from decidedly.feel.types import Number, Type


def fact_value(value: Any, type_: Type) -> Any:
    """A property as a fact keeps it: integers scaled as the attribute's type says, all else as it came."""
    if isinstance(type_, Number) and type_.scale and isinstance(value, int | float):
        return int(Decimal(str(value)).scaleb(type_.scale).to_integral_value())
    return value


def provenance_of(event: Event) -> Provenance:
    """Who said what this event says, when, and how sure we are."""
    return Provenance(
        how=event.how, source=event.source, at=event.at, confidence=event.confidence, synthetic=event.synthetic
    )


def once(old: Iterable[Fact], new: Iterable[Fact]) -> tuple[Fact, ...]:
    """Both, each message once, oldest first, ties by message id."""
    by_id = {fact.message_id: fact for fact in (*new, *old)}
    return tuple(sorted(by_id.values(), key=_place))


def _place(fact: Fact) -> tuple[datetime, str]:
    return fact.provenance.at, fact.message_id

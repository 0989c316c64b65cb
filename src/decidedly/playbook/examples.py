"""[[example]] beside a rule -> Examples."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from decidedly.core.policy import Example
from decidedly.playbook.document import Authored, Document


class ExampleForm(Authored, frozen=True, kw_only=True):
    facts: dict[str, Any]
    expect: bool | dict[str, Any]
    who: str = ""
    at: datetime | None = None


def read_examples(document: Document) -> tuple[Example, ...]:
    """The examples of a rule's file, in their order."""
    found = []
    given = document.values.get("example", [])
    for number in range(len(given) if isinstance(given, list) else 0):
        form = document.read(ExampleForm, "example", number)
        if form is not None:
            place = document.map.value("example", number, "expect")
            who = form.who or f"number {number + 1}"
            found.append(Example(who=who, facts=_kept(form.facts), expect=form.expect, at=form.at, place=place))
    return tuple(found)


def _kept(value: Any) -> Any:
    """Dates and times as texts: the form in which a playbook keeps what has no declared type."""
    if isinstance(value, dict):
        return {name: _kept(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_kept(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value

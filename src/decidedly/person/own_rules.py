"""Own rules: of all that a person chose and took back, the rules in force at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from decidedly.core.own_rule import MOST_RULES, OwnRule
from decidedly.core.person import Leaf


def own_rules_of(leaves: Iterable[Leaf], before: datetime) -> tuple[OwnRule, ...]:
    """The rules in force of those chosen before a moment, the oldest first: the newest word about each counts."""
    newest: dict[str, OwnRule] = {}
    for leaf in leaves:
        for word in leaf.own_rules:
            held = newest.get(word.id)
            if word.provenance.at < before and (held is None or _place(word) > _place(held)):
                newest[word.id] = word
    return tuple(sorted((word for word in newest.values() if word.choice is not None), key=_place))[:MOST_RULES]


def _place(word: OwnRule) -> tuple[datetime, str]:
    return word.provenance.at, word.message_id

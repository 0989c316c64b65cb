"""Whom: the identifiers of an ask as capture writes them, so that every face asks for the person that capture knows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from decidedly.core.ask import Ask
from decidedly.core.dictionary import ANONYMOUS, Dictionary
from decidedly.core.identifier import Identifier
from decidedly.person import Unfit, normalize


def whom(ask: Ask, dictionary: Dictionary) -> Ask:
    """The ask with each identifier once, in the form of its namespace, the most telling first. Those that name nobody
    are left off, so that no two strangers are one; without any, somebody anonymous asks."""
    who = named(ask.who, dictionary) or (Identifier(ANONYMOUS, ask.ask_id),)
    return ask if who == ask.who else replace(ask, who=who)


def named(who: Sequence[Identifier], dictionary: Dictionary) -> tuple[Identifier, ...]:
    """Each identifier that names somebody, once, in its form, the most telling first."""
    found = dict.fromkeys(one for raw in who if not isinstance(one := normalize(raw, dictionary), Unfit))
    if len(found) < 2:
        return tuple(found)
    rank = {namespace: place for place, namespace in enumerate(dictionary.identifiers)}
    return tuple(sorted(found, key=lambda one: rank.get(one.namespace, len(rank))))

"""The customer's own rules as FEEL: each choice becomes a condition, and the first that is not true drops a candidate.

The texts are made of choices alone. What a person typed stands in them as a quoted literal, so that no words of theirs
are ever read as rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decidedly.core.action import Action
from decidedly.core.dictionary import Dictionary
from decidedly.core.own_rule import AtMost, Choice, Hours, NeverAbout, OnlyBy, OnlyIfUrgent, OwnRule, sentence
from decidedly.feel import BOOLEAN, INTEGER, STRING, Compiled, ListOf, Name, Scope, compile_expression, parse_type
from decidedly.playbook import names

URGENT = "urgent"
"""The action attribute that says whether a thing is urgent: a boolean, true where it is."""
CONTACT = (
    Name("channel", STRING), Name("direction", STRING), Name("urgent", BOOLEAN), Name("minute of day", INTEGER),
    Name("contacts in 7 days", INTEGER),
)  # fmt: skip
"""What a rule may ask of the message itself. minute of day: when it would go, by the person's clock."""

_MEMO = 4096
_INBOUND = 'contact.direction = "inbound" or '


class OwnRules:
    """The own rules that can be set on some actions, compiled when first met."""

    def __init__(self, dictionary: Dictionary, actions: Sequence[Action]) -> None:
        self.topics = topics_of(dictionary)
        self._scope = Scope.of({"action": names(dictionary, "action"), "contact": CONTACT})
        self._actions = actions
        self._compiled: dict[Choice, Compiled | None] = {}
        self._about: dict[Choice, NDArray[np.bool_]] = {}

    @cached_property
    def urgent(self) -> NDArray[np.bool_]:
        """bool[n]: which of the actions are urgent."""
        return np.array([action.facts.get(URGENT) is True for action in self._actions], np.bool_)

    def passing(self, choice: Choice, contact: Mapping[str, Any]) -> NDArray[np.bool_]:
        """bool[n]: the actions that a rule lets through on one channel; what breaks lets nothing through.

        contact : CONTACT by name, but whether it is urgent
        """
        compiled = self._condition(choice)
        if compiled is None:
            return np.zeros(len(self._actions), np.bool_)
        if isinstance(choice, NeverAbout):
            if choice not in self._about:
                self._keep_small(self._about)
                verdicts = [_holds(compiled, action.facts, contact) for action in self._actions]
                self._about[choice] = np.array(verdicts, np.bool_)
            return self._about[choice]
        now, later = (_holds(compiled, {}, {**contact, "urgent": urgent}) for urgent in (True, False))
        return np.where(self.urgent, now, later)

    def _condition(self, choice: Choice) -> Compiled | None:
        if choice not in self._compiled:
            self._keep_small(self._compiled)
            self._compiled[choice] = compile_expression(text_of(choice, self.topics), self._scope, BOOLEAN)[0]
        return self._compiled[choice]

    @staticmethod
    def _keep_small(memo: dict[Any, Any]) -> None:
        if len(memo) >= _MEMO:
            memo.clear()


def topics_of(dictionary: Dictionary) -> tuple[tuple[str, bool], ...]:
    """Name of each action attribute whose values are topics, and whether it is a list: those declared, else all that
    are texts."""
    texts = []
    for one in dictionary.attributes:
        type_ = parse_type(one.type)[0]
        is_list = isinstance(type_, ListOf) and type_.of == STRING
        if one.of == "action" and one.id != "name" and (type_ == STRING or is_list):
            texts.append((one, is_list))
    declared = [pair for pair in texts if pair[0].topic]
    return tuple((one.name, is_list) for one, is_list in declared or texts)


def known_topics(dictionary: Dictionary, actions: Iterable[Action]) -> list[str]:
    """Every topic that an action has, for a form to choose from."""
    asked = {name for name, _ in topics_of(dictionary)}
    ids = [one.id for one in dictionary.attributes if one.of == "action" and one.name in asked]
    found: set[str] = set()
    for action in actions:
        for id in ids:
            value = action.facts.get(id)
            found |= {value} if isinstance(value, str) else set(value or ())
    return sorted(found)


def text_of(choice: Choice, topics: Sequence[tuple[str, bool]]) -> str:
    """The choice as a FEEL condition on a message, true where it may go.

    topics : as `topics_of` gives them. An action without a word about its topic is about none

    >>> text_of(OnlyBy(channels=("email",)), ())
    'contact.direction = "inbound" or contact.channel in ("email")'
    """
    match choice:
        case NeverAbout(topic=topic):
            word = quoted(topic.lower())
            about = [
                f"(some topic in action.{name} satisfies lower case(topic) = {word})" if is_list
                else f"lower case(action.{name}) = {word}"
                for name, is_list in topics
            ]  # fmt: skip
            return f"({' or '.join(about)}) != true" if about else "false"
        case OnlyBy(channels=channels):
            return f"{_INBOUND}contact.channel in ({', '.join(map(quoted, channels))})"
        case OnlyIfUrgent(channels=channels):
            where = f" or not(contact.channel in ({', '.join(map(quoted, channels))}))" if channels else ""
            return f"{_INBOUND}contact.urgent{where}"
        case Hours(not_before=first, not_after=last):
            after = "" if first is None else f"contact.minute of day >= {first}"
            before = "" if last is None else f"contact.minute of day < {last}"
            both = "or" if first is not None and last is not None and first > last else "and"
            return f"{_INBOUND}({f' {both} '.join(filter(None, (after, before)))})"
        case AtMost(count=count):
            return f"{_INBOUND}contact.contacts in 7 days < {count}"


def quoted(text: str) -> str:
    """A text as a FEEL literal, whatever it holds.

    >>> quoted('a" or true or "')
    '"a\\\\" or true or \\\\""'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(one if one.isprintable() else f"\\U{ord(one):06x}" for one in escaped) + '"'


def name_of(rule: OwnRule) -> str:
    """The rule in the person's own words, or in ours where they used none."""
    assert rule.choice is not None, "a rule in force has a choice"
    return rule.words or sentence(rule.choice)


def _holds(compiled: Compiled, action: Mapping[str, Any], contact: Mapping[str, Any]) -> bool:
    try:
        return compiled.fn(action, contact) is True
    except Exception:  # fails closed
        return False

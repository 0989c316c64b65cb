"""Joining: what makes events outcomes, of the playbook in force, made ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from decidedly.core.action import Action, Money
from decidedly.core.attribution import REACHES_WITHIN, Attribution
from decidedly.core.dictionary import Dictionary, EventKind
from decidedly.core.errors import AuthoringError
from decidedly.core.event import Event
from decidedly.core.outcome import NON_RESPONSE, OutcomeKind
from decidedly.core.playbook import Playbook
from decidedly.feel import BOOLEAN, compile_expression
from decidedly.feel.types import parse_type
from decidedly.person import Readers, as_read, reader
from decidedly.playbook import attribution_scope

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """An attribution rule, compiled. holds: whether a condition on an item and an action's facts is true; reads_action:
    whether it tells actions apart."""

    said: Attribution
    items: str
    readers: Readers
    holds: Callable[[Item, Mapping[str, Any]], bool] | None
    reads_action: bool

    @property
    def by_action(self) -> bool:
        """Whether an outcome is of single actions, not of the decision as a whole."""
        return bool(self.said.product) or self.reads_action

    def lines(self, event: Event) -> Iterator[Item]:
        """What the condition reads: the event's fields, with each item's own where the kind has items."""
        own = {key: value for key, value in event.properties.items() if key != self.items}
        if not self.items:
            yield as_read(own, self.readers)
            return
        items = event.properties.get(self.items)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                yield as_read({**own, **item}, self.readers)

    def fits(self, line: Item, action: Action | None) -> bool:
        """Whether an item is one that the rule asks for, of this action where it is of single actions."""
        if self.said.product and (action is None or str(line.get(self.said.product)) not in action.products):
            return False
        return self.holds is None or self.holds(line, {} if action is None else action.facts)


@dataclass(frozen=True)
class Joining:
    """kinds: event kind id -> what it is for the decision that it names, and the field of its worth; clicks: ids of the
    kinds that are clicks, of which bursts are told; matures: service id -> after how long nothing is a non-response."""

    currency: str
    kinds: Mapping[str, tuple[OutcomeKind, str]]
    clicks: frozenset[str]
    rules: tuple[Rule, ...]
    matures: Mapping[str, timedelta]

    @property
    def within(self) -> timedelta:
        """The longest time after an exposure in which a rule sees something."""
        return max((rule.said.within for rule in self.rules), default=timedelta(0))

    @property
    def reach(self) -> timedelta:
        """How far apart two decisions may lie that share an event."""
        return self.within + REACHES_WITHIN if self.rules else timedelta(0)

    @property
    def of(self) -> tuple[str, ...]:
        """Ids of the kinds that the rules see."""
        return tuple(sorted({rule.said.of for rule in self.rules}))

    def rules_for(self, service: str, channel: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.said.is_of(service, channel))

    def worth(self, amount: Any) -> Money | None:
        """An amount of an event, in minor units."""
        return Money(amount, self.currency) if isinstance(amount, int) and not isinstance(amount, bool) else None


def joining_of(book: Playbook) -> Joining:
    """The playbook's kinds and rules. Raises AuthoringError for what `check` reports."""
    kinds: dict[str, tuple[OutcomeKind, str]] = {
        kind.id: (kind.means, kind.worth) for kind in book.dictionary.events if kind.means
    }
    kinds[NON_RESPONSE] = (NON_RESPONSE, "")
    return Joining(
        currency=book.brand.currency,
        kinds=kinds,
        clicks=frozenset(kind.id for kind in book.dictionary.events if kind.response == "click"),
        rules=tuple(_rule(one, book.dictionary) for one in book.attribution),
        matures={service.id: service.matures for service in book.services if service.matures is not None},
    )


def _rule(said: Attribution, dictionary: Dictionary) -> Rule:
    kind = dictionary.kind(said.of) or EventKind(id=said.of, name=said.of)
    zone = ZoneInfo(dictionary.time_zone)
    typed = {one.name: parse_type(one.type)[0] for one in (*kind.fields, *kind.item_fields)}
    readers = {name: read for name, type_ in typed.items() if type_ and (read := reader(type_, zone)) is not None}
    if said.where is None:
        return Rule(said, kind.items, readers, None, False)
    compiled, problems = compile_expression(
        said.where.text, attribution_scope(dictionary, kind), BOOLEAN, place=said.where.place
    )
    if compiled is None:
        raise AuthoringError(problems)
    test = compiled.fn

    def holds(line: Item, action: Mapping[str, Any]) -> bool:
        """A condition that breaks on a value does not hold."""
        try:
            return test(line, action) is True
        except Exception:
            return False

    return Rule(said, kind.items, readers, holds, any(one.root == "action" for one in compiled.reads))

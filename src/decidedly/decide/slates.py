"""Slates: what the answers of a service must keep to, compiled over its actions and placements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from decidedly.core.action import Action
from decidedly.core.decision import DecisionRecord, Earlier
from decidedly.core.dictionary import Dictionary
from decidedly.core.ledger import Entry
from decidedly.core.policy import Policy
from decidedly.core.service import AtMostOf, Bundle, DecisionService, NeverTogether, NoRepeat, OnlyAfter, Placement
from decidedly.decide.condition import Condition, condition_of
from decidedly.feel import Scope, Type, parse_type, to_plain
from decidedly.feel.types import ANY, Money, Number


class Group(NamedTuple):
    """At most so many of one value.

    placement : index of the one it holds for, -1 for the whole slate
    values    : per action, the numbers of its values
    """

    rule: int
    most: int
    placement: int
    values: tuple[tuple[int, ...], ...]


class Pair(NamedTuple):
    """No action of one side with one of the other. one, other: per action, whether it is of that side."""

    rule: int
    one: tuple[bool, ...]
    other: tuple[bool, ...]


class Whole(NamedTuple):
    """Actions that stand together or not at all, in the order in which they are shown."""

    rule: int
    actions: tuple[int, ...]
    adjacent: bool


class Past(NamedTuple):
    """A rule on what was shown before. held: bool[n], the actions it holds for.

    after : glob over ids that must have been shown; None where what was shown itself must not come again
    """

    rule: int
    held: NDArray[np.bool_]
    days: timedelta
    after: str | None


class Shown(NamedTuple):
    action: str
    at: datetime


@dataclass(frozen=True)
class Slates:
    """Over n actions and k placements.

    first_rule : index in the plan of the rule of the first placement; those of the service's rules come after them
    fits       : bool[n, k], by id, and by size where there is a budget
    home       : int[n], the first placement that takes an action by its id
    conditions : per placement, its `when`
    sizes      : per action and placement, the space that it takes, 0 where there is no budget
    """

    service: DecisionService
    first_rule: int
    placements: tuple[Placement, ...]
    fits: NDArray[np.bool_]
    home: NDArray[np.intp]
    conditions: tuple[Condition | None, ...]
    sizes: tuple[tuple[float, ...], ...]
    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]
    wholes: tuple[Whole, ...]
    past: tuple[Past, ...]

    @property
    def plain(self) -> bool:
        """Whether the best actions simply fill one place."""
        own = self.service
        return not (own.placements or own.rules or own.session)

    @property
    def joint(self) -> bool:
        """Whether choosing one action may keep out others beyond the slot that it takes."""
        budgets = any(one.budget is not None for one in self.placements)
        return bool(budgets or self.groups or self.pairs or self.wholes)

    def session_of(self, earlier: Sequence[Earlier], at: datetime) -> list[Earlier]:
        """The answers that the person got from this service within the session, newest first: each at most its length
        before the next."""
        length, found = self.service.session, list[Earlier]()
        for one in earlier:
            if length is not None and one.service == self.service.id and timedelta(0) <= at - one.at <= length:
                found.append(one)
                at = one.at
        return found

    def last_of(self, earlier: Sequence[Earlier]) -> Earlier | None:
        """The answer that the person got last from this service."""
        return next((one for one in earlier if one.service == self.service.id), None)

    def passing(self, past: Past, shown: Sequence[Shown], ids: Sequence[str], at: datetime) -> NDArray[np.bool_]:
        """bool[n]: the actions that one rule on what was shown before lets through."""
        if past.after is None:
            lately = {one.action for one in shown if abs(at - one.at) < past.days}
            return np.array([not held or id not in lately for id, held in zip(ids, past.held.tolist(), strict=True)])
        led = [one.at for one in shown if one.at <= at and fnmatchcase(one.action, past.after)]
        return np.ones(len(ids), np.bool_) if led and at - max(led) >= past.days else ~past.held

    def shown(self, contacts: Sequence[Entry], earlier: Sequence[Earlier], at: datetime) -> list[Shown]:
        """Every action that the person was shown, as far as it is known, and when: but for the answers of this
        session, which are given again."""
        again = {one.id for one in self.session_of(earlier, at)}
        sent = [(entry.at, entry.actions) for entry in contacts if entry.id not in again]
        # What this service sent, and whether it arrived, the contacts say.
        seen = [
            (one.at, one.actions) for one in earlier if one.id not in again and one.channel not in self.service.channels
        ]
        return [Shown(action, when) for when, actions in (*sent, *seen) for action in actions]


def slates_of(
    service: DecisionService, actions: Sequence[Action], dictionary: Dictionary, scope: Scope, first_rule: int
) -> Slates:
    """The slates of a service. first_rule: index in the plan of the rule of its first placement, if it declares any."""
    placements, ids = service.places, [one.id for one in actions]
    numbers = {id: index for index, id in enumerate(ids)}
    rules = list(enumerate(service.rules, first_rule + len(service.placements)))
    sizes = tuple(tuple(size_of(one, place, dictionary) for place in placements) for one in actions)
    fits = np.array([[service.may_stand(id, place) for place in placements] for id in ids], np.bool_)
    fits = fits.reshape(-1, len(placements))
    budgets = np.array([np.inf if one.budget is None else one.budget for one in placements])
    return Slates(
        service=service,
        first_rule=first_rule,
        placements=placements,
        fits=fits & (np.array(sizes).reshape(fits.shape) <= budgets),
        home=fits.argmax(axis=1) if len(placements) > 1 else np.zeros(len(ids), np.intp),
        conditions=tuple(
            None if one.when is None else condition_of(_policy(one), index, scope, actions, {})
            for index, one in enumerate(placements, first_rule)
        ),
        sizes=sizes,
        groups=tuple(
            Group(index, one.count, _place(placements, one.placement), _values(actions, one.of_one))
            for index, one in rules
            if isinstance(one, AtMostOf)
        ),
        pairs=tuple(
            Pair(index, tuple(matching(ids, one.one).tolist()), tuple(matching(ids, one.other).tolist()))
            for index, one in rules
            if isinstance(one, NeverTogether)
        ),
        wholes=tuple(
            # A part that is not there can never be shown: number -1 holds the rest back.
            Whole(index, tuple(numbers.get(id, -1) for id in one.actions), one.adjacent)
            for index, one in rules
            if isinstance(one, Bundle)
        ),
        past=tuple(
            Past(
                index,
                matching(ids, one.actions),
                timedelta(days=one.days),
                one.after if isinstance(one, OnlyAfter) else None,
            )
            for index, one in rules
            if isinstance(one, NoRepeat | OnlyAfter)
        ),
    )


def matching(ids: Sequence[str], glob: str) -> NDArray[np.bool_]:
    """bool[n]: which ids a glob fits."""
    return np.array([fnmatchcase(id, glob) for id in ids], np.bool_)


def size_of(action: Action, placement: Placement, dictionary: Dictionary) -> float:
    """Space that an action takes in a placement: 0 without a budget, endless where it is not known."""
    if placement.budget is None:
        return 0.0
    return amount_of(action.facts, placement.size, dictionary)


def amount_of(facts: Mapping[str, Any], attribute: str, dictionary: Dictionary) -> float:
    """An attribute of an action as a number in its own unit; endless where it is none or not known."""
    value = facts.get(attribute)
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        return float("inf")
    declared = next((one.type for one in dictionary.attributes if one.of == "action" and one.id == attribute), "")
    type_ = parse_type(declared)[0]
    scale = type_.scale if isinstance(type_, Number | Money) else 0
    return float(value / 10 ** (scale or 0))


def told_of(
    service: DecisionService, actions: Sequence[Action], dictionary: Dictionary
) -> tuple[Mapping[str, Any], ...]:
    """Per action, the attributes that an answer carries, by id: what is known of them, in plain form."""
    types = {one.id: parse_type(one.type)[0] for one in dictionary.attributes if one.of == "action"}
    return tuple(
        {id: _plain(types[id], action.facts[id]) for id in service.tells if types.get(id) and id in action.facts}
        for action in actions
    )


def _plain(type_: Type | None, value: Any) -> Any:
    plain = to_plain(type_ or ANY, value)
    if isinstance(plain, Decimal):
        return int(plain) if plain == plain.to_integral_value() else float(plain)
    return plain


def placements_of(record: DecisionRecord, slates: Slates) -> tuple[str, ...]:
    """Id of the placement of each chosen action."""
    places = record.places or (0,) * len(record.chosen)
    return tuple(slates.placements[place].id for place in places)


def _policy(placement: Placement) -> Policy:
    return Policy(id=placement.id, name=placement.name, tier="suitability", when=placement.when, place=placement.place)


def _place(placements: Sequence[Placement], id: str) -> int:
    return next((index for index, one in enumerate(placements) if one.id == id), -1)


def _values(actions: Sequence[Action], attribute: str) -> tuple[tuple[int, ...], ...]:
    """Per action, its values of an attribute as numbers; none where it has none."""
    numbers: dict[Any, int] = {}
    found = []
    for action in actions:
        value = action.facts.get(attribute)
        items = value if isinstance(value, list) else [] if value is None else [value]
        found.append(tuple(sorted({numbers.setdefault(item, len(numbers)) for item in items})))
    return tuple(found)

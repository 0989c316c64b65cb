"""Credit: which decision an event is an outcome of that names none, by the attribution rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from decidedly.core.action import Money
from decidedly.core.event import Event
from decidedly.core.outcome import Outcome, Verdict
from decidedly.measure.joining import Item, Joining, Rule
from decidedly.measure.shown import Exposed
from decidedly.ports.journal import Logged


class _Part(NamedTuple):
    """What one item gives one action of the decision. share: of the credit; minor: of the item's worth, if any."""

    action: str
    share: float
    minor: int | None


def credited(
    own: Exposed,
    others: Sequence[Exposed],
    events: Iterable[Logged],
    joining: Joining,
    verdict_of: Mapping[str, Verdict],
) -> list[Outcome]:
    """Outcomes that the rules give to a decision, of the first rule that gives one where several would.

    Each item of an event goes to the decisions that were seen in time before it: to the last of them, to the first, or
    to all in equal parts; within a decision, in equal parts to its actions that fit. Amounts are parted to the minor
    unit, so that the parts are the whole.
    """
    shown = own.shown
    rules = joining.rules_for(shown.service, shown.channel)
    if own.first is None or not rules:
        return []
    found: dict[tuple[str, str, str], Outcome] = {}
    for event in (logged.event for logged in events):
        if event.decision_id and event.kind in joining.kinds:
            continue  # it says itself which decision it answers
        for rule in rules:
            if event.kind != rule.said.of:
                continue
            candidates = [one for one in others if rule.said.is_of(one.shown.service, one.shown.channel)]
            for action, parts in _by_action(own, candidates, event, rule).items():
                worth = [part.minor for part in parts if part.minor is not None]
                found.setdefault(
                    (event.message_id, rule.said.outcome, action),
                    Outcome(
                        decision_id=shown.id,
                        kind=rule.said.outcome,
                        at=event.at,
                        message_id=event.message_id,
                        action=action,
                        placement=shown.placement_of(action),
                        channel=shown.channel,
                        value=Money(sum(worth), joining.currency) if worth else None,
                        verdict=verdict_of[event.message_id],
                        by=rule.said.id,
                        share=max(part.share for part in parts),
                    ),
                )
    return list(found.values())


def _by_action(own: Exposed, others: Sequence[Exposed], event: Event, rule: Rule) -> dict[str, list[_Part]]:
    found: dict[str, list[_Part]] = {}
    for line in rule.lines(event):
        for part in _parts(own, others, event, line, rule):
            found.setdefault(part.action, []).append(part)
    return found


def _parts(own: Exposed, others: Sequence[Exposed], event: Event, line: Item, rule: Rule) -> list[_Part]:
    """What one item gives to the actions of a decision."""
    mine = _seen(own, event, line, rule)
    if not mine:
        return []
    touched = [(own.shown.id, mine), *((one.shown.id, _seen(one, event, line, rule)) for one in others)]
    touched = [(id, seen) for id, seen in touched if seen]
    # At one moment the ids decide, so that whichever decision is asked for, the answer is the same.
    match rule.said.credit:
        case "last":
            winners = [max((max(seen.values()), id) for id, seen in touched)[1]]
        case "first":
            winners = [min((min(seen.values()), id) for id, seen in touched)[1]]
        case "equal":
            winners = sorted(id for id, _ in touched)
    if own.shown.id not in winners:
        return []
    told = line.get(rule.said.worth) if rule.said.worth else None
    minor = told if isinstance(told, int) and not isinstance(told, bool) else None
    if minor is not None:
        minor = _portion(minor, len(winners), winners.index(own.shown.id))
    share = 1 / len(winners) / len(mine)
    return [
        _Part(action, share, None if minor is None else _portion(minor, len(mine), number))
        for number, action in enumerate(sorted(mine))
    ]


def _portion(minor: int, count: int, number: int) -> int:
    """One of so many equal parts; what does not divide goes to the first of them."""
    whole, rest = divmod(minor, count)
    return whole + (number < rest)


def _seen(one: Exposed, event: Event, line: Item, rule: Rule) -> dict[str, datetime]:
    """Actions of a decision that an item fits, and when they were seen in time; "" for the decision as a whole."""
    if one.first is None or not one.first <= event.at:
        return {}
    if rule.by_action:
        seen = [(action.id, one.of(action.id)) for action in one.shown.actions if rule.fits(line, action)]
    else:
        actions = one.shown.actions
        seen = [(actions[0].id if len(actions) == 1 else "", one.first)] if rule.fits(line, None) else []
    return {
        action: at
        for action, at in seen
        if at is not None and at <= event.at <= at + rule.said.within and one.in_time(at)
    }

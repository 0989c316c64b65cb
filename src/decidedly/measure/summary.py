"""Summary: what came of the decisions of one service, in all, by channel and by action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from decidedly.core.outcome import NON_RESPONSE, OUTCOMES, Outcome
from decidedly.measure.outcomes import Came


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of decisions; of an action: of those that showed it.

    shown        : that reached the person
    responded    : by kind of outcome, decisions with at least one; software's do not count
    non_response : reached, not answered in time
    pending      : reached, and there is still time, or no time is set
    waiting      : the message may still go
    not_reached  : nobody saw it
    value_minor  : what the outcomes were worth, in the currency's minor units, each with its share
    """

    decisions: int = 0
    shown: int = 0
    responded: dict[str, int] = {}
    non_response: int = 0
    pending: int = 0
    waiting: int = 0
    not_reached: int = 0
    value_minor: int = 0


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """no_action: decisions that chose nothing, which are not among the others."""

    service: str
    currency: str
    no_action: int
    total: Tally
    channels: dict[str, Tally]
    actions: dict[str, Tally]


class _Count:
    """A tally in the making."""

    def __init__(self) -> None:
        self.standings: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.shown = 0
        self.value = 0

    def add(self, standing: str, outcomes: Iterable[Outcome], *, reached: bool) -> None:
        self.standings[standing] += 1
        self.shown += reached
        counted = [one for one in outcomes if one.counts]
        self.kinds.update({one.kind for one in counted})
        self.value += sum(one.value.minor for one in counted if one.value is not None)

    def tally(self) -> Tally:
        of = self.standings
        return Tally(
            decisions=of.total(),
            shown=self.shown,
            responded={kind: self.kinds[kind] for kind in OUTCOMES if self.kinds[kind] and kind != NON_RESPONSE},
            non_response=of["non-response"],
            pending=of["pending"],
            waiting=of["waiting"],
            not_reached=of["not-reached"],
            value_minor=self.value,
        )


def summary(service: str, currency: str, came: Iterable[Came]) -> Summary:
    """Counts over what came of a service's decisions, read once."""
    total, channels, actions = _Count(), dict[str, _Count](), dict[str, _Count]()
    no_action = 0
    for one in came:
        if one.standing == "no-action":
            no_action += 1
            continue
        reached = one.exposed.first is not None
        total.add(one.standing, one.outcomes, reached=reached)
        channels.setdefault(one.shown.channel, _Count()).add(one.standing, one.outcomes, reached=reached)
        for action in one.shown.actions:
            reached = one.exposed.of(action.id) is not None
            standing = one.standing_of(action.id)
            actions.setdefault(action.id, _Count()).add(standing, one.of(action.id), reached=reached)
    return Summary(
        service=service,
        currency=currency,
        no_action=no_action,
        total=total.tally(),
        channels={id: channels[id].tally() for id in sorted(channels)},
        actions={id: actions[id].tally() for id in sorted(actions)},
    )

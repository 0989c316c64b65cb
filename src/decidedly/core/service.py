"""Decision service: a named entry point that returns decisions. Channel: where a treatment is shown."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from decidedly.core.policy import Text
from decidedly.feel.diagnostics import Place

MAIN = "main"
"""Id of the one placement of a service that declares none."""


REACH_DAYS = 90
"""What was shown longer ago than this, and than a rule asks for, no longer lets anything follow it."""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One channel.

    direction    : outbound messages need consent and are contacts; inbound answers are exposures only
    weight       : FEEL, context weight C of this person in this channel, >= 0
    contact_cost : of one message, in the brand's minor units
    """

    id: str
    name: str
    direction: Literal["inbound", "outbound"]
    weight: Text
    contact_cost: float = 0.0
    place: Place = Place()


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """A place that a decision fills.

    candidates : glob over action ids; "" for all of the service
    when       : FEEL, true for the actions that may stand here; None for all
    slots      : how many actions, or bundles in one place, at most
    budget     : how much space there is, in the unit of `size`; None without a limit
    size       : id of the action attribute that says how much space an action takes
    order      : "predicted" shows the best first; "stable" keeps the order that this person saw last
    margin     : how much better, as a share of the better priority, an option must be to overtake in a stable order
    """

    id: str
    name: str
    candidates: str = ""
    when: Text | None = None
    slots: int = 1
    budget: float | None = None
    size: str = ""
    order: Literal["predicted", "stable"] = "predicted"
    margin: float = 0.1
    place: Place = Place()


class AtMostOf(msgspec.Struct, frozen=True, kw_only=True, tag="at-most", tag_field="rule"):
    """At most so many actions that share one value of an attribute.

    of_one    : id of the action attribute; of a list each item counts
    placement : id of the placement it holds for; "" for the whole slate
    """

    id: str
    name: str
    count: int
    of_one: str
    placement: str = ""
    place: Place = Place()


class NoRepeat(msgspec.Struct, frozen=True, kw_only=True, tag="no-repeat", tag_field="rule"):
    """Nothing that the person was shown within so many days before. actions: glob over ids."""

    id: str
    name: str
    days: int
    actions: str = "*"
    place: Place = Place()


class NeverTogether(msgspec.Struct, frozen=True, kw_only=True, tag="never-together", tag_field="rule"):
    """No action of the one glob in a slate with one of the other."""

    id: str
    name: str
    one: str
    other: str
    place: Place = Place()


class OnlyAfter(msgspec.Struct, frozen=True, kw_only=True, tag="only-after", tag_field="rule"):
    """Actions of a glob only where one of `after` was shown, the last time at least so many days before."""

    id: str
    name: str
    actions: str
    after: str
    days: int
    place: Place = Place()


class Bundle(msgspec.Struct, frozen=True, kw_only=True, tag="bundle", tag_field="rule"):
    """Actions that stand together or not at all.

    actions  : ids, in the order in which they are shown
    adjacent : each takes a slot, side by side; else they share one
    """

    id: str
    name: str
    actions: tuple[str, ...]
    adjacent: bool = True
    place: Place = Place()


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A part of its priority that a service declares. formula: a FEEL number."""

    id: str
    name: str
    formula: Text


SlateRule = AtMostOf | NoRepeat | NeverTogether | OnlyAfter | Bundle


class DecisionService(msgspec.Struct, frozen=True, kw_only=True):
    """What one service decides.

    candidates : glob over action ids ("grow/campaign-18/*")
    slots      : how many actions at most in one answer
    channels   : outbound channels it may choose among; an inbound ask names its own
    inbound    : channels that may ask
    priority   : FEEL over propensity, weight, value, lever
    model      : id of the propensity model; "" for none
    template   : id of the campaign template that renders the answer
    person_decides : an employee decides by the answer; then it is no automated decision
    impression : what an answer that the person sees is; a contact counts under the caps, and keeps to them
    matures    : after how long somebody reached who has not answered is a non-response; None for never
    placements : what it fills together; without one, a single place of its own candidates and slots
    rules      : what a slate must keep to
    session    : for how long the person gets the same answer in whatever channel, as far as it is still allowed
    tells      : ids of the action attributes that the answer carries
    customer   : FEEL in money that speaks for the person, added to the priority; None without it
    terms      : parts that priority and customer may read, in the order in which they are worked out
    service_first : actions of class service come before all commercial ones
    reasons    : how many of the main reasons for its chance the answer carries for each action
    """

    id: str
    name: str
    candidates: str
    slots: int
    channels: tuple[str, ...]
    inbound: tuple[str, ...] = ()
    priority: Text
    purpose: str = "marketing"
    contact_class: str = "marketing"
    model: str = ""
    template: str = ""
    person_decides: bool = False
    impression: Literal["exposure", "contact"] = "exposure"
    place: Place = Place()
    matures: timedelta | None = None
    placements: tuple[Placement, ...] = ()
    rules: tuple[SlateRule, ...] = ()
    session: timedelta | None = None
    tells: tuple[str, ...] = ()
    reasons: int = 0
    customer: Text | None = None
    terms: tuple[Term, ...] = ()
    service_first: bool = True

    @property
    def places(self) -> tuple[Placement, ...]:
        """What it fills, at least one."""
        return self.placements or (Placement(id=MAIN, name=self.name, slots=self.slots),)

    @property
    def looks_back(self) -> bool:
        """Whether it asks what the person was shown before."""
        stable = any(one.order == "stable" for one in self.placements)
        return stable or self.session is not None or any(isinstance(one, NoRepeat | OnlyAfter) for one in self.rules)

    @property
    def days_back(self) -> timedelta:
        """How far back a rule looks at what was shown by answers."""
        return max((timedelta(days=_reach(one)) for one in self.rules), default=timedelta(0))

    def takes(self, action: str) -> bool:
        """Whether any of its placements takes an action, as far as its id says."""
        return any(self.may_stand(action, place) for place in self.places)

    def may_stand(self, action: str, placement: Placement) -> bool:
        """Whether a placement takes an action, as far as its id says."""
        return fnmatchcase(action, self.candidates) and fnmatchcase(action, placement.candidates or "*")


def _reach(rule: SlateRule) -> int:
    match rule:
        case NoRepeat():
            return rule.days
        case OnlyAfter():
            return rule.days + REACH_DAYS
        case _:
            return 0

"""Fill: one person's slate on one channel, the placements together.

The actions are taken by falling priority, each into the first placement that has room for it; what stands there already
moves over where that makes room. For placements with slots alone this is the best slate there is: the sets of actions
that can be placed are the independent sets of a transversal matroid (Edmonds and Fulkerson 1965). Budgets, limits on
one value, pairs and bundles make that false. Then the slate is improved: filled by priority for the space it takes too,
and filled anew without each chosen action and with each refused one first, as long as it becomes worth more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decidedly.decide.slates import Slates

ROUNDS = 8
TRIED = 16
"""So many of the best refused are tried first."""
LOOKED_AT = 24
"""After so many units it is asked whether any of the rest could go anywhere."""
FIRST_GAIN = 2.0**24
"""Beside what comes before all others nothing else weighs."""


class Unit(NamedTuple):
    """An action, or a bundle. number: rank by priority; width: slots it takes; wanted: index of the placement it should
    stand in, -1 for the first with room."""

    number: int
    actions: tuple[int, ...]
    gain: float
    width: int
    wanted: int = -1


class Filled(NamedTuple):
    """actions: in the order in which they are shown, placement by placement; places: index of the placement of each;
    worth: the sum of their priorities."""

    actions: tuple[int, ...]
    places: tuple[int, ...]
    worth: float


NOTHING = Filled((), (), 0.0)


def fill(
    slates: Slates,
    fits: NDArray[np.bool_],
    order: Sequence[int],
    priority: NDArray[np.float32],
    first: NDArray[np.bool_],
    kept: Sequence[tuple[int, int]] = (),
    last: Sequence[tuple[int, int]] = (),
) -> Filled:
    """The slate of one person on one channel.

    fits     : bool[n, k], which actions may stand where
    order    : the actions that passed, by falling priority
    priority : float32[n]
    first    : bool[n], actions of which even the least comes before all others
    kept     : actions with their placements to be shown again before all others
    last     : actions with their placements as the person saw them last, for stable orders
    """
    worth = priority.astype(np.float64).tolist()
    gains = (priority.astype(np.float64) + FIRST_GAIN * first).tolist()
    allowed = fits.tolist()
    units = _units(slates, [one for one in order if gains[one] >= 0 and any(allowed[one])], gains)
    repeated = [own._replace(wanted=place) for action, place in kept if (own := _first_with(units, action)) is not None]
    repeated = list({one.number: one for one in reversed(repeated)}.values())[::-1]
    held = {one.number for one in repeated}
    before = [one for one in units if one.number not in held and any(first[action] for action in one.actions)]
    repeated = [*before, *repeated] if repeated else []
    held = {one.number for one in repeated}
    rest = [one for one in units if one.number not in held]
    best = _Filling(slates, allowed).add((*repeated, *rest))
    if slates.joint:
        best = _improved(slates, allowed, repeated, rest, best)
    chosen = sorted((unit for inside in best.inside for unit in inside), key=lambda one: one.number)
    again = _Filling(slates, allowed).add((*repeated, *(one for one in chosen if one.number not in held)))
    if len(again.held) == len(chosen):  # the best stand in the first places
        best = again
    return _shown(slates, best, [one.number for one in repeated], worth, last, first.tolist())


def _first_with(units: Iterable[Unit], action: int) -> Unit | None:
    return next((unit for unit in units if action in unit.actions), None)


def _units(slates: Slates, order: Sequence[int], gains: Sequence[float]) -> list[Unit]:
    """What can be chosen, by falling priority for each slot it takes; a bundle stands where the best of it would."""
    bundled = {action: whole for whole in slates.wholes for action in whole.actions}
    found: list[Unit] = []
    alive, seen = set(order), set()
    for action in order:
        whole = bundled.get(action)
        if whole is None:
            found.append(Unit(0, (action,), gains[action], 1))
        elif whole.rule not in seen:
            seen.add(whole.rule)
            if alive.issuperset(whole.actions):
                width = len(whole.actions) if whole.adjacent else 1
                found.append(Unit(0, whole.actions, sum(gains[one] for one in whole.actions), width))
    if seen:
        found.sort(key=lambda one: -one.gain / one.width)
    return [one._replace(number=number) for number, one in enumerate(found)]


class _Filling:
    """Placements being filled."""

    def __init__(self, slates: Slates, allowed: list[list[bool]]) -> None:
        self.slates, self.allowed = slates, allowed
        self.inside: list[list[Unit]] = [[] for _ in slates.placements]
        self.slots = [one.slots for one in slates.placements]
        self.space = [np.inf if one.budget is None else one.budget for one in slates.placements]
        self.counts: list[dict[int, int]] = [{} for _ in slates.groups]
        self.sides = [[0, 0] for _ in slates.pairs]
        self.held: set[int] = set()
        self.worth = 0.0

    def add(self, units: Iterable[Unit]) -> _Filling:
        """Put in each unit that there is room for, one after the other."""
        queue = list(units)
        last: list[int] | None = None
        for number, unit in enumerate(queue):
            if not any(self.slots):
                break
            if last is None and number >= LOOKED_AT and len(self.inside) > 1:
                last = self._last(queue)
            ended = last is not None and all(not one or end < number for one, end in zip(self.slots, last, strict=True))
            if ended and not self._can_move():
                break
            if unit.number in self.held or self.barred(unit) is not None:
                continue
            wanted = (unit.wanted,) if unit.wanted >= 0 else ()
            places = (*wanted, *range(len(self.inside)))
            place = next((one for one in places if self.has_room(unit, one)), None)
            if place is None and not (self._can_move() and self._makes_room(unit, set())):
                continue
            if place is not None:
                self._put(unit, place)
            self.held.add(unit.number)
            self.worth += unit.gain
        return self

    def _last(self, queue: Sequence[Unit]) -> list[int]:
        """For each placement, where in the queue the last unit stands that may go there; -1 for none."""
        found = [-1] * len(self.inside)
        for number, unit in enumerate(queue):
            for place, may in enumerate(self.allowed[unit.actions[0]]):
                if may:
                    found[place] = number
        return found

    def _can_move(self) -> bool:
        """Whether something could move over to a placement that has a slot left."""
        return any(
            slots and other != place and self.allowed[unit.actions[0]][other]
            for other, slots in enumerate(self.slots)
            if slots
            for place, inside in enumerate(self.inside)
            for unit in inside
        )

    def barred(self, unit: Unit) -> int | None:
        """Index of the rule over the whole slate that keeps a unit out beside what is there."""
        for group, counts in zip(self.slates.groups, self.counts, strict=True):
            if group.placement < 0 and not _within(group.most, counts, _values(group.values, unit)):
                return group.rule
        for pair, (ones, others) in zip(self.slates.pairs, self.sides, strict=True):
            inside = [(pair.one[action], pair.other[action]) for action in unit.actions]
            if any((others and one) or (ones and other) for one, other in inside):
                return pair.rule
            if any(a[0] and b[1] for a, b in permutations(inside, 2)):
                return pair.rule
        return None

    def has_room(self, unit: Unit, place: int) -> bool:
        if unit.width > self.slots[place] or not all(self.allowed[action][place] for action in unit.actions):
            return False
        if self.slates.placements[place].budget is not None and self._size(unit, place) > self.space[place] + 1e-9:
            return False
        return all(
            group.placement != place or _within(group.most, counts, _values(group.values, unit))
            for group, counts in zip(self.slates.groups, self.counts, strict=True)
        )

    def _makes_room(self, unit: Unit, tried: set[int]) -> bool:
        """Put a unit where others can move over to other placements."""
        for place in range(len(self.inside)):
            if place in tried or not all(self.allowed[action][place] for action in unit.actions):
                continue
            if self.has_room(unit, place):
                self._put(unit, place)
                return True
            tried.add(place)
            for other in sorted(self.inside[place], key=lambda one: -one.number):
                if other.wanted == place:
                    continue
                self._take(other, place)
                if self.has_room(unit, place):
                    self._put(unit, place)
                    if self._makes_room(other, tried):
                        return True
                    self._take(unit, place)
                self._put(other, place)
        return False

    def _size(self, unit: Unit, place: int) -> float:
        return sum(self.slates.sizes[action][place] for action in unit.actions)

    def _put(self, unit: Unit, place: int) -> None:
        self.inside[place].append(unit)
        self._count(unit, place, 1)

    def _take(self, unit: Unit, place: int) -> None:
        self.inside[place].remove(unit)
        self._count(unit, place, -1)

    def _count(self, unit: Unit, place: int, by: int) -> None:
        self.slots[place] -= by * unit.width
        if self.slates.placements[place].budget is not None:
            self.space[place] -= by * self._size(unit, place)
        for group, counts in zip(self.slates.groups, self.counts, strict=True):
            if group.placement in (-1, place):
                for value in _values(group.values, unit):
                    counts[value] = counts.get(value, 0) + by
        for pair, side in zip(self.slates.pairs, self.sides, strict=True):
            side[0] += by * sum(pair.one[action] for action in unit.actions)
            side[1] += by * sum(pair.other[action] for action in unit.actions)


def _values(values: Sequence[tuple[int, ...]], unit: Unit) -> list[int]:
    return [value for action in unit.actions for value in values[action]]


def _within(most: int, counts: dict[int, int], values: list[int]) -> bool:
    return all(counts.get(value, 0) + values.count(value) <= most for value in values)


def _improved(
    slates: Slates, allowed: list[list[bool]], first: Sequence[Unit], rest: Sequence[Unit], best: _Filling
) -> _Filling:
    """A slate worth at least as much: the best of its neighbours, until none is better."""

    def refilled(units: Iterable[Unit]) -> _Filling:
        return _Filling(slates, allowed).add((*first, *units))

    orders = [list(rest)]
    if any(one.budget is not None for one in slates.placements):
        orders.append(sorted(rest, key=lambda one: (-one.gain / (_least(slates, allowed, one) or 1e-9), one.number)))
        best = max(best, refilled(orders[1]), key=lambda one: one.worth)
    for _ in range(ROUNDS):
        inside = best.held
        out = [one for one in rest if one.number not in inside][:TRIED]
        trials = [
            refilled(one for one in order if one.number != left.number)
            for order in orders
            for left in rest
            if left.number in inside
        ]
        chosen = [one for one in rest if one.number in inside]
        trials += [refilled((one, *order)) for order in ([*chosen, *rest], *orders) for one in out]
        better = max(trials, key=lambda one: one.worth, default=best)
        if not better.worth > best.worth + 1e-12:
            return best
        best = better
    return best


def _least(slates: Slates, allowed: list[list[bool]], unit: Unit) -> float:
    """Share of a placement's space, or of its slots, that a unit takes where it takes the least."""
    shares = [
        unit.width / one.slots
        if one.budget is None
        else sum(slates.sizes[action][place] for action in unit.actions) / (one.budget or 1e-9)
        for place, one in enumerate(slates.placements)
        if all(allowed[action][place] for action in unit.actions)
    ]
    return min(shares, default=np.inf)


def _shown(
    slates: Slates,
    filling: _Filling,
    kept: Sequence[int],
    gains: Sequence[float],
    last: Sequence[tuple[int, int]],
    first: Sequence[bool],
) -> Filled:
    actions: list[int] = []
    places: list[int] = []
    for place, (placement, inside) in enumerate(zip(slates.placements, filling.inside, strict=True)):
        shown = sorted(
            inside, key=lambda one: (kept.index(one.number) if one.number in kept else len(kept), one.number)
        )
        row = [action for unit in shown for action in unit.actions]
        if placement.order == "stable":
            row = steady(row, [action for action, where in last if where == place], gains, placement.margin, first)
        actions += row
        places += [place] * len(row)
    return Filled(tuple(actions), tuple(places), sum(gains[action] for action in actions))


def steady(
    predicted: list[int], last: list[int], gains: Sequence[float], margin: float, first: Sequence[bool] = ()
) -> list[int]:
    """The last order, where the options are the same and none that it shows later is better than one it shows before
    by more than the margin, a share of the better one's priority; else the predicted order.

    first : per action, whether it comes before all others; the margin is between those of a kind
    """
    if set(predicted) != set(last) or len(predicted) != len(last):
        return predicted
    ahead = {action for action in last if first and first[action]}
    if any(action not in ahead for action in last[: len(ahead)]):
        return predicted
    for kind in (ahead, set(last) - ahead):
        most = -np.inf
        for action in reversed([one for one in last if one in kind]):
            if most - gains[action] > margin * abs(most):
                return predicted
            most = max(most, gains[action])
    return last


def held_back(
    slates: Slates, fits: NDArray[np.bool_], chosen: Sequence[int], places: Sequence[int], action: int
) -> int | None:
    """Index in the plan of the rule that keeps an action off a slate, though it passed; None where there is no slot."""
    filling = _Filling(slates, fits.tolist())
    for one, place in zip(chosen, places, strict=True):
        filling._put(Unit(0, (one,), 0.0, 1), place)
    for whole in slates.wholes:
        if whole.actions and whole.actions[0] in chosen and not whole.adjacent:
            filling.slots[places[chosen.index(whole.actions[0])]] += len(whole.actions) - 1
    parts = next((whole.actions for whole in slates.wholes if action in whole.actions), (action,))
    unit = Unit(0, parts, 0.0, 1)
    rule = filling.barred(unit)
    for place in range(len(filling.inside)):
        if rule is not None or not filling.slots[place] or not all(filling.allowed[one][place] for one in parts):
            continue
        inside = zip(slates.groups, filling.counts, strict=True)
        full = (
            one
            for one, counts in inside
            if one.placement == place and not _within(one.most, counts, _values(one.values, unit))
        )
        rule = next((one.rule for one in full), None)
        if rule is None and not filling.has_room(unit, place):
            rule = slates.first_rule + place
    return rule

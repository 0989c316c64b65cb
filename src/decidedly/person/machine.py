"""Machine: which responses software gave, by where and when they lie; those stay out of a person's history."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from decidedly.core.dictionary import EventKind
from decidedly.core.event import Event
from decidedly.core.person import Pane
from decidedly.person.panes import EMPTY, pick, union
from decidedly.person.schema import KindSchema

MACHINE_FROM = 0.8
"""Probability from which a response counts as a machine's. Below it, the person gets the benefit of the doubt."""
BURST = 3
"""So many clicks of one person ..."""
BURST_S = 3.0
"""... within so many seconds are a scanner's that follows every link, not a hand's."""


def by_machine(event: Event) -> bool:
    """Whether the event's own verdict is that software gave it."""
    return event.machine is not None and event.machine >= MACHINE_FROM


def bursts(micros: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """bool[n]: which of these moments, rising, in microseconds, lie in a burst.

    A moment is in a burst where some stretch of `BURST_S` seconds holds it and at least `BURST` moments in all.
    """
    found = np.zeros(len(micros), np.bool_)
    if len(micros) >= BURST:
        first = np.flatnonzero(micros[BURST - 1 :] - micros[: 1 - BURST] <= int(BURST_S * 1e6))
        for offset in range(BURST):
            found[first + offset] = True
    return found


def moments(pane: Pane) -> npt.NDArray[np.int64]:
    """int64[events]: when each event happened, in microseconds since 1970, in the pane's order."""
    micros = np.frombuffer(pane.at, "<i8") * 1_000_000
    return micros + np.frombuffer(pane.micros, "<i4") if pane.micros else micros


def parted(panes: dict[str, Pane], kind: EventKind, schema: KindSchema) -> None:
    """Move clicks that turn out to lie in a burst from the person's pane of a kind to that of machines, in place.

    A function of the whole set of clicks: whichever of them came first, the panes end up the same.
    """
    human, machine = panes.get(kind.id, EMPTY), panes.get(kind.by_machine, EMPTY)
    if kind.response != "click" or not human.at:
        return
    mine, others = moments(human), moments(machine)
    order = np.argsort(np.concatenate([mine, others]), kind="stable")
    found = np.zeros(len(order), np.bool_)
    found[order] = bursts(np.concatenate([mine, others])[order])
    gone = found[: len(mine)]
    if gone.any():
        moved = pick(human, gone, schema)
        panes[kind.by_machine] = union([machine, moved] if machine.at else [moved], schema)
        if gone.all():
            del panes[kind.id]
        else:
            panes[kind.id] = pick(human, ~gone, schema)

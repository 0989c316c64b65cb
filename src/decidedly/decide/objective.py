"""Objective: the authored priority of a service over its declared parts, and the term that speaks for the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from decidedly.core.action import Action
from decidedly.core.decision import NULL
from decidedly.core.ledger import Entry, Mark
from decidedly.core.service import DecisionService
from decidedly.decide.condition import Facts, compiled, told
from decidedly.feel import REAL, Compiled, Reference, Scope, compile_columns
from decidedly.feel.columns import Block
from decidedly.rules import explain_rule

FATIGUE, EXPOSED, COMPLAINED = timedelta(days=7), timedelta(days=30), timedelta(days=90)
"""How far back fatigue, exposures and complaints are counted."""

Columns = Mapping[str, NDArray[np.float64] | float]


@dataclass(frozen=True)
class Basis:
    """What one person's priorities on one channel are made of.

    columns    : term -> float64[n], or one number for all actions
    candidates : candidate attribute id -> int32[n]
    """

    columns: Columns
    facts: Facts
    candidates: Mapping[str, NDArray[np.int32]]
    context: Facts


@dataclass(frozen=True)
class Formula:
    """A number authored over terms and facts. block: over all actions at once, where it reads terms alone."""

    compiled: Compiled
    block: Block | None

    def values(
        self, actions: NDArray[np.intp], of: Basis, columns: Columns, repository: Sequence[Action]
    ) -> NDArray[np.float64]:
        """float64[k] for some of the actions; NaN where it cannot be told. columns: the terms of these actions."""
        if self.block is not None:
            return np.array(np.broadcast_to(self.block(columns), actions.shape), np.float64)
        found = [told(self.compiled.fn, *roots) for roots in _roots(actions, of, columns, repository)]
        return np.array([np.nan if one is None else one for one in found], np.float64)

    def nulls(self, action: int, of: Basis, columns: Columns, repository: Sequence[Action]) -> tuple[str, ...]:
        """Why it cannot be told of an action: the facts that are not known; () where it can."""
        (roots,) = _roots(np.array([action]), of, columns, repository)
        if told(self.compiled.fn, *roots) is not None:
            return ()
        try:
            names = ("person", "action", "candidate", "context", "terms")
            return explain_rule(self.compiled.tree, dict(zip(names, roots, strict=True))).nulls
        except Exception:  # what broke when it was decided breaks again
            return ("the formula broke on a value",)


def _roots(
    actions: NDArray[np.intp], of: Basis, columns: Columns, repository: Sequence[Action]
) -> list[tuple[Facts, Facts, Facts, Facts, Facts]]:
    """The arguments of a compiled formula for each of the actions."""
    found: list[tuple[Facts, Facts, Facts, Facts, Facts]] = []
    for place, action in enumerate(actions.tolist()):
        terms = {id: float(one[place]) if isinstance(one, np.ndarray) else one for id, one in columns.items()}
        known = {id: int(one[action]) for id, one in of.candidates.items() if one[action] != NULL}
        found.append((of.facts, repository[action].facts, known, of.context, terms))
    return found


@dataclass(frozen=True)
class Objective:
    """priority: as authored; customer: what speaks for the person, None without it; declared: the service's own terms,
    each of which may read those before it."""

    priority: Formula
    customer: Formula | None
    declared: tuple[tuple[str, Formula], ...]

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        more = () if self.customer is None else (self.customer,)
        return (*(formula for _, formula in self.declared), self.priority, *more)

    @cached_property
    def reads(self) -> tuple[Reference, ...]:
        """Facts and terms that it reads."""
        return tuple(dict.fromkeys(one for formula in self.formulas for one in formula.compiled.reads))

    @cached_property
    def terms(self) -> frozenset[str]:
        """Names of the terms that it reads."""
        return frozenset(one.id for one in self.reads if one.root == "terms")

    def asks(self, term: str) -> bool:
        """Whether it reads a term."""
        return term in self.terms

    def columns(self, actions: NDArray[np.intp], of: Basis, repository: Sequence[Action]) -> dict[str, Any]:
        """The terms of some of the actions, those declared included; what of these cannot be told is 0."""
        columns: dict[str, Any] = {
            id: one[actions] if isinstance(one, np.ndarray) else one for id, one in of.columns.items()
        }
        for name, formula in self.declared:
            columns[name] = _or_zero(formula.values(actions, of, columns, repository))
        return columns

    def values(self, actions: NDArray[np.intp], of: Basis, repository: Sequence[Action]) -> NDArray[np.float32]:
        """float32[k]: the priority and the customer's term together; what cannot be told is worth nothing."""
        columns = self.columns(actions, of, repository)
        worth = _or_zero(self.priority.values(actions, of, columns, repository))
        if self.customer is not None:
            worth = worth + _or_zero(self.customer.values(actions, of, columns, repository))
        return worth.astype(np.float32)


def _or_zero(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(values), 0.0, values)


def objective_of(service: DecisionService, scope: Scope) -> Objective:
    """The service's objective, compiled. scope: of its priority, with the terms that it declares."""

    def formula(text: Any) -> Formula:
        one = compiled(text, scope, REAL)
        return Formula(one, compile_columns(one, "terms"))

    return Objective(
        priority=formula(service.priority),
        customer=None if service.customer is None else formula(service.customer),
        declared=tuple((term.name, formula(term.formula)) for term in service.terms),
    )


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What the priority of one action on one channel is made of, in major units where it is money.

    terms    : every term that the service reads, by name, its own included
    authored : P x C x V x L, or what else the service's priority says
    customer : the term that speaks for the person
    total    : by which it was ranked
    nulls    : facts without which a part could not be told; it counted as nothing then
    """

    terms: dict[str, float]
    authored: float
    customer: float
    total: float
    nulls: tuple[str, ...] = ()


def parts(
    objective: Objective, action: int, of: Basis, repository: Sequence[Action], nulls: Sequence[str] = ()
) -> Parts:
    """nulls: what is known already not to be known."""
    one = np.array([action])
    columns = objective.columns(one, of, repository)
    authored = float(_or_zero(objective.priority.values(one, of, columns, repository))[0])
    customer = objective.customer
    for_them = 0.0 if customer is None else float(_or_zero(customer.values(one, of, columns, repository))[0])
    return Parts(
        terms={id: float(np.ravel(value)[0]) for id, value in columns.items() if objective.asks(id)},
        authored=authored,
        customer=for_them,
        total=float(np.float32(authored + for_them)),
        nulls=tuple(
            dict.fromkeys(
                (*nulls, *(why for one in objective.formulas for why in one.nulls(action, of, columns, repository)))
            )
        ),
    )


def fatigue(contacts: Sequence[Entry], at: datetime) -> float:
    """Contacts of any class that reached the person in the 7 days before."""
    return float(sum(timedelta(0) <= at - one.at < FATIGUE for one in contacts))


def complaints(marks: Sequence[Mark], at: datetime) -> float:
    """Complaints of the person in the 90 days before."""
    return float(sum(one.outcome == "complain" and timedelta(0) <= at - one.at < COMPLAINED for one in marks))


def exposures(contacts: Sequence[Entry], ids: Sequence[str], at: datetime) -> NDArray[np.float64]:
    """float64[n]: how often each action was shown in contacts of the 30 days before."""
    seen = [id for one in contacts if timedelta(0) <= at - one.at < EXPOSED for id in one.actions]
    return np.array([seen.count(id) for id in ids], np.float64) if seen else np.zeros(len(ids))

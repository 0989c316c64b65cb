"""Which names rules may use: the data dictionary as FEEL scopes.

Roots, in the order of a compiled function's arguments: person, action, candidate, context. A name that stands alone is
the person's. `now()` and `today()` read the context's facts `now` and `today`. Types must have been checked before;
an entry whose type cannot be read is of type any, so that one mistake is reported once.
"""

from __future__ import annotations

from collections.abc import Iterable

from decidedly.core.dictionary import Attribute, Dictionary, Root
from decidedly.feel.scope import Name, Scope
from decidedly.feel.types import ANY, REAL, Type, parse_type
from decidedly.person import aggregate_type

ROOTS: tuple[Root, ...] = ("person", "action", "candidate", "context")
TERMS = ("propensity", "weight", "value", "lever")
"""P, C, V and L of a priority, each a real; value in major units."""
MORE_TERMS = ("contact cost", "fatigue", "complaints", "exposures")
"""Further parts of a priority: the cost of the message in major units, and what the person has had of us. An attribute
of the person that has such a name hides it."""


SEGMENT = "segment"
"""Under this prefix rules use segments by their ids: `segment.loyal`."""


def policy_scope(dictionary: Dictionary, segments: Iterable[Name] = ()) -> Scope:
    """What engagement policies, channel weights and segments may read.

    segments : as `playbook.segment_names` gives them
    """
    roots: dict[str, tuple[Name, ...]] = {root: names(dictionary, root) for root in ROOTS}
    return Scope.of(roots, bare=["person"], clock="context", expressions={SEGMENT: segments})


def priority_scope(dictionary: Dictionary, segments: Iterable[Name] = (), declared: Iterable[str] = ()) -> Scope:
    """What a priority may read: the terms, which stand alone, then all that policies may.

    declared : names of the terms that the service declares
    """
    roots: dict[str, tuple[Name, ...]] = {root: names(dictionary, root) for root in ROOTS}
    known = {one.name for one in roots["person"]}
    terms = (*TERMS, *(term for term in MORE_TERMS if term not in known), *declared)
    roots["terms"] = tuple(Name(term, REAL, term) for term in terms)
    return Scope.of(roots, bare=["terms", "person"], clock="context", expressions={SEGMENT: segments})


def names(dictionary: Dictionary, root: Root) -> tuple[Name, ...]:
    """The names under one root: declared attributes, then aggregates."""
    declared = [one for one in dictionary.readable if one.of == root]
    counted = [one for one in dictionary.aggregates if one.root == root]
    typed = [
        *((one.name, one.id, attribute_type(one)) for one in declared),
        *((one.name, one.id, parse_type(aggregate_type(one, dictionary))[0]) for one in counted),
    ]
    return tuple(Name(name, type_ or ANY, id) for name, id, type_ in typed)


def attribute_type(attribute: Attribute) -> Type | None:
    return parse_type(attribute.type)[0]

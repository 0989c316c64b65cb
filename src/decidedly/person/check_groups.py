"""Checks of the kinds of groups that a dictionary declares."""

from __future__ import annotations

import re

from decidedly.core.dictionary import GROUP_ROLE, MEMBERS, SINCE, Aggregate, Dictionary, GroupKind
from decidedly.core.group import MOST_MEMBERS
from decidedly.feel.diagnostics import Diagnostic, did_you_mean
from decidedly.feel.types import parse_type
from decidedly.person.circle import seen_problems
from decidedly.person.group import SAYS

_ID = re.compile(r"[a-z][a-z0-9-]*")
_TAKEN = {*SAYS, MEMBERS, GROUP_ROLE, SINCE}


def kind_problems(kind: GroupKind, dictionary: Dictionary) -> list[tuple[str, Diagnostic]]:
    """What is wrong with a kind of group, each with the key that it is about; "" for the kind as a whole.

    The types of the dictionary's attributes must have been checked before."""
    found: list[tuple[str, str, str]] = []
    if not _ID.fullmatch(kind.id):
        found.append(("", f"'{kind.id}' is no id of a kind of group.", "Write small letters, digits and hyphens."))
    if not 1 <= kind.most_members <= MOST_MEMBERS:
        message = f"A {kind.name} with {kind.most_members} members cannot be read for a decision."
        found.append(("most-members", message, f"Write 1 to {MOST_MEMBERS}."))
    if len(set(kind.roles)) < len(kind.roles) or "" in kind.roles:
        found.append(("roles", "A role is a word, and stands there once.", 'roles = ["head", "child"]'))
    for trait in kind.traits:
        if trait.id in _TAKEN:
            found.append((f"traits.{trait.id}", f"'{trait.id}' is told of every group.", "Give the trait another id."))
    both = {trait.id for trait in kind.traits}
    for one in kind.sees:
        if one.id in both or one.id in _TAKEN:
            message = f"Two things of a {kind.name} have the id '{one.id}'."
            found.append((f"sees.{one.id}", message, "Rename one."))
    problems = [(key, Diagnostic("dictionary.group", message, hint)) for key, message, hint in found]
    types = [(f"traits.{one.id}", problem) for one in kind.traits for problem in parse_type(one.type)[1]]
    return [*problems, *types, *((f"sees.{id}", problem) for id, problem in seen_problems(kind, dictionary))]


def among_problems(aggregate: Aggregate, dictionary: Dictionary) -> list[tuple[str, Diagnostic]]:
    """What is wrong with the group over whose members an aggregate is computed."""
    known = [one.id for one in dictionary.groups]
    if not aggregate.among:
        return []
    if aggregate.root == "candidate":
        message = f"Aggregate '{aggregate.id}' of candidates is of the person alone."
        return [("among", Diagnostic("dictionary.aggregate", message, "Declare it in aggregates.toml."))]
    if aggregate.among in known:
        return []
    hint = did_you_mean(aggregate.among, known) or f"There are: {', '.join(known) or 'none'}; see groups.toml."
    message = f"There is no kind of group '{aggregate.among}'."
    return [("among", Diagnostic("dictionary.aggregate", message, hint))]

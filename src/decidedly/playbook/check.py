"""What is wrong with a playbook as a whole: rules that do not compile, names that lead nowhere, things declared twice.

`load` says what is wrong with single files. Content and models check their own settings; `app` collects all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase

from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary, EventKind
from decidedly.core.playbook import Playbook
from decidedly.core.policy import Policy, Segment, Text
from decidedly.core.service import DecisionService
from decidedly.feel import (
    BOOLEAN,
    REAL,
    Diagnostic,
    Name,
    Place,
    Scope,
    Type,
    compile_expression,
    did_you_mean,
    parse_type,
)
from decidedly.feel.tree import references
from decidedly.person import aggregate_problems, kind_problems, namespace_problems, survivorship_problems
from decidedly.person import check as check_person
from decidedly.playbook.attribution import check_attribution
from decidedly.playbook.check_contact import check_contact
from decidedly.playbook.check_rules import check_rules
from decidedly.playbook.check_slates import check_slates
from decidedly.playbook.decisions import compile_decisions, find_decision
from decidedly.playbook.dictionary import Places
from decidedly.playbook.locate import Locate, at_the_thing, unknown
from decidedly.playbook.scope import MORE_TERMS, ROOTS, SEGMENT, TERMS, names, policy_scope, priority_scope
from decidedly.playbook.segment_names import read_segments
from decidedly.rules import MAY_HAVE, CompiledModel, check_table, compile_table


def check(playbook: Playbook, locate: Locate = at_the_thing, on: date | None = None) -> tuple[Diagnostic, ...]:
    """Everything wrong with what the playbook's parts say of each other, by place.

    on : the day on which the playbook is to be used: rules that have lapsed by then, or soon will, are told
    """
    segments, problems = read_segments(playbook.dictionary, playbook.segments)
    scope = policy_scope(playbook.dictionary, segments)
    decisions, more = compile_decisions(playbook, scope)
    found: list[Diagnostic] = [*problems, *more]
    for model in decisions.values():
        tables = [decision.table for decision in model.decisions.values() if decision.table is not None]
        found += [problem for table in tables for problem in check_table(table.typed)]
    for policy in playbook.policies:
        found += _policy(policy, scope, decisions)
    for segment, name in zip(playbook.segments, segments, strict=True):
        found += _segment(segment, name)
    found += check_rules(playbook, scope, segments, on)
    for channel in playbook.channels:
        found += _weight(channel.weight, scope)
    found += check_contact(playbook, locate)
    found += _services(playbook, locate, segments)
    found += check_attribution(playbook, locate)
    for service in playbook.services:
        found += check_slates(playbook, service, scope)
    found += _twice(playbook)
    return tuple(sorted(found, key=lambda one: one.place))


def check_dictionary(dictionary: Dictionary, places: Places) -> list[Diagnostic]:
    """What is wrong with the data dictionary, each entry at its own place."""
    found: list[Diagnostic] = []
    for attribute in dictionary.attributes:
        found += parse_type(attribute.type, places.of("attribute", f"{attribute.of}.{attribute.id}"))[1]
        found += _at(
            places.of("attribute", f"{attribute.of}.{attribute.id}.survivorship"), survivorship_problems(attribute)
        )
    for kind in dictionary.events:
        for field in (*kind.fields, *kind.item_fields):
            found += parse_type(field.type, places.of("field", f"{kind.id}.{field.name}"))[1]
        found += _at(places.of("event", f"{kind.id}.worth"), _worth(kind))
    if not found:
        # The person's room knows what can be folded, but not where it was written: ask it entry by entry.
        bare = replace(dictionary, attributes=(), events=(), aggregates=(), namespaces=(), groups=())
        found += _at(places.of("identifiers", "user-id"), check_person(bare))
        sound = replace(bare, user_id=dictionary.identifiers[0]) if dictionary.identifiers else bare
        for namespace in dictionary.namespaces:
            for key, problem in namespace_problems(namespace, dictionary):
                place = places.of("namespace", f"{namespace.id}.{key}" if key else namespace.id)
                found.append(replace(problem, place=place))
        for kind in dictionary.events:
            found += _at(places.of("event", kind.id), check_person(replace(sound, events=(kind,))))
        for group in dictionary.groups:
            for key, problem in kind_problems(group, dictionary):
                place = places.of("group", f"{group.id}.{key}" if key else group.id)
                found.append(problem if problem.place.file else replace(problem, place=place))
            for trait in group.traits:
                found += _at(places.of("group", f"{group.id}.traits.{trait.id}"), survivorship_problems(trait))
        for aggregate in dictionary.aggregates:
            for key, problem in aggregate_problems(aggregate, dictionary):
                known = problem.place if problem.place.file else places.of("aggregate", f"{aggregate.id}.{key}")
                found.append(replace(problem, place=known))
    return found + _names(dictionary, places)


def _worth(kind: EventKind) -> list[Diagnostic]:
    """What an outcome was worth is an amount that its event tells."""
    amounts = [field.name for field in kind.fields if field.type.startswith("money(")]
    if not kind.worth or kind.worth in amounts:
        return []
    message = f"'{kind.worth}' is no amount of money among the fields of '{kind.id}'."
    hint = did_you_mean(kind.worth, amounts) or f"There are: {', '.join(amounts) or 'none'}."
    return [Diagnostic("dictionary.worth", message, hint)]


def _at(place: Place, problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [replace(problem, place=place) for problem in problems]


def _names(dictionary: Dictionary, places: Places) -> list[Diagnostic]:
    """Names and ids that two things of one root share: a rule could not tell them apart."""
    found = []
    for root in ROOTS:
        entries = [
            *(("attribute", f"{root}.{one.id}", one.id, one.name) for one in dictionary.readable if one.of == root),
            *(("aggregate", one.id, one.id, one.name) for one in dictionary.aggregates if one.root == root),
        ]
        for what, position in (("id", 2), ("name", 3)):
            count = Counter(entry[position] for entry in entries)
            for kind, key, *both in entries:
                shared = both[position - 2]
                if count[shared] > 1:
                    message = f"Two things of the {root} have the {what} '{shared}'."
                    found.append(Diagnostic("dictionary.twice", message, "Rename one.", places.of(kind, key)))
        found += [
            Diagnostic("dictionary.name", f"'{name.name}' cannot be a name: rules use that word.", "Rename it.")
            for name in names(dictionary, root)
            if root == "person" and name.name in (*ROOTS, SEGMENT)
        ]
    return found


def _policy(policy: Policy, scope: Scope, decisions: Mapping[str, CompiledModel]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    if policy.tier == "regulation":
        for key, said in (("source", policy.source), ("owner", policy.owner)):
            if not said:
                message = f"'{policy.name}' is regulation, but names no {key}."
                hint = f'Add {key} = "…": it stands in every explanation.'
                found.append(Diagnostic(f"policies.no-{key}", message, hint, policy.place))
    if policy.table is not None:
        table, problems = compile_table(policy.table.text, scope, place=policy.table.place)
        found += problems
        if table is not None:
            found += check_table(table.typed)
            outputs = {cell.text: type_ for cell, type_ in zip(table.table.outputs, table.types, strict=True)}
            if outputs.get(MAY_HAVE) != BOOLEAN:
                message = f"A policy's table must say '-> {MAY_HAVE}': true or false."
                found.append(Diagnostic("policies.may-have", message, did_you_mean(MAY_HAVE, outputs), policy.place))
    elif policy.decision is not None:
        found += find_decision(policy.decision, decisions)[1]
    elif policy.when is not None:
        found += _compiles(policy.when, scope, BOOLEAN)
    return found


def _compiles(text: Text, scope: Scope, type_: Type) -> tuple[Diagnostic, ...]:
    return compile_expression(text.text, scope, type_, place=text.place)[1]


def _segment(segment: Segment, name: Name) -> list[Diagnostic]:
    """What a segment may not read: it is of people, at a moment."""
    assert name.tree is not None
    return [
        Diagnostic("playbook.root", f"A segment is of people: '{one}' cannot be read here.", "", segment.place)
        for one in references(name.tree)
        if one.root != "person" and not (one.root == "context" and one.id in ("now", "today"))
    ]


def _weight(weight: Text, scope: Scope) -> list[Diagnostic]:
    return _reads_only(weight, scope, REAL, ("person", "context"), "A channel's weight is the same for every offer")


def _reads_only(text: Text, scope: Scope, type_: Type, roots: tuple[str, ...], why: str) -> list[Diagnostic]:
    compiled, problems = compile_expression(text.text, scope, type_, place=text.place)
    found = list(problems)
    for reference in compiled.reads if compiled else ():
        if reference.root not in roots:
            message = f"{why}: '{reference}' cannot be read here."
            found.append(Diagnostic("playbook.root", message, "", text.place))
    return found


def _services(playbook: Playbook, locate: Locate, segments: Iterable[Name]) -> list[Diagnostic]:
    outbound = [channel.id for channel in playbook.channels if channel.direction == "outbound"]
    inbound = [channel.id for channel in playbook.channels if channel.direction == "inbound"]
    models = [model.id for model in playbook.models]
    templates = [template.id for template in playbook.templates]
    found: list[Diagnostic] = []
    for service in playbook.services:
        found += _objective(playbook.dictionary, service, segments)
        named: list[tuple[str, str, list[str], tuple[str | int, ...]]] = [
            *(("outbound channel", id, outbound, ("channels", at)) for at, id in enumerate(service.channels)),
            *(("inbound channel", id, inbound, ("inbound", at)) for at, id in enumerate(service.inbound)),
            ("model", service.model, models, ("model",)),
            ("template", service.template, templates, ("template",)),
        ]
        found += [
            unknown(what, id, known, locate(service.place, *path))
            for what, id, known, path in named
            if id not in known and (id or what not in ("model", "template"))
        ]
        if not any(fnmatchcase(action.id, service.candidates) for action in playbook.actions):
            groups = {f"{action.id.rpartition('/')[0]}/*" for action in playbook.actions}
            message = f"No action's id matches '{service.candidates}'."
            hint = did_you_mean(service.candidates, groups)
            place = locate(service.place, "candidates")
            found.append(Diagnostic("services.no-actions", message, hint, place))
    return found


def _objective(dictionary: Dictionary, service: DecisionService, segments: Iterable[Name]) -> list[Diagnostic]:
    """What is wrong with a service's priority, its customer's term and the terms that it declares: each of these may
    read those before it."""
    found: list[Diagnostic] = []
    declared: list[str] = []
    taken = (*TERMS, *MORE_TERMS, *(one.name for one in names(dictionary, "person")))
    for term in service.terms:
        found += _compiles(term.formula, priority_scope(dictionary, segments, declared), REAL)
        if term.name in taken:
            message = f"'{term.name}' has a meaning already: a term needs a name of its own."
            found.append(Diagnostic("services.term", message, "Rename it.", term.formula.place))
        else:
            declared.append(term.name)
    scope = priority_scope(dictionary, segments, declared)
    found += _compiles(service.priority, scope, REAL)
    return found if service.customer is None else [*found, *_compiles(service.customer, scope, REAL)]


def _twice(playbook: Playbook) -> list[Diagnostic]:
    """Ids that two things of a kind share."""
    found = []
    groups: tuple[tuple[str, list[tuple[str, Place]]], ...] = (
        ("action", [(one.id, one.place) for one in playbook.actions]),
        ("policy", [(one.id, one.place) for one in playbook.policies]),
        (
            "limit",
            [(cap.id, cap.place) for cap in playbook.contact.caps]
            + [(pause.id, pause.place) for pause in playbook.contact.cooldowns]
            + [(hours.id, hours.place) for hours in playbook.contact.quiet],
        ),
    )
    for what, entries in groups:
        count = Counter(id for id, _ in entries)
        found += [
            Diagnostic("playbook.duplicate", f"Two of kind {what} have the id '{id}'.", "Rename one.", place)
            for id, place in entries
            if count[id] > 1
        ]
    return found

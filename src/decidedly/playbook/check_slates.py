"""What is wrong with a service's placements and slate rules: names that lead nowhere, rules that nothing can keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase

from decidedly.core.action import Action
from decidedly.core.dictionary import Attribute
from decidedly.core.playbook import Playbook
from decidedly.core.service import (
    AtMostOf,
    Bundle,
    DecisionService,
    NeverTogether,
    NoRepeat,
    OnlyAfter,
    Placement,
    SlateRule,
)
from decidedly.feel import BOOLEAN, Diagnostic, Place, Scope, compile_expression, did_you_mean, parse_type
from decidedly.feel.types import Boolean, ListOf, Money, Number, String


def check_slates(playbook: Playbook, service: DecisionService, scope: Scope) -> Iterator[Diagnostic]:
    """Everything wrong with one service's slates, each at the placement or rule that says it."""
    ids = [one.id for one in playbook.actions]
    taken = [id for id in ids if any(service.may_stand(id, one) for one in service.places)]
    yield from _twice(service)
    for placement in service.placements:
        yield from _placement(playbook, service, placement, scope)
    for rule in service.rules:
        yield from _globs(rule, ids, taken)
        match rule:
            case AtMostOf():
                yield from _at_most(playbook, service, rule)
            case OnlyAfter():
                yield from _only_after(rule, ids)
            case Bundle():
                yield from _bundle(playbook, service, rule, taken)
            case NoRepeat() | NeverTogether():
                pass
    if service.reasons < 0:
        yield Diagnostic("services.reasons", "Fewer than no reasons is not possible.", "", service.place)


def _twice(service: DecisionService) -> Iterator[Diagnostic]:
    entries = [(one.id, one.place) for one in (*service.placements, *service.rules)]
    count = Counter(id for id, _ in entries)
    for id, place in entries:
        if count[id] > 1:
            message = f"Two placements or rules of '{service.id}' have the id '{id}'."
            yield Diagnostic("playbook.duplicate", message, "Rename one.", place)


def _placement(playbook: Playbook, service: DecisionService, own: Placement, scope: Scope) -> Iterator[Diagnostic]:
    standing = [one for one in playbook.actions if service.may_stand(one.id, own)]
    if not standing:
        yield _no_actions(own.candidates or service.candidates, [one.id for one in playbook.actions], own.place)
    if own.when is not None:
        yield from compile_expression(own.when.text, scope, BOOLEAN, place=own.when.place)[1]
    if own.budget is None or not own.size:
        return
    size = _attribute(playbook, own.size)
    if size is None:
        return
    type_ = parse_type(size.type)[0]
    if not isinstance(type_, Number | Money):
        message = f"'{size.name}' is of type {size.type}, which measures no space."
        yield Diagnostic("services.space", message, "Name a number or an amount.", own.place)
        return
    sizes = [one.facts[own.size] / 10 ** (type_.scale or 0) for one in standing if _is_number(one.facts.get(own.size))]
    if standing and not any(0 <= one <= own.budget for one in sizes):
        message = f"Nothing fits the space of '{own.name}'."
        known = f"The smallest action takes {min(sizes):g}." if sizes else f"No action says its {own.size}."
        yield Diagnostic("services.space", message, known, own.place)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _attribute(playbook: Playbook, id: str) -> Attribute | None:
    return next((one for one in playbook.dictionary.attributes if one.of == "action" and one.id == id), None)


def _globs(rule: SlateRule, ids: list[str], taken: list[str]) -> Iterator[Diagnostic]:
    """Globs that fit none of the service's actions; what must have been shown before may be any action's."""
    match rule:
        case NoRepeat(actions=glob):
            asked = [(glob, taken)]
        case NeverTogether(one=one, other=other):
            asked = [(one, taken), (other, taken)]
        case OnlyAfter(actions=glob, after=after):
            asked = [(glob, taken), (after, ids)]
        case Bundle(actions=actions):
            asked = [(id, taken) for id in actions]
        case AtMostOf():
            asked = []
    for glob, among in asked:
        if not any(fnmatchcase(id, glob) for id in among):
            yield _no_actions(glob, among, rule.place)


def _no_actions(glob: str, ids: list[str], place: Place) -> Diagnostic:
    near = did_you_mean(glob, [*ids, *(f"{id.rpartition('/')[0]}/*" for id in ids)])
    return Diagnostic("services.no-actions", f"No action's id here matches '{glob}'.", near, place)


def _at_most(playbook: Playbook, service: DecisionService, rule: AtMostOf) -> Iterator[Diagnostic]:
    if rule.count < 1:
        hint = "Write count = 1 or more; to keep actions out, narrow candidates."
        yield Diagnostic("services.unsatisfiable", f"'{rule.name}' lets no action stand.", hint, rule.place)
    places = [one.id for one in service.placements]
    if rule.placement and rule.placement not in places:
        hint = did_you_mean(rule.placement, places) or f"There are: {', '.join(places) or 'none'}."
        yield Diagnostic("playbook.unknown-name", f"There is no placement '{rule.placement}'.", hint, rule.place)
    attribute = _attribute(playbook, rule.of_one)
    type_ = parse_type(attribute.type)[0] if attribute is not None else None
    kind = type_.of if isinstance(type_, ListOf) else type_
    if attribute is not None and not isinstance(kind, String | Number | Boolean | Money):
        message = f"'{attribute.name}' is of type {attribute.type}, whose values cannot be counted."
        yield Diagnostic("services.attribute", message, "Name a text, a number, or a list of them.", rule.place)


def _only_after(rule: OnlyAfter, ids: list[str]) -> Iterator[Diagnostic]:
    first = [id for id in ids if fnmatchcase(id, rule.after)]
    if first and all(fnmatchcase(id, rule.actions) for id in first):
        message = f"'{rule.name}' can never begin: what must come first waits for itself."
        yield Diagnostic("services.unsatisfiable", message, "Let 'after' name an action beside these.", rule.place)


def _bundle(playbook: Playbook, service: DecisionService, rule: Bundle, taken: list[str]) -> Iterator[Diagnostic]:
    def never(why: str, hint: str = "") -> Diagnostic:
        return Diagnostic("services.unsatisfiable", f"'{rule.name}' can never stand: {why}", hint, rule.place)

    if len(set(rule.actions)) < 2 or len(set(rule.actions)) < len(rule.actions):
        yield never("a bundle is of two actions or more, each once.")
    for other in service.rules:
        if isinstance(other, Bundle) and other.id < rule.id and set(other.actions) & set(rule.actions):
            yield never(f"it shares an action with '{other.name}'.", "Make one bundle of them.")
        if isinstance(other, NeverTogether) and _apart(other, rule.actions):
            yield never(f"'{other.name}' keeps its actions apart.")
        if isinstance(other, AtMostOf) and not other.placement:
            known = [one for one in playbook.actions if one.id in rule.actions]
            if any(count > other.count for count in Counter(_values(known, other.of_one)).values()):
                yield never(f"'{other.name}' allows fewer of one.")
    if not set(rule.actions) <= set(taken):
        return
    width = len(rule.actions) if rule.adjacent else 1
    roomy = [one for one in service.places if all(service.may_stand(id, one) for id in rule.actions)]
    if not any(one.slots >= width for one in roomy):
        yield never("no placement takes all of it.", f"It takes {width} slots in one placement.")


def _apart(rule: NeverTogether, ids: tuple[str, ...]) -> bool:
    return any(
        fnmatchcase(a, rule.one) and fnmatchcase(b, rule.other) for a in ids for b in ids if a != b
    )  # fmt: skip


def _values(actions: list[Action], attribute: str) -> list[object]:
    found: list[object] = []
    for action in actions:
        value = action.facts.get(attribute)
        found += value if isinstance(value, list) else [] if value is None else [value]
    return found

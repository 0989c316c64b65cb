"""What is wrong with a contact policy: names that lead nowhere, limits that say nothing or contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from decidedly.core.dictionary import EventKind
from decidedly.core.playbook import Playbook
from decidedly.core.policy import SAME, SERVICE_CLASS, Cap, Cooldown
from decidedly.feel import Diagnostic, Place, did_you_mean
from decidedly.playbook.locate import Locate, unknown


def check_contact(playbook: Playbook, locate: Locate) -> list[Diagnostic]:
    """Everything wrong with the contact policy, by file order."""
    policy = playbook.contact
    channels = [channel.id for channel in playbook.channels]
    classes = {service.contact_class for service in playbook.services} | {kind.contact for kind in _kinds(playbook)}
    topics, actions = _topics(playbook), [action.id for action in playbook.actions]
    found: list[Diagnostic] = []
    for index, hours in enumerate(policy.quiet):
        if hours.channel not in channels:
            found.append(unknown("channel", hours.channel, channels, locate(hours.place, "quiet", index, "channel")))
    limits: list[tuple[str, int, Cap | Cooldown]] = [
        *(("cap", index, cap) for index, cap in enumerate(policy.caps)),
        *(("cooldown", index, pause) for index, pause in enumerate(policy.cooldowns)),
    ]
    for key, index, limit in limits:
        scope, place = limit.scope, limit.place
        same = (SAME,) if isinstance(limit, Cooldown) else ()

        def at(word: str, place: Place = place, key: str = key, index: int = index) -> Place:
            return locate(place, key, index, "scope", word)

        if scope.channel and scope.channel not in channels:
            found.append(unknown("channel", scope.channel, channels, at("channel")))
        if scope.contact_class and scope.contact_class not in {*classes, SERVICE_CLASS}:
            found.append(_nothing("class", scope.contact_class, classes, at("class")))
        if scope.topic and scope.topic.lower() not in {*map(str.lower, topics), *same}:
            found.append(_nothing("topic", scope.topic, topics, at("topic")))
        if scope.action and scope.action not in same and not _matches(scope.action, actions):
            found.append(_nothing("action", scope.action, actions, at("action")))
        if isinstance(limit, Cooldown) and not _matches(limit.of, actions):
            found.append(_nothing("action", limit.of, actions, locate(place, key, index, "of")))
    found += [problem for index, cap in enumerate(policy.caps) for problem in _cap(cap, index, locate)]
    return [*found, *_useless_caps(policy.caps), *_useless_cooldowns(policy.cooldowns)]


def _cap(cap: Cap, index: int, locate: Locate) -> Iterator[Diagnostic]:
    if cap.at_most == 0:
        message = f"'{cap.name}' lets nothing through: at most 0 contacts ({cap.scope})."
        hint = "Raise it, or take the channel out of the services."
        yield _warning("contact.nothing", message, hint, locate(cap.place, "cap", index, "at-most"))
    if cap.with_service and cap.scope.contact_class:
        message = f"'{cap.name}' is of the class '{cap.scope.contact_class}' alone: with-service says nothing."
        place = locate(cap.place, "cap", index, "with-service")
        yield _warning("contact.with-service", message, 'Leave it out, or write scope = "all".', place)


def _useless_caps(caps: tuple[Cap, ...]) -> Iterator[Diagnostic]:
    """Caps that can never be the one that stops a message, because a wider one always stops it first."""
    for index, cap in enumerate(caps):
        for other, wider in enumerate(caps):
            inside = (
                cap.scope.lies_inside(wider.scope)
                and cap.with_service <= wider.with_service
                and cap.per.lies_inside(wider.per)
            )
            twins = wider.scope.lies_inside(cap.scope) and wider.per.lies_inside(cap.per)
            if other == index or not inside or wider.at_most > cap.at_most:
                continue
            if twins and wider.at_most == cap.at_most and other > index:
                continue  # the later of two that say the same is told
            message = f"'{cap.name}' changes nothing: '{wider.name}' allows {wider.sentence.removeprefix('at most ')}."
            hint = f"Make it smaller than {wider.at_most}, or leave it out." if wider.at_most > 1 else "Leave it out."
            yield _warning("contact.useless", message, hint, cap.place)
            break


def _useless_cooldowns(pauses: tuple[Cooldown, ...]) -> Iterator[Diagnostic]:
    for index, pause in enumerate(pauses):
        for other, longer in enumerate(pauses):
            inside = (
                pause.after == longer.after
                and fnmatchcase(pause.of, longer.of)
                and pause.scope.lies_inside(longer.scope)
                and pause.days <= longer.days
            )
            if other == index or not inside or (pause.days == longer.days and other > index):
                continue
            message = f"'{pause.name}' changes nothing: '{longer.name}' means {longer.sentence}."
            yield _warning("contact.useless", message, "Make it longer, or leave it out.", pause.place)
            break


def _nothing(what: str, named: str, known: Iterable[str], place: Place) -> Diagnostic:
    message = f"No contact is of the {what} '{named}': this limit holds for nothing."
    return _warning("contact.no-such", message, did_you_mean(named, known), place)


def _warning(code: str, message: str, hint: str, place: Place) -> Diagnostic:
    return Diagnostic(code, message, hint, place, severity="warning")


def _matches(glob: str, ids: Iterable[str]) -> bool:
    return any(fnmatchcase(id, glob) for id in ids)


def _kinds(playbook: Playbook) -> Iterator[EventKind]:
    return (kind for kind in playbook.dictionary.events if kind.contact)


def _topics(playbook: Playbook) -> set[str]:
    """Every value of the action attributes that name topics; of all, where none is marked."""
    of_actions = [one for one in playbook.dictionary.attributes if one.of == "action"]
    ids = [one.id for one in of_actions if one.topic] or [one.id for one in of_actions]
    found: set[str] = set()
    for action in playbook.actions:
        for id in ids:
            value = action.facts.get(id)
            if isinstance(value, str):
                found.add(value)
            elif isinstance(value, list | tuple):
                found.update(one for one in value if isinstance(one, str))
    return found

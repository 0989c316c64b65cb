"""The difference of two playbooks in plain words: what somebody who approves a change needs to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from decidedly.core.action import Money
from decidedly.core.dictionary import Attribute, GroupKind, Namespace
from decidedly.core.playbook import Playbook
from decidedly.core.policy import Cap, Cooldown, Text
from decidedly.core.provenance import Provenance
from decidedly.playbook.grid import read_grid

SHOWN = 80
"""Longer values are cut in the middle."""
_QUIET = ("id", "place")
_PARTS = {"placements": "placement", "rules": "rule", "terms": "term"}
"""Fields that hold things of their own, told one by one."""


def diff(old: Playbook, new: Playbook) -> tuple[str, ...]:
    """One sentence a change, in playbook order; empty where the two are the same.

    >>> diff(before, after)                                                      # doctest: +SKIP
    ('Policy "Alcohol only to adults": "19-24" | true became "19-24" | false',)
    """
    found: list[str] = []
    found += _fields("Brand", old.brand, new.brand)
    for what, before, after in (
        ("Identifier", old.dictionary.namespaces, new.dictionary.namespaces),
        ("Attribute", old.dictionary.attributes, new.dictionary.attributes),
        ("Event", old.dictionary.events, new.dictionary.events),
        ("Aggregate", old.dictionary.aggregates, new.dictionary.aggregates),
        ("Group", old.dictionary.groups, new.dictionary.groups),
        ("Purpose", old.dictionary.purposes, new.dictionary.purposes),
        ("Action", old.actions, new.actions),
        ("Policy", old.policies, new.policies),
        ("Cap", old.contact.caps, new.contact.caps),
        ("Cool-down", old.contact.cooldowns, new.contact.cooldowns),
        ("Quiet hours", old.contact.quiet, new.contact.quiet),
        ("Segment", old.segments, new.segments),
        ("Channel", old.channels, new.channels),
        ("Service", old.services, new.services),
        ("Template", old.templates, new.templates),
        ("Model", old.models, new.models),
        ("Decision model", old.decisions, new.decisions),
        ("Attribution rule", old.attribution, new.attribution),
    ):
        found += _things(what, before, after)
    for key in ("identifiers", "user_id", "most_identifiers"):
        label = f"Dictionary: {key.replace('_', ' ')}"
        found += _value(label, getattr(old.dictionary, key), getattr(new.dictionary, key))
    return (*found, *_fields("Matching", old.dictionary.matching, new.dictionary.matching))


def _things(what: str, old: Iterable[Any], new: Iterable[Any]) -> list[str]:
    before, after = _by_id(old), _by_id(new)
    found = [f'{what} "{_name(thing)}" was removed.' for id, thing in before.items() if id not in after]
    for id, thing in after.items():
        if id not in before:
            found.append(f'{what} "{_name(thing)}" is new{_limit(thing)}.')
        elif type(before[id]) is not type(thing):
            found.append(f'{what} "{_name(thing)}" is of another kind now.')
        elif isinstance(thing, Cap | Cooldown):
            found += _value(f'{what} "{_name(thing)}"', before[id].name, thing.name)
            found += _said(f'{what} "{_name(thing)}"', before[id].sentence, thing.sentence)
        else:
            found += _fields(f'{what} "{_name(thing)}"', before[id], thing)
    order = [id for id in after if id in before]
    if [id for id in before if id in after] != order:
        found.append(f"{what}: the order changed.")
    return found


def _limit(thing: Any) -> str:
    return f": {thing.sentence}" if isinstance(thing, Cap | Cooldown) else ""


def _said(what: str, old: str, new: str) -> list[str]:
    return [] if old == new else [f"{what}: {old} became {new}."]


def _name(thing: Any) -> str:
    """What people call it: an identifier has only its id."""
    name: str = thing.id if isinstance(thing, Namespace) else thing.name
    return name


def _by_id(things: Iterable[Any]) -> dict[str, Any]:
    # A person and an action may each have an attribute of one id.
    return {f"{thing.of}/{thing.id}" if isinstance(thing, Attribute) else thing.id: thing for thing in things}


def _fields(what: str, old: msgspec.Struct, new: msgspec.Struct) -> list[str]:
    found: list[str] = []
    for field in msgspec.structs.fields(new):
        if field.name in _QUIET:
            continue
        before, after = getattr(old, field.name), getattr(new, field.name)
        label = f"{what}: {field.encode_name.replace('_', ' ')}"
        if field.name in _PARTS:
            found += _things(f"{what}, {_PARTS[field.name]}", before, after)
        elif isinstance(before, Text) and isinstance(after, Text) and field.name == "table":
            found += _table(what, before.text, after.text)
        elif isinstance(new, GroupKind) and field.name in ("traits", "sees"):
            found += _things(f"{what}: {'trait' if field.name == 'traits' else 'seen'}", before, after)
        elif isinstance(before, dict) and isinstance(after, dict):
            found += _mapping(label, before, after)
        else:
            found += _value(label, before, after)
    return found


def _mapping(label: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for key in dict.fromkeys((*old, *new)):
        if key not in new:
            found.append(f"{label}: {key} was removed.")
        elif key not in old:
            found.append(f"{label}: {key} is new: {_shown(new[key])}.")
        else:
            found += _value(f"{label}: {key}", old[key], new[key])
    return found


def _table(what: str, old: str, new: str) -> list[str]:
    """Rows that went and came; a row that changed is both, side by side."""
    before, after = (
        [" | ".join(cell.text for cell in row) for row in (grid.head, *grid.rows)]
        for grid in (read_grid(old), read_grid(new))
    )
    gone = [row for row in before if row not in after]
    come = [row for row in after if row not in before]
    found = [f"{what}: row {was} became {now}" for was, now in zip(gone, come, strict=False)]
    found += [f"{what}: row {was} was removed" for was in gone[len(come) :]]
    found += [f"{what}: row {now} is new" for now in come[len(gone) :]]
    if not found and sorted(before) == sorted(after) and before != after:
        found.append(f"{what}: the order of its rows changed")
    if not found and read_grid(old).preface != read_grid(new).preface:
        found.append(f"{what}: its settings or comments changed")
    return found


def _value(label: str, old: Any, new: Any) -> list[str]:
    if _plain(old) == _plain(new):
        return []
    return [f"{label} changed from {_shown(old)} to {_shown(new)}."]


def _plain(value: Any) -> Any:
    return value.text if isinstance(value, Text) else value


def _shown(value: Any) -> str:
    match value:
        case Text(text=text):
            shown = " ".join(text.split())
        case Money():
            shown = str(value)
        case Provenance(how=how, source=source):
            shown = f"{how} ({source}, {value.at:%Y-%m-%d}, confidence {value.confidence:g})"
        case list() | tuple():
            shown = f"{len(value)} entries" if len(value) > 12 else ", ".join(map(str, value)) or "none"
        case _:
            shown = "none" if value in (None, "") else str(value)
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN // 2]} … {shown[-SHOWN // 2 :]}"

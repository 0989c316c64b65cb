"""attribution/*.toml -> attribution rules, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import msgspec

from decidedly.core.attribution import Attribution, Credit
from decidedly.core.dictionary import Dictionary, EventKind
from decidedly.core.outcome import Reported
from decidedly.core.playbook import Playbook
from decidedly.feel import BOOLEAN, Diagnostic, Name, Place, Scope, compile_expression, did_you_mean
from decidedly.feel.types import ANY, parse_type
from decidedly.playbook.document import Authored, Document
from decidedly.playbook.files import Folder
from decidedly.playbook.scope import names

Locate = Callable[..., Place]

_LAPSE = re.compile(r"([1-9]\d{0,4}) (hour|day)s?")


class AttributionForm(Authored, frozen=True, kw_only=True):
    name: str
    of: str
    outcome: Reported
    within: str
    credit: Credit = "last"
    product: str = ""
    where: str = ""
    worth: str = ""
    channels: list[str] = msgspec.field(default_factory=list)
    services: list[str] = msgspec.field(default_factory=list)


def load_attribution(folder: Folder) -> tuple[Attribution, ...]:
    """Attribution rules by file name."""
    found = []
    for path in folder.files("attribution", ".toml"):
        document = folder.document(path)
        form = document.read(AttributionForm)
        within = None if form is None else read_lapse(document, form.within, "within")
        if form is None or within is None:
            continue
        found.append(
            Attribution(
                id=path.stem,
                name=form.name,
                of=form.of,
                outcome=form.outcome,
                within=within,
                credit=form.credit,
                product=form.product,
                where=document.text("where"),
                worth=form.worth,
                channels=tuple(form.channels),
                services=tuple(form.services),
                place=document.map.key("name"),
            )
        )
    return tuple(found)


def read_lapse(document: Document, text: str, *path: str) -> timedelta | None:
    """A lapse of time in hours or days, or None, which is told."""
    found = _LAPSE.fullmatch(text)
    if found is None:
        message = f"'{text}' is no lapse of time."
        document.problems.add("playbook.lapse", message, document.map.text(*path), 'Write "14 days" or "36 hours".')
        return None
    return timedelta(**{f"{found[2]}s": int(found[1])})


def attribution_scope(dictionary: Dictionary, kind: EventKind) -> Scope:
    """What a rule may ask: the fields of the event and, where it has items, of the item, and of the action."""
    fields = [Name(one.name, parse_type(one.type)[0] or ANY, one.name) for one in fields_of(kind)]
    return Scope.of({"event": tuple(fields), "action": names(dictionary, "action")}, bare=["event"])


def fields_of(kind: EventKind) -> tuple[Any, ...]:
    """The fields of an event and of its items, those of items first where a name is shared."""
    own = {one.name for one in kind.item_fields}
    return (*kind.item_fields, *(one for one in kind.fields if one.name not in own))


def check_attribution(playbook: Playbook, locate: Locate) -> list[Diagnostic]:
    """What is wrong with the attribution rules, at the very word."""
    kinds = {kind.id: kind for kind in playbook.dictionary.events}
    channels = [channel.id for channel in playbook.channels]
    services = [service.id for service in playbook.services]
    found: list[Diagnostic] = []
    for rule in playbook.attribution:
        for key, ids, known in (("channels", rule.channels, channels), ("services", rule.services, services)):
            for index, id in enumerate(ids):
                if id not in known:
                    found.append(_unknown(key[:-1], id, known, locate(rule.place, key, index)))
        kind = kinds.get(rule.of)
        if kind is None:
            found.append(_unknown("event kind", rule.of, kinds, locate(rule.place, "of")))
            continue
        fields = {one.name: one.type for one in fields_of(kind)}
        if rule.product and rule.product not in fields:
            found.append(_unknown(f"field of '{kind.id}'", rule.product, fields, locate(rule.place, "product")))
        amounts = [name for name, type_ in fields.items() if type_.startswith("money(")]
        if rule.worth and rule.worth not in amounts:
            found.append(_unknown(f"amount among the fields of '{kind.id}'", rule.worth, amounts,
                                  locate(rule.place, "worth")))  # fmt: skip
        if rule.where is not None:
            scope = attribution_scope(playbook.dictionary, kind)
            found += compile_expression(rule.where.text, scope, BOOLEAN, place=rule.where.place)[1]
    return found


def _unknown(what: str, id: str, known: Iterable[str], place: Place) -> Diagnostic:
    hint = did_you_mean(id, known) or f"There are: {', '.join(sorted(known)) or 'none'}."
    return Diagnostic("playbook.unknown-name", f"There is no {what} '{id}'.", hint, place)

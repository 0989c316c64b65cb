"""dictionary/groups.toml -> the kinds of groups, and where each part stands."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from decidedly.core.dictionary import Attribute, GroupKind, Seen, SeenIs, Sensitivity
from decidedly.core.policy import Text
from decidedly.feel.diagnostics import Place
from decidedly.playbook.document import Authored, Document

Put = Callable[[str, str, Place], None]
"""Where an entry of a kind of entry, by its id, stands."""


class GroupForm(Authored, frozen=True, kw_only=True):
    name: str
    description: str = ""
    one_at_a_time: bool = False
    roles: list[str] = msgspec.field(default_factory=list)
    most_members: int = 20
    traits: dict[str, object] = msgspec.field(default_factory=dict)
    sees: dict[str, object] = msgspec.field(default_factory=dict)


class SeenForm(Authored, frozen=True, kw_only=True):
    name: str
    when: str
    is_: SeenIs = msgspec.field(name="is", default="any")
    description: str = ""
    sensitivity: Sensitivity = "personal"


def groups_of(
    document: Document, attribute: Callable[..., Attribute | None], put: Put
) -> list[GroupKind]:  # fmt: skip
    """attribute: reads what stands at a path as an attribute."""
    found = []
    for id in document.values:
        form = document.read(GroupForm, id)
        put("group", id, document.map.key(id))
        if form is None:
            continue
        for key in ("one-at-a-time", "roles", "most-members"):
            put("group", f"{id}.{key}", document.map.value(id, key))
        traits = [(one, attribute(document, id, "traits", one)) for one in form.traits]
        for one in form.traits:
            put("group", f"{id}.traits.{one}", document.map.text(id, "traits", one, "type"))
            put("attribute", f"person.{id}.{one}", document.map.text(id, "traits", one, "name"))
        found.append(
            GroupKind(
                id=id,
                name=form.name,
                description=form.description,
                one_at_a_time=form.one_at_a_time,
                roles=tuple(form.roles),
                most_members=form.most_members,
                traits=tuple(trait for _, trait in traits if trait is not None),
                sees=tuple(seen for one in form.sees if (seen := _seen(document, id, one, put)) is not None),
            )
        )
    return found


def _seen(document: Document, group: str, id: str, put: Put) -> Seen | None:
    form = document.read(SeenForm, group, "sees", id)
    put("group", f"{group}.sees.{id}", document.map.key(group, "sees", id))
    put("attribute", f"person.{group}.{id}", document.map.text(group, "sees", id, "name"))
    when: Text | None = document.text(group, "sees", id, "when")
    if form is None or when is None:
        return None
    return Seen(id=id, name=form.name, is_=form.is_, when=when, description=form.description,
                sensitivity=form.sensitivity)  # fmt: skip

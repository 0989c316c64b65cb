"""Playbook: the immutable, content-addressed snapshot of all that business people author."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from decidedly.core.action import Action
from decidedly.core.attribution import Attribution
from decidedly.core.derive import content_hash
from decidedly.core.dictionary import Dictionary, Weekday
from decidedly.core.errors import NotFound
from decidedly.core.policy import ContactPolicy, Policy, Segment
from decidedly.core.service import Channel, DecisionService
from decidedly.feel.diagnostics import Place


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    currency: str
    locale: str
    time_zone: str
    postal_address: str
    website: str
    first_weekday: Weekday = "monday"


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign template for all channels: its parts by file name ("text.liquid"), and its settings."""

    id: str
    name: str
    settings: dict[str, Any]
    parts: dict[str, str]
    place: Place = Place()


class DecisionModel(msgspec.Struct, frozen=True, kw_only=True):
    """A decision model: what is decided from what, as texts by file name ("model.toml", "tier.table")."""

    id: str
    name: str
    parts: dict[str, str]
    place: Place = Place()


class ModelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A model as the playbook asks for it: what it predicts, from which features, with which settings."""

    id: str
    name: str
    kind: str
    settings: dict[str, Any]
    place: Place = Place()


Named = TypeVar("Named", DecisionService, Channel, Template, ModelSpec)


class Playbook(msgspec.Struct, frozen=True, kw_only=True):
    """Everything authored, in playbook order. `places` are for people: they are not part of the hash."""

    brand: Brand
    dictionary: Dictionary
    actions: tuple[Action, ...]
    policies: tuple[Policy, ...]
    contact: ContactPolicy
    segments: tuple[Segment, ...]
    channels: tuple[Channel, ...]
    services: tuple[DecisionService, ...]
    templates: tuple[Template, ...]
    models: tuple[ModelSpec, ...]
    decisions: tuple[DecisionModel, ...] = ()
    attribution: tuple[Attribution, ...] = ()

    def service(self, id: str) -> DecisionService:
        return _named("decision service", id, self.services)

    def channel(self, id: str) -> Channel:
        return _named("channel", id, self.channels)

    def template(self, id: str) -> Template:
        return _named("template", id, self.templates)

    def model(self, id: str) -> ModelSpec:
        return _named("model", id, self.models)

    def channels_of(self, template: str) -> list[str]:
        """Ids of the channels that show a template: those of the services that use it; all while none does."""
        shown = {id for one in self.services if one.template == template for id in (*one.channels, *one.inbound)}
        return [one.id for one in self.channels if one.id in shown or not shown]


def _named(what: str, id: str, things: tuple[Named, ...]) -> Named:
    for thing in things:
        if thing.id == id:
            return thing
    raise NotFound.named(what, id, [thing.id for thing in things])


def playbook_hash(playbook: Playbook) -> str:
    """Hash over the canonical tree; moving a line in a file does not change it."""
    return content_hash(_without_places(msgspec.to_builtins(playbook)))


def _without_places(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _without_places(value) for key, value in tree.items() if key != "place"}
    if isinstance(tree, list | tuple):
        return [_without_places(value) for value in tree]
    return tree

"""The placements of a service and what its slates must keep to: parts of services/*.toml."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal, TypeVar

import msgspec

from decidedly.core.dictionary import Dictionary
from decidedly.core.policy import Text
from decidedly.core.service import AtMostOf, Bundle, NeverTogether, NoRepeat, OnlyAfter, Placement, SlateRule
from decidedly.feel.diagnostics import Place, did_you_mean
from decidedly.playbook.document import Authored, Document

_DAYS = re.compile(r"(\d+) days?")
_SESSION = re.compile(r"(\d+) (minute|hour)s?")
_PER_CENT = re.compile(r"(\d+(?:\.\d+)?) ?%")
Form = TypeVar("Form", bound=Authored)


class PlacementForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    candidates: str = ""
    when: str = ""
    slots: int = 1
    space: float | None = None
    size: str = ""
    order: Literal["predicted", "stable"] = "predicted"
    margin: str = "10 %"


class AtMostForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    count: int
    of_one: str
    placement: str = ""


class NoRepeatForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    within: str
    actions: str = "*"


class NeverTogetherForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    one: str
    other: str


class OnlyAfterForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    actions: str
    after: str
    wait: str


class BundleForm(Authored, frozen=True, kw_only=True):
    id: str
    name: str
    actions: list[str]
    adjacent: bool = True


class SlateForm(Authored, frozen=True, kw_only=True):
    """What a service may say of its slates, each a list of tables."""

    placement: list[object] = msgspec.field(default_factory=list)
    at_most: list[object] = msgspec.field(default_factory=list)
    no_repeat: list[object] = msgspec.field(default_factory=list)
    never_together: list[object] = msgspec.field(default_factory=list)
    only_after: list[object] = msgspec.field(default_factory=list)
    bundle: list[object] = msgspec.field(default_factory=list)
    session: str = ""
    tells: list[str] = msgspec.field(default_factory=list)
    reasons: int = 0


class Slate:
    """Reads the placements and rules of one service's document."""

    def __init__(self, document: Document, dictionary: Dictionary) -> None:
        self.document = document
        self.attributes = {one.name: one.id for one in dictionary.attributes if one.of == "action"}

    def placements(self, form: SlateForm) -> tuple[Placement, ...]:
        found = []
        for index, own in self._each(PlacementForm, "placement", form.placement):
            path = ("placement", index)
            if own.slots < 1:
                self._add("services.slots", "A placement needs at least one slot.", self._at(*path, "slots"))
            size = self.attribute(own.size, self._at(*path, "size")) if own.size else ""
            if (own.space is None) != (not own.size):
                hint = 'Write both: space = 24 and size = "lines", an attribute of actions.'
                self._add("services.space", "A budget of space needs the size of actions.", self._at(*path), hint)
            found.append(
                Placement(
                    id=own.id, name=own.name, candidates=own.candidates, slots=own.slots, budget=own.space, size=size,
                    when=Text(own.when, self._at(*path, "when")) if own.when else None,
                    order=own.order, margin=self._share(own.margin, self._at(*path, "margin")),
                    place=self.document.map.key(*path),
                )
            )  # fmt: skip
        return tuple(found)

    def rules(self, form: SlateForm) -> tuple[SlateRule, ...]:
        """In the order of their kinds, then of the file."""
        at_most = [
            AtMostOf(
                id=own.id, name=own.name, count=own.count, placement=own.placement,
                of_one=self.attribute(own.of_one, self._at("at-most", index, "of-one")),
                place=self._key("at-most", index),
            )
            for index, own in self._each(AtMostForm, "at-most", form.at_most)
        ]  # fmt: skip
        no_repeat = [
            NoRepeat(
                id=own.id, name=own.name, actions=own.actions, place=self._key("no-repeat", index),
                days=self._days(own.within, self._at("no-repeat", index, "within"), "within"),
            )
            for index, own in self._each(NoRepeatForm, "no-repeat", form.no_repeat)
        ]  # fmt: skip
        never = [
            NeverTogether(
                id=own.id, name=own.name, one=own.one, other=own.other, place=self._key("never-together", index)
            )
            for index, own in self._each(NeverTogetherForm, "never-together", form.never_together)
        ]
        after = [
            OnlyAfter(
                id=own.id, name=own.name, actions=own.actions, after=own.after, place=self._key("only-after", index),
                days=self._days(own.wait, self._at("only-after", index, "wait"), "wait"),
            )
            for index, own in self._each(OnlyAfterForm, "only-after", form.only_after)
        ]  # fmt: skip
        bundles = [
            Bundle(
                id=own.id, name=own.name, actions=tuple(own.actions), adjacent=own.adjacent,
                place=self._key("bundle", index),
            )
            for index, own in self._each(BundleForm, "bundle", form.bundle)
        ]  # fmt: skip
        return (*at_most, *no_repeat, *never, *after, *bundles)

    def session(self, text: str) -> timedelta | None:
        if not text:
            return None
        found = _SESSION.fullmatch(text)
        if not found or not int(found[1]):
            message, hint = f"'{text}' is no length of a session.", 'Write session = "30 minutes" or "2 hours".'
            self._add("services.session", message, self._at("session"), hint)
            return None
        return timedelta(**{f"{found[2]}s": int(found[1])})

    def tells(self, names: list[str]) -> tuple[str, ...]:
        return tuple(self.attribute(name, self._at("tells", index)) for index, name in enumerate(names))

    def attribute(self, name: str, place: Place) -> str:
        """Id of the action attribute of that name."""
        id = self.attributes.get(name)
        if id is None:
            hint = did_you_mean(name, self.attributes) or f"Attributes of actions: {', '.join(self.attributes)}."
            self._add("services.attribute", f"Actions have no '{name}'.", place, hint)
        return id or name

    def _each(self, form: type[Form], key: str, values: list[object]) -> list[tuple[int, Form]]:
        read = ((index, self.document.read(form, key, index)) for index in range(len(values)))
        return [(index, own) for index, own in read if own is not None]

    def _days(self, text: str, place: Place, key: str) -> int:
        found = _DAYS.fullmatch(text)
        if not found or not int(found[1]):
            self._add("services.days", f"'{text}' is no number of days.", place, f'Write {key} = "7 days".')
            return 1
        return int(found[1])

    def _share(self, text: str, place: Place) -> float:
        found = _PER_CENT.fullmatch(text)
        if not found or float(found[1]) > 100:
            self._add("services.margin", f"'{text}' is no share.", place, 'Write margin = "10 %".')
            return 0.0
        return float(found[1]) / 100

    def _at(self, *path: str | int) -> Place:
        return self.document.map.text(*path)

    def _key(self, *path: str | int) -> Place:
        return self.document.map.key(*path)

    def _add(self, code: str, message: str, place: Place, hint: str = "") -> None:
        self.document.problems.add(code, message, place, hint)

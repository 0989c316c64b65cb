"""Infer: what the log holds and the dictionary does not declare, as proposals for entries of the dictionary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from decidedly.core.dictionary import Dictionary, EventKind
from decidedly.core.event import Event
from decidedly.core.group import JOINED, LEFT, TRAITS
from decidedly.person.fold import IDENTIFY
from decidedly.person.group import SAYS
from decidedly.ports.journal import Journal

AT_ONCE = 1000
MOST_KINDS = 500
MOST_FIELDS = 300
"""Kinds, and fields of one kind, that are told; more are counted only as left out."""
EXAMPLES = 3
DECIMALS = 6
"""Numbers with more decimals than this are `real`."""

_PERSONAL = re.compile(
    r"name|mail|phone|mobile|address|street|city|zip|postal|birth|born|iban|card|account|passport|ssn|tax|user|token|ip$",
    re.IGNORECASE,
)
_LOOKS_PERSONAL = re.compile(r"[^@\s]+@[^@\s]+\.|\+?\d[\d ()/.-]{6,}\d")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One field as the log shows it.

    type     : as the dictionary writes it
    times    : events, or items, in which it stood; of: those in which it could
    examples : a few values, masked where they look personal
    """

    name: str
    type: str
    times: int
    of: int
    examples: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        return self.times == self.of


class SeenKind(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed for one kind of event. declared: the kind is, and only these fields of it are not."""

    kind: str
    times: int
    declared: bool
    fields: tuple[Seen, ...]
    items: str = ""
    item_fields: tuple[Seen, ...] = ()


class Inferred(msgspec.Struct, frozen=True, kw_only=True):
    """Proposals: kinds by how often they came, attributes of persons from `identify`.

    looked_at : events read
    left_out  : fields and kinds beyond what is told
    """

    looked_at: int
    kinds: tuple[SeenKind, ...]
    attributes: tuple[Seen, ...]
    left_out: int = 0


def infer(journal: Journal, dictionary: Dictionary, progress: Callable[[int], None] = lambda done: None) -> Inferred:
    """Read the log once, from its beginning, and propose what is missing. Memory grows with kinds and fields alone."""
    kinds: dict[str, _Kind] = {}
    after = looked_at = left_out = 0
    while page := journal.read(after, AT_ONCE):
        after = page[-1].offset
        looked_at += len(page)
        for logged in page:
            if logged.event.kind == TRAITS:  # ours, made of what a group's members' events say
                continue
            kind = _wanted(logged.event, dictionary, kinds)
            if kind is None:
                left_out += len(kinds) >= MOST_KINDS and logged.event.kind not in kinds
            else:
                kind.add(logged.event)
        progress(looked_at)
    told = [kind.told() for name, kind in kinds.items() if name != IDENTIFY or not kind.declared]
    attributes = kinds[IDENTIFY].fields.told(kinds[IDENTIFY].times) if IDENTIFY in kinds else ()
    return Inferred(
        looked_at=looked_at,
        kinds=tuple(sorted((one for one in told if one is not None), key=lambda one: (-one.times, one.kind))),
        attributes=attributes,
        left_out=left_out + sum(kind.left_out for kind in kinds.values()),
    )


def masked(name: str, value: Any) -> str:
    """A value as an example. Where it looks personal only its shape stays: letters are x, digits 9."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if _PERSONAL.search(name) or _LOOKS_PERSONAL.search(text):
        text = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "x", text))
    return text if len(text) <= 40 else f"{text[:39]}…"


class _Values:
    """What was seen of one field."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.times = 0
        self.types: set[str] = set()
        self.scale = 0
        self.examples: dict[str, None] = {}
        self.items: set[str] = set()

    def add(self, value: Any) -> None:
        self.times += 1
        self.types.add(self._type(value))
        if type(value) is list:
            for one in value[:100]:
                self.items.add(self._type(one))
        elif len(self.examples) < EXAMPLES and value != "":
            self.examples.setdefault(masked(self.name, value))

    def _type(self, value: Any) -> str:
        match value:
            case bool():
                return "boolean"
            case int():
                return "number"
            case float():
                exponent = Decimal(repr(value)).normalize().as_tuple().exponent
                self.scale = max(self.scale, -exponent if isinstance(exponent, int) else 0)
                return "number"
            case str():
                return _type_of_text(value)
            case list() | tuple():
                return "list"
            case dict():
                return "context"
            case _:
                return "null"

    def type(self) -> str:
        """The narrowest type that holds every value seen; a text where they differ in kind."""
        if self.types == {"list"}:
            inner = self._one(self.items) if self.items else "string"
            return f"list of {inner}" if inner != "context" else "list of context"
        return self._one(self.types)

    def _one(self, types: set[str]) -> str:
        match sorted(types - {"null"}):
            case ["number"]:
                if self.scale > DECIMALS:
                    return "real"
                return f"number({self.scale})"
            case [one]:
                return one
            case ["date", "date and time"]:
                return "date and time"
            case []:
                return "string"
            case mixed:
                return "string" if all(one in ("string", "date", "date and time") for one in mixed) else "Any"


class _Fields:
    """The fields of events or of items."""

    def __init__(self) -> None:
        self.values: dict[str, _Values] = {}
        self.left_out = 0

    def add(self, name: str, value: Any) -> None:
        known = self.values.get(name)
        if known is None:
            if len(self.values) >= MOST_FIELDS:
                self.left_out += 1
                return
            known = self.values[name] = _Values(name)
        known.add(value)

    def told(self, of: int) -> tuple[Seen, ...]:
        return tuple(
            Seen(name=one.name, type=one.type(), times=one.times, of=of, examples=tuple(one.examples))
            for one in self.values.values()
        )


class _Kind:
    """What was seen of one kind, apart from what is declared of it."""

    def __init__(self, name: str, declared: EventKind | None, known: Iterable[str]) -> None:
        self.name = name
        self.declared = declared is not None
        self.items = declared.items if declared else ""
        self._known = frozenset(known) | ({self.items} if self.items else set())
        self._known_items = frozenset(field.name for field in declared.item_fields) if declared else frozenset()
        self.times = self.item_count = 0
        self.fields, self.item_fields = _Fields(), _Fields()

    @property
    def left_out(self) -> int:
        return self.fields.left_out + self.item_fields.left_out

    def add(self, event: Event) -> None:
        self.times += 1
        for name, value in event.properties.items():
            if name not in self._known and value is not None:
                self.fields.add(name, value)
            if _lists_items(value) and (name == self.items or not (self.declared or self.items)):
                self.items = name
            if name == self.items and _lists_items(value):
                for item in value:
                    self.item_count += 1
                    for inner, one in item.items():
                        if inner not in self._known_items and one is not None:
                            self.item_fields.add(inner, one)

    def told(self) -> SeenKind | None:
        fields = tuple(one for one in self.fields.told(self.times) if one.name != self.items)
        items = self.item_fields.told(self.item_count)
        if self.declared and not fields and not items:
            return None
        return SeenKind(
            kind=self.name,
            times=self.times,
            declared=self.declared,
            fields=fields,
            items=self.items if items and not self.declared else "",
            item_fields=items,
        )


def _wanted(event: Event, dictionary: Dictionary, kinds: dict[str, _Kind]) -> _Kind | None:
    found = kinds.get(event.kind)
    if found is None and len(kinds) < MOST_KINDS:
        declared = dictionary.kind(event.kind)
        known = [field.name for field in declared.fields] if declared else []
        if event.kind == IDENTIFY:
            known += [attribute.id for attribute in dictionary.attributes if attribute.of == "person"]
        if event.kind in (JOINED, LEFT) and dictionary.groups:
            known += [*SAYS, *(trait.id for group in dictionary.groups for trait in group.traits)]
        found = kinds[event.kind] = _Kind(event.kind, declared, known)
    return found


def _lists_items(value: Any) -> bool:
    return type(value) is list and bool(value) and all(type(item) is dict for item in value)


def _type_of_text(text: str) -> str:
    if len(text) >= 10 and text[:4].isdigit() and text[4] == "-":
        for read, name in ((date.fromisoformat, "date"), (datetime.fromisoformat, "date and time")):
            try:
                read(text)
            except ValueError:
                continue
            return name
    return "string"

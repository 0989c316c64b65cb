"""Validate: an event against the data dictionary. What is undeclared is kept and flagged; what is wrong is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec.structs import replace

from decidedly.capture.addresses import NAMES as ADDRESSES
from decidedly.capture.addresses import without_addresses
from decidedly.capture.context import context_fields
from decidedly.capture.group import FIELDS as GROUP_FIELDS
from decidedly.capture.group import group_problems, is_of_group, kind_of
from decidedly.capture.permission import Wrong, consent_problems, own_rule_problems, preference_problems
from decidedly.core.derive import GROUP
from decidedly.core.dictionary import ANONYMOUS, Dictionary, EventKind, Field, GroupKind, Response
from decidedly.core.event import Event
from decidedly.core.group import JOINED, LEFT
from decidedly.core.identifier import Identifier
from decidedly.core.preference import PREFERENCES
from decidedly.core.refusal import Refusal
from decidedly.feel.diagnostics import did_you_mean
from decidedly.feel.types import (
    AnyType,
    Boolean,
    ContextOf,
    Date,
    DateTime,
    ListOf,
    Money,
    Number,
    RangeOf,
    Real,
    String,
    Time,
    Type,
)
from decidedly.person.fold import CONFIRMED, CONSENT, IDENTIFY, OWN_RULE, PREFERENCE
from decidedly.person.normalize import LONGEST, Unfit, normalize
from decidedly.person.schema import INTEGER_MAX, column_of, remembered, schema_of, type_of

FIXED_FIELDS: dict[str, tuple[Field, ...]] = {
    CONSENT: (
        Field(name="purpose", type="string", required=True),
        Field(name="channel", type="string", required=True),
        Field(name="granted", type="boolean", required=True),
        Field(name="basis", type="string"),
        Field(name="proof", type="string"),
        Field(name="text_version", type="string"),
        Field(name="expires_at", type="date and time"),
        Field(name="double_opt_in", type="boolean"),
        Field(name="confirm_by", type="date and time"),
    ),
    CONFIRMED: (Field(name="consent", type="string", required=True),),
    PREFERENCE: tuple(Field(name=one.id, type=one.type) for one in PREFERENCES),
    OWN_RULE: (
        Field(name="rule", type="string", required=True),
        Field(name="choice", type="string"),
        Field(name="topic", type="string"),
        Field(name="channels", type="list of string"),
        Field(name="not_before", type="string"),
        Field(name="not_after", type="string"),
        Field(name="count", type="number(0)"),
        Field(name="words", type="string"),
        Field(name="removed", type="boolean"),
    ),
}
"""What every decision obeys: the types of these do not depend on how the brand declares them."""

PROBLEMS = {CONSENT: consent_problems, PREFERENCE: preference_problems, OWN_RULE: own_rule_problems}

_INT64 = 1 << 63


class Checked(msgspec.Struct, frozen=True, eq=False):
    """One declared field made ready to check.

    quick : type by which msgspec knows values that are right; others, right or wrong, are looked at closely
    limit : greatest absolute value of an integer: that of its column, or 64 bits
    """

    field: Field
    feel: Type
    quick: Any
    limit: int
    fits: Callable[[Any], bool]


class _KindCheck(msgspec.Struct, frozen=True, eq=False):
    """addresses: a declared field has the name of a network address, which is dropped all the same."""

    kind: EventKind
    fields: tuple[Checked, ...]
    names: frozenset[str]
    items: tuple[Checked, ...]
    item_names: frozenset[str]
    quick: type[msgspec.Struct]
    addresses: bool

    def surely_right(self, properties: dict[str, Any]) -> bool:
        """In one pass of compiled code: all is declared and right, and no address. False means: look closely."""
        if self.addresses:
            return False
        try:
            msgspec.convert(properties, self.quick)
        except msgspec.ValidationError:
            return False
        return True


class Rules:
    """The checks of one dictionary, compiled."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        schema_of(dictionary)  # what cannot be folded must not be taken in
        self.namespaces = {name: rank for rank, name in enumerate(dictionary.identifiers)}
        self.namespaces.setdefault(ANONYMOUS, len(self.namespaces))
        self._also = [(name, id) for id in self.namespaces for name in dictionary.namespace(id).also]
        self._attributes = tuple(
            _checked(Field(name=a.id, type=a.type, sensitivity=a.sensitivity))
            for a in dictionary.attributes
            if a.of == "person"
        )
        self.groups = bool(dictionary.groups)
        self._kinds = {kind.id: self._of_kind(kind) for kind in dictionary.events}
        self._groups = {
            (event.id, group.id): self._of_kind(event, group)
            for event in dictionary.events
            if event.id in (JOINED, LEFT)
            for group in dictionary.groups
        }
        self._ids = {name: kind.id for kind in reversed(dictionary.events) for name in (*kind.also, kind.id)}
        self._in_form = lru_cache(maxsize=1 << 16)(self._is_in_form)
        self._context = {id_: context_fields(sorted(kind.names)) for id_, kind in self._kinds.items()}
        self.responses = any(kind.response for kind in dictionary.events)

    def kind(self, name: str) -> str:
        """Id of the kind with this id or tracker's name; the name itself where none is declared."""
        return self._ids.get(name, name)

    def context_fields(self, kind: str) -> tuple[tuple[str, str, str], ...]:
        """What a tracker's context can fill of a kind, as `with_context` takes it."""
        return self._context.get(kind, ())

    def _of_kind(self, kind: EventKind, group: GroupKind | None = None) -> _KindCheck:
        """group: the one that the event is about; without one its traits may be those of any."""
        declared = kind.fields
        if self.groups and kind.id in (JOINED, LEFT):
            groups = (group,) if group else self.dictionary.groups
            traits = {one.id: one for of in groups for one in of.traits} if kind.id == JOINED else {}
            more = [Field(name=one.id, type=one.type, sensitivity=one.sensitivity) for one in traits.values()]
            declared = _with_fixed(_with_fixed(declared, tuple(more)), GROUP_FIELDS)
        if kind.id in FIXED_FIELDS:
            declared = _with_fixed(declared, FIXED_FIELDS[kind.id])
        fields = tuple(_checked(field, kept=field.keep and not kind.items) for field in declared)
        if kind.id == IDENTIFY:
            names = {field.name for field in declared}
            fields += tuple(attribute for attribute in self._attributes if attribute.field.name not in names)
        if kind.items:
            fields = tuple(field for field in fields if field.field.name != kind.items)
        items = tuple(_checked(field, kept=field.keep) for field in kind.item_fields)
        quick = [(field.field.name, field.quick, field.field.required) for field in fields]
        if kind.items:
            item = _quick_struct([(field.field.name, field.quick, field.field.required) for field in items])
            quick.append((kind.items, list[item], False))  # type: ignore[valid-type]
        return _KindCheck(
            kind=kind,
            fields=fields,
            names=frozenset(field.field.name for field in fields) | ({kind.items} if kind.items else set()),
            items=items,
            item_names=frozenset(field.field.name for field in items),
            quick=_quick_struct(quick),
            addresses=not ADDRESSES.isdisjoint([*(one.field.name for one in (*fields, *items)), kind.items]),
        )

    def fields_of(self, kind: str) -> dict[str, Field]:
        """The declared fields of a kind by name: of `identify` also the attributes of persons."""
        found = self._kinds.get(kind)
        return {checked.field.name: checked.field for checked in found.fields} if found else {}

    def response(self, kind: str) -> Response:
        """What events of this kind, by its id, answer to a message; "" where they are no response."""
        known = self._kinds.get(kind)
        return "" if known is None else known.kind.response

    def ordered(self, identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
        """Each once, the most telling first."""
        return tuple(sorted(set(identifiers), key=lambda one: (self.namespaces.get(one.namespace, 0), one.value)))

    def validate(self, event: Event, place: str) -> tuple[Event, tuple[Refusal, ...]]:
        """The event with its flags and without network addresses, and everything wrong with it; it may be taken in only
        if nothing is.

        place: where it stood in what came in, "batch[3]"
        """
        if self.groups and is_of_group(event):
            return event, self._traits(event, place)
        event, nobody = self._identified(event, place)
        refusals = self._identity(event, place) + nobody
        kind = self._kinds.get(event.kind)
        if kind is None:
            event = _without_addresses(event)
            refusals += _unstorable(event.properties, f"{place}.properties")
            return replace(event, flags=(*event.flags, "undeclared-kind")), tuple(refusals)
        properties = event.properties
        where = f"{place}.properties"
        about = kind_of(event, self.dictionary) if self.groups else None
        kind = self._groups[event.kind, about.id] if about is not None else kind
        refusals += [
            Refusal(code=wrong.code, message=wrong.message, place=f"{where}.{wrong.field}", hint=wrong.hint)
            for wrong in self._problems(event)
        ]
        if kind.surely_right(properties):
            return event, tuple(refusals)
        event = _without_addresses(event)
        properties = event.properties
        flagged = False
        undeclared = properties.keys() - kind.names
        if undeclared:
            flagged = True
            refusals += _unstorable({name: properties[name] for name in sorted(undeclared)}, where)
        for checked in kind.fields:
            refusals += _refuse((properties.get(checked.field.name),), checked, where, undeclared, "")
        if kind.kind.items:
            listed, wrong = self._items(properties.get(kind.kind.items), kind, where)
            flagged = flagged or listed
            refusals += wrong
        if flagged:
            event = replace(event, flags=(*event.flags, "undeclared-field"))
        return event, tuple(refusals)

    def _problems(self, event: Event) -> list[Wrong]:
        if self.groups and event.kind in (JOINED, LEFT):
            return group_problems(event.properties, self.dictionary)
        return PROBLEMS[event.kind](event.properties) if event.kind in PROBLEMS else []

    def _traits(self, event: Event, place: str) -> tuple[Refusal, ...]:
        """What no longer fits of what was said of a group."""
        kind = self._groups.get((JOINED, event.identifiers[0].namespace.removeprefix(GROUP)))
        wrong: list[Refusal] = []
        for checked in kind.fields if kind else ():
            if checked.field.name in event.properties:
                value = event.properties[checked.field.name]
                wrong += _refuse((value,), checked, f"{place}.properties", (), "")
        return tuple(wrong)

    def _items(self, items: Any, kind: _KindCheck, where: str) -> tuple[bool, list[Refusal]]:
        """Whether any item has undeclared fields, and what is wrong with the items."""
        if items is None:
            return False, []
        list_place = f"{where}.{kind.kind.items}"
        if not isinstance(items, list | tuple) or not all(type(item) is dict for item in items):
            message = f"'{kind.kind.items}' must be a list of objects."
            return False, [Refusal(code="event.wrong-type", message=message, place=list_place)]
        wrong: list[Refusal] = []
        undeclared: set[str] = set()
        for index, item in enumerate(items):
            if not item.keys() <= kind.item_names:
                extra = item.keys() - kind.item_names
                undeclared |= extra
                wrong += _unstorable({name: item[name] for name in sorted(extra)}, f"{list_place}[{index}]")
        for checked in kind.items:
            values = [item.get(checked.field.name) for item in items]
            wrong += _refuse(values, checked, list_place, undeclared, "[{}]")
        return bool(undeclared), wrong

    def _identity(self, event: Event, place: str) -> list[Refusal]:
        wrong: list[Refusal] = []
        usable = 0 < len(event.message_id) <= LONGEST and event.message_id.isprintable()
        if usable and event.kind and event.at.tzinfo is not None:
            return wrong
        if not usable:
            message = f"A message id has 1 to {LONGEST} printable characters."
            wrong.append(Refusal(code="event.message-id", message=message, place=f"{place}.messageId"))
        if not event.kind:
            message = "An event needs a kind."
            wrong.append(Refusal(code="event.missing-field", message=message, place=f"{place}.event"))
        if event.at.tzinfo is None:
            message = "The time has no zone."
            wrong.append(Refusal(code="event.naive-time", message=message, place=f"{place}.timestamp"))
        return wrong

    def _identified(self, event: Event, place: str) -> tuple[Event, list[Refusal]]:
        """The event with its identifiers in their forms; those that name nobody are left off and flagged, and only
        an event that nobody is left of is refused."""
        identifiers = event.identifiers
        alone = bool(identifiers) and (event.kind != IDENTIFY or not self._also)
        if alone and len(set(identifiers)) == len(identifiers) and all(map(self._in_form, identifiers)):
            return event, []
        named = [(one, f"{place}.identifiers.{one.namespace}") for one in event.identifiers]
        if event.kind == IDENTIFY and self._also:
            named += self._told(event.properties, f"{place}.properties")
        kept: dict[Identifier, None] = {}
        unfit: dict[str, Unfit] = {}
        wrong: list[Refusal] = []
        for identifier, where in named:
            if identifier.namespace not in self.namespaces:
                message = f"There is no identifier '{identifier.namespace}'."
                hint = did_you_mean(identifier.namespace, self.namespaces)
                wrong.append(Refusal(code="event.unknown-identifier", message=message, place=where, hint=hint))
                continue
            found = normalize(identifier, self.dictionary)
            if isinstance(found, Unfit):
                unfit[where] = found
            else:
                kept[found] = None
        if not kept and not wrong:
            wrong = [_nobody(one, where) for where, one in unfit.items()]
        if not named:
            hint = f"Send one of {', '.join(self.namespaces)}."
            wrong = [Refusal(code="event.no-identifier", message="The event says of nobody.", place=place, hint=hint)]
        flags = tuple(sorted({one.flag for one in unfit.values()}))
        identifiers = tuple(kept)
        if flags or identifiers != event.identifiers:
            event = replace(event, identifiers=identifiers, flags=(*event.flags, *flags))
        return event, wrong

    def _is_in_form(self, identifier: Identifier) -> bool:
        """Whether it may be taken as it came: most may, and people come back."""
        return identifier.namespace in self.namespaces and normalize(identifier, self.dictionary) is identifier

    def _told(self, properties: dict[str, Any], where: str) -> list[tuple[Identifier, str]]:
        """Identifiers that stand among the properties of an `identify` event, each with its place."""
        return [
            (Identifier(namespace, str(value)), f"{where}.{name}")
            for name, namespace in self._also
            if type(value := properties.get(name)) in (str, int) and value != ""
        ]


@remembered
def rules_of(dictionary: Dictionary) -> Rules:
    """The compiled checks of this very dictionary."""
    return Rules(dictionary)


def _nobody(unfit: Unfit, place: str) -> Refusal:
    if unfit.flag == "blocked-identifier":
        return Refusal(code="event.blocked-identifier", message=unfit.why, place=place)
    return Refusal(code="event.identifier", message=unfit.why, place=place)


def _without_addresses(event: Event) -> Event:
    properties = without_addresses(event.properties)
    return event if properties is event.properties else replace(event, properties=properties)


def _quick_struct(fields: list[tuple[str, Any, bool]]) -> type[msgspec.Struct]:
    """A struct of (name, type, required) fields and no others."""
    ordered = sorted(fields, key=lambda field: not field[2])
    members = [
        (f"f{place}", type_) if required else (f"f{place}", type_ | None, None)
        for place, (_, type_, required) in enumerate(ordered)
    ]
    names = {f"f{place}": name for place, (name, _, _) in enumerate(ordered)}
    return msgspec.defstruct("Quick", members, rename=names, forbid_unknown_fields=True)


def _refuse(
    values: Sequence[Any], checked: Checked, where: str, undeclared: Iterable[str], index: str
) -> list[Refusal]:
    field = checked.field
    wrong: list[Refusal] = []
    for position, value in enumerate(values):
        place = f"{where}{index.format(position)}.{field.name}"
        if value is None:
            if field.required:
                near = did_you_mean(field.name, undeclared)
                hint = f"{near} Rename it to '{field.name}'." if near else f"Send '{field.name}' ({field.type})."
                message = f"'{field.name}' is missing."
                wrong.append(Refusal(code="event.missing-field", message=message, place=place, hint=hint))
        elif not checked.fits(value):
            message = f"'{field.name}' must be of type {field.type}, not {_shown(value, field)}."
            hint = _TYPE_HINTS.get(type(checked.feel), "")
            wrong.append(Refusal(code="event.wrong-type", message=message, place=place, hint=hint))
        elif type(value) is int and not -checked.limit <= value <= checked.limit:
            message = f"'{field.name}' is out of range: {_shown(value, field)}."
            hint = f"It must lie between {-checked.limit} and {checked.limit}."
            wrong.append(Refusal(code="event.out-of-range", message=message, place=place, hint=hint))
    return wrong


def _checked(field: Field, kept: bool = False) -> Checked:
    type_ = type_of(field.type)
    column = column_of(field) if kept else None
    limit = INTEGER_MAX if column is not None and column.dtype == np.int32 else _INT64 - 1
    return Checked(field, type_, _quick_type(type_, limit), limit, _check_of(type_))


def _quick_type(type_: Type, limit: int) -> Any:
    match type_:
        case Number(scale=0) | Money():
            return Annotated[int, msgspec.Meta(ge=-limit, le=limit)]
        case Number() | Real():
            return Annotated[float, msgspec.Meta(ge=-_INT64, le=_INT64 - 1)]
        case Boolean():
            return bool
        case String():
            return str
        case _:
            return type(None)


def _check_of(type_: Type) -> Callable[[Any], bool]:
    match type_:
        case Number(scale=0) | Money():
            return _integral
        case Number() | Real():
            return _number
        case Boolean():
            return lambda value: type(value) is bool
        case Date():
            return _parses(date.fromisoformat)
        case DateTime():
            return _parses(datetime.fromisoformat)
        case Time():
            return _parses(time.fromisoformat)
        case ListOf(of=of):
            inner = _check_of(of)
            return lambda value: isinstance(value, list | tuple) and all(map(inner, value)) and storable(value)
        case ContextOf() | RangeOf():
            return lambda value: isinstance(value, dict) and storable(value)
        case AnyType():
            return storable
        case _:
            return lambda value: isinstance(value, str)


def _integral(value: Any) -> bool:
    return type(value) is int or (type(value) is float and value.is_integer() and abs(value) <= INTEGER_MAX)


def _number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and value - value == 0)


def _parses(read: Callable[[str], Any]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        try:
            read(value)
        except ValueError:
            return False
        return True

    return fits


def storable(value: Any) -> bool:
    """Whether a value of any form can be kept: JSON, with integers of at most 64 bits."""
    match value:
        case None | bool() | str() | float():
            return True
        case int():
            return -_INT64 <= value < 2 * _INT64
        case list() | tuple():
            return all(storable(item) for item in value)
        case dict():
            return all(isinstance(key, str) and storable(item) for key, item in value.items())
        case _:
            return False


def _unstorable(properties: dict[str, Any], where: str) -> list[Refusal]:
    return [
        Refusal(
            code="event.unstorable",
            message=f"'{name}' cannot be kept.",
            place=f"{where}.{name}",
            hint="Send JSON values, with integers of at most 64 bits.",
        )
        for name, value in properties.items()
        if not storable(value)
    ]


def _with_fixed(fields: tuple[Field, ...], fixed: tuple[Field, ...]) -> tuple[Field, ...]:
    names = {field.name for field in fixed}
    return (*fixed, *(field for field in fields if field.name not in names))


def _shown(value: Any, field: Field) -> str:
    if field.is_hidden:
        return "what was sent"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


_TYPE_HINTS: dict[type[Type], str] = {
    Money: "Amounts are whole numbers of the minor unit: 12.34 is sent as 1234.",
    Date: "Write it as 2017-10-30.",
    DateTime: "Write it as 2017-10-30T08:00:00Z.",
    Time: "Write it as 08:00:00.",
}

"""dictionary/*.toml -> Dictionary, and where each of its entries stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, cast, get_args

import msgspec

from decidedly.core.dictionary import (
    Aggregate,
    AggregateIs,
    Attribute,
    Basis,
    CheckDigit,
    Dictionary,
    EventKind,
    Field,
    Form,
    GroupKind,
    Matching,
    MatchWhen,
    Namespace,
    PersonRole,
    Purpose,
    Response,
    Root,
    Sensitivity,
    Survives,
)
from decidedly.core.group import JOINED, LEFT
from decidedly.core.outcome import NON_RESPONSE, Reported
from decidedly.core.playbook import Brand
from decidedly.core.preference import PREFERENCES
from decidedly.feel.diagnostics import Place
from decidedly.playbook.document import Authored, Document
from decidedly.playbook.files import Folder
from decidedly.playbook.groups import groups_of
from decidedly.playbook.over import EXAMPLES, read_window

ATTRIBUTE_FILES: dict[str, Root] = {"person.toml": "person", "actions.toml": "action", "context.toml": "context"}
AGGREGATE_FILES = {"aggregates.toml": "person", "candidates.toml": "candidate"}
FILES = (
    "identifiers.toml",
    *ATTRIBUTE_FILES,
    "events.toml",
    *AGGREGATE_FILES,
    "purposes.toml",
    "groups.toml",
    "match.toml",
)

BUILT_IN = (
    EventKind(id="identify", name="identify", description="somebody told us who they are"),
    EventKind(
        id="consent",
        name="consent",
        description="a yes or a no to messages",
        fields=(
            Field(name="purpose", type="string"),
            Field(name="channel", type="string", description="a channel's id, or all"),
            Field(name="granted", type="boolean", required=True),
        ),
    ),
    EventKind(id="consent-confirmed", name="consent confirmed", description="the second yes of a double opt-in"),
    EventKind(id="preference", name="preference", description="how somebody likes to be spoken to"),
    EventKind(id="own-rule", name="own rule", description="a rule that somebody sets for us, or takes back"),
    EventKind(
        id=NON_RESPONSE,
        name="non-response",
        description="a decision reached somebody, who did not answer in time",
        fields=(Field(name="service", type="string", keep=True), Field(name="actions", type="list of string")),
        outcome=NON_RESPONSE,
    ),
)
"""Kinds that every dictionary has; what they must say, `capture` knows."""
OF_GROUPS = (
    EventKind(id=JOINED, name="group", description="somebody is in a household, an account, ..."),
    EventKind(
        id=LEFT, name="group left", also=("Group Left", "Left Group"), description="somebody is no longer in a group"
    ),
)
"""Kinds that a dictionary with groups has."""


class IdentifiersForm(Authored, frozen=True, kw_only=True):
    identifiers: list[str]
    user_id: str
    most_identifiers: int = 100
    namespaces: dict[str, object] = msgspec.field(default_factory=dict)


class NamespaceForm(Authored, frozen=True, kw_only=True):
    """`form` and `check` are texts here, so that a wrong word is told with the nearest right one."""

    form: str = "text"
    check: str = ""
    region: str = ""
    also: list[str] = msgspec.field(default_factory=list)
    at_most: int | None = None
    shared_above: int = 0
    blocked: list[str] = msgspec.field(default_factory=list)


class AttributeForm(Authored, frozen=True, kw_only=True):
    name: str
    type: str
    description: str = ""
    unit: str = ""
    sensitivity: Sensitivity = "personal"
    survivorship: Survives | list[Survives] = "newest"
    sources: list[str] = msgspec.field(default_factory=list)
    topic: bool = False
    role: PersonRole | Literal[""] = ""


class FieldForm(Authored, frozen=True, kw_only=True):
    type: str
    description: str = ""
    required: bool = False
    keep: bool = False
    sensitivity: Sensitivity = "personal"


class EventForm(Authored, frozen=True, kw_only=True):
    name: str
    also: list[str] = msgspec.field(default_factory=list)
    description: str = ""
    items: str = ""
    contact: str = ""
    response: Response = ""
    outcome: Reported | Literal[""] = ""
    worth: str = ""
    fields: dict[str, object] = msgspec.field(default_factory=dict)
    item_fields: dict[str, object] = msgspec.field(default_factory=dict)


class AggregateForm(Authored, frozen=True, kw_only=True):
    name: str
    is_: AggregateIs = msgspec.field(name="is")
    of: str
    what: str = ""
    over: str = ""
    where: str = ""
    among: str = ""
    description: str = ""


class PurposeForm(Authored, frozen=True, kw_only=True):
    name: str
    basis: Basis = "consent"
    description: str = ""
    double_opt_in: list[str] = msgspec.field(default_factory=list)
    confirm_within_days: int = 30


class MatchForm(Authored, frozen=True, kw_only=True):
    when: MatchWhen = "batch"
    automatic: float = 0.5
    review: float = 0.2


class Places(msgspec.Struct):
    """Where entries of the dictionary stand, by kind of entry and id, for the checks that come later."""

    found: dict[tuple[str, str], Place] = {}

    def put(self, kind: str, id: str, place: Place) -> None:
        self.found[kind, id] = place

    def of(self, kind: str, id: str) -> Place:
        return self.found.get((kind, id), Place("dictionary"))


def load_dictionary(folder: Folder, brand: Brand | None) -> tuple[Dictionary | None, Places]:
    """The dictionary, as the brand writes money and reckons days; without one in dollars and UTC."""
    places = Places()
    identifiers: IdentifiersForm | None = None
    namespaces: tuple[Namespace, ...] = ()
    attributes: list[Attribute] = []
    events: list[EventKind] = []
    aggregates: list[Aggregate] = []
    purposes: list[Purpose] = []
    groups: list[GroupKind] = []
    matching = Matching()
    for path in folder.files("dictionary", ".toml"):
        name = path.relative_to(folder.root / "dictionary").as_posix()
        document = folder.document(path)
        if name == "identifiers.toml":
            identifiers = document.read(IdentifiersForm)
            places.found["identifiers", "user-id"] = document.map.text("user-id")
            if identifiers is not None:
                namespaces = _namespaces(document, identifiers, places)
        elif name in ATTRIBUTE_FILES:
            attributes += _attributes(document, ATTRIBUTE_FILES[name], places)
        elif name == "events.toml":
            events += _events(document, places)
        elif name in AGGREGATE_FILES:
            aggregates += _aggregates(document, "person" if AGGREGATE_FILES[name] == "person" else "candidate", places)
        elif name == "purposes.toml":
            purposes += _purposes(document)
        elif name == "groups.toml":
            groups += groups_of(document, _attribute, places.put)
        elif name == "match.toml":
            matching = _matching(document)
        else:
            hint = f"Known here: {', '.join(FILES)}."
            folder.problems.add("playbook.file", f"'{path.name}' is not read.", Place(document.file), hint)
    if identifiers is None:
        if not (folder.root / "dictionary" / "identifiers.toml").is_file():
            place = Place("dictionary/identifiers.toml")
            folder.problems.add("playbook.missing", "There is no dictionary/identifiers.toml.", place)
        return None, places
    built_in = (*BUILT_IN, *(OF_GROUPS if groups else ()))
    dictionary = Dictionary(
        identifiers=tuple(identifiers.identifiers),
        user_id=identifiers.user_id,
        attributes=(
            *attributes,
            *_of_every_action(brand.currency if brand else "USD"),
            *(one for one in PREFERENCES if not _declares(attributes, one)),
        ),
        events=(*events, *_built_in(events, built_in, brand.currency if brand else "USD")),
        aggregates=tuple(aggregates),
        time_zone=brand.time_zone if brand else "UTC",
        first_weekday=brand.first_weekday if brand else "monday",
        purposes=tuple(purposes),
        namespaces=namespaces,
        most_identifiers=identifiers.most_identifiers,
        groups=tuple(groups),
        matching=matching,
    )
    return dictionary, places


def _built_in(events: Sequence[EventKind], kinds: Sequence[EventKind], currency: str) -> Iterator[EventKind]:
    """These kinds, and one for each outcome, but for those that the dictionary declares."""
    declared = {one.id for one in events}
    yield from (kind for kind in kinds if kind.id not in declared)
    for outcome in get_args(Reported):
        if outcome not in declared:
            fields = (Field(name="action", type="string"), Field(name="amount_minor", type=f"money({currency})"))
            yield EventKind(
                id=outcome, name=outcome, description="reported as an outcome of a decision", fields=fields,
                outcome=outcome, worth="amount_minor",
            )  # fmt: skip


def _declares(attributes: Sequence[Attribute], one: Attribute) -> bool:
    """Whether the brand knows it by another name, or means something else by its name."""
    return any(own.of == one.of and (own.id == one.id or own.name == one.name) for own in attributes)


def _namespaces(document: Document, identifiers: IdentifiersForm, places: Places) -> tuple[Namespace, ...]:
    """How the identifiers are written; a person has one userId at most where nothing else is said."""
    if identifiers.most_identifiers < 2:
        message = "A person must be allowed two identifiers at least."
        document.problems.add("dictionary.identifier", message, document.map.value("most-identifiers"))
    found = []
    for id in identifiers.namespaces:
        form = document.read(NamespaceForm, "namespaces", id)
        places.found["namespace", id] = document.map.key("namespaces", id)
        if form is None:
            continue
        for key in ("form", "check", "region"):
            places.found["namespace", f"{id}.{key}"] = document.map.text("namespaces", id, key)
        for key in ("at-most", "shared-above", "blocked"):
            places.found["namespace", f"{id}.{key}"] = document.map.value("namespaces", id, key)
        found.append(
            Namespace(
                id=id,
                form=cast(Form, form.form),
                check=cast(CheckDigit, form.check),
                region=form.region,
                also=tuple(form.also),
                at_most=int(id == identifiers.user_id) if form.at_most is None else form.at_most,
                shared_above=form.shared_above,
                blocked=tuple(form.blocked),
            )
        )
    return tuple(found)


def _of_every_action(currency: str) -> tuple[Attribute, ...]:
    """What an action has without declaring it."""
    return (
        Attribute(id="name", name="name", of="action", type="string"),
        Attribute(id="value", name="value", of="action", type=f"money({currency})"),
        Attribute(id="valid-from", name="valid from", of="action", type="date and time"),
        Attribute(id="valid-until", name="valid until", of="action", type="date and time"),
    )


def _attributes(document: Document, of: Root, places: Places) -> list[Attribute]:
    found = []
    for id in document.values:
        one = _attribute(document, id, of=of)
        places.found["attribute", f"{of}.{id}"] = document.map.text(id, "type")
        places.found["attribute", f"{of}.{id}.survivorship"] = document.map.value(id, "survivorship")
        if one is not None:
            found.append(one)
    return found


def _attribute(document: Document, *path: str, of: Root = "person") -> Attribute | None:
    """What stands at this path, its last step being the id, as an attribute."""
    form = document.read(AttributeForm, *path)
    if form is None:
        return None
    return Attribute(
        id=path[-1],
        name=form.name,
        of=of,
        type=form.type,
        description=form.description,
        unit=form.unit,
        sensitivity=form.sensitivity,
        survivorship=_criteria(form.survivorship),
        sources=tuple(form.sources),
        topic=form.topic,
        role=form.role,
    )


def _criteria(written: Survives | list[Survives]) -> tuple[Survives, ...]:
    return (written,) if isinstance(written, str) else tuple(written)


def _purposes(document: Document) -> list[Purpose]:
    found = []
    for id in document.values:
        form = document.read(PurposeForm, id)
        if form is None:
            continue
        if form.confirm_within_days < 1:
            place = document.map.value(id, "confirm-within-days")
            document.problems.add("dictionary.purpose", "A yes waits for its confirmation a day at least.", place)
        found.append(
            Purpose(
                id=id,
                name=form.name,
                basis=form.basis,
                description=form.description,
                double_opt_in=tuple(form.double_opt_in),
                confirm_within_days=form.confirm_within_days,
            )
        )
    return found


def _matching(document: Document) -> Matching:
    form = document.read(MatchForm)
    if form is None:
        return Matching()
    found = Matching(when=form.when, automatic=form.automatic, review=form.review)
    for key, least in (("automatic", 0.5), ("review", 0.01)):
        if not least <= getattr(form, key) <= 0.9999:
            message = f"'{key}' is a probability from {least} to 0.9999."
            document.problems.add("dictionary.match", message, document.map.value(key))
    if form.review > form.automatic:
        message = "What is joined must be at least as sure as what is proposed."
        document.problems.add("dictionary.match", message, document.map.value("review"), "Lower review.")
    return found


def _events(document: Document, places: Places) -> list[EventKind]:
    found = []
    for id in document.values:
        form = document.read(EventForm, id)
        places.found["event", id] = document.map.key(id)
        places.found["event", f"{id}.worth"] = document.map.text(id, "worth")
        if form is None:
            continue
        if bool(form.items) != bool(form.item_fields):
            hint = 'Write both: items = "products" and [order.item-fields].'
            place = document.map.key(id, "items" if form.items else "item-fields")
            document.problems.add("dictionary.items", "`items` and `item-fields` belong together.", place, hint)
        found.append(
            EventKind(
                id=id,
                name=form.name,
                also=tuple(form.also),
                description=form.description,
                fields=_fields(document, places, id, "fields", form.fields),
                items=form.items,
                item_fields=_fields(document, places, id, "item-fields", form.item_fields),
                contact=form.contact,
                response=form.response,
                outcome=form.outcome,
                worth=form.worth,
            )
        )
    return found


def _fields(document: Document, places: Places, event: str, group: str, fields: dict[str, object]) -> tuple[Field, ...]:
    found = []
    for name in fields:
        form = document.read(FieldForm, event, group, name)
        places.found["field", f"{event}.{name}"] = document.map.text(event, group, name, "type")
        if form is not None:
            found.append(
                Field(
                    name=name,
                    type=form.type,
                    description=form.description,
                    required=form.required,
                    keep=form.keep,
                    sensitivity=form.sensitivity,
                )
            )
    return tuple(found)


def _aggregates(document: Document, root: str, places: Places) -> list[Aggregate]:
    found = []
    for id in document.values:
        form = document.read(AggregateForm, id)
        places.found["aggregate", id] = document.map.text(id, "of")
        for key in ("of", "what", "over", "where", "among"):
            places.found["aggregate", f"{id}.{key}"] = document.map.text(id, key)
        if form is None:
            continue
        over = read_window(form.over)
        if form.over and not over:
            message = f"'{form.over}' is no stretch of time."
            document.problems.add("dictionary.over", message, document.map.text(id, "over"), f"Write {EXAMPLES}.")
            continue
        found.append(
            Aggregate(
                id=id,
                name=form.name,
                root="candidate" if root == "candidate" else "person",
                is_=form.is_,
                of=form.of,
                what=form.what,
                over=over,
                where=document.text(id, "where"),
                description=form.description,
                among=form.among,
            )
        )
    return found

"""The data dictionary: what we may know, in which type, with a description."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

from decidedly.core.outcome import OutcomeKind, Reported
from decidedly.core.policy import Text

Root = Literal["person", "action", "candidate", "context"]
AggregateIs = Literal[
    "count", "sum", "average", "minimum", "maximum", "distinct", "first", "last",
    "hours since last", "days since last", "weeks since last", "months since last", "years since last",
    "hours since first", "days since first", "weeks since first", "months since first", "years since first",
]  # fmt: skip
Unit = Literal["hour", "day", "week", "month", "quarter", "year"]
Response = Literal["", "open", "click", "unsubscribe"]
OUTCOME_OF: dict[Response, Reported] = {"open": "impression", "click": "click", "unsubscribe": "reject"}
"""What a response to a message means for the decision that it answers, where its kind says nothing else."""
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

ANONYMOUS = "anonymous"
"""Namespace of trackers' anonymous ids: always known, the least telling where the dictionary does not list it."""

Form = Literal["text", "lower", "digits", "email", "phone"]
CheckDigit = Literal["", "luhn", "ean"]


class Namespace(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of identifier is written, and what it says of a person.

    form         : how values are made one: as they come, in small letters, digits alone, e-mail, telephone (E.164)
    check        : the check digit that its values end with
    region       : of telephone numbers without a country code ("US")
    also         : properties of an `identify` event that carry it ("email")
    at_most      : how many of them one person may have; 0 without a limit
    shared_above : linked with more other identifiers than this it is a shared device or a family's address, and joins
                   nobody; 0 without a limit
    blocked      : values that name nobody, with * for anything ("unknown@*")
    """

    id: str
    form: Form = "text"
    check: CheckDigit = ""
    region: str = ""
    also: tuple[str, ...] = ()
    at_most: int = 0
    shared_above: int = 0
    blocked: tuple[str, ...] = ()


Sensitivity = Literal["public", "personal", "secret", "special-category"]
"""Who may see a value: anybody; who may read people's records; and, of secrets and of the special categories of Art. 9
GDPR (health, faith, origin, ...), only who may see what is sensitive."""
HIDDEN: tuple[Sensitivity, ...] = ("secret", "special-category")

PersonRole = Literal[
    "given_name", "surname", "full_name", "birth", "birth_day", "birth_month", "birth_year", "age", "sex", "street",
    "street2", "number", "address", "city", "postcode", "state", "country", "email", "phone", "id", "other", "ignore",
]  # fmt: skip
"""What a column or an attribute says of who a person is, for matching; `other` is compared as text, `ignore` not."""

Survives = Literal["newest", "how", "source", "confidence", "non-empty", "union"]


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One thing we may know of a person, an action, the pair of them (`candidate`) or the situation (`context`).

    id   : outlives the name ("age-band")
    name : what rules say ("age band")
    type : a FEEL type, as `feel.parse_type` reads it
    survivorship : by what one of several values is chosen, the first criterion first, then always the newest: `how`
                   (asked over given over learnt), `source` (in the order of `sources`), `confidence` (the surest),
                   `non-empty`; or `union`, all items of all values
    role         : of persons: what it says of who they are, for matching; "" leaves that to its name and contents
    topic        : of actions: what its values name are topics, which people can like, or want nothing about
    """

    id: str
    name: str
    of: Root
    type: str
    description: str = ""
    unit: str = ""
    sensitivity: Sensitivity = "personal"
    survivorship: tuple[Survives, ...] = ("newest",)
    sources: tuple[str, ...] = ()
    topic: bool = False
    role: PersonRole | Literal[""] = ""


SeenIs = Literal["any", "all", "count"]
MEMBERS, GROUP_ROLE, SINCE = "members", "role", "since"
"""What every kind of group tells a member's rules, beside its traits: how many, in which role, since when."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the decisions for one member of a group may read of the others: whether a condition is true of any or of all
    of them, or of how many. when: FEEL on one member's attributes and aggregates."""

    id: str
    name: str
    is_: SeenIs = msgspec.field(name="is", default="any")
    when: Text
    description: str = ""
    sensitivity: Sensitivity = "personal"


class GroupKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of group around a person: household, account.

    one_at_a_time : a person is in one of them at most, the one joined last
    roles         : words of which a role is one; none where a role is not told
    most_members  : of a group with more, nothing is told of its members
    traits        : what may be known of the group itself
    sees          : what one member's decisions may read of the others
    """

    id: str
    name: str
    description: str = ""
    one_at_a_time: bool = False
    roles: tuple[str, ...] = ()
    most_members: int = 20
    traits: tuple[Attribute, ...] = ()
    sees: tuple[Seen, ...] = ()

    def fact(self, id: str) -> str:
        """Id of the person's fact that tells this of the group."""
        return f"{self.id}.{id}"

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What it tells a member's rules, as attributes of the person."""
        own = ((MEMBERS, "number(0)"), (GROUP_ROLE, "string"), (SINCE, "date and time"))
        return (
            *(Attribute(id=self.fact(id), name=f"{self.name} {id}", of="person", type=type_) for id, type_ in own),
            *(replace(one, id=self.fact(one.id)) for one in self.traits),
            *(
                Attribute(id=self.fact(one.id), name=one.name, of="person", description=one.description,
                          sensitivity=one.sensitivity, type="number(0)" if one.is_ == "count" else "boolean")
                for one in self.sees
            ),
        )  # fmt: skip


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One property of an event kind. `keep`: kept as a column of the person's history."""

    name: str
    type: str
    description: str = ""
    required: bool = False
    keep: bool = False
    sensitivity: Sensitivity = "personal"

    @property
    def is_hidden(self) -> bool:
        """Whether only those may see it who may see what is sensitive."""
        return self.sensitivity in HIDDEN


class EventKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of event.

    also     : names by which trackers send it
    items    : property that lists the items of one event
    response : what the person did with a message, which software may do in their place; "" for all else
    outcome  : what such an event is for the decision that it names; "" for what its response means, if it is one
    worth    : the field that says what the outcome was worth, in money; "" where none does
    """

    id: str
    name: str
    also: tuple[str, ...] = ()
    description: str = ""
    fields: tuple[Field, ...] = ()
    items: str = ""
    item_fields: tuple[Field, ...] = ()
    contact: str = ""  # the class of contact that this event was, or ""
    response: Response = ""
    outcome: OutcomeKind | Literal[""] = ""
    worth: str = ""

    @property
    def means(self) -> OutcomeKind | Literal[""]:
        """What an event of this kind is for the decision that it names."""
        return self.outcome or OUTCOME_OF.get(self.response, "")

    @property
    def by_machine(self) -> str:
        """Id of the kind under which responses of this kind are kept that software gave."""
        return f"{self.id}/machine"

    @property
    def columns(self) -> tuple[Field, ...]:
        """The kept fields, in order: of the items where the kind has items, else of the event."""
        return tuple(field for field in (self.item_fields if self.items else self.fields) if field.keep)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time before a moment: from `oldest` units before it (included) to `newest - 1` (not included).

    "last 30 days" is 1 to 30, "days 31 to 60" is 31 to 60. With `calendar` whole units of the brand's calendar are
    meant, and 0 is the one that the moment is in: "this month" is 0 to 0, "last calendar month" 1 to 1.
    """

    unit: Unit
    newest: int
    oldest: int
    calendar: bool = False

    def __str__(self) -> str:
        n, unit, plural = self.oldest, self.unit, f"{self.unit}s"
        if self.calendar and not n:
            return f"this {unit}"
        if self.calendar:
            return f"last {n} calendar {plural}" if n > 1 else f"last calendar {unit}"
        return f"last {n} {plural if n > 1 else unit}" if self.newest == 1 else f"{plural} {self.newest} to {n}"


class Aggregate(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute computed from history.

    root  : "person" over everything; "candidate" only over items whose product is one of the action's
    what  : the kept field that is summed, counted or told, "" for whole events
    over  : which part of the history, None for all of it
    where : a FEEL condition on the kept fields; only items that meet it count, None for all
    among : kind of group over whose members' histories together it is computed; "" over the person's own
    """

    id: str
    name: str
    root: Literal["person", "candidate"] = "person"
    is_: AggregateIs = msgspec.field(name="is")
    of: str
    what: str = ""
    over: Window | None = None
    where: Text | None = None
    description: str = ""
    among: str = ""


Basis = Literal["consent", "contract", "legal-obligation", "vital-interest", "public-task", "legitimate-interest"]
"""The lawful bases of Art. 6(1) GDPR, a to f."""

MARKETING, PROFILING, AUTOMATED = "marketing", "profiling", "automated-decision"
"""Purposes with a meaning of their own; PROFILING and AUTOMATED are obeyed by every decision."""


class Purpose(msgspec.Struct, frozen=True, kw_only=True):
    """What we want a permission for.

    basis               : what it rests on while the person has said nothing: of "consent" silence is a no, of all
                          others it is not. A refusal is obeyed on every basis
    double_opt_in       : channels, or "all", by which a yes counts only once it was confirmed
    confirm_within_days : for how long a yes waits for that
    """

    id: str
    name: str
    basis: Basis = "consent"
    description: str = ""
    double_opt_in: tuple[str, ...] = ()
    confirm_within_days: int = 30

    @property
    def silence(self) -> bool:
        """Whether we may while the person has said nothing."""
        return self.basis != "consent"


MatchWhen = Literal["live", "batch", "off"]


class Matching(msgspec.Struct, frozen=True, kw_only=True):
    """How people without an identifier in common are matched.

    when      : `live`, each record soon after it came or changed, and all of them when asked; `batch`, only when asked;
                `off`, never
    automatic : probability from which they are joined unasked
    review    : probability from which a person is asked
    """

    when: MatchWhen = "batch"
    automatic: float = 0.5
    review: float = 0.2


class Dictionary(msgspec.Struct, frozen=True, kw_only=True):
    """identifiers: namespaces, the most telling first. user_id: the namespace of a tracker's userId.

    namespaces       : those identifiers that are more than a text
    most_identifiers : of one person; a link that would make it more is refused
    matching         : of people whom no identifier joins
    time_zone, first_weekday: the brand's, in which days, weeks and months of aggregates begin.
    """

    identifiers: tuple[str, ...]
    user_id: str
    attributes: tuple[Attribute, ...]
    events: tuple[EventKind, ...]
    aggregates: tuple[Aggregate, ...]
    time_zone: str = "UTC"
    first_weekday: Weekday = "monday"
    namespaces: tuple[Namespace, ...] = ()
    most_identifiers: int = 100
    groups: tuple[GroupKind, ...] = ()
    matching: Matching = Matching()

    def namespace(self, id: str) -> Namespace:
        """How identifiers of this namespace behave. A person has one userId at most unless the brand says otherwise."""
        found = next((one for one in self.namespaces if one.id == id), None)
        return found or Namespace(id=id, at_most=1 if id == self.user_id else 0)

    purposes: tuple[Purpose, ...] = ()

    def purpose(self, id: str) -> Purpose:
        """The purpose as declared. One that is not needs a yes, but for profiling and automated decisions: choosing
        what to offer rests on a legitimate interest until the person objects (Art. 21 GDPR), and has no legal or
        similarly significant effect (Art. 22) unless the brand says otherwise."""
        found = next((one for one in self.purposes if one.id == id), None)
        basis: Basis = "legitimate-interest" if id in (PROFILING, AUTOMATED) else "consent"
        return found or Purpose(id=id, name=id.replace("-", " "), basis=basis)

    @property
    def names(self) -> dict[str, str]:
        """Name of each attribute and aggregate by its id, in the order of the dictionary."""
        found = {one.id: one.name for one in self.readable}
        return found | {one.id: one.name for one in self.aggregates}

    @property
    def hidden(self) -> frozenset[str]:
        """Ids of the attributes and aggregates that only those may see who may see what is sensitive."""
        fields = {(kind.id, field.name) for kind in self.histories for field in kind.columns if field.is_hidden}
        return frozenset(
            (
                *(one.id for one in self.readable if one.sensitivity in HIDDEN),
                *(one.id for one in self.aggregates if (one.of, one.what) in fields),
            )
        )

    @property
    def readable(self) -> tuple[Attribute, ...]:
        """What rules may read: the attributes, and what the groups of a person tell."""
        if not self.groups:
            return self.attributes
        return (*self.attributes, *(one for group in self.groups for one in group.attributes))

    def group(self, id: str) -> GroupKind | None:
        return next((one for one in self.groups if one.id == id), None)

    @property
    def histories(self) -> tuple[EventKind, ...]:
        """Every kind of which records keep the history: those declared and, for each kind of response, one for what
        software did in a person's place, with the same fields."""
        machines = (
            replace(
                kind, id=kind.by_machine, name=f"{kind.name} by machine", also=(), contact="", response="", outcome=""
            )
            for kind in self.events
            if kind.response
        )
        return (*self.events, *machines)

    def kind(self, name: str) -> EventKind | None:
        """The kind with this id or tracker's name."""
        return next((kind for kind in self.events if name == kind.id or name in kind.also), None)

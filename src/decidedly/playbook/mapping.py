"""A mapping file -> Mapping, and what is wrong with it by line and column."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary
from decidedly.core.mapping import EventMapping, Format, From, KeyBy, Mapping, Unit, Value, Written
from decidedly.core.policy import Text
from decidedly.core.provenance import How
from decidedly.feel.diagnostics import Diagnostic, Place
from decidedly.playbook.check_mapping import check_mapping
from decidedly.playbook.document import Authored, Document, Problems

Form = TypeVar("Form", bound=Authored)

_LAPSE = re.compile(r"(\d+) (second|minute|hour|day|week)s?")


class MappingForm(Authored, frozen=True, kw_only=True):
    """how, confidence, synthetic, channel: of all events that do not say otherwise."""

    name: str = ""
    source: str
    how: How = "given"
    confidence: float = 1.0
    synthetic: bool = False
    channel: str | dict[str, object] = ""
    from_: dict[str, object] = msgspec.field(name="from")
    events: dict[str, object]


class FromForm(Authored, frozen=True, kw_only=True):
    file: str = ""
    format: Format | None = None
    delimiter: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    columns: list[str] = msgspec.field(default_factory=list)
    skip: int = 0
    url: str = ""
    url_variable: str = ""
    table: str = ""
    query: str = ""
    cursor: str = ""
    overlap: str | int = 0
    decimal: str = "."
    dates: str = ""
    zone: str = ""
    yes: list[str] = msgspec.field(default_factory=list)
    no: list[str] = msgspec.field(default_factory=list)
    empty: list[str] = msgspec.field(default_factory=list)


class ValueForm(Authored, frozen=True, kw_only=True):
    column: str = ""
    value: object = None
    words: dict[str, object] = msgspec.field(default_factory=dict)
    unit: Unit = "major"
    dates: str = ""
    zone: str = ""
    split: str = ""


class MappedForm(Authored, frozen=True, kw_only=True):
    kind: str = ""
    key: str | list[str] = msgspec.field(default_factory=list)
    key_by: KeyBy = "columns"
    at: str | dict[str, object]
    who: dict[str, object]
    fields: dict[str, object] = msgspec.field(default_factory=dict)
    items: dict[str, object] = msgspec.field(default_factory=dict)
    items_from: str = ""
    needs: str | list[str] = msgspec.field(default_factory=list)
    only: dict[str, str | list[str]] = msgspec.field(default_factory=dict)
    channel: str | dict[str, object] = ""
    decision: str | dict[str, object] = ""
    how: How | None = None
    confidence: float | None = None
    synthetic: bool | None = None


def read_mapping(path: Path, dictionary: Dictionary) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """The mapping of a file and what is wrong with it by the dictionary. Nothing an author writes is raised.

    The mapping holds all that could be read, so that `check_columns` can say more. Use it only where no diagnostic is
    an error. None where form or text are too broken for that.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        return None, (Diagnostic("playbook.encoding", f"The mapping {why}.", "", Place(str(path))),)
    problems = Problems()
    document = Document(text, str(path), problems)
    mapping = _Reading(document, dictionary).mapping(path) if not document.broken else None
    found = problems.found
    if mapping is not None:
        found += check_mapping(mapping, dictionary, document.map)
    ordered = tuple(sorted(found, key=lambda one: one.place))
    return mapping, ordered


class _Reading:
    def __init__(self, document: Document, dictionary: Dictionary) -> None:
        self._document = document
        self._dictionary = dictionary

    def mapping(self, path: Path) -> Mapping | None:
        """All that could be read, so that the check can say more."""
        form = self._read(MappingForm)
        values = self._document.values
        from_ = self._read(FromForm, "from") if isinstance(values.get("from"), dict) else None
        named = values.get("events")
        events = [self._event(id, form) for id in named] if isinstance(named, dict) else []
        if form is None or from_ is None:
            return None
        grouped = next((event for event in events if event is not None and event.grouped), None)
        together = tuple(one.text for one in grouped.key) if grouped else ()
        return Mapping(
            name=form.name or path.name.partition(".")[0],
            source=form.source,
            from_=replace(self._from(from_), together=together),
            written=self._written(from_),
            events=tuple(event for event in events if event is not None),
            file=str(path),
        )

    def _read(self, form: type[Form], *path: str) -> Form | None:
        """As the document reads it; with a key too many still what is right, so that one look shows all mistakes."""
        read = self._document.read(form, *path)
        value: Any = self._document.values
        for step in path:
            value = value[step]
        if read is not None or not isinstance(value, dict):
            return read
        try:
            # An unknown key is a mistake that is reported: what is left may be right.
            keys = {field.encode_name for field in msgspec.structs.fields(form)}
            return msgspec.convert({key: value[key] for key in value if key in keys}, form)
        except msgspec.ValidationError:
            return None

    def _from(self, form: FromForm) -> From:
        return From(
            file=form.file, format=form.format, delimiter="\t" if form.delimiter == "tab" else form.delimiter,
            encoding=form.encoding, sheet=form.sheet, columns=tuple(form.columns), skip=form.skip,
            url=form.url, variable=form.url_variable, table=form.table, query=form.query,
            cursor=self._text(form.cursor, "from", "cursor"),
            overlap=self._overlap(form.overlap),
        )  # fmt: skip

    def _written(self, form: FromForm) -> Written:
        usual = Written()
        return Written(
            decimal=form.decimal, dates=form.dates, zone=form.zone or self._dictionary.time_zone,
            yes=tuple(form.yes) or usual.yes, no=tuple(form.no) or usual.no, empty=("", *form.empty),
        )  # fmt: skip

    def _overlap(self, overlap: str | int) -> timedelta | int:
        if isinstance(overlap, int):
            return overlap
        found = _LAPSE.fullmatch(overlap)
        if found is None:
            place = self._document.map.text("from", "overlap")
            hint = 'Write "1 hour", "2 days" or, where the cursor is a number, a number.'
            self._document.problems.add("mapping.overlap", f"'{overlap}' is no lapse of time.", place, hint)
            return 0
        return timedelta(**{f"{found[2]}s": int(found[1])})

    def _event(self, id: str, whole: MappingForm | None) -> EventMapping | None:
        form = self._read(MappedForm, "events", id)
        if form is None:
            return None
        at = ("events", id)
        channel_at = (*at, "channel") if form.channel else ("channel",)
        channel = form.channel or (whole.channel if whole else "")
        said = whole or MappingForm(source="", from_={}, events={})
        return EventMapping(
            id=id,
            kind=form.kind or id,
            key=self._texts(form.key, *at, "key"),
            key_by=form.key_by,
            at=self._value(form.at, *at, "at") or Value(),
            who=self._values(form.who, *at, "who"),
            fields=self._values(form.fields, *at, "fields"),
            items=self._values(form.items, *at, "items"),
            items_from=self._text(form.items_from, *at, "items-from"),
            needs=self._texts(form.needs, *at, "needs"),
            only=tuple(
                (
                    Text(column, self._document.map.key(*at, "only", column)),
                    (texts,) if isinstance(texts, str) else tuple(texts),
                )
                for column, texts in form.only.items()
            ),
            channel=Value(constant=channel, place=self._document.map.text(*channel_at))
            if isinstance(channel, str) and channel
            else self._value(channel, *channel_at),
            decision=self._value(form.decision, *at, "decision"),
            how=form.how or said.how,
            confidence=said.confidence if form.confidence is None else form.confidence,
            synthetic=said.synthetic if form.synthetic is None else form.synthetic,
        )

    def _values(self, named: dict[str, object], *path: str) -> dict[str, Value]:
        read = {name: self._value(one, *path, name) for name, one in named.items()}
        return {name: one for name, one in read.items() if one is not None}

    def _value(self, said: object, *path: str) -> Value | None:
        """A text names a column; named values say more."""
        if said in ("", None):
            return None
        if isinstance(said, str):
            return Value(column=self._text(said, *path), place=self._document.map.value(*path))
        if not isinstance(said, dict):
            message = "Here the name of a column is wanted, or {value = ...} for the same in every row."
            self._document.problems.add("mapping.value", message, self._document.map.value(*path))
            return None
        form = self._document.read(ValueForm, *path)
        if form is None:
            return None
        if bool(form.column) == (form.value is not None):
            message = "Here either a column or a value is wanted."
            hint = 'Write {column = "..."}, or {value = ...} for the same in every row.'
            self._document.problems.add("mapping.value", message, self._document.map.value(*path), hint)
            return None
        return Value(
            column=self._text(form.column, *path, "column"),
            constant=form.value, words=form.words, unit=form.unit, dates=form.dates, zone=form.zone,
            split=form.split, place=self._document.map.value(*path),
        )  # fmt: skip

    def _text(self, text: str, *path: str | int) -> Text | None:
        return Text(text, self._document.map.text(*path)) if text else None

    def _texts(self, texts: str | list[str], *path: str) -> tuple[Text, ...]:
        if isinstance(texts, str):
            return (Text(texts, self._document.map.text(*path)),)
        return tuple(Text(text, self._document.map.text(*path, place)) for place, text in enumerate(texts))

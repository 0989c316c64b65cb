"""What is wrong with a mapping: against the dictionary, and against the columns of its source."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from decidedly.capture.convert import UNIX, Unreadable, converter, pattern_of, time_converter
from decidedly.capture.validate import Rules, rules_of
from decidedly.core.dictionary import Dictionary, EventKind, Field
from decidedly.core.mapping import ROW, EventMapping, Mapping, Value, Written
from decidedly.core.policy import Text
from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean
from decidedly.feel.types import ANY, STRING, Date, DateTime, Type
from decidedly.person.schema import type_of
from decidedly.playbook.source_map import SourceMap


def check_mapping(mapping: Mapping, dictionary: Dictionary, places: SourceMap) -> list[Diagnostic]:
    """Every mistake that the mapping has without a look at its source."""
    found = [*_from(mapping, places), *_written(mapping.written, places)]
    if not mapping.events:
        hint = "Write [events.order] with key, at, who and fields."
        found.append(Diagnostic("mapping.no-event", "The rows become nothing.", hint, places.key("events")))
    for event in mapping.events:
        found += _Event(event, mapping, rules_of(dictionary), places).problems()
    grouped = [event for event in mapping.events if event.grouped]
    for event in grouped[1:]:
        if [one.text for one in event.key] != [one.text for one in grouped[0].key]:
            message = f"Rows are put together by the key of '{grouped[0].id}', and '{event.id}' has another."
            hint = "Write two mappings, or give both the same key."
            found.append(Diagnostic("mapping.two-keys", message, hint, places.key("events", event.id, "key")))
    return found


def check_columns(mapping: Mapping, columns: Sequence[str], open_ended: bool) -> tuple[Diagnostic, ...]:
    """Columns that the mapping names and the source does not have. open_ended: rows may have columns of their own."""
    known = {*columns, ROW}
    found = []
    for text in _columns_of(mapping):
        if text.text not in known and text.text.partition(".")[0] not in known:
            hint = did_you_mean(text.text, columns) or f"Columns are {', '.join(columns)}."
            message = f"There is no column '{text.text}'."
            found.append(
                Diagnostic("mapping.no-column", message, hint, text.place, "warning" if open_ended else "error")
            )
    return tuple(sorted(found, key=lambda one: one.place))


def _columns_of(mapping: Mapping) -> Iterator[Text]:
    if mapping.from_.cursor is not None:
        yield mapping.from_.cursor
    for event in mapping.events:
        yield from event.key
        yield from event.needs
        yield from (column for column, _ in event.only)
        inside = () if event.items_from else event.items.values()
        if event.items_from is not None:
            yield event.items_from
        for value in (event.at, *event.who.values(), *event.fields.values(), *inside, event.channel, event.decision):
            if value is not None and value.column is not None:
                yield value.column


def _from(mapping: Mapping, places: SourceMap) -> Iterator[Diagnostic]:
    own, place = mapping.from_, places.key("from")
    base = bool(own.url or own.variable)
    if bool(own.file) == base:
        hint = 'Write file = "orders-*.csv", or url = "postgresql://..." with a table or query.'
        yield Diagnostic("mapping.from", "The rows come either from a file or from a url.", hint, place)
    if own.url and own.variable:
        message = "`url` and `url-variable` say the same."
        yield Diagnostic("mapping.from", message, "Keep one.", places.key("from", "url-variable"))
    if base and bool(own.table) == bool(own.query):
        yield Diagnostic(
            "mapping.from", "A url needs a table or a query, one of them.", 'table = "public.orders"', place
        )
    if not base and (own.table or own.query):
        at = places.key("from", "table" if own.table else "query")
        yield Diagnostic("mapping.from", "A table or query belongs to a url.", 'url = "postgresql://..."', at)
    if own.delimiter and len(own.delimiter) != 1 and own.delimiter != "spaces":
        hint = 'One character, "tab", or "spaces" for any run of blanks; without it, it is found out.'
        yield Diagnostic(
            "mapping.delimiter", f"'{own.delimiter}' is no delimiter.", hint, places.text("from", "delimiter")
        )
    try:
        codecs.lookup(own.encoding)
    except LookupError:
        hint = "Common ones are utf-8, windows-1252, iso-8859-15, utf-16."
        yield Diagnostic(
            "mapping.encoding", f"There is no encoding '{own.encoding}'.", hint, places.text("from", "encoding")
        )
    if own.skip < 0:
        yield Diagnostic("mapping.from", "`skip` is a number of lines.", "", places.value("from", "skip"))
    if own.overlap and own.cursor is None:
        yield Diagnostic(
            "mapping.overlap", "An overlap needs a cursor.", 'cursor = "changed_at"', places.key("from", "overlap")
        )


def _written(written: Written, places: SourceMap) -> Iterator[Diagnostic]:
    if written.decimal not in (".", ","):
        yield Diagnostic("mapping.decimal", "The decimal point is '.' or ','.", "", places.text("from", "decimal"))
    yield from _dates(written.dates, places.text("from", "dates"))
    yield from _zone(written.zone, places.text("from", "zone"))


def _dates(dates: str, place: Place) -> Iterator[Diagnostic]:
    try:
        if dates and dates not in UNIX:
            pattern_of(dates)
    except ValueError:
        hint = f'Write it of YYYY, MM, DD, hh, mm, ss, as "DD.MM.YYYY", or say {" or ".join(UNIX)}.'
        yield Diagnostic("mapping.dates", f"'{dates}' is no pattern of dates.", hint, place)


def _zone(zone: str, place: Place) -> Iterator[Diagnostic]:
    try:
        if zone:
            ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        yield Diagnostic(
            "mapping.zone", f"There is no time zone '{zone}'.", 'Write it as "Europe/Berlin" or "UTC".', place
        )


class _Event:
    """The checks of one event of a mapping."""

    def __init__(self, event: EventMapping, mapping: Mapping, rules: Rules, places: SourceMap) -> None:
        self._event = event
        self._written = mapping.written
        self._rules = rules
        self._places = places
        self._path = ("events", event.id)
        self._kind = rules.dictionary.kind(event.kind)

    def problems(self) -> Iterator[Diagnostic]:
        event, places = self._event, self._places
        if self._kind is None:
            known = [kind.id for kind in self._rules.dictionary.events]
            hint = did_you_mean(event.kind, known) or "Declare it in the dictionary first."
            at = places.text(*self._path, "kind") if event.kind != event.id else places.key(*self._path)
            yield Diagnostic("mapping.kind", f"There is no event kind '{event.kind}'.", hint, at)
        yield from self._key()
        yield from self._who()
        yield from self._time()
        if not 0 <= event.confidence <= 1:
            at = places.value(*self._path, "confidence")
            yield Diagnostic("mapping.confidence", "Confidence lies between 0 and 1.", "", at)
        for value, name in ((event.channel, "channel"), (event.decision, "decision")):
            if value is not None:
                yield from self._value(value, STRING, name)
        if self._kind is not None:
            yield from self._fields(self._kind)

    def _key(self) -> Iterator[Diagnostic]:
        event = self._event
        if event.key_by == "columns" and not event.key:
            message = f"Nothing tells one '{event.id}' from another."
            hint = 'Write key = "order_id", or several columns; or key-by = "row" where the file never changes.'
            yield Diagnostic("mapping.key", message, hint, self._places.key(*self._path))
        if event.key_by != "columns" and event.key:
            message = f'With key-by = "{event.key_by}" no key is used.'
            yield Diagnostic("mapping.key", message, "Take one of them out.", self._places.key(*self._path, "key"))
        if event.key_by != "columns" and event.grouped:
            message = "Rows are put together by a key."
            yield Diagnostic("mapping.key", message, 'key = "order_id"', self._places.key(*self._path, "key-by"))

    def _who(self) -> Iterator[Diagnostic]:
        if not self._event.who:
            message, hint = "The event says of nobody.", 'Write who = {loyalty = "card_no"}.'
            yield Diagnostic("mapping.who", message, hint, self._places.key(*self._path, "who"))
        for space, value in self._event.who.items():
            if space not in self._rules.namespaces:
                known = list(self._rules.namespaces)
                hint = did_you_mean(space, known) or f"Known are {', '.join(known)}."
                at = self._places.key(*self._path, "who", space)
                yield Diagnostic("mapping.identifier", f"There is no identifier '{space}'.", hint, at)
            yield from self._value(value, STRING, "who", space)

    def _time(self) -> Iterator[Diagnostic]:
        value = self._event.at
        if value.column is None and value.constant is None:
            return
        at = self._places.value(*self._path, "at")
        yield from _dates(value.dates, at)
        yield from _zone(value.zone, at)
        if value.column is None:
            yield from self._constant(value, None, at)

    def _fields(self, kind: EventKind) -> Iterator[Diagnostic]:
        event, fields = self._event, self._rules.fields_of(kind.id)
        yield from self._group(event.fields, fields, "fields", kind)
        if event.items and not kind.items:
            message = f"Events of kind '{kind.id}' have no items."
            yield Diagnostic(
                "mapping.items", message, "Declare `items` in the dictionary.", self._places.key(*self._path, "items")
            )
        elif event.items:
            items = {field.name: field for field in kind.item_fields}
            yield from self._group(event.items, items, "items", kind)
        elif event.items_from is not None:
            message = "`items-from` names the list; what of each member is taken must stand under `items`."
            yield Diagnostic("mapping.items", message, "", self._places.key(*self._path, "items-from"))

    def _group(
        self, values: dict[str, Value], fields: dict[str, Field], group: str, kind: EventKind
    ) -> Iterator[Diagnostic]:
        for name, value in values.items():
            if name not in fields:
                listed = name == kind.items and group == "fields"
                hint = (
                    did_you_mean(name, fields) or f"Known are {', '.join(fields)}." if fields else "Declare it first."
                )
                hint = "Items stand under [events.....items]." if listed else hint
                message = f"'{kind.id}' has no {'item field' if group == 'items' else 'field'} '{name}'."
                yield Diagnostic("mapping.field", message, hint, self._places.key(*self._path, group, name))
                continue
            yield from self._value(value, type_of(fields[name].type), group, name)
        missing = [name for name, field in fields.items() if field.required and name not in values]
        for name in missing:
            message = f"'{kind.id}' needs '{name}' ({fields[name].type}), which nothing here gives."
            hint = f'Write {name} = "column" under {group}.'
            yield Diagnostic("mapping.missing-field", message, hint, self._places.key(*self._path, group))

    def _value(self, value: Value, type_: Type, *path: str) -> Iterator[Diagnostic]:
        at = self._places.value(*self._path, *path)
        yield from _dates(value.dates, at)
        yield from _zone(value.zone, at)
        if value.dates and not isinstance(type_, Date | DateTime):
            message, hint = "`dates` is of dates and times only.", f"This is of type {type_}."
            yield Diagnostic("mapping.value", message, hint, at)
        if value.column is None:
            yield from self._constant(value, type_, at)
        else:
            for meaning in value.words.values():
                yield from self._constant(Value(constant=meaning), type_, at)

    def _constant(self, value: Value, type_: Type | None, at: Place) -> Iterator[Diagnostic]:
        try:
            convert = (
                time_converter(value, self._written) if type_ is None else converter(type_ or ANY, value, self._written)
            )
            convert(value.constant)
        except Unreadable as error:
            yield Diagnostic("mapping.value", f"{error.message}.", error.hint, at)
        except (KeyError, ValueError, OverflowError):
            return  # a pattern or zone that is reported already

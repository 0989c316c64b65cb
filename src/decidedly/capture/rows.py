"""Rows: what a mapping makes of the rows of a source. One bad cell refuses its row, and names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Dict
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from decidedly.capture.capture import examined
from decidedly.capture.convert import Convert, Unreadable, converter, shown, text_converter, time_converter
from decidedly.capture.validate import Rules
from decidedly.core.derive import digest
from decidedly.core.dictionary import Field
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.mapping import CODE, HINT, MESSAGE, REJECTED, ROW, EventMapping, Mapping, Value, Written
from decidedly.core.refusal import Refusal
from decidedly.feel.types import ANY, STRING, Type
from decidedly.person.schema import type_of

_LONGEST_ID = 512

Cell = Callable[[Dict[str, Any]], Any]


class Row(msgspec.Struct, frozen=True):
    """One row and where it stands: "orders.csv:17". number: of the row in its part."""

    place: str
    number: int
    cells: dict[str, Any]


class Problem(msgspec.Struct, frozen=True):
    code: str
    message: str
    hint: str = ""


class Made(msgspec.Struct, frozen=True):
    """What became of the rows that belong together: events, or the reasons why not, per row."""

    rows: Sequence[Row]
    events: tuple[Event, ...] = ()
    problems: dict[int, list[Problem]] = {}

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """The rows with their reasons; of rows that make one event together all are refused, if one is."""
        return (
            [rejected(row, self.problems.get(place, ())) for place, row in enumerate(self.rows)]
            if self.problems
            else []
        )


def rejected(row: Row, problems: Sequence[Problem]) -> dict[str, Any]:
    told = problems or [
        Problem("import.group", "Another row of the same event is refused.", "Import all rows of the event together.")
    ]
    return {
        ROW: row.place,
        **{name: cell for name, cell in row.cells.items() if name not in REJECTED},
        CODE: told[0].code,
        MESSAGE: " ".join(dict.fromkeys(one.message for one in told)),
        HINT: " ".join(dict.fromkeys(one.hint for one in told if one.hint)),
    }


class Maker:
    """The events of a mapping, made ready."""

    def __init__(self, mapping: Mapping, rules: Rules, received_at: datetime) -> None:
        self._rules = rules
        self._makers = tuple(_EventMaker(mapping, one, rules, received_at) for one in mapping.events)
        grouped = next((maker for maker in self._makers if maker.event.grouped), None)
        self.key: Callable[[Row], str | None] | None = grouped.key_of if grouped else None

    def make(self, rows: Sequence[Row]) -> Made:
        """The events of rows that belong together: one row, or all rows of the same key."""
        events: list[Event] = []
        problems: dict[int, list[Problem]] = {}
        for maker in self._makers:
            together: Iterable[tuple[int, Sequence[Row]]] = (
                [(0, rows)] if maker.event.grouped else ((place, (row,)) for place, row in enumerate(rows))
            )
            for first, some in together:
                event = maker.make(some, first, problems)
                if event is not None:
                    _, wrong = examined(event, self._rules, some[0].place)
                    if wrong:
                        problems.setdefault(first, []).extend(maker.explained(one) for one in wrong)
                    else:
                        events.append(event)
        return Made(rows, () if problems else tuple(events), problems)


class _EventMaker:
    """One event of a mapping: its cells and how each is converted."""

    def __init__(self, mapping: Mapping, event: EventMapping, rules: Rules, received_at: datetime) -> None:
        self.event = event
        self._mapping = mapping
        self._received_at = received_at
        kind = rules.dictionary.kind(event.kind)
        self._kind = event.kind if kind is None else kind.id
        types = rules.fields_of(self._kind)
        item_types = {field.name: field for field in kind.item_fields} if kind else {}
        written = mapping.written
        self._key = tuple((one.text, cell_of(one.text)) for one in event.key)
        self._needs = tuple(cell_of(one.text) for one in event.needs)
        self._only = tuple((cell_of(column.text), frozenset(texts)) for column, texts in event.only)
        self._at = _Reader(event.at, time_converter(event.at, written))
        self._who = tuple((space, _reader(value, STRING, written)) for space, value in event.who.items())
        self._fields = {name: _field(name, value, types, written) for name, value in event.fields.items()}
        self._items = {name: _field(name, value, item_types, written) for name, value in event.items.items()}
        self._list = kind.items if kind else ""
        self._nested = cell_of(event.items_from.text) if event.items_from else None
        self._channel = _reader(event.channel, STRING, written) if event.channel else None
        self._decision = _reader(event.decision, STRING, written) if event.decision else None
        self._text = text_converter(written)

    def key_of(self, row: Row) -> str | None:
        """Key of a row; None where a key column is empty."""
        cells = [self._text(cell(row.cells)) for _, cell in self._key]
        return None if any(cell is None for cell in cells) else ":".join(map(_escaped, cells))

    def make(self, rows: Sequence[Row], first: int, problems: dict[int, list[Problem]]) -> Event | None:
        """The event of these rows, or None where they have none, or where something is wrong with them."""
        row = rows[0]
        wrong: list[Problem] = []
        if any(self._text(cell(row.cells)) is None for cell in self._needs):
            return None
        if any((self._text(cell(row.cells)) or "") not in texts for cell, texts in self._only):
            return None
        key = self._message_key(row)
        if key is None:
            names = ", ".join(f"'{name}'" for name, _ in self._key)
            wrong.append(Problem("import.no-key", f"The key is not whole: {names}.", "Fill in the key columns."))
        at = self._at.read(row.cells, wrong)
        if at is None and not wrong:
            wrong.append(Problem("import.no-time", f"{self._at.told} is empty.", "Every event needs its time."))
        who = tuple(
            Identifier(space, value)
            for space, reader in self._who
            if (value := reader.read(row.cells, wrong)) is not None
        )
        if not who and not wrong:
            columns = ", ".join(f"'{value.column.text}'" for value in self.event.who.values() if value.column)
            wrong.append(Problem("import.no-identifier", f"The row says of nobody: {columns} empty."))
        properties = _read_all(self._fields, row.cells, wrong)
        if self._items:
            lists = self._listed(rows, wrong, first, problems)
            properties[self._list] = lists
        channel = self._channel.read(row.cells, wrong) if self._channel else None
        decision = self._decision.read(row.cells, wrong) if self._decision else None
        if wrong:
            problems.setdefault(first, []).extend(wrong)
            return None
        assert key is not None
        return Event(
            message_id=key,
            kind=self._kind,
            at=at,
            received_at=self._received_at,
            identifiers=who,
            source=self._mapping.source,
            channel=channel or "",
            properties=properties,
            decision_id=decision or "",
            how=self.event.how,
            confidence=self.event.confidence,
            synthetic=self.event.synthetic,
        )

    def explained(self, refusal: Refusal) -> Problem:
        """What the dictionary says against the event, in the words of the row."""
        name = refusal.place.rpartition(".")[2]
        value = self.event.fields.get(name) or self.event.items.get(name)
        if refusal.code == "event.missing-field":
            where = f"Column '{value.column.text}', where it comes from, is empty." if value and value.column else ""
            return Problem(refusal.code, refusal.message, where or "The mapping gives it no value.")
        return Problem(refusal.code, refusal.message, refusal.hint)

    def _message_key(self, row: Row) -> str | None:
        match self.event.key_by:
            case "row":
                rest: str | None = row.place
            case "content":
                cells = sorted(
                    (name, self._text(cell) or "") for name, cell in row.cells.items() if name not in REJECTED
                )
                rest = digest(*(part for cell in cells for part in cell))
            case _:
                rest = self.key_of(row)
        if rest is None:
            return None
        id = f"{self._mapping.name}:{self.event.id}:{rest}"
        if len(id) <= _LONGEST_ID and id.isprintable():
            return id
        return f"{self._mapping.name}:{self.event.id}:{digest(rest)}"

    def _listed(
        self, rows: Sequence[Row], wrong: list[Problem], first: int, problems: dict[int, list[Problem]]
    ) -> list[dict[str, Any]]:
        if self._nested is None:
            items = []
            for place, row in enumerate(rows):
                own: list[Problem] = []
                items.append(_read_all(self._items, row.cells, own))
                if own:
                    problems.setdefault(first + place, []).extend(own)
            return items
        cell = self._nested(rows[0].cells)
        if isinstance(cell, str):
            with suppress(msgspec.DecodeError):
                cell = msgspec.json.decode(cell) if cell.strip() else None
        if cell is None:
            return []
        if not isinstance(cell, list) or not all(isinstance(item, dict) for item in cell):
            assert self.event.items_from is not None
            column = self.event.items_from.text
            wrong.append(Problem("import.unreadable", f"Column '{column}': {shown(cell)} is no list of objects."))
            return []
        return [_read_all(self._items, item, wrong) for item in cell]


class _Reader:
    """One value of an event: its cell, and what is told where it cannot be read."""

    def __init__(self, value: Value, convert: Convert) -> None:
        self._cell = cell_of(value.column.text) if value.column else None
        self._convert = convert
        self.told = f"Column '{value.column.text}'" if value.column else "The mapping's value"
        self._constant: Any = None if value.column else convert(value.constant)

    def read(self, cells: Dict[str, Any], wrong: list[Problem]) -> Any:
        """The value, None where the cell is empty, or with a problem where it cannot be read."""
        if self._cell is None:
            return self._constant
        cell = self._cell(cells)
        try:
            return self._convert(cell)
        except Unreadable as error:
            wrong.append(Problem("import.unreadable", f"{self.told}: {error.message}.", error.hint))
        except (OverflowError, ValueError) as error:
            wrong.append(Problem("import.unreadable", f"{self.told}: {shown(cell)} cannot be read ({error})."))
        return None


def _reader(value: Value, type_: Type, written: Written) -> _Reader:
    return _Reader(value, converter(type_, value, written))


def _field(name: str, value: Value, types: Dict[str, Field], written: Written) -> _Reader:
    return _reader(value, type_of(types[name].type) if name in types else ANY, written)


def _read_all(readers: Dict[str, _Reader], cells: Dict[str, Any], wrong: list[Problem]) -> dict[str, Any]:
    """Properties that have a value; an empty cell says nothing."""
    return {name: value for name, reader in readers.items() if (value := reader.read(cells, wrong)) is not None}


def cell_of(column: str) -> Cell:
    """How a column is found in a row: by its name, or by a path through objects, "customer.email"."""
    head, *path = column.split(".")
    if not path:
        return lambda cells: cells.get(column)

    def cell(cells: Dict[str, Any]) -> Any:
        if column in cells:
            return cells[column]
        found: Any = cells.get(head)
        for step in path:
            if isinstance(found, str) and found.startswith("{"):
                try:
                    found = msgspec.json.decode(found)
                except msgspec.DecodeError:
                    return None
            found = found.get(step) if isinstance(found, dict) else None
        return found

    return cell


def together(rows: Iterator[Row], key: Callable[[Row], str | None]) -> Iterator[list[Row]]:
    """Rows of the same key that stand beside each other; a row without a key stands alone."""
    held: list[Row] = []
    held_key: str | None = None
    for row in rows:
        own = key(row)
        if held and (own is None or own != held_key):
            yield held
            held = []
        held.append(row)
        held_key = own
    if held:
        yield held


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")

"""Take rows: a source through its mapping into the log, from where the last run came to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from msgspec.structs import replace

from decidedly.capture.convert import Unreadable, moment, text_of
from decidedly.capture.load import load
from decidedly.capture.rows import Made, Maker, Problem, Row, cell_of, together
from decidedly.capture.take import Report
from decidedly.capture.validate import rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.mapping import ROW, Cursor, Mapping, Position, Value
from decidedly.ports.clock import Clock
from decidedly.ports.positions import Positions
from decidedly.ports.reader import Reader
from decidedly.ports.source import Batch, Broken, Part, Rejects, Source
from decidedly.ports.store import Store

CHUNK = 5000

REMEMBERED = 100_000
"""Keys of grouped events that are remembered, to find rows of one event that do not stand together."""

Progress = Callable[[int, float], None]
"""Called with the rows done, and how much of all is read (0 to 1; 0 where it cannot be told)."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows.

    rows      : read, broken ones included; those that an earlier run took are not read again
    events    : now durable in the log; duplicates were there already; future ones are logged, in no record yet
    rejected  : rows refused, in the file of rejected rows
    skipped   : rows of which the mapping makes no event
    reasons   : code -> number of rows refused for it
    """

    rows: int = 0
    events: int = 0
    duplicates: int = 0
    future: int = 0
    rejected: int = 0
    skipped: int = 0
    reasons: dict[str, int] = {}


class Ports(msgspec.Struct, frozen=True):
    """What an import writes to."""

    store: Store
    reader: Reader
    clock: Clock
    positions: Positions


def take_rows(
    mapping: Mapping,
    source: Source,
    dictionary: Dictionary,
    ports: Ports,
    rejects: Rejects,
    start: Position,
    progress: Progress = lambda rows, share: None,
    chunk: int = CHUNK,
    whole: bool = False,
) -> Imported:
    """Take in what is new, chunk by chunk, each durable before the position moves behind it.

    Killed at any moment, it goes on from the last position when run again; events that were durable already are
    recognized by their message ids. Memory is bounded by a batch of rows.

    start : of an interrupted run its position, with `rejected` the file that `rejects` writes to
    chunk : events, or rows, of one durable commit, unless the rows of one event are more
    whole : all rows are wanted, whatever their cursor value, and the cursor stays where it is: corrected rows come back
    """
    return _Run(mapping, source, dictionary, ports, rejects, start, progress, chunk, whole).run()


def first_rows(mapping: Mapping, source: Source, dictionary: Dictionary, clock: Clock, count: int) -> Iterator[Made]:
    """What the first rows would become; nothing is written."""
    maker = Maker(mapping, rules_of(dictionary), clock.now())
    for part in source.parts():
        for found in _groups(source.batches(part.name), part, maker.key):
            yield found if isinstance(found, Made) else maker.make(found)
            count -= len(found.rows if isinstance(found, Made) else found)
            if count <= 0:
                return


class _Run:
    def __init__(
        self, mapping: Mapping, source: Source, dictionary: Dictionary, ports: Ports, rejects: Rejects,
        start: Position, progress: Progress, chunk: int, whole: bool,
    ) -> None:  # fmt: skip
        self._mapping = mapping
        self._source = source
        self._dictionary = dictionary
        self._ports = ports
        self._rejects = rejects
        self._progress = progress
        self._chunk = chunk
        self._position = start
        self._maker = Maker(mapping, rules_of(dictionary), ports.clock.now())
        self._cursor = _CursorColumn(mapping) if mapping.from_.cursor and not whole else None
        self._since = start.since
        self._newest = start.since
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._report = Imported()
        self._waiting: list[Made] = []
        self._events = 0

    def run(self) -> Imported:
        parts = self._source.parts()
        for place, part in enumerate(parts):
            before = self._position
            if part.fingerprint and before.finished.get(part.name) == part.fingerprint:
                continue
            going_on = (before.part, before.fingerprint) == (part.name, part.fingerprint) and part.fingerprint
            after = before.row if going_on else 0
            self._position = replace(before, part=part.name, fingerprint=part.fingerprint, row=after)
            # Before the first rejected row: a run that is killed at once must find its file again.
            self._keep()
            self._part(part, after, place, len(parts))
            finished = self._position.finished
            if part.fingerprint:
                finished = {**finished, part.name: part.fingerprint}
            self._position = replace(self._position, part="", fingerprint="", row=0, finished=finished)
            self._keep()
        # Files are in no order of the cursor: only now is all before its newest value done.
        self._position = replace(self._position, since=self._newest, rejected="", size=0)
        self._keep()
        return self._report

    def _part(self, part: Part, after: int, place: int, parts: int) -> None:
        share = 0.0

        def seen(batches: Iterator[Batch]) -> Iterator[Batch]:
            nonlocal share
            for batch in batches:
                share = batch.share
                yield batch

        since = self._cursor.behind(self._since) if self._cursor and self._since else None
        for found in _groups(seen(self._source.batches(part.name, after, since)), part, self._maker.key):
            self._add(found if isinstance(found, Made) else self._checked(found, since))
            if self._events >= self._chunk or len(self._waiting) >= self._chunk:
                self._commit()
                self._progress(self._report.rows, (place + share) / parts if share else 0.0)
        self._commit()
        self._progress(self._report.rows, (place + 1) / parts)

    def _checked(self, group: Sequence[Row], since: Cursor | None) -> Made:
        """What becomes of rows that belong together."""
        if self._cursor is not None:
            told = [self._cursor.value(row.cells) for row in group]
            problems = {place: [one] for place, one in enumerate(told) if isinstance(one, Problem)}
            if problems:
                return Made(group, (), problems)
            values = [one for one in told if isinstance(one, Cursor)]
            if since is not None and all(self._cursor.order(one) < self._cursor.order(since) for one in values):
                return Made(group)
            for one in values:
                if self._newest is None or self._cursor.order(one) > self._cursor.order(self._newest):
                    self._newest = one
        if self._maker.key is not None:
            key = self._maker.key(group[0])
            if key is not None and key in self._closed:
                hint = "Sort the rows so that those of one event stand together, then import again."
                message = "The rows of this event do not stand together."
                return Made(
                    group, (), {place: [Problem("import.scattered", message, hint)] for place in range(len(group))}
                )
            if key is not None:
                self._closed[key] = None
                if len(self._closed) > REMEMBERED:
                    self._closed.popitem(last=False)
        return self._maker.make(group)

    def _add(self, made: Made) -> None:
        self._waiting.append(made)
        self._events += len(made.events)

    def _commit(self) -> None:
        """Events first, then the file of rejected rows, then the position: what is behind it is never lost."""
        if not self._waiting:
            return
        events = [event for made in self._waiting for event in made.events]
        refused = [row for made in self._waiting for row in made.rejected]
        ports = self._ports
        report = Report()
        if events:
            report = load(
                [events], store=ports.store, reader=ports.reader, clock=ports.clock, dictionary=self._dictionary
            )
        self._rejects.write(refused)
        last = max((row.number for made in self._waiting for row in made.rows), default=0)
        ordered = self._cursor is not None and not self._position.fingerprint
        self._position = replace(
            self._position,
            row=max(self._position.row, last),
            since=self._newest if ordered else self._position.since,
            size=self._rejects.sync(),
        )
        self._keep()
        self._report = _sum(self._report, self._waiting, report)
        self._waiting, self._events = [], 0

    def _keep(self) -> None:
        self._ports.positions.set(self._mapping.name, self._position)


class _CursorColumn:
    """The cursor of a mapping: its values, and how they compare."""

    def __init__(self, mapping: Mapping) -> None:
        assert mapping.from_.cursor is not None
        self._name = mapping.from_.cursor.text
        self._cell = cell_of(self._name)
        self._read = moment(Value(), mapping.written)
        self._overlap = mapping.from_.overlap
        self._kind: str | None = None

    def value(self, cells: dict[str, Any]) -> Cursor | Problem:
        """The cursor value of a row; numbers and times are known by their look."""
        cell = self._cell(cells)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return Problem("import.no-cursor", f"The cursor column '{self._name}' is empty.", "Fill it in.")
        found = self._of(cell)
        if self._kind is None:
            self._kind = found.kind
        if found.kind != self._kind:
            message = f"The cursor column '{self._name}' holds a {found.kind} here, but a {self._kind} before."
            return Problem("import.no-cursor", message)
        return found

    def _of(self, cell: Any) -> Cursor:
        if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
            return Cursor("number", str(cell))
        text = text_of(cell).strip()
        if not isinstance(cell, datetime | date):
            try:
                Decimal(text)
                return Cursor("number", text)
            except InvalidOperation:
                pass
        try:
            at = self._read(cell if isinstance(cell, datetime | date) else text)
        except Unreadable:
            return Cursor("text", text)
        # As the source writes it, so that it compares there as it stands: a time without zone stays one.
        naive = not isinstance(cell, datetime) or cell.tzinfo is None
        return Cursor("time", at.replace(tzinfo=None).isoformat(" ") if naive else at.isoformat(" "))

    def order(self, cursor: Cursor) -> Any:
        """What a cursor value is compared by."""
        match cursor.kind:
            case "number":
                return Decimal(cursor.text)
            case "time":
                at = datetime.fromisoformat(cursor.text)
                return at if at.tzinfo else at.replace(tzinfo=UTC)
            case _:
                return cursor.text

    def behind(self, cursor: Cursor) -> Cursor:
        """So far before a value that what came late is read again."""
        self._kind = cursor.kind
        match cursor.kind, self._overlap:
            case "time", timedelta() as lapse:
                return Cursor("time", (datetime.fromisoformat(cursor.text) - lapse).isoformat(" "))
            case "number", int() as number:
                return Cursor("number", str(Decimal(cursor.text) - number))
            case _, 0:
                return cursor
            case kind, overlap:
                raise BadInput(
                    f"The overlap is {overlap}, but the cursor column '{self._name}' holds a {kind}.", place="overlap",
                    hint='Of times it is a lapse ("1 hour"), of numbers a number; of texts there is none.',
                )  # fmt: skip


def _groups(
    batches: Iterator[Batch], part: Part, key: Callable[[Row], str | None] | None
) -> Iterator[list[Row] | Made]:
    """The rows that belong together, in order. Those that could not be read come as already refused, each before the
    rows that are complete only behind it: whatever is given out, all rows up to the last one have been given out."""
    bad: list[Made] = []

    def refuse(one: Broken) -> None:
        bad.append(Made((_row(part, one.number, one.cells),), (), {0: [Problem(one.code, one.message, one.hint)]}))

    def rows() -> Iterator[Row]:
        for batch in batches:
            waiting = list(batch.broken)
            for number, cells in zip(batch.numbers, batch.rows, strict=True):
                while waiting and waiting[0].number < number:
                    refuse(waiting.pop(0))
                yield _row(part, number, cells)
            for one in waiting:
                refuse(one)

    for group in together(rows(), key) if key else ([row] for row in rows()):
        yield from bad
        bad.clear()
        yield group
    yield from bad


def _row(part: Part, number: int, cells: dict[str, Any]) -> Row:
    """A row that was rejected before has the place where it stood at first."""
    cells[ROW] = str(cells.get(ROW) or f"{part.label}:{number}")
    return Row(cells[ROW], number, cells)


def _sum(before: Imported, made: Sequence[Made], report: Report) -> Imported:
    reasons = dict(before.reasons)
    for one in made:
        for place in range(len(one.rows)) if one.problems else ():
            code = one.problems[place][0].code if place in one.problems else "import.group"
            reasons[code] = reasons.get(code, 0) + 1
    return Imported(
        rows=before.rows + sum(len(one.rows) for one in made),
        events=before.events + report.accepted,
        duplicates=before.duplicates + report.duplicates,
        future=before.future + report.future,
        rejected=before.rejected + sum(len(one.rows) for one in made if one.problems),
        skipped=before.skipped + sum(len(one.rows) for one in made if not one.problems and not one.events),
        reasons=reasons,
    )

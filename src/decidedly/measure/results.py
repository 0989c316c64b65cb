"""Results: what came of decisions, over the ports of a hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from decidedly.core.decision import DecisionRecord
from decidedly.core.event import Event
from decidedly.core.playbook import Playbook
from decidedly.measure.exposures import SCHEMA, exposures_table
from decidedly.measure.gather import Chosen, Sources, came_of
from decidedly.measure.joining import Joining, joining_of
from decidedly.measure.mature import Matured, mature
from decidedly.measure.outcomes import Came
from decidedly.measure.report import Told, report
from decidedly.measure.summary import Summary, summary
from decidedly.ports.clock import Clock
from decidedly.ports.journal import Journal
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

CHUNK = 200


@dataclass
class Results:
    """book: the playbook in force, whose kinds and rules make events outcomes; chosen: what a record chose, by the
    playbook that it names; take: takes events in, durably."""

    reader: Reader
    journal: Journal
    store: Store
    clock: Clock
    book: Callable[[], Playbook]
    chosen: Chosen
    take: Callable[[Sequence[Event]], object]
    _joining: tuple[Playbook, Joining] | None = None

    def of(self, record: DecisionRecord, at: datetime | None = None) -> Came:
        """What came of one decision, now or as of a moment."""
        return came_of([record], self._sources(), at or self.clock.now())[0]

    def summary(self, service: str, since: datetime | None = None, before: datetime | None = None) -> Summary:
        """What came of a service's decisions of some time. Raises NotFound."""
        book = self.book()
        book.service(service)
        return summary(service, book.brand.currency, (came for _, came in self._all(service, since, before)))

    def mature(self) -> Matured:
        """Record what is a non-response by now."""
        return mature(self._sources(), self.store, self.take, self.clock.now(), chunk=CHUNK)

    def exposures(self, services: Sequence[str] = ()) -> pa.Table:
        """One row for each action that somebody saw, of these services or all, as `measure.exposures` says."""
        book = self.book()
        wanted = [book.service(id).id for id in services] or [service.id for service in book.services]
        found = [exposures_table(self._all(service, None, None)) for service in wanted]
        return pa.concat_tables(found) if found else SCHEMA.empty_table()

    def report(self, told: Told, record: DecisionRecord) -> Event:
        """The event of an outcome that somebody reports, to be taken in. Raises BadInput, NotFound."""
        shown = self.of(record).shown
        return report(told, record, shown, self.book().dictionary, self.reader)

    def _all(
        self, service: str, since: datetime | None, before: datetime | None
    ) -> Iterator[tuple[DecisionRecord, Came]]:
        sources, now = self._sources(), self.clock.now()
        for matured in (True, False):
            start, after = since, ""
            until = before or datetime.max.replace(tzinfo=now.tzinfo)
            while page := self.reader.decisions_by(service, start, until, matured=matured, after=after, limit=CHUNK):
                yield from zip(page, came_of(page, sources, now), strict=True)
                start, after = page[-1].ask.at, page[-1].id

    def _sources(self) -> Sources:
        book = self.book()
        if self._joining is None or self._joining[0] is not book:
            self._joining = (book, joining_of(book))
        return Sources(self.reader, self.journal, self._joining[1], self.chosen)

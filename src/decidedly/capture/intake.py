"""Intake: the door through which events come in while a hub is open: messages, history, what waited for its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from decidedly.capture.capture import Arrivals, Examined, Received, capture_all, examine
from decidedly.capture.catch_up import catch_up
from decidedly.capture.cloudevents import arrivals_of as cloudevents_arrivals
from decidedly.capture.cloudevents import cloudevents
from decidedly.capture.load import load
from decidedly.capture.rebuild import Rebuilt, rebuild
from decidedly.capture.replay import Replayed, replay
from decidedly.capture.segment import arrivals_of as segment_arrivals
from decidedly.capture.segment import segment
from decidedly.capture.settle import settle_rest
from decidedly.capture.take import Report
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput, DecidedlyError
from decidedly.core.event import Event
from decidedly.core.refusal import Refusal
from decidedly.ports.clock import Clock
from decidedly.ports.journal import Journal
from decidedly.ports.quarantine import Quarantine
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

TakeIn = Callable[[Sequence[Examined]], tuple[Report | DecidedlyError, ...]]
"""Takes in several requests in one commit: an answer for each, in order."""


class Intake:
    """dictionary : of the playbook in force, which says what may come in
    grouped    : what takes in several requests -> the same, called by many threads at once: what comes meanwhile goes
                 together
    """

    def __init__(
        self, store: Store, reader: Reader, journal: Journal, quarantine: Quarantine, clock: Clock,
        *, dictionary: Callable[[], Dictionary], grouped: Callable[[TakeIn], TakeIn],
    ) -> None:  # fmt: skip
        self._store = store
        self._reader = reader
        self._journal = journal
        self._quarantine = quarantine
        self._clock = clock
        self._dictionary = dictionary
        self._unsettled = False
        self._together = grouped(self._take_in)

    def receive(self, received: Received) -> Report:
        """Take in what a request brought, durably, each event once; what is refused goes into quarantine."""
        (answer,) = self._together([examine(received, self._dictionary())])
        if isinstance(answer, DecidedlyError):
            raise answer
        return answer

    def _take_in(self, requests: Sequence[Examined]) -> tuple[Report | DecidedlyError, ...]:
        dictionary = self._dictionary()
        if self._unsettled:
            settle_rest(store=self._store, reader=self._reader, dictionary=dictionary)
            self._unsettled = False
        try:
            answers = capture_all(
                requests, store=self._store, reader=self._reader, clock=self._clock, dictionary=dictionary,
                quarantine=self._quarantine,
            )  # fmt: skip
        except DecidedlyError:
            # Perhaps between the evidence and who is who by it; who sends again is told that all is known.
            self._unsettled = True
            raise
        self._unsettled = any(isinstance(answer, DecidedlyError) for answer in answers)
        return answers

    def read_segment(self, body: bytes, type: str, source: str) -> Received:
        """Raises BadInput for a body that cannot be read; it is kept in quarantine."""
        dictionary = self._dictionary()
        with self._keeping(partial(segment_arrivals, body, source, type)):
            return segment(body, clock=self._clock, dictionary=dictionary, source=source, type=type)

    def read_cloudevents(self, body: bytes, headers: Mapping[str, str]) -> Received:
        """Raises BadInput for a request that cannot be read; it is kept in quarantine."""
        dictionary = self._dictionary()
        with self._keeping(partial(cloudevents_arrivals, body, headers)):
            return cloudevents(body, headers, clock=self._clock, dictionary=dictionary)

    @contextmanager
    def _keeping(self, arrivals: Arrivals) -> Iterator[None]:
        """A body that cannot be read goes into quarantine before its sender hears of it."""
        try:
            yield
        except BadInput as error:
            refusal = Refusal(code=error.code, message=error.message, place=error.place, hint=error.hint)
            self.receive(Received((), (refusal,), arrivals))
            raise

    def replay(self, kind: str, code: str, dry_run: bool, progress: Callable[[int], None]) -> Replayed:
        """Take in what is in quarantine and fits the dictionary now; all, or of one kind or code."""
        return replay(
            self._quarantine, store=self._store, reader=self._reader, clock=self._clock,
            dictionary=self._dictionary(), kind=kind, code=code, dry_run=dry_run, progress=progress,
        )  # fmt: skip

    def load(
        self, chunks: Iterable[Sequence[Event]], total: int, progress: Callable[[int, int], None] | None
    ) -> Report:
        """Take in history; what is dated now or later is only logged, and held back for good."""
        return load(
            chunks, store=self._store, reader=self._reader, clock=self._clock, dictionary=self._dictionary(),
            held=True, total=total, progress=progress,
        )  # fmt: skip

    def catch_up(self, limit: int | None) -> int:
        """Fold what was dated ahead and is due by now; the number of events."""
        return catch_up(
            journal=self._journal, store=self._store, reader=self._reader, dictionary=self._dictionary(),
            now=self._clock.now(), limit=limit,
        )  # fmt: skip

    def rebuild(self, kind: str, after: str, progress: Callable[[Rebuilt], None]) -> Rebuilt:
        """Make every record anew from the log, or the history of one kind in it."""
        return rebuild(
            journal=self._journal, store=self._store, reader=self._reader, clock=self._clock,
            dictionary=self._dictionary(), kind=kind, after=after, progress=progress,
        )  # fmt: skip

    def settle_rest(self) -> None:
        """Work out who is who where a crash came between the evidence and that."""
        if self._reader.unsettled(limit=1):
            settle_rest(store=self._store, reader=self._reader, dictionary=self._dictionary())

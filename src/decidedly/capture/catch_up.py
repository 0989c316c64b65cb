"""Catch up: events that were dated ahead become part of their records when their time comes."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from decidedly.capture.refit import refit
from decidedly.capture.settle import settle
from decidedly.capture.take import ATTEMPTS, Contended, work_of
from decidedly.capture.validate import Rules, rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.event import Event
from decidedly.core.work import Work
from decidedly.ports.journal import Journal
from decidedly.ports.reader import LeafState, Reader
from decidedly.ports.store import Store

AT_ONCE = 1000


def catch_up(
    *, journal: Journal, store: Store, reader: Reader, dictionary: Dictionary, now: datetime, limit: int | None = None
) -> int:
    """Fold what is due: logged, dated ahead when it came, and before `now` today. The number of events.

    One commit folds an event and takes it off the list of those ahead: killed at any moment, or with others at the
    same work, each event counts once. What no longer fits the dictionary stays out of the record, and on no list.

    limit : stop after about so many events; None for all
    Raises Contended where others kept writing the same person.
    """
    rules = rules_of(dictionary)
    done = attempts = 0
    while due := journal.due(now, AT_ONCE):
        by_leaf: dict[str, list[Event]] = {}
        for logged in due:
            by_leaf.setdefault(logged.leaf, []).append(logged.event)
        states = reader.states(by_leaf)
        works = [_work(leaf, states[leaf], events, rules, now) for leaf, events in by_leaf.items()]
        answers = store.commit(works)
        written = [work for work, answer in zip(works, answers, strict=True) if answer.result == "done"]
        linked = {leaf for work in written for edge in work.edges for leaf in edge.leaves}
        if linked:
            settle(linked, store=store, reader=reader, dictionary=dictionary)
        done += sum(len(work.come) for work in written)
        attempts = 0 if written else attempts + 1
        if attempts == ATTEMPTS:
            raise Contended(
                f"{len(due)} events whose time has come could not be written: others keep writing their persons.",
                hint="They are tried again.",
            )
        if limit is not None and done >= limit:
            break
    return done


def _work(leaf: str, state: LeafState, events: list[Event], rules: Rules, now: datetime) -> Work:
    """What these events, all due, make of their leaf."""
    come = tuple(event.message_id for event in events)
    fit = refit(events, rules, now).events
    if not fit or state.leaf is None:
        return Work(person=leaf, come=come)
    (own,) = state.leaf.identifiers
    return replace(work_of(own, state, (), rules, come=fit), come=come)

"""Rebuild: records made anew from the log, under the dictionary of today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from decidedly.capture.refit import refit
from decidedly.capture.settle import settle
from decidedly.capture.take import ATTEMPTS, Contended, links_of, named_of, take
from decidedly.capture.validate import Rules, rules_of
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import NotFound
from decidedly.core.event import Event
from decidedly.core.group import JOINED, LEFT
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf
from decidedly.core.refusal import Refusal
from decidedly.core.work import Expect, Work
from decidedly.person import fold, fold_contacts
from decidedly.person.fold import IDENTIFY
from decidedly.person.group import traits_event
from decidedly.ports.clock import Clock
from decidedly.ports.journal import Journal
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

AT_ONCE = 100
"""Persons that are read and written together."""
SHOWN = 20
EVERY = 1 << 40
"""More events than one person has."""
_END = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild did.

    persons  : looked at; last: the id of the last, from which another run can go on
    records  : leaves that came out differently and were written
    events   : of the log, read
    refused  : events that do not fit the dictionary of today: in the log, not in the record; refusals: the first why
    """

    persons: int = 0
    last: str = ""
    records: int = 0
    events: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()


def rebuild(
    *,
    journal: Journal,
    store: Store,
    reader: Reader,
    clock: Clock,
    dictionary: Dictionary,
    kind: str = "",
    after: str = "",
    progress: Callable[[Rebuilt], None] = lambda so_far: None,
) -> Rebuilt:
    """Fold every record anew from the log: kinds and fields that were declared since, and times that have come.

    A record is a function of the log and the dictionary, so that a run that is killed can begin again anywhere, and a
    second run writes nothing. Capture may go on meanwhile. Memory is bounded by a page of persons and their events.

    Persons who are merged during a run may be passed over: run it again after it.

    kind  : only the history of this kind, and only persons who have such events; "" for everything
    after : id of a person, after which to begin
    Raises NotFound for a kind that is not declared, Contended where others kept writing the same person.
    """
    rules = rules_of(dictionary)
    declared = dictionary.kind(kind)
    if kind and declared is None:
        raise NotFound.named("event kind", kind, [one.id for one in dictionary.events])
    kinds = (declared.id, *declared.also) if declared else ()
    whole = Rebuilt(last=after)
    now = clock.now()
    while page := reader.people(whole.last, AT_ONCE):
        leaves = [leaf.id for stored in page for leaf in stored.leaves]
        whole = _page(leaves, kinds, whole, journal, store, reader, rules, now)
        whole = replace(whole, persons=whole.persons + len(page), last=page[-1].person)
        progress(whole)
    after = ""
    while (not kinds or kinds[0] == JOINED) and (groups := reader.groups(after, AT_ONCE)):
        whole = _page(groups, (), whole, journal, store, reader, rules, now)
        after = groups[-1]
    return whole


def _page(
    leaves: Sequence[str],
    kinds: tuple[str, ...],
    whole: Rebuilt,
    journal: Journal,
    store: Store,
    reader: Reader,
    rules: Rules,
    future: datetime,
) -> Rebuilt:
    """The leaves of one page, read again and again until each is written as it follows from the log."""
    waiting, traits = set(leaves), list[Event]()
    for attempt in range(ATTEMPTS):
        works: list[Work] = []
        for id, state in reader.states(sorted(waiting)).items():
            logged = [one.event for one in journal.of_person((id,), _END, EVERY, kinds)]
            if state.leaf is None or not logged:
                continue
            found = refit(logged, rules, future)
            if not attempt:
                traits += [made for one in found.events if (made := traits_event(one, rules.dictionary)) is not None]
                whole = replace(
                    whole,
                    events=whole.events + len(logged),
                    refused=whole.refused + found.refused,
                    refusals=(*whole.refusals, *found.refusals)[:SHOWN],
                )
            work = _work(state.leaf, state.ledger, found.events, kinds, rules)
            if work is not None:
                works.append(work)
        answers = store.commit(works) if works else ()
        written = [work for work, answer in zip(works, answers, strict=True) if answer.result == "done"]
        linked = {leaf for work in written for edge in work.edges for leaf in edge.leaves}
        if linked:
            settle(linked, store=store, reader=reader, dictionary=rules.dictionary)
        whole = replace(whole, records=whole.records + sum(work.leaf is not None for work in written))
        waiting = {answer.person for answer in answers if answer.result == "stale"}
        if not waiting:
            if traits:  # of groups that were not declared when their members' events came
                take(traits, rules, store, reader, future)
            return whole
    raise Contended(
        f"{len(waiting)} records could not be rebuilt: others keep writing them.",
        hint="Run it again: what was rebuilt stays so.",
    )


def _work(leaf: Leaf, ledger: Ledger, events: Sequence[Event], kinds: tuple[str, ...], rules: Rules) -> Work | None:
    """What must be written of a leaf whose events these are, of these kinds or of all; None where all is right."""
    bare = _without(leaf, kinds)
    anew = fold(bare, events, rules.dictionary)
    anew = replace(anew, version=leaf.version, links=links_of(bare, events, rules)[0])
    # A word about consent that the record knew has voided earlier decisions already.
    known = {yes.message_id for yes in leaf.consents} | {yes.message_id for yes in leaf.confirmations}
    contacts = fold_contacts(ledger, [event for event in events if event.message_id not in known], rules.dictionary)
    come = tuple(event.message_id for event in events if event.ahead)
    if anew == leaf and contacts is ledger:
        return None if not come else Work(person=leaf.id, expect=Expect(leaf=leaf.version), come=come)
    return Work(
        person=leaf.id,
        expect=Expect(leaf=leaf.version, ledgers={leaf.id: ledger.version} if contacts is not ledger else {}),
        come=come,
        edges=links_of(leaf, events, rules)[1],
        leaf=replace(anew, version=leaf.version + 1) if anew != leaf else None,
        ledgers=(contacts,) if contacts is not ledger else (),
        groups=named_of(anew, leaf),
    )


def _without(leaf: Leaf, kinds: tuple[str, ...]) -> Leaf:
    """The leaf without the history of these kinds, or with its identity alone where all are folded anew."""
    if not kinds:
        return Leaf(id=leaf.id, version=leaf.version, identifiers=leaf.identifiers)
    panes = {name: pane for name, pane in leaf.panes.items() if name not in (kinds[0], f"{kinds[0]}/machine")}
    words = leaf.memberships
    if kinds[0] in (JOINED, LEFT):
        words = tuple(word for word in words if word.left != (kinds[0] == LEFT))
    return replace(leaf, panes=panes, facts={} if kinds[0] == IDENTIFY else leaf.facts, memberships=words)

"""Run: hand the due messages over, each once, and put down what became of them.

The order is: recheck and claim, render, hand over, record. What is claimed counts as if it had been sent. A crash
between claiming and recording leaves the message waiting; the next run hands it over under the same key, which a sender
takes once only, and then records it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

import msgspec

from decidedly.content import Treatment, View, render
from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import Purpose
from decidedly.core.erasure import Erased
from decidedly.core.errors import DecidedlyError, NotReady
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message, MessageState
from decidedly.core.person import Person
from decidedly.core.playbook import Template
from decidedly.core.work import Expect, Work
from decidedly.deliver.claim import CapsFor, Checks, Claimed, Hold, PurposeOf, Recheck, claim_all, no_caps
from decidedly.deliver.due import due
from decidedly.deliver.recheck import entry_of
from decidedly.ledger import confirm, release
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.sender import Envelope, Part, Sender
from decidedly.ports.store import Store

HEADERS = "text/rfc822-headers"
"""Media type (RFC 6522) of the part that carries an e-mail's further headers to its sender."""

MARKETING = Purpose(id="marketing", name="marketing")

_TRIES = 5


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """What the app knows of one message: where it goes, who sends it, and what it is rendered from."""

    to: str
    sender: str
    template: Template
    view: View


def composed(channel: str, person: Person, template: Template, view: View) -> Composed:
    """One message to a person as they were when it was decided: by e-mail, by telephone, else to where they live."""
    to = {"email": person.value("email"), "sms": person.value("phone")}.get(channel)
    return Composed(
        to=str(to) if to else ", ".join(view.address),
        sender=f"{view.brand.name} <offers@{view.brand.website.removeprefix('https://')}>",
        template=template,
        view=view,
    )


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of messages by what became of them, and by channel for those sent."""

    sent: int
    failed: int
    withheld: int
    by_channel: dict[str, int]


Compose = Callable[[Message, DecisionRecord, Stored], Composed]
Progress = Callable[[int], None]
Rendered = Callable[[Message, Treatment], None]


def run(
    reader: Reader,
    store: Store,
    senders: Mapping[str, Sender],
    compose: Compose,
    at: datetime,
    *,
    purpose: PurposeOf = lambda record: MARKETING,
    further: Recheck | None = None,
    hold: Hold = lambda message, record, stored, at: False,
    caps: CapsFor = no_caps,
    progress: Progress | None = None,
    rendered: Rendered | None = None,
    chunk: int = 100,
) -> Delivered:
    """Deliver everything that is due at `at`; committed chunk by chunk.

    compose  : the address, the template and the view of one message
    purpose  : what a decision's messages are for, which the person must permit
    further  : further reasons against a send (quiet hours, suppression): words, or "" for none
    hold     : whether a message goes on waiting now, because of the person's hours
    caps     : those in force, and the person's calendar: a message counts from its send, and waits where it has no room
    progress : called with the number of messages settled since the last call
    rendered : sees each treatment that was handed over

    What a sender refuses, or what cannot be rendered, is failed and its contact released. NotReady (no sender)
    stops the run and leaves the message waiting, as it says nothing about the message.
    """
    states: Counter[MessageState] = Counter()
    channels: Counter[str] = Counter()
    checks = Checks(purpose=purpose, further=further, hold=hold, caps=caps)
    for ready in due(reader, at, chunk=chunk):
        for message in ready:
            if message.channel not in senders:
                hint = f"There are: {list(senders)}."
                raise NotReady(f"No sender is set up for the channel '{message.channel}'.", hint=hint)
        claimed, settled = claim_all(ready, reader, store, checks, senders, at)
        settled += [_hand_over(one, senders, compose, at, rendered) for one in claimed]
        for done in settled:
            states[done.state] += 1
            if done.state == "sent":
                channels[done.channel] += 1
        _record(settled, reader, store)
        if progress:
            progress(len(settled))
    return Delivered(
        sent=states["sent"],
        failed=states["failed"],
        withheld=states["withheld"],
        by_channel=dict(sorted(channels.items())),
    )


def _hand_over(
    claimed: Claimed,
    senders: Mapping[str, Sender],
    compose: Compose,
    at: datetime,
    rendered: Rendered | None,
) -> Message:
    """The message as it is after trying: sent, or failed with the reason in its note."""
    message = claimed.message
    try:
        composed = compose(message, claimed.record, claimed.stored)
        treatment = render(composed.template, composed.view, message.channel)
        senders[message.channel].send(envelope_of(message, composed, treatment, at))
    except NotReady:
        raise
    except DecidedlyError as error:
        return msgspec.structs.replace(message, state="failed", note=f"{error.code}: {error.message}")
    if rendered is not None:
        rendered(message, treatment)
    return msgspec.structs.replace(message, state="sent", note="")


def envelope_of(message: Message, composed: Composed, treatment: Treatment, at: datetime) -> Envelope:
    """The treatment with its addresses; an e-mail's headers travel as a part of their own."""
    parts = treatment.parts
    if message.channel == "email":
        headers = (*treatment.headers, ("Date", format_datetime(at)))
        parts = (*parts, Part(HEADERS, "".join(f"{name}: {value}\r\n" for name, value in headers).encode()))
    return Envelope(
        key=message.key,
        channel=message.channel,
        to=composed.to,
        sender=composed.sender,
        subject=treatment.subject,
        parts=parts,
    )


def _record(settled: Sequence[Message], reader: Reader, store: Store) -> None:
    """Commit the outcomes; a person whose ledger moved meanwhile is read and tried again."""
    left = list(settled)
    for _ in range(_TRIES):
        answers = store.commit(list(_works(left, reader)))
        left = [message for message, answer in zip(left, answers, strict=True) if answer.result == "stale"]
        if not left:
            return
    raise NotReady(f"{len(left)} deliveries could not be recorded: their people keep changing.", hint="Run it again.")


def _works(settled: Iterable[Message], reader: Reader) -> Iterable[Work]:
    for message in settled:
        try:
            reader.decision(message.decision_id)
        except Erased:  # after it was handed over: nothing is written of it any more
            yield Work(person=message.leaf)
            continue
        stored = reader.leaf(message.leaf)
        entry = None if stored is None else entry_of(stored.own, message.decision_id)
        if stored is None or entry is None:
            yield Work(person=message.leaf, outbox=(message,))
            continue
        if entry.displaced_by:  # between our look at it and now: its row says so already
            yield Work(person=message.leaf)
            continue
        # What an earlier run claimed and did not record may have reached the person: it counts.
        reached = message.state == "sent" or (message.state == "withheld" and entry.state == "sending")
        after: Ledger = (confirm if reached else release)(stored.own, message.decision_id)
        expect = Expect(ledgers={stored.leaf: stored.own.version})
        yield Work(person=message.leaf, expect=expect, ledgers=(after,), outbox=(message,))

"""Claim: a sender takes messages on, by a conditional write, after which nothing can take their place any more.

Whatever has changed since the decision is looked at here: consent, the person's rules and hours, the reservation, and
the caps, of which a message that goes later than it was planned counts from now. What a better message has displaced is
never sent; what is only reserved gives way to a better message that is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import Purpose
from decidedly.core.erasure import Erased
from decidedly.core.message import Message
from decidedly.core.policy import Cap
from decidedly.core.work import Expect, Work
from decidedly.deliver.recheck import entry_of, reason_against
from decidedly.ledger import Calendar, claim, combined, displace, displaced, gives_way, room_for, standing
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.store import Store

_TRIES = 5

PurposeOf = Callable[[DecisionRecord], Purpose]
Hold = Callable[[Message, DecisionRecord, Stored, datetime], bool]
Recheck = Callable[[Message, Stored, datetime], str]
CapsFor = Callable[[Stored, datetime], tuple[Sequence[Cap], Calendar]]


def no_caps(stored: Stored, at: datetime) -> tuple[Sequence[Cap], Calendar]:
    return (), Calendar(ZoneInfo("UTC"))


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked before a send.

    purpose : what a decision's messages are for, which the person must permit
    further : further reasons against a send (own rules, suppression): words, or "" for none
    hold    : whether a message goes on waiting now, because of the person's hours
    caps    : those in force, and the person's calendar
    """

    purpose: PurposeOf
    further: Recheck | None
    hold: Hold
    caps: CapsFor


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is ours to hand over."""

    message: Message
    record: DecisionRecord
    stored: Stored


def claim_all(
    messages: Sequence[Message], reader: Reader, store: Store, checks: Checks, channels: Collection[str], at: datetime
) -> tuple[list[Claimed], list[Message]]:
    """Those that are ours to hand over now, and those that may not go, with the reason in their note. The others wait.

    channels : that we send by: what is reserved on another is no message that could give way
    """
    ours: list[Claimed] = []
    withheld: list[Message] = []
    left = list(messages)
    for _ in range(_TRIES):
        claims: list[tuple[Claimed, Work]] = []
        for message in left:
            found = _checked(message, reader, checks, at)
            if isinstance(found, Message):
                withheld.append(found)
            elif found is not None:
                work = _work(found, checks.caps, channels, at)
                if work is None:
                    ours.append(found)
                elif work.ledgers:
                    claims.append((found, work))
        answers = store.commit([work for _, work in claims]) if claims else ()
        left = []
        for (claimed, _), answer in zip(claims, answers, strict=True):
            if answer.result == "stale":
                left.append(claimed.message)
            else:
                ours.append(claimed)
        if not left:
            break
    place = {message.key: number for number, message in enumerate(messages)}
    return sorted(ours, key=lambda one: place[one.message.key]), withheld


def _checked(message: Message, reader: Reader, checks: Checks, at: datetime) -> Claimed | Message | None:
    """The message as it may go, or withheld; None where it waits on, was displaced, or its person was erased."""
    try:
        stored, record = reader.leaf(message.leaf), reader.decision(message.decision_id)
    except Erased:
        return None
    if stored is None or record is None:
        return withhold(message, "the person or the decision is no longer stored")
    entry = entry_of(stored.own, message.decision_id)
    if entry is not None and entry.displaced_by:
        return None
    against = reason_against(message, stored, at, checks.purpose(record))
    if not against and checks.further is not None:
        against = checks.further(message, stored, at)
    if against:
        return withhold(message, against)
    if checks.hold(message, record, stored, at):
        return None
    return Claimed(message=message, record=record, stored=stored)


def withhold(message: Message, note: str) -> Message:
    return msgspec.structs.replace(message, state="withheld", note=note)


def _work(claimed: Claimed, caps_for: CapsFor, channels: Collection[str], at: datetime) -> Work | None:
    """The claim of a message; None where an earlier run has claimed it, a work that writes nothing where it waits."""
    stored, id = claimed.stored, claimed.message.decision_id
    entry = entry_of(stored.own, id)
    assert entry is not None, "a message without a reservation is withheld"
    if entry.state != "reserved":
        return None
    contact = msgspec.structs.replace(entry, at=at)
    others = [one for one in standing(combined(stored.ledgers).entries, at) if one.id != id]
    caps, calendar = caps_for(stored, at)
    gone = room_for(
        contact, caps, others, calendar, lambda other: other.channel in channels and gives_way(other, contact)
    )
    if gone is None:
        return Work(person=claimed.message.leaf)
    ledgers = tuple(
        claim(left, id, at) if left.leaf == stored.leaf else left
        for ledger in stored.ledgers
        if (left := displace(ledger, gone, id)) is not ledger or ledger.leaf == stored.leaf
    )
    outbox = displaced(gone, stored.ledgers, id)
    return Work(person=claimed.message.leaf, expect=Expect(ledgers=stored.versions), ledgers=ledgers, outbox=outbox)

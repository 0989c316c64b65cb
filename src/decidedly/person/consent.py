"""Consent: of all that was said about permissions, the words that count at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from decidedly.core.consent import ALL, Confirmation, Consent, ConsentState
from decidedly.core.dictionary import MARKETING, Purpose
from decidedly.core.person import Leaf, Person
from decidedly.person.joined import Joined, joined
from decidedly.ports.reader import Stored

_Said = list[tuple[str, Consent]]


def consents_of(leaves: Sequence[Leaf], before: datetime, together: Joined) -> dict[str, dict[str, Consent]]:
    """purpose -> channel -> the word that counts of those said before a moment, for every purpose and channel that was
    spoken of and, under ALL, for all others.

    The newest counts among leaves that were one person when it was said, one about ALL included. Words from before a
    joining stand side by side: then a no counts before a yes. What waits for its confirmation is no word: what was said
    before it stands. A yes that has expired is a no.
    """
    confirmed = confirmations_of(leaves)
    said = [
        (leaf.id, word)
        for leaf in leaves
        for word in leaf.consents
        if word.provenance.at < before and _counts(word, confirmed, before)
    ]
    purposes, channels = {word.purpose for _, word in said}, {word.channel for _, word in said}
    if len(leaves) == 1 and ALL not in purposes and ALL not in channels:
        newest = sorted((word for _, word in said), key=_place)
        return {purpose: {word.channel: word for word in newest if word.purpose == purpose} for purpose in purposes}
    found: dict[str, dict[str, Consent]] = {}
    for purpose in sorted(purposes | {ALL}):
        for channel in sorted(channels | {ALL}):
            about = [one for one in said if one[1].purpose in (purpose, ALL) and one[1].channel in (channel, ALL)]
            if about:
                found.setdefault(purpose, {})[channel] = _standing(about, before, together)
    return found


def consent_for(person: Person, channel: str, purpose: str = MARKETING) -> Consent | None:
    """The word that counts about a purpose by a channel, ALL: by any; None if none was said."""
    return _looked_up(person.consents, channel, purpose)


def permitted(person: Person, purpose: Purpose) -> bool:
    """Whether they permit a purpose that is apart from channels, such as to be profiled."""
    said = consent_for(person, ALL, purpose.id)
    return purpose.silence if said is None else said.permits(person.at)


def consented(stored: Stored, purpose: Purpose, channel: str, at: datetime) -> bool:
    """Whether a purpose is permitted by a channel at a moment, words of that moment included: what was said counts, and
    of silence the purpose's lawful basis tells."""
    found = consents_of(stored.leaves, at + timedelta.resolution, joined(stored.cluster.joins))
    said = _looked_up(found, channel, purpose.id)
    return purpose.silence if said is None else said.permits(at)


def state_of(consent: Consent, at: datetime, *, pending: bool = False) -> ConsentState:
    """How a word stands at a moment. pending: it is one of `Person.pending`."""
    if pending:
        return "lapsed" if consent.confirm_by is not None and consent.confirm_by <= at else "pending"
    if not consent.granted:
        return "refused"
    return "granted" if consent.permits(at) else "expired"


def pending_of(leaves: Sequence[Leaf], before: datetime) -> tuple[Consent, ...]:
    """Every yes that was to be confirmed and was not before a moment, oldest first."""
    confirmed = confirmations_of(leaves)
    waiting = {
        word.message_id: word
        for leaf in leaves
        for word in leaf.consents
        if word.confirm_by is not None and word.provenance.at < before and not _counts(word, confirmed, before)
    }
    return tuple(sorted(waiting.values(), key=_place))


def confirmations_of(leaves: Iterable[Leaf]) -> dict[str, datetime]:
    """Message id of a yes -> when it was confirmed first."""
    found: dict[str, datetime] = {}
    for leaf in leaves:
        for one in leaf.confirmations:
            found[one.consent] = min(one.provenance.at, found.get(one.consent, one.provenance.at))
    return found


def _looked_up(consents: Mapping[str, Mapping[str, Consent]], channel: str, purpose: str) -> Consent | None:
    said = consents.get(purpose) or consents.get(ALL) or {}
    return said.get(channel) or said.get(ALL)


def _counts(word: Consent, confirmed: Mapping[str, datetime], before: datetime) -> bool:
    """Whether a word is one: a yes of double opt-in is none before it was confirmed, in time."""
    if not word.granted or word.confirm_by is None:
        return True
    when = confirmed.get(word.message_id)
    return when is not None and when < before and when < word.confirm_by


def _standing(said: _Said, at: datetime, together: Joined) -> Consent:
    if not together.since:
        return max((word for _, word in said), key=_place)
    standing = [
        word
        for leaf, word in said
        if not any(
            _place(other) > _place(word) and together.by(leaf, whose, other.provenance.at) for whose, other in said
        )
    ]
    return max([word for word in standing if not word.permits(at)] or standing, key=_place)


def _place(said: Consent | Confirmation) -> tuple[datetime, str]:
    return said.provenance.at, said.message_id

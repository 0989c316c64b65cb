"""Consent: which word counts of all that were said about a purpose and a channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from decidedly.core.person import Consent, Leaf, Person
from decidedly.person.fold import ALL_CHANNELS
from decidedly.person.joined import Joined, joined
from decidedly.ports.reader import Stored

ALL_PURPOSES = "all"


def consent_for(person: Person, channel: str) -> Consent | None:
    """The word that counts about marketing by this channel, one about all channels included; None without one."""
    return person.consents.get(channel) or person.consents.get(ALL_CHANNELS)


def consented(stored: Stored, purpose: str, channel: str, at: datetime) -> bool:
    """Whether the word that counts at a moment, that moment included, is a yes."""
    found = words(stored.leaves, purpose, at + timedelta.resolution, joined(stored.cluster.joins))
    said = found.get(channel) or found.get(ALL_CHANNELS)
    return said is not None and said.granted


def words(leaves: Sequence[Leaf], purpose: str, before: datetime, together: Joined) -> dict[str, Consent]:
    """Channel -> the word that counts, of all that was said of the purpose before a moment; "all" for the channels
    that no word names.

    The newest counts among leaves that were joined when it was said. Words from before a joining stand side by side:
    then a no counts before a yes.
    """
    said = [
        (leaf.id, consent)
        for leaf in leaves
        for consent in leaf.consents
        if consent.purpose in (purpose, ALL_PURPOSES) and consent.provenance.at < before
    ]
    return {
        channel: _standing([one for one in said if one[1].channel in (channel, ALL_CHANNELS)], together)
        for channel in {consent.channel for _, consent in said}
    }


def _standing(said: list[tuple[str, Consent]], together: Joined) -> Consent:
    if not together.since:
        return max((consent for _, consent in said), key=_place)
    standing = [
        consent
        for leaf, consent in said
        if not any(
            _place(other) > _place(consent) and together.by(leaf, whose, other.provenance.at) for whose, other in said
        )
    ]
    return max([consent for consent in standing if not consent.granted] or standing, key=_place)


def _place(consent: Consent) -> tuple[datetime, str]:
    return consent.provenance.at, consent.message_id

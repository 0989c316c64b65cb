"""Consent: what the person allowed or refused, on which lawful basis, and how we can prove it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from decidedly.core.dictionary import Basis
from decidedly.core.provenance import Provenance

ALL = "all"
"""Every purpose, or every channel."""

ConsentState = Literal["granted", "refused", "expired", "pending", "lapsed"]


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """One word about one purpose by one channel, or about ALL of them; a later no is the withdrawal of a yes.

    basis        : what it rests on
    proof        : how it was given: the id of a form, of a recording, of a page. Never a network address
    text_version : of the text that the person was shown
    expires_at   : from this moment on a yes counts no more
    confirm_by   : a yes of double opt-in: it counts once confirmed before this moment. None where it counts at once
    """

    purpose: str
    channel: str
    granted: bool
    provenance: Provenance
    message_id: str
    basis: Basis = "consent"
    proof: str = ""
    text_version: str = ""
    expires_at: datetime | None = None
    confirm_by: datetime | None = None

    def permits(self, at: datetime) -> bool:
        """Whether it is a yes that has not expired. Whether it was confirmed, `person.consents_of` has found out."""
        return self.granted and (self.expires_at is None or at < self.expires_at)


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """The second yes of a double opt-in. consent: message id of the first."""

    consent: str
    provenance: Provenance
    message_id: str

"""Treatment: a decision in the form of one channel, ready to hand over or to show."""

from __future__ import annotations

from typing import Any

import msgspec

from decidedly.ports.sender import Part


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """One rendered message.

    parts   : the richest last for e-mail (text, HTML), the thing itself first elsewhere
    headers : of an e-mail, beyond subject and addresses
    fields  : of the web channel, the same content as JSON
    shown   : ids of the offers that are in it (an SMS may not hold all)
    """

    channel: str
    subject: str
    parts: tuple[Part, ...]
    headers: tuple[tuple[str, str], ...] = ()
    fields: dict[str, Any] = {}
    shown: tuple[str, ...] = ()

    def body(self, media_type: str) -> bytes:
        """The body of the part of this type; KeyError if there is none."""
        for part in self.parts:
            if part.media_type == media_type:
                return part.body
        raise KeyError(media_type)

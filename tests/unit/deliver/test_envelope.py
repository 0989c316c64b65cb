"""The envelope: an e-mail's headers travel with it, other channels have none."""

from __future__ import annotations

from datetime import UTC, datetime

from decidedly.content import render
from decidedly.core.message import Message
from decidedly.deliver import Composed
from decidedly.deliver.run import HEADERS, envelope_of
from decidedly.ports.sender import Envelope
from tests.unit.content.views import template, view

NOW = datetime(2017, 10, 30, 9, tzinfo=UTC)


def envelope(channel: str) -> Envelope:
    message = Message(key="d1", decision_id="d1", leaf="p1", channel=channel, due_at=NOW)
    composed = Composed(to="a@example.com", sender="b@example.com", template=template(), view=view(1))
    return envelope_of(message, composed, render(composed.template, composed.view, channel), NOW)


def test_an_email_carries_its_way_out_and_its_date() -> None:
    headers = {part.media_type: part.body for part in envelope("email").parts}[HEADERS].decode()
    assert "List-Unsubscribe: <https://maple-main.example/u/d0123456789>\r\n" in headers
    assert "Date: Mon, 30 Oct 2017 09:00:00 +0000\r\n" in headers


def test_an_sms_carries_only_its_text() -> None:
    assert [part.media_type for part in envelope("sms").parts] == ["text/plain"]

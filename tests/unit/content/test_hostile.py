"""Whatever stands in a name or an offer is text, and nothing but text."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decidedly.adapters.senders.folder import FolderSender
from decidedly.content import render
from decidedly.content.liquid import FILTERS, HTML
from decidedly.content.variables import clean
from decidedly.core.errors import BadInput
from decidedly.ports.sender import Envelope
from tests.unit.content.views import offer, template, view

TEMPLATE = template()
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ brand.name }}{% for x in (1..9) %}x{% endfor %}",
    "</mj-text><mj-raw>raw</mj-raw>",
    "LQTAG0END",
    "]]><!--[if mso]>",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("channel", ["email", "web"])
def test_markup_in_a_name_or_an_offer_is_escaped(name: str, channel: str) -> None:
    hostile = msgspec.structs.replace(view(), name=name, address=(name,), offers=(offer(name=name, reason=name),))
    html = render(TEMPLATE, hostile, channel).body("text/html").decode()
    assert "<script" not in html
    assert "<img" not in html
    assert "<mj-" not in html
    assert ("Maple &amp; Main" * 2) not in html


@pytest.mark.parametrize("name", HOSTILE)
def test_liquid_in_a_name_is_never_run(name: str) -> None:
    text = render(TEMPLATE, view(name=name), "sms").body("text/plain").decode()
    assert "xxxxxxxxx" not in text


def test_a_line_break_in_a_name_adds_no_header(tmp_path: Path) -> None:
    treatment = render(TEMPLATE, view(name="Ann\r\nBcc: all@example.com"), "email")
    sent = FolderSender(tmp_path).send(
        Envelope(
            key="m1",
            channel="email",
            to="Ann\r\nCc: x@example.com <ann@example.com>",
            sender="Maple <a@maple.example>",
            subject=treatment.subject + "\r\nX-Evil: 1",
            parts=treatment.parts,
        )
    )
    mail = message_from_bytes(Path(sent).read_bytes())
    assert mail["Bcc"] is None
    assert mail["Cc"] is None
    assert mail["X-Evil"] is None


def test_a_link_that_is_not_to_the_web_is_refused() -> None:
    with pytest.raises(BadInput, match="web address"):
        render(TEMPLATE, view(view_url="javascript:alert(1)"), "web")


def test_direction_and_control_characters_are_dropped() -> None:
    assert clean("\u202eevil\u0000\u200b name") == "evil name"


def test_a_gigantic_name_is_cut() -> None:
    assert len(clean("a" * 1_000_000)) == 120


@pytest.mark.parametrize("name", sorted(FILTERS - {"size", "first", "last", "divided_by", "modulo", "round"}))
def test_no_filter_lets_markup_through(name: str) -> None:
    arguments = {"append": ": 'x'", "prepend": ": 'x'", "replace": ": 'q', 'x'", "slice": ": 0, 99", "join": ": ','"}
    arguments |= dict.fromkeys(["at_least", "at_most", "minus", "plus", "times"], ": 1") | {"default": ": 'x'"}
    text = f"{{{{ name | {name}{arguments.get(name, '')} }}}}"
    assert "<i>" not in HTML.from_string(text).render(name="<i>").lower()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_name_breaks_a_message(name: str) -> None:
    html = render(TEMPLATE, view(name=name, offers=1), "web").body("text/html").decode()
    assert html.count("<section") == 1
    assert "\n" not in render(TEMPLATE, view(name=name, offers=1), "email").subject

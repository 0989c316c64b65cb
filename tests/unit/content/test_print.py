"""Letters: one or two pages, nothing read or fetched, and whatever stands in the data is text."""

from __future__ import annotations

import msgspec
import pytest

from decidedly.content import render
from decidedly.content.channels.print import preview
from decidedly.content.liquid import CannotRender
from decidedly.core.errors import AuthoringError
from tests.unit.content.views import letter_pages, letter_text, offer, template, view

HOSTILE = [
    "#panic()",
    '#read("/etc/passwd")',
    "*Ann* _Ann_ $x^2$ @ann <ann> // not a comment",
    "\\ \" ' ` ~ [ ] { } ( )",
    "</svg><script>alert(1)</script>",
]


@pytest.mark.parametrize("offers", [0, 1, 16])
def test_a_letter_has_one_or_two_pages(offers: int) -> None:
    assert 1 <= len(letter_pages(render(template(), view(offers), "print"))) <= 2


@pytest.mark.parametrize("name", HOSTILE)
def test_typst_in_a_name_is_printed_and_not_run(name: str) -> None:
    hostile = msgspec.structs.replace(view(), name=name, address=(name, "Street 1"), offers=(offer(name=name),))
    text = letter_text(render(template(), hostile, "print"))
    bare = "".join(name.split())
    assert "".join(text.replace("\u200b", "").split()).count(bare) >= 2


def test_markup_in_a_name_is_no_markup_in_the_preview() -> None:
    for page in preview(template(), msgspec.structs.replace(view(), name="<script>alert(1)</script>")):
        assert b"<script" not in page


@pytest.mark.parametrize("reach", ['#read("letter.txt")', '#read("/etc/passwd")', '#import "@preview/cetz:0.2.0"'])
def test_a_letter_reads_no_file_and_loads_no_package(reach: str) -> None:
    with pytest.raises((CannotRender, AuthoringError)):
        render(template(letter_typ=reach), view(), "print")


def test_the_same_letter_is_the_same_bytes_after_another_was_set() -> None:
    first = render(template(), view(), "print").body("application/pdf")
    render(template(), view(name="Somebody Else"), "print")
    assert render(template(), view(), "print").body("application/pdf") == first

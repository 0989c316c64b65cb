"""Letters: one or two pages, nothing read or fetched, and whatever stands in the data is text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

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


def test_a_mistake_in_a_letter_is_found_at_its_line() -> None:
    with pytest.raises(CannotRender, match=r"nme") as caught:
        render(template(letter_typ="#let letter = json(bytes(sys.inputs.view))\n\n  #letter.nme"), view(), "print")
    assert caught.value.place == "templates/weekly-coupons/letter.typ:3:10"


@pytest.mark.parametrize(("segments", "colour"), [((), b"#1e5b45"), (("families",), b"#a43a22")])
def test_the_look_follows_the_segment(segments: tuple[str, ...], colour: bytes) -> None:
    first = preview(template(), view(segments=segments))[0]
    assert colour in first


def test_a_coupon_number_is_printed_with_the_check_digit_of_its_bars() -> None:
    assert "513800410134" in "".join(letter_text(render(template(), view(), "print")).split())


def test_a_number_that_has_no_bars_is_printed_alone() -> None:
    odd = msgspec.structs.replace(view(), offers=(offer(code="SAVE-20"),))
    assert "No. SAVE-20" in letter_text(render(template(), odd, "print"))


def test_letters_set_in_many_threads_are_those_set_in_one() -> None:
    views = [view(name=f"Person {number}") for number in range(8)]
    alone = [render(template(), one, "print") for one in views]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda one: render(template(), one, "print"), views)) == alone


@pytest.mark.parametrize("name", HOSTILE)
def test_typst_in_a_name_is_printed_and_not_run(name: str) -> None:
    hostile = msgspec.structs.replace(view(), name=name, address=(name, "Street 1"), offers=(offer(name=name),))
    text = letter_text(render(template(), hostile, "print"))
    bare = "".join(name.split())
    assert "".join(text.replace("\u200b", "").split()).count(bare) >= 2


def test_markup_in_a_name_is_no_markup_in_the_preview() -> None:
    for page in preview(template(), msgspec.structs.replace(view(), name="<script>alert(1)</script>")):
        assert b"<script" not in page


@pytest.mark.parametrize(
    "reach",
    [
        '#read("letter.txt")',
        '#read("/etc/passwd")',
        '#read("../../etc/passwd")',
        '#image("/etc/passwd")',
        '#import "@preview/cetz:0.2.0"',
        '#let x = "//"; #import "@preview/cetz:0.2.0"',
        '#eval("imp" + "ort \\"@preview/cetz:0.2.0\\"")',
        '#dictionary(std).at("ev" + "al")("1")',
    ],
)
def test_a_letter_reads_no_file_and_loads_no_package(reach: str) -> None:
    with pytest.raises((CannotRender, AuthoringError)):
        render(template(letter_typ=reach), view(), "print")


def test_the_same_letter_is_the_same_bytes_after_another_was_set() -> None:
    first = render(template(), view(), "print").body("application/pdf")
    render(template(), view(name="Somebody Else"), "print")
    assert render(template(), view(), "print").body("application/pdf") == first

"""SMS: counting as the carrier bills, and never more than two segments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decidedly.content import render
from decidedly.content.channels.sms import DoesNotFit
from decidedly.content.sms_segments import Count, count, to_gsm7
from tests.unit.content.views import template, view

TEMPLATE = template()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Count("GSM-7", 0, 1)),
        ("a" * 160, Count("GSM-7", 160, 1)),
        ("a" * 161, Count("GSM-7", 161, 2)),
        ("a" * 306, Count("GSM-7", 306, 2)),
        ("a" * 307, Count("GSM-7", 307, 3)),
        ("€" * 80, Count("GSM-7", 160, 1)),
        ("é" * 160, Count("GSM-7", 160, 1)),
        ("你" * 70, Count("UCS-2", 70, 1)),
        ("你" * 71, Count("UCS-2", 71, 2)),
        ("你" * 134, Count("UCS-2", 134, 2)),
        ("😀" * 35, Count("UCS-2", 70, 1)),
        ("ç", Count("UCS-2", 1, 1)),
    ],
)
def test_a_text_counts_as_the_standard_says(text: str, expected: Count) -> None:
    assert count(text) == expected


def test_an_extension_character_is_not_cut_in_two() -> None:
    # 152 septets, then the two of the euro sign: it moves to the second segment, and the text to three.
    assert count("a" * 152 + "€" + "a" * 152).segments == 3


def test_a_surrogate_pair_is_not_cut_in_two() -> None:
    assert count("你" * 66 + "😀" + "你" * 66).segments == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoë’s “café”…", 'Zoe\'s "café"...'),
        ("Łukasz Dvořák", "Lukasz Dvorak"),
        ("François", "Francois"),
        ("½ kg", "1/2 kg"),
    ],
)
def test_letters_are_written_in_gsm7_where_they_can_be(text: str, expected: str) -> None:
    assert to_gsm7(text) == expected
    assert count(to_gsm7(text)).alphabet == "GSM-7"


def test_a_text_that_cannot_is_left_as_it_is() -> None:
    assert to_gsm7("Zoë 你好") == "Zoë 你好"


@settings(max_examples=80, deadline=None)
@given(name=st.one_of(st.none(), st.text(max_size=80)), offers=st.integers(0, 16))
def test_no_person_gets_more_than_two_segments(name: str | None, offers: int) -> None:
    text = render(TEMPLATE, view(name=name, offers=offers), "sms").body("text/plain").decode()
    assert count(text).segments <= 2


def test_it_holds_as_many_offers_as_fit_and_the_link_to_all() -> None:
    treatment = render(TEMPLATE, view(), "sms")
    text = treatment.body("text/plain").decode()
    assert 4 < len(treatment.shown) < 16
    assert f"+{16 - len(treatment.shown)} more" in text
    assert "https://mm.example/7Kq2" in text
    assert "STOP" in text


def test_a_few_offers_are_all_said() -> None:
    assert len(render(TEMPLATE, view(offers=2), "sms").shown) == 2


def test_a_template_that_never_fits_is_an_error_and_not_a_cut_message() -> None:
    with pytest.raises(DoesNotFit, match=r"Shorten sms\.liquid"):
        render(template(sms_liquid="word " * 100), view(), "sms")

"""Barcodes: the bars that the standards' tables give, and none where a number cannot be said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidedly.content.barcode import Barcode, barcode, check_digit


def drawn(code: Barcode) -> str:
    """The modules from left to right, 1 for ink."""
    row = ["0"] * code.modules
    for start, width in code.bars:
        row[start : start + width] = ["1"] * width
    return "".join(row)


@pytest.mark.parametrize(("digits", "check"), [("03600029145", "2"), ("400638133393", "1"), ("978020137962", "4")])
def test_the_check_digit_is_that_of_the_standard(digits: str, check: str) -> None:
    assert check_digit(digits) == check


def test_a_upc_is_drawn_as_its_table_says() -> None:
    code = barcode("036000291452", "upc")
    assert code is not None
    assert drawn(code) == (
        "101" "0001101" "0111101" "0101111" "0001101" "0001101" "0001101" "01010"
        "1101100" "1110100" "1100110" "1011100" "1001110" "1101100" "101"
    )  # fmt: skip
    assert code.text == "0 36000 29145 2"


def test_an_ean_13_says_its_first_digit_by_parity() -> None:
    code = barcode("4006381333931", "upc")
    assert code is not None
    assert drawn(code) == (
        "101" "0001101" "0100111" "0101111" "0111101" "0001001" "0110011" "01010"
        "1000010" "1000010" "1000010" "1110100" "1000010" "1100110" "101"
    )  # fmt: skip


def test_a_code_128_is_drawn_as_its_table_says() -> None:
    code = barcode("Wiki", "code-128")
    assert code is not None
    # Start B, W, i, k, i, the check character 101, stop; a scanner read this row as "Wiki".
    assert drawn(code) == (
        "11010010000" "11101000110" "10000110100" "11000010010" "10000110100" "11101011110" "1100011101011"
    )  # fmt: skip


def test_eleven_digits_get_their_check_digit() -> None:
    assert barcode("03600029145", "upc") == barcode("036000291452", "upc")


def test_even_digits_take_half_the_bars_in_code_128() -> None:
    pairs, characters = barcode("12345678", "code-128"), barcode("abcdefgh", "code-128")
    assert pairs is not None
    assert characters is not None
    assert pairs.modules == 11 * (1 + 4 + 1) + 13 < characters.modules


@pytest.mark.parametrize("code", ["", "123", "036000291453", "03600029145x", "٠٣٦٠٠٠٢٩١٤٥", "4006381333932"])
def test_what_is_no_upc_has_no_bars(code: str) -> None:
    assert barcode(code, "upc") is None


@pytest.mark.parametrize("code", ["", "é", "a\n", "x" * 13, "1" * 26])
def test_what_code_128_cannot_say_or_a_coupon_cannot_hold_has_no_bars(code: str) -> None:
    assert barcode(code, "code-128") is None


@given(st.from_regex(r"[0-9]{11}", fullmatch=True) | st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_bars_and_spaces_have_one_to_four_modules(text: str) -> None:
    for code in (barcode(text, "upc"), barcode(text, "code-128")):
        if code is not None:
            row = drawn(code)
            assert row[0] == row[-1] == "1"
            assert not {"11111", "00000"} & {row[at : at + 5] for at in range(len(row))}

"""Barcode: a number as bars for the till, in modules (the width of the thinnest bar). How they are drawn is not said.

Source  ISO/IEC 15420 (EAN/UPC) and ISO/IEC 15417 (Code 128), the tables of patterns.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import msgspec

Symbology = Literal["upc", "code-128"]
"""upc: UPC-A of 11 digits (its check digit is added) or 12, EAN-13 of 13. code-128: any visible ASCII."""

_SEVENS = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
# First digit of an EAN-13 -> which of the six digits on the left are drawn with even parity. UPC-A is 0.
_EVEN = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010")

# Widths of bar, space, bar, space, bar, space of the values 0 to 105, and the stop.
_WIDTHS = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
    "2331112",
]
_TO_B, _START_B, _START_C, _STOP = 100, 104, 105, 106
_WIDEST = 168
"""Modules of the longest Code 128: 24 digits, or 12 characters. What is longer would not stand on a coupon."""


class Barcode(msgspec.Struct, frozen=True):
    """Bars from left to right as (first module, modules), without the quiet zones (ten modules on each side).

    text : what stands beneath, for people
    """

    text: str
    modules: int
    bars: tuple[tuple[int, int], ...]


def barcode(code: str, symbology: Symbology) -> Barcode | None:
    """The bars of a code, or None where this symbology cannot say it (then the number alone stands there)."""
    return _upc(code) if symbology == "upc" else _code_128(code)


def check_digit(digits: str) -> str:
    """The check digit that follows these digits in a UPC or an EAN.

    >>> check_digit("03600029145")
    '2'
    """
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighed % 10)


def _upc(code: str) -> Barcode | None:
    if not (code.isascii() and code.isdigit() and 11 <= len(code) <= 13):
        return None
    whole = code + check_digit(code) if len(code) == 11 else code
    if check_digit(whole[:-1]) != whole[-1]:
        return None
    if len(whole) == 12:
        text = f"{whole[0]} {whole[1:6]} {whole[6:11]} {whole[11]}"
    else:
        text = f"{whole[0]} {whole[1:7]} {whole[7:]}"
    first, left, right = whole.zfill(13)[0], whole.zfill(13)[1:7], whole.zfill(13)[7:]
    drawn = "".join(
        _complement(_SEVENS[int(digit)])[::-1] if even == "1" else _SEVENS[int(digit)]
        for digit, even in zip(left, _EVEN[int(first)], strict=True)
    )
    drawn = "101" + drawn + "01010" + "".join(_complement(_SEVENS[int(digit)]) for digit in right) + "101"
    edges = [at for at, (one, other) in enumerate(pairwise(f"0{drawn}0")) if one != other]
    bars = tuple((start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return Barcode(text, len(drawn), bars)


def _complement(modules: str) -> str:
    return modules.translate({48: "1", 49: "0"})


def _code_128(code: str) -> Barcode | None:
    if not code or not all(" " <= character <= "~" for character in code):
        return None
    values = _values(code)
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    at, bars = 0, []
    for number, width in enumerate("".join(_WIDTHS[value] for value in (*values, check, _STOP))):
        if number % 2 == 0:
            bars.append((at, int(width)))
        at += int(width)
    return Barcode(code, at, tuple(bars)) if at <= _WIDEST else None


def _values(code: str) -> list[int]:
    """Digits in pairs (set C) where the whole code is digits, one by one (set B) otherwise."""
    if not code.isdigit() or len(code) < 4:
        return [_START_B, *(ord(character) - 32 for character in code)]
    pairs = [int(code[start : start + 2]) for start in range(0, len(code) - 1, 2)]
    odd = [_TO_B, ord(code[-1]) - 32] if len(code) % 2 else []
    return [_START_C, *pairs, *odd]

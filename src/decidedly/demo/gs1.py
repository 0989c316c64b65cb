"""What a coupon's number says of its terms: the value code of a manufacturer's coupon (UPC-A, number system 5).

Source  GS1 US, U.P.C. coupon value codes: the last two digits before the check digit give the saving and how many
        units must be bought. A chain's own coupons (other number systems) carry no such code.
"""

from __future__ import annotations

from typing import NamedTuple

MANUFACTURERS = 5
_DIGITS = 10**10

# Units to buy -> the value codes that ask for so many, where they are not bought singly.
_UNITS: dict[int, frozenset[int]] = {
    2: frozenset({8, 21, 22, 23, 24, 28, 31, 32, 33, 34, 36, 43, 44, 46, 47, 48, 51, 53, 54, 56, 57, 58, 98}),
    3: frozenset({7, 9, 37, 38, 41, 42, 52}),
    4: frozenset({13}),
}
_SINGLE = frozenset(
    {
        3,
        4,
        5,
        6,
        10,
        11,
        12,
        15,
        18,
        20,
        25,
        26,
        29,
        30,
        35,
        39,
        40,
        45,
        49,
        50,
        55,
        59,
        60,
        61,
        62,
        63,
        64,
        65,
        66,
        67,
        68,
        69,
        70,
        71,
        72,
        73,
        74,
        75,
        76,
        77,
        78,
        79,
        80,
        81,
        82,
        83,
        84,
        85,
        86,
        87,
        88,
        89,
        90,
        91,
        92,
        93,
        95,
        96,
        99,
    }
)


class Terms(NamedTuple):
    """value_named: whether the number names the saving. min_quantity: units that must be bought together."""

    value_named: bool
    min_quantity: int


def terms(coupon: int) -> Terms:
    """The terms in a coupon's number.

    >>> terms(51000050021)
    Terms(value_named=True, min_quantity=2)
    """
    if coupon // _DIGITS != MANUFACTURERS:
        return Terms(False, 1)
    code = coupon % 100
    for units, codes in _UNITS.items():
        if code in codes:
            return Terms(True, units)
    return Terms(code in _SINGLE, 1)

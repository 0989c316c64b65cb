"""SMS segments: how many messages a text is billed as, in GSM-7 (3GPP TS 23.038) or UCS-2, and the way to GSM-7.

One segment holds 160 septets or 70 UTF-16 units; of several, each holds 153 or 67, the rest being the header that joins
them. A character of the extension table takes two septets, and neither it nor a surrogate pair is cut in two.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

import msgspec

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‑": "-"}
    | {"…": "...", "•": "-", "·": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "×": "x", "`": "'", "´": "'"}
    | {"ç": "c", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE", "™": "TM", "®": "(R)", "©": "(C)"}
    | {"½": "1/2", "¼": "1/4", "¾": "3/4", "°": " deg", "ı": "i", "ð": "d", "þ": "th"}
)


class Count(msgspec.Struct, frozen=True):
    """units: septets or UTF-16 units used; segments: messages billed."""

    alphabet: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def count(text: str) -> Count:
    """The alphabet a text needs and the segments it takes.

    >>> count("Hello"), count("Hello €").units
    (Count(alphabet='GSM-7', units=5, segments=1), 8)
    """
    if all(character in _BASIC or character in _EXTENSION for character in text):
        sizes = [2 if character in _EXTENSION else 1 for character in text]
        return Count("GSM-7", sum(sizes), _segments(sizes, 160, 153))
    sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Count("UCS-2", sum(sizes), _segments(sizes, 70, 67))


def _segments(sizes: list[int], alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    segments, used = 1, 0
    for size in sizes:
        if used + size > joined:
            segments, used = segments + 1, 0
        used += size
    return segments


def to_gsm7(text: str) -> str:
    """The text in GSM-7 letters where all of it can be; otherwise the text as it is.

    >>> to_gsm7("Zoë’s café…"), to_gsm7("你好")
    ("Zoe's café...", '你好')
    """
    out = []
    for character in text.translate(_PLAIN):
        if character in _BASIC or character in _EXTENSION:
            out.append(character)
            continue
        base = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
        if not all(part in _BASIC or part in _EXTENSION for part in base):
            return text
        out.append(base)
    return "".join(out)

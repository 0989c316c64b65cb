"""Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance and contrast ratio)."""

from __future__ import annotations

LEGIBLE = 4.5
"""The least contrast for text of normal size, level AA."""


def contrast(a: str, b: str) -> float:
    """
    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

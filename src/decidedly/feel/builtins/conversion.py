"""Conversion functions (DMN 1.5, table 70) for numbers and strings; temporal ones are in `temporal.py`."""

import re
from decimal import Decimal
from typing import Any

from ..temporal import temporal_text
from ..types import ANY, NUMBER, STRING
from ..values import DECIMAL, TEXT_LIMIT, Range, extent, finite, kind
from .registry import Param, builtin

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,4})?", re.ASCII)
_NAME = re.compile(r"[^\W\d][^{}\[\](),:\"\\]*")


@builtin(
    "number",
    [
        Param("from", STRING),
        Param("grouping separator", STRING, optional=True, nullable=True),
        Param("decimal separator", STRING, optional=True, nullable=True),
    ],
    NUMBER,
)
def number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    """number("1 234,56", " ", ",") = 1234.56"""
    known = grouping in (None, " ", ",", ".") and point in (None, ",", ".")
    if len(text) > 100 or not known or (grouping == point and point is not None):
        return None
    text = text.replace(grouping, "") if grouping else text
    if point == ",":
        text = text.replace(".", "?").replace(point, ".")
    value: Decimal | None = finite(DECIMAL.create_decimal(text)) if _NUMBER.fullmatch(text) else None
    return value


@builtin("string", [Param("from", ANY)], STRING)
def string(value: Any) -> str | None:
    """string(12.50) = "12.5" """
    if extent(value) > TEXT_LIMIT:
        return None
    text = value if isinstance(value, str) else text_of(value)
    return text if len(text) <= TEXT_LIMIT else None


def text_of(value: Any) -> str:
    """A value as FEEL writes it inside a list or context; numbers without an exponent or trailing zeros."""
    match kind(value):
        case "null":
            return "null"
        case "boolean":
            return "true" if value else "false"
        case "string":
            return quoted(value)
        case "number":
            return number_text(value)
        case "list":
            return "[" + ", ".join(text_of(item) for item in value) + "]"
        case "context":
            return "{" + ", ".join(f"{_name_text(name)}: {text_of(item)}" for name, item in value.items()) + "}"
        case "range":
            return _range_text(value)
        case "function":
            return f"function({', '.join(value.names)})"
        case _:
            return temporal_text(value)


def _name_text(name: str) -> str:
    return name if _NAME.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    """A string as FEEL writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number_text(value: Decimal | float | int) -> str:
    """A number without an exponent or trailing zeros."""
    # The shortest digits that mean a real number.
    text: str = f"{Decimal(repr(value) if isinstance(value, float) else value):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _range_text(value: Range) -> str:
    start, end = ("[" if value.low_closed else "("), ("]" if value.high_closed else ")")
    low, high = ("" if bound is None else text_of(bound) for bound in (value.low, value.high))
    return f"{start}{low}..{high}{end}"

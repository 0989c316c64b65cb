"""String functions (DMN 1.5, table 76). Positions count characters from 1; a negative one counts from the end."""

from collections.abc import Callable
from decimal import Decimal
from operator import contains as _contains
from typing import Any

from ..patterns import replace_pattern, search_pattern, split_pattern
from ..types import BOOLEAN, INTEGER, NUMBER, STRING, ListOf, Number, Type
from ..values import LIST_LIMIT, TEXT_LIMIT
from .registry import Native, Param, builtin

_TEXT = Param("string", STRING)


def _as_is(run: Callable[..., Any], *, result: Any = BOOLEAN) -> Any:
    # Strings are stored plainly, so the C function itself can be called.
    return lambda types: Native((STRING,) * len(types), result, run) if set(types) == {STRING} else None


@builtin("string length", [_TEXT], INTEGER, total=True, native=_as_is(len, result=INTEGER))
def string_length(string: str) -> int:
    """string length("oat milk") = 8"""
    return len(string)


@builtin("contains", [_TEXT, Param("match", STRING)], BOOLEAN, total=True, native=_as_is(_contains))
def contains(string: str, match: str) -> bool:
    """contains("oat milk", "milk") = true"""
    return match in string


@builtin("starts with", [_TEXT, Param("match", STRING)], BOOLEAN, total=True, native=_as_is(str.startswith))
def starts_with(string: str, match: str) -> bool:
    """starts with("oat milk", "oat") = true"""
    return string.startswith(match)


@builtin("ends with", [_TEXT, Param("match", STRING)], BOOLEAN, total=True, native=_as_is(str.endswith))
def ends_with(string: str, match: str) -> bool:
    """ends with("oat milk", "oat") = false"""
    return string.endswith(match)


@builtin("upper case", [_TEXT], STRING, total=True)
def upper_case(string: str) -> str:
    """upper case("oat") = "OAT" """
    return string.upper()


@builtin("lower case", [_TEXT], STRING, total=True)
def lower_case(string: str) -> str:
    """lower case("OAT") = "oat" """
    return string.lower()


@builtin("trim", [_TEXT], STRING, total=True)
def trim(string: str) -> str:
    """trim("  oat ") = "oat" """
    return string.strip()


def _native_substring(types: tuple[Type, ...]) -> Native | None:
    whole = all(isinstance(type_, Number) and type_.scale == 0 for type_ in types[1:])
    return Native((STRING, INTEGER, INTEGER)[: len(types)], STRING, substring, total=False) if whole else None


@builtin(
    "substring",
    [_TEXT, Param("start position", NUMBER), Param("length", NUMBER, optional=True, nullable=True)],
    STRING,
    native=_native_substring,
)
def substring(string: str, start: Decimal | int, length: Decimal | int | None = None) -> str | None:
    """substring("oat milk", 5, 2) = "mi" """
    first = int(start)
    if first == 0 or abs(first) > len(string) or (length is not None and length < 1):
        return None
    begin = first - 1 if first > 0 else len(string) + first
    return string[begin:] if length is None else string[begin : begin + int(min(Decimal(length), Decimal(TEXT_LIMIT)))]


@builtin("substring before", [_TEXT, Param("match", STRING)], STRING, total=True)
def substring_before(string: str, match: str) -> str:
    """substring before("oat milk", " ") = "oat" """
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after", [_TEXT, Param("match", STRING)], STRING, total=True)
def substring_after(string: str, match: str) -> str:
    """substring after("oat milk", " ") = "milk" """
    return string.partition(match)[2] if match else string


@builtin(
    "matches",
    [Param("input", STRING), Param("pattern", STRING), Param("flags", STRING, optional=True, nullable=True)],
    BOOLEAN,
)
def matches(text: str, pattern: str, flags: str | None = None) -> bool | None:
    """matches("OAT-12", "[A-Z]+-[0-9]+") = true"""
    return search_pattern(text, pattern, flags or "")


@builtin(
    "replace",
    [
        Param("input", STRING),
        Param("pattern", STRING),
        Param("replacement", STRING),
        Param("flags", STRING, optional=True, nullable=True),
    ],
    STRING,
)
def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    """replace("oat milk", "o(a)t", "$1") = "a milk" """
    return replace_pattern(text, pattern, replacement, flags or "")


@builtin("split", [_TEXT, Param("delimiter", STRING)], ListOf(STRING))
def split(string: str, delimiter: str) -> list[str] | None:
    """split("a;b", ";") = ["a", "b"]"""
    return split_pattern(string, delimiter)


@builtin(
    "string join",
    [Param("list", ListOf(STRING)), Param("delimiter", STRING, optional=True, nullable=True)],
    STRING,
)
def string_join(items: list[str | None], delimiter: str | None = None) -> str | None:
    """string join(["a", "b"], ", ") = "a, b" """
    kept = [item for item in items if item is not None]
    length = sum(map(len, kept)) + len(kept) * len(delimiter or "")
    if length > TEXT_LIMIT or len(kept) > LIST_LIMIT or not all(isinstance(item, str) for item in kept):
        return None
    return (delimiter or "").join(kept)

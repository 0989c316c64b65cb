"""Context functions (DMN 1.5, table 79)."""

from typing import Any

from ..types import ANY, STRING, ContextOf
from .registry import Param, builtin


@builtin("get value", [Param("m", ContextOf((), closed=False)), Param("key", STRING)], ANY)
def get_value(m: dict[str, Any], key: str) -> Any:
    """get value({city: "Brno"}, "city") = "Brno" """
    return m.get(key)

"""Context functions (DMN 1.5, table 79)."""

from typing import Any

from ..types import ANY, STRING, ContextOf, ListOf
from ..values import LIST_LIMIT
from .registry import Param, builtin

_CONTEXT = ContextOf((), closed=False)
_M = Param("m", _CONTEXT, also="context")
_ENTRY = ContextOf((("key", STRING), ("value", ANY)))
_VALUE = Param("value", ANY, nullable=True)


@builtin("get value", [_M, Param("key", STRING)], ANY)
def get_value(m: dict[str, Any], key: str) -> Any:
    """get value({city: "Brno"}, "city") = "Brno" """
    return m.get(key)


@builtin("get value", [_M, Param("keys", ListOf(STRING))], ANY)
def get_value_at(m: dict[str, Any], keys: list[Any]) -> Any:
    """get value({address: {city: "Brno"}}, ["address", "city"]) = "Brno" """
    found: Any = m if keys else None
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


@builtin("get entries", [_M], ListOf(_ENTRY), total=True)
def get_entries(m: dict[str, Any]) -> list[Any]:
    """get entries({city: "Brno"}) = [{key: "city", value: "Brno"}]"""
    return [{"key": name, "value": value} for name, value in m.items()]


@builtin("context", [Param("entries", ListOf(ContextOf((("key", STRING),), closed=False)))], _CONTEXT)
def context(entries: list[Any]) -> dict[str, Any] | None:
    """context([{key: "city", value: "Brno"}]) = {city: "Brno"}"""
    made: dict[str, Any] = {}
    for entry in entries:
        key = entry.get("key") if isinstance(entry, dict) else None
        if key is None or key in made or "value" not in entry:
            return None
        made[key] = entry["value"]
    return made


@builtin("context put", [Param("context", _CONTEXT), Param("key", STRING), _VALUE], _CONTEXT)
def context_put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any] | None:
    """context put({city: "Brno"}, "zip", "602 00") = {city: "Brno", zip: "602 00"}"""
    made = context | {key: value}
    return made if len(made) <= LIST_LIMIT else None


@builtin("context put", [Param("context", _CONTEXT), Param("keys", ListOf(STRING)), _VALUE], _CONTEXT)
def context_put_at(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    """context put({address: {city: "Brno"}}, ["address", "city"], "Praha") = {address: {city: "Praha"}}"""
    if not keys or None in keys:
        return None
    inner: Any = value
    for depth in range(len(keys) - 1, -1, -1):
        outer = get_value_at(context, keys[:depth]) if depth else context
        inner = context_put(outer, keys[depth], inner) if isinstance(outer, dict) else None
        if inner is None:
            return None
    return dict(inner)


@builtin("context merge", [Param("contexts", ListOf(_CONTEXT))], _CONTEXT)
def context_merge(contexts: list[Any]) -> dict[str, Any] | None:
    """context merge([{a: 1, b: 2}, {b: 3}]) = {a: 1, b: 3}"""
    if None in contexts:
        return None
    made: dict[str, Any] = {}
    for part in contexts:
        made |= part
    return made if len(made) <= LIST_LIMIT else None

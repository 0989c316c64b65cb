"""Operation: one method of one route as the API's description tells it. Each resource declares its own."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from decidedly.core.errors import BadInput
from decidedly.core.principal import Scope


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A value in the path, the query or a header. schema: what its JSON Schema says beside being a text. One of the
    path is always required."""

    name: str
    where: Literal["path", "query", "header"]
    description: str
    schema: dict[str, Any] = {}
    required: bool = False


MOST_COUNT = 2**53
"""The greatest whole number that every JSON reader holds exactly."""
MOMENT: dict[str, Any] = {"format": "date-time"}
NAMED: dict[str, Any] = {"pattern": "^[^:]+:"}
"""An identifier: namespace:value."""
KEY: dict[str, Any] = {"minLength": 1, "maxLength": 256}
"""An Idempotency-Key."""


def whole(least: int, most: int = MOST_COUNT) -> dict[str, Any]:
    """A whole number in a range."""
    return {"type": "integer", "minimum": least, "maximum": most}


def in_range(value: int, name: str, least: int, most: int = MOST_COUNT) -> int:
    """A number of the query as the description promises it. Raises BadInput."""
    if not least <= value <= most:
        raise BadInput(f"'{name}' is from {least} to {most}, not {value}.", place=f"query.{name}")
    return value


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """takes, answers: Structs of the bodies; their JSON Schema is what the code itself decodes and encodes by.

    media_types : of the body, where it is not plain JSON alone
    answers : None for an answer that is not JSON
    scopes  : any one of them is enough; () is open to all
    errors  : statuses of the errors beside 500, and 503 where a scope is needed
    failures: of a protocol with answers of its own: status -> Struct of its body, None for one without
    """

    method: Literal["get", "post", "delete"]
    path: str
    summary: str
    description: str = ""
    takes: Any = None
    media_types: tuple[str, ...] = ("application/json",)
    answers: Any = None
    media_type: str = "application/json"
    parameters: tuple[Parameter, ...] = ()
    scopes: tuple[Scope, ...] = ()
    errors: tuple[int, ...] = ()
    failures: dict[int, Any] = {}

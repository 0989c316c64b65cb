"""Operation: one method of one route as the API's description tells it. Each resource declares its own."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from decidedly.core.principal import Scope


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A value in the path, the query or a header."""

    name: str
    where: Literal["path", "query", "header"]
    description: str
    format: str = ""
    required: bool = False


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """takes, answers: Structs of the bodies; their JSON Schema is what the code itself decodes and encodes by.

    media_types : of the body, where it is not plain JSON alone
    answers : None for an answer that is not JSON
    scopes  : any one of them is enough; () is open to all
    errors  : statuses of the errors beside 500
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

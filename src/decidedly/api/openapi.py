"""GET /openapi.json: the API's description (OpenAPI 3.1), made of the Structs that the routes decode and encode by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from decidedly import __version__
from decidedly.api.errors import ErrorAnswer
from decidedly.api.operation import Operation

OPERATIONS = (Operation(method="get", path="/openapi.json", summary="This description", answers=dict[str, Any]),)

_MEANING = {
    304: "Nothing has changed since.",
    400: "The request is not what it must be.",
    401: "A key is needed.",
    403: "The key lacks the scope.",
    404: "There is no such thing.",
    405: "The route does not take this method.",
    409: "It contradicts what is stored.",
    410: "It was of a person whose data was erased.",
    413: "The body is too long.",
    415: "The body is of a type that is not read.",
    429: "Too much at once; try again after Retry-After seconds.",
    500: "Something went wrong on our side.",
    507: "There is no room for it.",
    503: "Not now; try again after Retry-After seconds.",
}


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole description."""
    operations = tuple(operations)
    types = dict.fromkeys(
        one
        for operation in operations
        for one in (operation.takes, operation.answers, *operation.failures.values())
        if one
    )
    schemas, components = msgspec.json.schema_components(
        (*types, ErrorAnswer), ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip((*types, ErrorAnswer), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Decidedly",
            "version": __version__,
            "description": "Capture what people do, and decide, for each person and moment, what to say or offer.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A key of this hub."},
                "basic": {"type": "http", "scheme": "basic", "description": "A key as the user, as trackers send it."},
            },
        },
    }


def _operation(operation: Operation, schema_of: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    answer = schema_of[operation.answers] if operation.answers else {"type": "string"}
    error = {"application/json": {"schema": schema_of[ErrorAnswer]}}
    # Whatever needs a key reads the store, and a playbook.
    statuses = sorted({*operation.errors, 500, *((503,) if operation.scopes else ())})
    told: dict[str, Any] = {
        "operationId": _id(operation),
        "summary": operation.summary,
        "responses": {
            "200": {"description": "Done.", "content": {operation.media_type: {"schema": answer}}},
            **{str(status): {"description": _MEANING[status], "content": error} for status in statuses},
            **{str(status): _failure(status, body, schema_of) for status, body in operation.failures.items()},
        },
    }
    scopes = f" Needs the scope {' or '.join(operation.scopes)} where keys are set." if operation.scopes else ""
    if operation.description or scopes:
        told["description"] = (operation.description + scopes).strip()
    if operation.parameters:
        told["parameters"] = [
            {
                "name": one.name,
                "in": one.where,
                "required": one.required or one.where == "path",
                "description": one.description,
                "schema": {"type": "string"} | one.schema,
            }
            for one in operation.parameters
        ]
    if operation.takes:
        schema = schema_of[operation.takes]
        told["requestBody"] = {
            "required": True,
            "content": {media_type: {"schema": schema} for media_type in operation.media_types},
        }
    if operation.scopes:
        told["security"] = [{"bearer": []}, {"basic": []}, {}]
    return told


def _failure(status: int, body: Any, schema_of: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": _MEANING[status]}
    return told if body is None else told | {"content": {"application/json": {"schema": schema_of[body]}}}


def _id(operation: Operation) -> str:
    """ "post-v1-decisions-id-replay" """
    words = operation.path.replace("{", "").replace("}", "").replace(".", "-").split("/")
    return "-".join([operation.method, *filter(None, words)])


def openapi_routes(operations: Iterable[Operation]) -> list[HTTPRouteHandler]:
    body = msgspec.json.encode(document(operations))

    @get("/openapi.json", sync_to_thread=False, media_type=MediaType.JSON)
    def openapi() -> Response[bytes]:
        return Response(body)

    return [openapi]

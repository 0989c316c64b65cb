"""GET /v1/people/{identifier}: the one record of a person."""

from __future__ import annotations

from datetime import datetime

from litestar import Request, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from decidedly.api.ask import checked_identifier, moment
from decidedly.api.auth import needs, sees_all
from decidedly.api.operation import Operation, Parameter
from decidedly.app import Hub
from decidedly.core.errors import BadInput
from decidedly.person import Card

OPERATIONS = (
    Operation(
        method="get",
        path="/v1/people/{identifier}",
        summary="The record of a person: identifiers, facts with provenance, consent, recent history, contacts",
        description="Secrets and special categories are masked unless the key also has the scope sensitive.",
        answers=Card,
        parameters=(
            Parameter(name="identifier", where="path", description="namespace:value, e.g. loyalty:1029"),
            Parameter(
                name="at", where="query", description="As of this moment, on the caller's clock.", format="date-time"
            ),
        ),
        scopes=("read",),
        errors=(400, 401, 403, 404),
    ),
)


def people_routes(hub: Hub) -> list[HTTPRouteHandler]:
    @get("/v1/people/{identifier:str}", guards=[needs(hub.access, "read")], sync_to_thread=True)
    def person(
        request: Request[None, None, State], identifier: FromPath[str], at: FromQuery[datetime | None] = None
    ) -> Card:
        namespace, colon, value = identifier.partition(":")
        if not colon:
            raise BadInput(
                f"'{identifier}' is not an identifier.",
                place="path.identifier",
                hint="Write namespace:value, loyalty:1029.",
            )
        who = checked_identifier(namespace, value, hub.snapshot.book.dictionary, "path.identifier")
        return hub.person(who, moment(at, hub.clock, "query.at"), sensitive=sees_all(hub.access, request.scope))

    return [person]

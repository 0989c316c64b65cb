"""/v1/groups: a household or an account, with those who are in it."""

from __future__ import annotations

from litestar import Request, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from decidedly.api.ask import moment_of
from decidedly.api.auth import needs, sees_all
from decidedly.api.operation import MOMENT, NAMED, Operation, Parameter
from decidedly.app import Hub
from decidedly.person import GroupCard

OPERATIONS = (
    Operation(
        method="get",
        path="/v1/groups/{group}",
        summary="A group around persons: its traits with provenance, its members with roles and since when",
        description="Secrets and special categories are masked unless the key also has the scope sensitive.",
        answers=GroupCard,
        parameters=(
            Parameter(name="group", where="path", description="kind:id, e.g. household:H1", schema=NAMED),
            Parameter(name="at", where="query", description="As of this moment, on the caller's clock.", schema=MOMENT),
        ),
        scopes=("read",),
        errors=(400, 401, 403, 404),
    ),
)


def groups_routes(hub: Hub) -> list[HTTPRouteHandler]:
    @get("/v1/groups/{group:str}", guards=[needs(hub.access, "read")], sync_to_thread=True)
    def group(request: Request[None, None, State], group: FromPath[str], at: FromQuery[str | None] = None) -> GroupCard:
        return hub.group(group, moment_of(at, hub.clock, "query.at"), sensitive=sees_all(hub.access, request.scope))

    return [group]

"""/v1/services/{id}/levers: what each business push of a service costs in value, and whom it displaces."""

from __future__ import annotations

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from decidedly.api.auth import needs
from decidedly.api.operation import Operation, Parameter
from decidedly.app import Hub
from decidedly.core.errors import BadInput
from decidedly.decide import LeverPrices

MOST, DAYS = 10_000, 3650

OPERATIONS = (
    Operation(
        method="get",
        path="/v1/services/{id}/levers",
        summary="What each lever of a service costs in value, and whom it displaces",
        description="Recorded decisions are made again, from their own inputs, with the lever at 1. Nothing is stored.",
        answers=LeverPrices,
        parameters=(
            Parameter(name="id", where="path", description="Id of the decision service."),
            Parameter(name="days", where="query", description="Decisions of so many days, 28 without it."),
            Parameter(name="most", where="query", description=f"So many decisions at most, up to {MOST}."),
        ),
        scopes=("read",),
        errors=(400, 401, 403, 404),
    ),
)


def levers_routes(hub: Hub) -> list[HTTPRouteHandler]:
    @get("/v1/services/{id:str}/levers", guards=[needs(hub.access, "read")], sync_to_thread=True)
    def levers(id: FromPath[str], days: FromQuery[int] = 28, most: FromQuery[int] = 1000) -> LeverPrices:
        for name, value, greatest in (("days", days, DAYS), ("most", most, MOST)):
            if not 1 <= value <= greatest:
                raise BadInput(f"'{name}' is a number from 1 to {greatest}.", place=f"query.{name}")
        return hub.levers(id, days, most)

    return [levers]

"""App: a hub's HTTP face as one ASGI application."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from decidedly.api import (
    cloudevents,
    decide,
    decisions,
    groups,
    health,
    home,
    identity,
    levers,
    metrics,
    ofrep,
    openapi,
    outcomes,
    people,
    privacy,
    quarantine,
    tracking,
)
from decidedly.api.cloudevents import cloudevents_routes
from decidedly.api.decide import decide_routes
from decidedly.api.decisions import decisions_routes
from decidedly.api.errors import ErrorAnswer, failure
from decidedly.api.groups import groups_routes
from decidedly.api.health import health_routes
from decidedly.api.home import home_routes
from decidedly.api.identity import identity_routes
from decidedly.api.intake import Intake
from decidedly.api.levers import levers_routes
from decidedly.api.metrics import Metrics, metrics_routes, observed
from decidedly.api.ofrep import ofrep_routes
from decidedly.api.openapi import openapi_routes
from decidedly.api.options import options_routes
from decidedly.api.outcomes import outcomes_routes
from decidedly.api.people import people_routes
from decidedly.api.privacy import privacy_routes
from decidedly.api.quarantine import quarantine_routes
from decidedly.api.tracking import tracking_routes
from decidedly.app import Hub

RESOURCES = (
    decide, tracking, cloudevents, decisions, levers, outcomes, ofrep, people, groups, privacy, identity, quarantine,
    health, metrics, openapi, home,
)  # fmt: skip
OPERATIONS = tuple(operation for resource in RESOURCES for operation in resource.OPERATIONS)
"""All that the API can do, each told by its resource."""
_ROUTES = tuple(operation.path for operation in OPERATIONS)


def app(hub: Hub) -> ASGIApp:
    """The hub over HTTP. The hub stays the caller's, who closes it after the app."""
    counted = Metrics()
    return observed(routed(hub, counted), counted)


def routed(hub: Hub, counted: Metrics, intake: Intake | None = None) -> Litestar:
    """All resources under their routes, every error in the one shape."""
    intake = intake or Intake()
    return Litestar(
        route_handlers=[
            *options_routes(OPERATIONS),
            *decide_routes(hub, counted),
            *tracking_routes(hub, counted, intake),
            *cloudevents_routes(hub, counted, intake),
            *decisions_routes(hub),
            *outcomes_routes(hub),
            *levers_routes(hub),
            *people_routes(hub),
            *groups_routes(hub),
            *privacy_routes(hub),
            *identity_routes(hub),
            *quarantine_routes(hub),
            *health_routes(hub),
            *metrics_routes(counted),
            *ofrep_routes(hub, counted),
            *openapi_routes(OPERATIONS),
            *home_routes(hub),
        ],
        exception_handlers={HTTPException: _failed, Exception: _failed},
        openapi_config=None,
        logging_config=None,
    )


def _failed(request: Request[Any, Any, State], error: Exception) -> Response[ErrorAnswer]:
    told = failure(error, request.scope, _ROUTES)
    return Response(told.answer, status_code=told.status, headers=told.headers, media_type="application/json")

"""/healthz: the process answers. /readyz: it can decide and store."""

from __future__ import annotations

import sqlite3

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from decidedly.api.errors import Problem
from decidedly.api.operation import Operation
from decidedly.app import Hub
from decidedly.core.errors import DecidedlyError, NotReady


class Health(msgspec.Struct, frozen=True, kw_only=True):
    ok: bool


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must be in order. what: "playbook", "model coupon-redemption", "store"."""

    what: str
    ok: bool
    message: str


class Readiness(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """error: the first check that failed, where one did."""

    ready: bool
    checks: tuple[Check, ...]
    error: Problem | None = None


OPERATIONS = (
    Operation(method="get", path="/healthz", summary="The process answers", answers=Health),
    Operation(
        method="get",
        path="/readyz",
        summary="A playbook is published, its models are trained, the store can be written",
        answers=Readiness,
        errors=(503,),
    ),
)


def health_routes(hub: Hub) -> list[HTTPRouteHandler]:
    @get("/healthz", sync_to_thread=False)
    def healthz() -> Health:
        return Health(ok=True)

    @get("/readyz", sync_to_thread=True)
    def readyz() -> Response[Readiness]:
        checks = readiness(hub)
        bad = next((check for check in checks if not check.ok), None)
        if bad is None:
            return Response(Readiness(ready=True, checks=checks))
        error = Problem(code=NotReady.code, message=bad.message, place=bad.what)
        return Response(
            Readiness(ready=False, checks=checks, error=error), status_code=503, headers={"retry-after": "5"}
        )

    return [healthz, readyz]


def readiness(hub: Hub) -> tuple[Check, ...]:
    """Everything that a live decision needs, each looked at."""
    return (*_playbook_and_models(hub), _store(hub))


def _playbook_and_models(hub: Hub) -> list[Check]:
    try:
        snapshot = hub.snapshot
    except DecidedlyError as error:
        return [Check(what="playbook", ok=False, message=str(error))]
    checks = [Check(what="playbook", ok=True, message=snapshot.hash)]
    for model in dict.fromkeys(service.model for service in snapshot.book.services if service.model):
        version = hub.models.current(model)
        message = version or f"Not trained yet: decidedly train {model}."
        checks.append(Check(what=f"model {model}", ok=version is not None, message=message))
    return checks


def _store(hub: Hub) -> Check:
    try:
        hub.store.commit(())  # takes the write lock and gives it back
    except (DecidedlyError, sqlite3.Error, OSError) as error:
        return Check(what="store", ok=False, message=f"The store cannot be written: {error}.")
    return Check(what="store", ok=True, message="writable")

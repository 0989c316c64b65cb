"""Metrics for Prometheus: requests, decisions, events. Labels are routes, services and results, never people."""

from __future__ import annotations

from time import perf_counter

from litestar import MediaType, Response, get
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from decidedly.api.operation import Operation
from decidedly.capture import Report

# A start time beside every counter tells nobody anything.
disable_created_metrics()  # type: ignore[no-untyped-call]
_SECONDS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)

OPERATIONS = (Operation(method="get", path="/metrics", summary="Figures for Prometheus", media_type="text/plain"),)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "decidedly_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._request_seconds = Histogram(
            "decidedly_request_seconds",
            "Time to answer a request.",
            ("route",),
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._decisions = Counter(
            "decidedly_decisions", "Decisions made or found again.", ("service", "result"), registry=self.registry
        )
        self._decision_seconds = Histogram(
            "decidedly_decision_seconds", "Time to decide and store, in process.", ("service",),
            registry=self.registry, buckets=_SECONDS,
        )  # fmt: skip
        self._events = Counter("decidedly_events", "Events that came in, by what became of them.", ("result",),
                               registry=self.registry)  # fmt: skip
        for result in ("accepted", "duplicate", "future", "rejected", "to-confirm"):
            self._events.labels(result)

    def decided(self, service: str, result: str, seconds: float) -> None:
        self._decisions.labels(service, result).inc()
        self._decision_seconds.labels(service).observe(seconds)

    def captured(self, report: Report) -> None:
        self._events.labels("accepted").inc(report.accepted)
        self._events.labels("duplicate").inc(report.duplicates)
        self._events.labels("future").inc(report.future)
        self._events.labels("to-confirm").inc(report.to_confirm)
        self._events.labels("rejected").inc(report.rejected)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, status).inc()
        self._request_seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


def observed(app: ASGIApp, metrics: Metrics) -> ASGIApp:
    """The app, with every request counted and timed by its route."""

    async def observe(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began = perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, noting)
        finally:
            method = str(scope.get("method", "")) if scope.get("method") in _METHODS else "OTHER"
            route = str(scope.get("path_template") or "none").replace(":str}", "}")
            metrics.answered(method, route, status, perf_counter() - began)

    return observe


def metrics_routes(metrics: Metrics) -> list[HTTPRouteHandler]:
    @get("/metrics", sync_to_thread=False, media_type=MediaType.TEXT)
    def text() -> Response[bytes]:
        return Response(metrics.text(), headers={"content-type": CONTENT_TYPE_LATEST})

    return [text]

"""The hub over HTTP: `app(hub)` is an ASGI application, `serve(hub, host, port)` runs it, `serve_workers` in several
processes."""

from decidedly.api.app import app
from decidedly.api.serve import serve
from decidedly.api.workers import serve_workers

__all__ = ["app", "serve", "serve_workers"]

"""The hub over HTTP: `app(hub)` is an ASGI application, `serve(hub, host, port)` runs it."""

from decidedly.api.app import app
from decidedly.api.serve import serve

__all__ = ["app", "serve"]

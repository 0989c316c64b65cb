"""/: what runs here and what to try. /gallery/: the demo's pages, if this folder has them."""

from __future__ import annotations

import mimetypes
from html import escape
from pathlib import Path
from string import Template

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from decidedly import __version__
from decidedly.api.auth import needs
from decidedly.api.operation import Operation, Parameter
from decidedly.app import Hub
from decidedly.core.errors import DecidedlyError, NotFound

_PAGE = Template((Path(__file__).parent / "home.html").read_text(encoding="utf-8"))
_SAFE = {
    "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "script-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
}

OPERATIONS = (
    Operation(method="get", path="/", summary="A page that says what runs here", media_type="text/html"),
    Operation(
        method="get",
        path="/gallery/{file}",
        summary="The demo's pages, where the hub's folder has them",
        media_type="text/html",
        parameters=(Parameter(name="file", where="path", description="A file of the gallery; its index if empty."),),
        scopes=("read",),
        errors=(401, 403, 404),
    ),
)


def home_routes(hub: Hub) -> list[HTTPRouteHandler]:
    gallery = hub.folder / "gallery"
    guards = [needs(hub.access, "read")]

    @get("/", sync_to_thread=True, media_type=MediaType.HTML)
    def home(request: Request[None, None, State]) -> Response[str]:
        return Response(page(hub, str(request.base_url).rstrip("/")), headers=_SAFE)

    @get("/gallery", guards=guards, sync_to_thread=True)
    def index(request: Request[None, None, State]) -> Response[bytes] | Redirect:
        if not request.scope["raw_path"].endswith(b"/"):  # else its links would lead elsewhere
            return Redirect("/gallery/")
        return _file(gallery, "index.html")

    @get("/gallery/{file:path}", guards=guards, sync_to_thread=True)
    def pages(file: FromPath[str]) -> Response[bytes]:
        return _file(gallery, file)

    return [home, index, pages]


def _file(folder: Path, name: str) -> Response[bytes]:
    """A file of the folder or below; nothing beside it, whatever dots and links the name is made of."""
    wanted = (folder / name.lstrip("/")).resolve()
    if not wanted.is_relative_to(folder.resolve()) or not wanted.is_file():
        raise NotFound("There is no such file in the gallery.", place="path", hint="`decidedly demo` makes a gallery.")
    media_type = mimetypes.guess_type(wanted.name)[0] or "application/octet-stream"
    return Response(wanted.read_bytes(), media_type=media_type, headers=_SAFE)


def page(hub: Hub, url: str) -> str:
    """The page, with an example that works at this address."""
    try:
        book = hub.snapshot.book
        brand = book.brand.name
        service = next(iter(book.services))
        ask = {"person": book.dictionary.user_id, "service": service.id, "channel": next(iter(service.inbound), "")}
    except (DecidedlyError, StopIteration):
        brand, ask = "No playbook is published yet", {"person": "crm", "service": "SERVICE", "channel": "web"}
    there = (hub.folder / "gallery" / "index.html").is_file()
    return _PAGE.substitute(
        {name: escape(value) for name, value in ask.items()},
        url=escape(url),
        brand=escape(brand),
        version=escape(__version__),
        now=f"{hub.clock.now():%A %d %B %Y, %H:%M} UTC",
        gallery='<li><a href="/gallery/">Gallery</a>: real households, what they get, and why</li>' if there else "",
    )

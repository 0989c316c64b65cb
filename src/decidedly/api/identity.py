"""/v1/identity: who is who, and people's decisions on it. Each decision names its actor, the key that was used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import msgspec
from litestar import asgi, get
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.types import Receive, Scope, Send

from decidedly import capture
from decidedly.api.auth import authorize, needs
from decidedly.api.operation import NAMED, Operation, Parameter, in_range, whole
from decidedly.api.wire import ClientGone, decoded, posted_json, send_json
from decidedly.app import Hub
from decidedly.capture import Word
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.person import sought

LIMIT = 64 * 1024
MOST = 1000
"""Links of one page of the review."""

T = TypeVar("T", bound=msgspec.Struct)


class PairRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two identifiers, "loyalty:1029", and the reason."""

    one: str
    other: str
    why: str = ""


class SplitRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The identifiers that become a person apart, and the reason."""

    off: list[str]
    why: str = ""


class ReviewRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """number: of the link that waits. same: the two are one person; else they are two and stay so."""

    number: int
    same: bool
    why: str = ""


class IdentityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """person: its id. leaves: ids of the identifiers that it is made of. links: every edge that touches one of them."""

    person: str
    leaves: tuple[str, ...]
    links: tuple[Edge, ...]


class PersonsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who is who after the decision: the leaves of each person that it concerned."""

    persons: tuple[tuple[str, ...], ...]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A link that waits for a decision. number: by which it is decided on."""

    number: int
    link: Edge


class ReviewsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    waiting: tuple[Waiting, ...]


def _decision(name: str, summary: str, takes: type, errors: tuple[int, ...]) -> Operation:
    return Operation(
        method="post", path=f"/v1/identity/{name}", summary=summary, takes=takes, answers=PersonsAnswer,
        scopes=("author",), errors=errors,
    )  # fmt: skip


OPERATIONS = (
    Operation(
        method="get",
        path="/v1/identity/{identifier}",
        summary="What joins a person's identifiers: every link, its evidence and what became of it",
        answers=IdentityAnswer,
        parameters=(
            Parameter(name="identifier", where="path", description="namespace:value, e.g. loyalty:1029", schema=NAMED),
        ),
        scopes=("read",),
        errors=(400, 401, 403, 404),
    ),
    Operation(
        method="get",
        path="/v1/identity",
        summary="Links that wait for a decision, because a match proposed or a limit refused them",
        answers=ReviewsAnswer,
        parameters=(
            Parameter(name="limit", where="query", description="How many.", schema=whole(1, MOST)),
            Parameter(name="after", where="query", description="Those after this number.", schema=whole(0)),
        ),
        scopes=("read",),
        errors=(400, 401, 403),
    ),
    _decision("merge", "Two persons are one", PairRequest, (400, 401, 403, 404, 405, 409, 415)),
    _decision("unmerge", "Take back what joins two identifiers", PairRequest, (400, 401, 403, 404, 405, 409, 415)),
    _decision("split", "Identifiers become a person apart", SplitRequest, (400, 401, 403, 404, 405, 415)),
    _decision("review", "Decide on a link that waits", ReviewRequest, (400, 401, 403, 404, 405, 409, 415)),
)

_pairs = msgspec.json.Decoder(PairRequest)
_splits = msgspec.json.Decoder(SplitRequest)
_reviews = msgspec.json.Decoder(ReviewRequest)
_encode = msgspec.json.Encoder().encode


def identity_routes(hub: Hub) -> list[HTTPRouteHandler | ASGIRouteHandler]:
    read = [needs(hub.access, "read")]

    def known(text: str) -> Identifier:
        return sought(Identifier.parse(text), hub.snapshot.book.dictionary)

    @get("/v1/identity/{identifier:str}", guards=read, sync_to_thread=True)
    def links(identifier: FromPath[str]) -> IdentityAnswer:
        cluster = hub.graph.person(known(identifier)).cluster
        edges = tuple(hub.reader.edges_of(cluster.leaves))
        return IdentityAnswer(person=cluster.person, leaves=cluster.leaves, links=edges)

    @get("/v1/identity", guards=read, sync_to_thread=True)
    def reviews(limit: FromQuery[int] = 100, after: FromQuery[int] = 0) -> ReviewsAnswer:
        found = hub.reader.reviews(in_range(limit, "limit", 1, MOST), in_range(after, "after", 0))
        return ReviewsAnswer(waiting=tuple(Waiting(number=number, link=edge) for number, edge in found))

    def merge(request: PairRequest, word: Word) -> list[Cluster]:
        one, other = known(request.one), known(request.other)
        return [capture.merge(hub.graph, one, other, word)]

    def unmerge(request: PairRequest, word: Word) -> list[Cluster]:
        one, other = known(request.one), known(request.other)
        return list(capture.unmerge(hub.graph, one, other, word))

    def split(request: SplitRequest, word: Word) -> list[Cluster]:
        return list(capture.split(hub.graph, [known(one) for one in request.off], word))

    def review(request: ReviewRequest, word: Word) -> list[Cluster]:
        edge = capture.review(hub.graph, request.number, same=request.same, word=word)
        found = {cluster.person: cluster for cluster in (hub.graph.cluster(edge.a), hub.graph.cluster(edge.b))}
        return [found[person] for person in sorted(found)]

    def decision(
        name: str, decoder: msgspec.json.Decoder[T], decide: Callable[[T, Word], list[Cluster]]
    ) -> ASGIRouteHandler:
        @asgi(f"/v1/identity/{name}", copy_scope=False)
        async def route(scope: Scope, receive: Receive, send: Send) -> None:
            principal = authorize(hub.access, scope, "author")
            try:
                request = decoded(decoder, await posted_json(scope, receive, LIMIT))
            except ClientGone:
                return
            why: str = request.why  # type: ignore[attr-defined]
            word = Word(at=hub.clock.now(), actor=principal.name, why=why)
            clusters = await asyncio.to_thread(decide, request, word)
            answer = PersonsAnswer(persons=tuple(cluster.leaves for cluster in clusters))
            await send_json(send, 200, _encode(answer))

        return route

    return [
        links,
        reviews,
        decision("merge", _pairs, merge),
        decision("unmerge", _pairs, unmerge),
        decision("split", _splits, split),
        decision("review", _reviews, review),
    ]

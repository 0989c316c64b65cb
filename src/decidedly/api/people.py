"""/v1/people: the one record of a person, and the rules that the person sets."""

from __future__ import annotations

import asyncio

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from decidedly.api.ask import checked_identifier, moment_of
from decidedly.api.auth import authorize, needs, sees_all
from decidedly.api.operation import MOMENT, NAMED, Operation, Parameter
from decidedly.api.wire import decoded, posted_json
from decidedly.app import Hub
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.decide import OwnRuleSet
from decidedly.person import Card

LIMIT = 16 * 1024


class RuleRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The choices of a form.

    choice : never-about (topic), only-by (channels), only-if-urgent (channels), hours (not_before, not_after), at-most
             (count messages a week)
    rule   : id of the rule that is changed or taken back; a new one without it
    words  : how the person puts it
    """

    choice: str = ""
    topic: str = ""
    channels: list[str] = []
    not_before: str = ""
    not_after: str = ""
    count: int | None = None
    words: str = ""
    rule: str = ""
    removed: bool = False


OPERATIONS = (
    Operation(
        method="get",
        path="/v1/people/{identifier}",
        summary="The record of a person: identifiers, facts with provenance, consent, recent history, contacts",
        description="Secrets and special categories are masked unless the key also has the scope sensitive.",
        answers=Card,
        parameters=(
            Parameter(name="identifier", where="path", description="namespace:value, e.g. loyalty:1029", schema=NAMED),
            Parameter(name="at", where="query", description="As of this moment, on the caller's clock.", schema=MOMENT),
        ),
        scopes=("read",),
        errors=(400, 401, 403, 404),
    ),
    Operation(
        method="post",
        path="/v1/people/{identifier}/rules",
        summary="Set one of the person's own rules, or take it back",
        description="Made of choices; obeyed before everything else in every channel.",
        takes=RuleRequest,
        answers=OwnRuleSet,
        parameters=(
            Parameter(name="identifier", where="path", description="namespace:value, e.g. loyalty:1029", schema=NAMED),
        ),
        scopes=("capture",),
        errors=(400, 401, 403, 405, 413, 415),
    ),
)

_rules = msgspec.json.Decoder(RuleRequest)


def people_routes(hub: Hub) -> list[HTTPRouteHandler]:
    @get("/v1/people/{identifier:str}", guards=[needs(hub.access, "read")], sync_to_thread=True)
    def person(
        request: Request[None, None, State], identifier: FromPath[str], at: FromQuery[str | None] = None
    ) -> Card:
        who, moment = named(identifier, hub), moment_of(at, hub.clock, "query.at")
        return hub.person(who, moment, sensitive=sees_all(hub.access, request.scope))

    @post("/v1/people/{identifier:str}/rules", status_code=200)
    async def rules(request: Request[None, None, State], identifier: FromPath[str]) -> OwnRuleSet:
        principal = authorize(hub.access, request.scope, "capture")
        asked = decoded(_rules, await posted_json(request.scope, request.receive, LIMIT))
        who = named(identifier, hub)
        said = {name: getattr(asked, name) for name in asked.__struct_fields__ if name != "rule"}
        return await asyncio.to_thread(hub.set_rule, who, said, source=principal.name, rule=asked.rule)

    return [person, rules]


def named(identifier: str, hub: Hub) -> Identifier:
    """The identifier of a path. Raises BadInput."""
    namespace, colon, value = identifier.partition(":")
    if not colon:
        raise BadInput(
            f"'{identifier}' is not an identifier.",
            place="path.identifier",
            hint="Write namespace:value, loyalty:1029.",
        )
    return checked_identifier(namespace, value, hub.snapshot.book.dictionary, "path.identifier")

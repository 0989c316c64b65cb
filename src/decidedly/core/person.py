"""Leaf: the state of one identity that was never merged. Person: the one record seen at one time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from decidedly.core.consent import Confirmation, Consent
from decidedly.core.group import Membership
from decidedly.core.identifier import Identifier
from decidedly.core.own_rule import OwnRule
from decidedly.core.provenance import Fact


class Pane(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one leaf of one kind, as columns, in canonical order (at, key, item).

    at      : int64[events], unix seconds, rounded down
    micros  : int32[events], microseconds past `at`; empty where every event fell on a whole second
    key     : int64[events], 64-bit key of the message id
    first   : int32[events + 1], first item of each event; an event of a kind without items has one
    columns : name -> the items' column; the dictionary's type says how wide (see `person.panes`)
    """

    at: bytes = b""
    key: bytes = b""
    first: bytes = b"\0\0\0\0"
    columns: dict[str, bytes] = {}
    micros: bytes = b""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """The earliest event of a leaf that carried another identifier too: `at`, and its message id."""

    identifier: Identifier
    at: datetime
    message_id: str
    alias: bool = False


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """Everything folded from the events of one identity. Values are kept, losing ones too.

    A leaf is one identifier: what happened is folded into the leaf of the most telling identifier of each event, so
    that nothing depends on the order of arrival.

    version : number of times the leaf was written
    identifiers : its own, alone
    links   : the other identifiers that its events carried, in order of identifiers
    facts   : attribute id -> all that was said of it, oldest first, ties by message id
    consents, confirmations, own_rules, memberships : all that was said of them, oldest first, ties by message id
    panes   : event kind -> its history
    """

    id: str
    version: int = 0
    identifiers: tuple[Identifier, ...] = ()
    facts: dict[str, tuple[Fact, ...]] = {}
    consents: tuple[Consent, ...] = ()
    panes: dict[str, Pane] = {}
    links: tuple[Link, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    own_rules: tuple[OwnRule, ...] = ()
    memberships: tuple[Membership, ...] = ()


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The unified record of one human as of `at`: `combine(leaves, at)`. Nothing later than `at` is in it.

    facts   : attribute id -> the value that counts, with its provenance
    consents: purpose -> channel -> the word that counts; "all" for the purposes and channels that no word names (read
              it by `person.consent_for`)
    pending : permissions that wait for their confirmation, or waited in vain; they permit nothing
    own_rules: the rules that the person set, the oldest first
    panes   : event kind -> history strictly before `at`
    groups  : those that the person is in, the latest joined first
    among   : kind of group -> event kind -> the history of all whom decisions for this person may read together; only
              where it was asked for
    """

    id: str
    at: datetime
    known: bool
    identifiers: tuple[Identifier, ...] = ()
    facts: dict[str, Fact] = {}
    consents: dict[str, dict[str, Consent]] = {}
    pending: tuple[Consent, ...] = ()
    own_rules: tuple[OwnRule, ...] = ()
    panes: dict[str, Pane] = {}
    groups: tuple[Membership, ...] = ()
    among: dict[str, dict[str, Pane]] = {}

    def value(self, attribute: str) -> Any:
        fact = self.facts.get(attribute)
        return None if fact is None else fact.value

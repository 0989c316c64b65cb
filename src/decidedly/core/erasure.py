"""Erasure: somebody's data taken out of everywhere, and the little that stays so that it keeps out."""

from __future__ import annotations

from datetime import datetime

import msgspec

from decidedly.core.errors import DecidedlyError
from decidedly.core.identifier import Identifier
from decidedly.core.seal import Sort


class Erased(DecidedlyError):
    """It was of a person whose data was erased."""

    code = "privacy.erased"


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom something is erased. leaves: ids; values: by which they are named or reached, as plain texts."""

    leaves: tuple[str, ...]
    identifiers: tuple[Identifier, ...] = ()
    values: tuple[str, ...] = ()


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure. Nothing in it tells whose data it was.

    by, why   : who erased and for what reason, in the operator's words
    removed   : place -> rows, files or events that are gone: "store.events": 12
    rewritten : place -> those of others that named the person and do not any more
    key       : tells by which hub's key its tombstones were made (`Seal.check`)
    models    : model -> the version in force that was trained with the person's history among others
    refitted  : model -> the version that was trained without it since
    pending   : what is left, until when, in words
    done      : every place was gone through
    """

    id: str
    at: datetime
    by: str
    why: str
    key: str = ""
    removed: dict[str, int] = {}
    rewritten: dict[str, int] = {}
    models: dict[str, str] = {}
    refitted: dict[str, str] = {}
    pending: tuple[str, ...] = ()
    done: bool = False


class Tombstone(msgspec.Struct, frozen=True, order=True, array_like=True):
    """A keyed hash of something that was erased (`Seal.of`)."""

    sort: Sort
    hash: bytes


class Scrubbed(msgspec.Struct, frozen=True, kw_only=True):
    """done: nothing is left in the store's own tables; remains: what is left where it cannot reach, in words."""

    done: bool
    remains: str = ""


class Kept(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A count that outlives what it counted: events by kind, decisions by service, a day (UTC)."""

    what: str
    name: str
    day: str
    count: int

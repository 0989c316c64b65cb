"""Columns: many values as one parameter of a statement, in PostgreSQL's binary form of arrays.

A list handed to psycopg is adapted value by value, which took three times as long as the insert itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from struct import Struct
from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

# Source: PostgreSQL's array_send: dimensions, flags, element type, then length and lower bound of the one dimension;
# every element is its length and its bytes.
_HEAD = Struct("!iiIii")
_LENGTH = Struct("!i").pack
_NONE = Struct("!iiI")
_BYTES, _TEXT, _INTEGER = 17, 25, 20
"""Object ids of bytea, text and bigint, which every PostgreSQL has."""


class Column:
    """An array as it goes over the wire."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw


class ByteColumn(Column):
    """bytea[]"""


class TextColumn(Column):
    """text[]"""


class IntegerColumn(Column):
    """bigint[]"""


def of_bytes(values: Sequence[bytes]) -> ByteColumn:
    return ByteColumn(_array(_BYTES, values))


def of_texts(values: Sequence[str]) -> TextColumn:
    return TextColumn(_array(_TEXT, [value.encode() for value in values]))


def of_integers(values: Sequence[int]) -> IntegerColumn:
    """Integers of 64 bits at most."""
    count = len(values)
    body = Struct("!" + "iq" * count).pack(*chain.from_iterable((8, value) for value in values))
    return IntegerColumn(_head(_INTEGER, count) + body)


def _array(element: int, values: Sequence[bytes]) -> bytes:
    lengths: Iterable[bytes] = (_LENGTH(len(value)) for value in values)
    parts = chain.from_iterable(zip(lengths, values, strict=True))
    return b"".join((_head(element, len(values)), *parts))


def _head(element: int, count: int) -> bytes:
    return _HEAD.pack(1, 0, element, count, 1) if count else _NONE.pack(0, 0, element)


class _ByteDumper(Dumper):
    format = Format.BINARY
    oid = 1001

    def dump(self, obj: Column) -> Buffer:
        return obj.raw


class _TextDumper(_ByteDumper):
    oid = 1009


class _IntegerDumper(_ByteDumper):
    oid = 1016


def register(connection: Connection[Any]) -> None:
    """Let a connection take columns as parameters."""
    connection.adapters.register_dumper(ByteColumn, _ByteDumper)
    connection.adapters.register_dumper(TextColumn, _TextDumper)
    connection.adapters.register_dumper(IntegerColumn, _IntegerDumper)

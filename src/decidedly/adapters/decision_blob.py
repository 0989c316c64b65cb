"""Decision blobs: a record in as few bytes as may be, since every decision leaves one, and every ask waits for it.

Schema 2 is the record's msgpack, compressed, with its arrays laid out so that they compress: channel by channel, since
channels mostly agree; the bytes of numbers by their place in the number, since the leading ones are alike; and scores
of those alone that have one. The ask stands before it as plain msgpack: who is erased is found in it by the bytes of
their identifiers (`without.traces`). Schema 1 was the canonical bytes as they are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from struct import Struct
from threading import local

import msgspec
import numpy as np
import zstandard
from msgspec.structs import replace
from numpy.typing import NDArray

from decidedly.adapters.decision_words import WORDS_2
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord, from_bytes, propensity_of_scored
from decidedly.core.errors import StoreTooNew

SCHEMA = 2
_LEVEL = -1
"""Level 1 saves another 8 % of the bytes and takes half as long again; zlib is larger and takes four times as long."""
_NAN = np.array([np.nan], "<f4").view("<u4")[0]

_HEAD = Struct("!H?I")
"""The schema number, whether the arrays are laid out, and how many bytes the ask takes."""
_MANY = 256
"""Arrays of fewer candidates stay as they are: laying them out would take longer than it saves."""
_ELSEWHERE = Ask(ask_id="", who=(), service="", at=datetime(1970, 1, 1, tzinfo=UTC))

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(DecisionRecord).decode
_decode_ask = msgspec.msgpack.Decoder(Ask).decode


class _Zstd(local):
    """Of each thread its own: neither may be used by two at a time."""

    def __init__(self) -> None:
        words = zstandard.ZstdCompressionDict(WORDS_2, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        words.precompute_compress(level=_LEVEL)
        self.compress = zstandard.ZstdCompressor(level=_LEVEL, dict_data=words, write_dict_id=False).compress
        self.decompress = zstandard.ZstdDecompressor(dict_data=words).decompress


_zstd = _Zstd()


class DecisionCodec:
    """Bytes of decision records, for stores."""

    def encode(self, record: DecisionRecord) -> bytes:
        ask = _encode(record.ask)
        many = len(record.dropped) > 2 * _MANY
        body = packed(record) if many else replace(record, ask=_ELSEWHERE)
        return _HEAD.pack(SCHEMA, many, len(ask)) + ask + _zstd.compress(_encode(body))

    def decode(self, blob: bytes) -> DecisionRecord:
        """Raises StoreTooNew for a blob of a later schema, msgspec.ValidationError or ZstdError for one that is
        damaged."""
        schema = int.from_bytes(blob[:2], "big")
        if schema == 1:
            return _of_schema_1(from_bytes(blob[2:]))
        if schema != SCHEMA:
            raise StoreTooNew.of("DecisionRecord", schema, SCHEMA)
        whole = memoryview(blob)
        _, many, length = _HEAD.unpack_from(blob)
        end = _HEAD.size + length
        record = replace(_decode(_zstd.decompress(whole[end:])), ask=_decode_ask(whole[_HEAD.size : end]))
        return unpacked(record) if many else record


def packed(record: DecisionRecord) -> DecisionRecord:
    """The record without its ask, its arrays laid out for compression; `unpacked` undoes that to the byte."""
    shape = (record.actions, len(record.channels))
    inputs = record.inputs
    codes = np.frombuffer(record.dropped, "<u2").reshape(shape).T
    priority = np.frombuffer(record.priority, "<f4").reshape(shape).T
    scored = priority == priority
    low = codes.astype("u1")
    if scored.tobytes() == (codes == 0).tobytes():
        priority = priority[scored]
    propensity = np.frombuffer(inputs.propensity, "<f4")[scored.any(axis=0)]
    return replace(
        record,
        ask=_ELSEWHERE,
        dropped=low.tobytes() if low.astype("<u2").tobytes() == codes.tobytes() else codes.tobytes(),
        priority=_by_place(np.ascontiguousarray(priority)),
        inputs=replace(
            inputs,
            candidates={id: _by_place(np.frombuffer(raw, "<i4")) for id, raw in inputs.candidates.items()},
            propensity=_by_place(propensity),
        ),
    )


def unpacked(record: DecisionRecord) -> DecisionRecord:
    """The record whose arrays `packed` laid out, with those that it had."""
    actions, channels = record.actions, len(record.channels)
    inputs = record.inputs
    wide = len(record.dropped) > actions * channels
    codes = np.frombuffer(record.dropped, "<u2" if wide else "u1").reshape(channels, actions)
    told = _as_numbers(record.priority)
    if len(told) < codes.size:
        told = _spread(told, codes == 0)
    priority = told.view("<f4").reshape(channels, actions)
    scored = (priority == priority).any(axis=0)
    return replace(
        record,
        dropped=codes.T.astype("<u2").tobytes(),
        priority=priority.T.tobytes(),
        inputs=replace(
            inputs,
            candidates={id: _as_numbers(raw).tobytes() for id, raw in inputs.candidates.items()},
            propensity=_spread(_as_numbers(inputs.propensity), scored).tobytes(),
        ),
    )


def _by_place(numbers: NDArray[np.generic]) -> bytes:
    """Of four-byte numbers the first byte of each, then the second of each, and so on."""
    return numbers.view("u1").reshape(-1, 4).T.tobytes()


def _as_numbers(raw: bytes) -> NDArray[np.uint32]:
    """uint32[k]: the numbers that were laid out by place."""
    return np.frombuffer(raw, "u1").reshape(4, -1).T.copy().view("<u4").reshape(-1)


def _spread(numbers: NDArray[np.uint32], there: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """The numbers where they are there, NaN elsewhere."""
    whole = np.full(there.shape, _NAN, "<u4")
    whole[there] = numbers
    return whole


def _of_schema_1(record: DecisionRecord) -> DecisionRecord:
    """Schema 1 kept the propensities of those too that a rule dropped; no stage reads them."""
    propensity = propensity_of_scored(record.inputs.propensity, record.priority, record.actions)
    return replace(record, inputs=replace(record.inputs, propensity=propensity))

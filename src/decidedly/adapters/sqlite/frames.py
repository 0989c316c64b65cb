"""Frames: what goes between a worker and the one process that writes, as bytes on a socket."""

from __future__ import annotations

import socket
from struct import Struct

import msgspec

from decidedly.adapters.rows import Rows
from decidedly.core.work import Committed

_LENGTH = Struct("!I")


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the works; or why all of them failed, and whether the store is away."""

    committed: tuple[Committed, ...] = ()
    error: str = ""
    place: str = ""
    hint: str = ""
    away: bool = False


encode = msgspec.msgpack.Encoder().encode
decode_works = msgspec.msgpack.Decoder(list[Rows]).decode
decode_answer = msgspec.msgpack.Decoder(Answered).decode


def send(line: socket.socket, frame: bytes) -> None:
    line.sendall(_LENGTH.pack(len(frame)) + frame)


def receive(line: socket.socket) -> bytes | None:
    """The next frame; None where the other side hung up before one began. Raises ConnectionError in the middle."""
    head = _exactly(line, _LENGTH.size)
    if not head:
        return None
    (length,) = _LENGTH.unpack(head)
    body = _exactly(line, length)
    if length and not body:
        raise ConnectionError("The other side hung up within a frame.")
    return body


def _exactly(line: socket.socket, size: int) -> bytes:
    parts: list[bytes] = []
    missing = size
    while missing:
        part = line.recv(min(missing, 1 << 20))
        if not part:
            if parts:
                raise ConnectionError("The other side hung up within a frame.")
            return b""
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)

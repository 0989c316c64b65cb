"""The pickup folder: whole files of the right form, one per key."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from decidedly.adapters.senders.folder import FolderSender
from decidedly.core.errors import SendFailed
from decidedly.ports.sender import Envelope, Part

TEXT, HTML = Part("text/plain", "Hello Zoë,\nBye.\n".encode()), Part("text/html", "<p>Hello Zoë</p>".encode())
HEADERS = Part("text/rfc822-headers", b"List-Unsubscribe: <https://m.example/u>\r\n")


def envelope(key: str = "d1", channel: str = "email", parts: tuple[Part, ...] = (TEXT, HTML, HEADERS)) -> Envelope:
    sender = "Maple & Main <coupons@maple.example>"
    return Envelope(key=key, channel=channel, to="zoe@example.com", sender=sender, subject="Zoë, hello", parts=parts)


def mail(path: str) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(Path(path).read_bytes(), policy=policy.default))


def test_an_email_is_correct_mime_with_its_way_out(tmp_path: Path) -> None:
    sent = mail(FolderSender(tmp_path).send(envelope()))
    assert sent.get_content_type() == "multipart/alternative"
    assert sent.defects == []
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().split("\r\n") for part in sent.iter_parts()] == [
        ["Hello Zoë,", "Bye."],
        ["<p>Hello Zoë</p>"],
    ]
    assert sent["Subject"] == "Zoë, hello"
    assert sent["List-Unsubscribe"] == "<https://m.example/u>"
    assert sent["Message-ID"] == "<d1@maple.example>"


def test_no_line_of_an_email_is_longer_than_mail_allows(tmp_path: Path) -> None:
    long = (Part("text/plain", b"a" * 5000), Part("text/html", "ë".encode() * 5000))
    raw = Path(FolderSender(tmp_path).send(envelope(parts=long))).read_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("channel", "part", "suffix"),
    [("sms", TEXT, ".txt"), ("print", Part("application/pdf", b"%PDF-1.7"), ".pdf")],
)
def test_each_channel_has_its_form(tmp_path: Path, channel: str, part: Part, suffix: str) -> None:
    path = Path(FolderSender(tmp_path).send(envelope(channel=channel, parts=(part,))))
    assert path.name == f"d1{suffix}"
    assert part.body in path.read_bytes()


def test_the_same_key_is_handed_over_once(tmp_path: Path) -> None:
    sender = FolderSender(tmp_path)
    first = sender.send(envelope())
    before = Path(first).read_bytes()
    assert sender.send(envelope(parts=(TEXT,))) == first
    assert Path(first).read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("key", ["../evil", "a/b", "", ".hidden", "a\n"])
def test_a_key_never_leaves_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(SendFailed):
        FolderSender(tmp_path).send(envelope(key=key))
    assert list(tmp_path.iterdir()) == []


def test_a_message_without_a_form_for_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SendFailed, match="web"):
        FolderSender(tmp_path).send(envelope(channel="web", parts=(HTML,)))

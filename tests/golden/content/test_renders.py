"""The grocer's template on a fixed view: what each channel says, as files to read.

`DECIDEDLY_REWRITE=1 pytest tests/golden/content` writes them as they come now; read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from decidedly.content import render
from tests.unit.content.views import template, view

HOME = Path(__file__).parent
CASES = {
    "email.html": ("email", "text/html"),
    "email.txt": ("email", "text/plain"),
    "sms.txt": ("sms", "text/plain"),
    "web.html": ("web", "text/html"),
    "web.json": ("web", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_the_form_is_as_it_was(name: str) -> None:
    channel, media_type = CASES[name]
    treatment = render(template(), view(offers=5), channel)
    if media_type:
        now = treatment.body(media_type).decode()
    else:
        now = msgspec.json.format(msgspec.json.encode(treatment.fields), indent=2).decode() + "\n"
    path = HOME / name
    if os.environ.get("DECIDEDLY_REWRITE"):
        path.write_text(now, encoding="utf-8", newline="")
    assert now == path.read_text(encoding="utf-8")


def test_a_letter_is_the_same_bytes_each_time() -> None:
    first, second = (render(template(), view(), "print").body("application/pdf") for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")

"""Letters: a clear word where Pango is missing, and nothing fetched."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import pytest

from decidedly.content import render
from decidedly.content.channels import print as letters
from decidedly.core.errors import NotReady
from tests.unit.content.views import template, view


@pytest.fixture
def no_pango(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **named)

    letters._weasyprint.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    yield
    letters._weasyprint.cache_clear()


@pytest.mark.usefixtures("no_pango")
def test_without_pango_the_error_says_what_to_install() -> None:
    with pytest.raises(NotReady, match="apt-get install libpango"):
        render(template(), view(), "print")


@pytest.mark.usefixtures("no_pango")
def test_without_pango_the_other_channels_work() -> None:
    assert render(template(), view(), "email").parts


@pytest.mark.parametrize("offers", [0, 1, 16])
def test_a_letter_has_one_or_two_pages(offers: int) -> None:
    html = render(template(), view(offers), "print").body("text/html").decode()
    assert 1 <= letters.page_count(html) <= 2


def test_a_letter_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="disallowed protocol"):
        letters._no_fetcher().fetch("file:///etc/passwd")
    assert letters.typeset("<img src='file:///etc/passwd'><p>x</p>").startswith(b"%PDF-")

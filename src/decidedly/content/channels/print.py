"""Print: the letter as HTML, set into a PDF by WeasyPrint. Same letter, same bytes; nothing is ever fetched."""

from __future__ import annotations

import gc
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from decidedly.content.campaign import Campaign
from decidedly.content.treatment import Treatment
from decidedly.core.errors import NotReady
from decidedly.ports.sender import Part

DEBIAN_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation"
"""What WeasyPrint needs from the system, and a typeface for the letters."""

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def render(campaign: Campaign, context: Mapping[str, Any]) -> Treatment:
    """The PDF, and the HTML that it was set from."""
    html = letter(campaign, context)
    return Treatment(
        channel="print",
        subject=context["subject"],
        parts=(Part("application/pdf", typeset(html)), Part("text/html", html.encode())),
        shown=tuple(offer["id"] for offer in context["offers"]),
    )


def letter(campaign: Campaign, context: Mapping[str, Any]) -> str:
    """The letter as HTML, before it is set."""
    return campaign.part("letter.html.liquid", context)


def typeset(html: str) -> bytes:
    """HTML to PDF. Style sheets are parsed once per text, fonts are found once per process."""
    identifier = hashlib.blake2b(html.encode(), digest_size=16).hexdigest().encode()
    with _no_collection():
        return bytes(_lay_out(html).write_pdf(pdf_identifier=identifier))


def page_count(html: str) -> int:
    """Pages that a letter takes."""
    return len(_lay_out(html).pages)


def _lay_out(html: str) -> Any:
    weasyprint = _weasyprint()
    sheets = [_sheet(text) for text in _STYLE.findall(html)]
    parsed = weasyprint.HTML(string=_STYLE.sub("", html), url_fetcher=_no_fetcher())
    return parsed.render(stylesheets=sheets, font_config=_fonts())


@contextmanager
def _no_collection() -> Iterator[None]:
    # A letter is 100,000 small objects that live to its end; searching them for rubbish is a fifth of its time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@lru_cache(maxsize=1)
def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise NotReady(
            "Letters need the text layout library Pango, which this machine does not have.",
            place="channel print",
            hint=f"Debian, Ubuntu: apt-get install {DEBIAN_PACKAGES}; macOS: brew install pango.",
        ) from error
    return weasyprint


@lru_cache(maxsize=1)
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@lru_cache(maxsize=64)
def _sheet(text: str) -> Any:
    return _weasyprint().CSS(string=text, font_config=_fonts(), url_fetcher=_no_fetcher())


@lru_cache(maxsize=1)
def _no_fetcher() -> Any:
    # Everything a letter shows stands in the letter: no protocol is allowed, not even that of files.
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=())

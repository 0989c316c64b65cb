"""MJML to HTML, once per template: the Liquid stays in it, so that a message costs only its own words.

Each Liquid tag is put aside under a mark of plain letters, which XML and MJML pass through untouched, and put back
into the HTML. Nothing personal is there yet, so no name can ever be read as markup of MJML.
"""

from __future__ import annotations

import re

import mrml

from decidedly.feel.diagnostics import Diagnostic, Place

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MARK = re.compile(r"LQTAG(\d+)END")
_NO_FONTS = mrml.RenderOptions(fonts={})


def compile_mjml(source: str, place: Place) -> tuple[str, tuple[Diagnostic, ...]]:
    """HTML with its Liquid tags intact, or "" and what is wrong."""
    if _MARK.search(source):
        return "", (Diagnostic("content.mjml", "The text holds 'LQTAG...END', which we need as a mark.", place=place),)
    tags: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        tags.append(match[0])
        return f"LQTAG{len(tags) - 1}END"

    marked = _TAG.sub(put_aside, source)
    try:
        html: str = mrml.to_html(marked, render_options=_NO_FONTS).content
    except OSError as error:
        return "", (Diagnostic("content.mjml", f"This is not MJML: {error}.", place=place),)
    kept = {int(number) for number in _MARK.findall(html)}
    lost = [tag for number, tag in enumerate(tags) if number not in kept]
    if lost:
        line = 1 + source.count("\n", 0, source.index(lost[0]))
        found = Diagnostic(
            "content.mjml",
            f"MJML has no place for {lost[0]} here, so it would be lost.",
            "Put tags that stand between elements into <mj-raw>.",
            Place(file=place.file, line=line),
        )
        return "", (found,)
    return _MARK.sub(lambda match: tags[int(match[1])], html), ()

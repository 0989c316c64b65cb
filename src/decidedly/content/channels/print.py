"""Print: the letter, set into a PDF by Typst. The letter's data are JSON, so nothing in them can be a command.

A letter is one file: it reads no other, loads no package, knows no clock. Same letter, same bytes.
"""

from __future__ import annotations

import re
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal, TypeVar

import msgspec
import typst

from decidedly.content.barcode import barcode
from decidedly.content.campaign import Campaign, compiled
from decidedly.content.liquid import CannotRender
from decidedly.content.treatment import Treatment
from decidedly.content.variables import context_of
from decidedly.content.view import View
from decidedly.core.derive import digest
from decidedly.core.playbook import Template
from decidedly.ports.sender import Part

_LEFT_OUT = ("rows", "look_of", "preheader", "call_to_action", "decision_id")
"""What other channels need; a letter's data hold only what is printed or may be."""

# Latin, Greek and Cyrillic with their punctuation and currencies: Typst's own fonts have them, and are the same on
# every machine. Only a letter with other characters may look for them among the fonts of the system.
_OWN_FONTS = re.compile(r"[\n -\u024f\u0370-\u052f\u1e00-\u1fff\u200b-\u205e\u20a0-\u20bf]*")
_WHERE = re.compile(r"letter\.typ:(\d+):(\d+)")
_KEPT = 16
LETTER = "letter.typ"
_T = TypeVar("_T")


def render(campaign: Campaign, context: Mapping[str, Any]) -> Treatment:
    """The letter as a PDF."""
    return Treatment(
        channel="print",
        subject=context["subject"],
        parts=(Part("application/pdf", pdf(campaign, letter_data(campaign, context))),),
        shown=tuple(offer["id"] for offer in context["offers"]),
    )


def preview(template: Template, view: View) -> tuple[bytes, ...]:
    """The letter as pictures, one SVG a page, for a screen. What is posted is the PDF of `render`."""
    campaign = compiled(template)
    context = context_of(view)
    return pages(campaign, letter_data(campaign, context | campaign.words(context, view.segments)))


def letter_data(campaign: Campaign, context: Mapping[str, Any]) -> bytes:
    """All that the letter reads, as JSON: the variables, the texts, the look, and a barcode for each offer."""
    said = {name: value for name, value in context.items() if name not in _LEFT_OUT}
    symbology = campaign.settings.barcode
    said["offers"] = [
        offer | {"barcode": barcode(offer["code"], symbology) if symbology and offer["code"] else None}
        for offer in context["offers"]
    ]
    return msgspec.json.encode(said)


def pdf(campaign: Campaign, data: bytes) -> bytes:
    """The pages as one PDF."""
    set_ = _set(campaign, data, lambda compiler, inputs: compiler.compile(sys_inputs=inputs, format="pdf", timestamp=0))
    if not isinstance(set_, bytes):
        raise CannotRender("The letter has no pages.", place=str(campaign.letter_place))
    return set_


def pages(campaign: Campaign, data: bytes) -> tuple[bytes, ...]:
    """Each page as an SVG."""
    set_ = _set(campaign, data, lambda compiler, inputs: compiler.compile(sys_inputs=inputs, format="svg", timestamp=0))
    return (set_,) if isinstance(set_, bytes) else tuple(set_ or ())


def warnings_of(campaign: Campaign, data: bytes) -> tuple[str, ...]:
    """What Typst finds doubtful in the letter, such as a font that is not there."""
    _, found = _set(
        campaign,
        data,
        lambda compiler, inputs: compiler.compile_with_warnings(sys_inputs=inputs, format="svg", timestamp=0),
    )
    return tuple(warning.message for warning in found)


def _set(campaign: Campaign, data: bytes, work: Callable[[typst.Compiler, dict[str, str]], _T]) -> _T:
    view = data.decode()
    compiler = _compiler(campaign.letter, "own" if _OWN_FONTS.fullmatch(view) else "system")
    try:
        with _setting:
            return work(compiler, {"view": view})
    except typst.TypstError as error:
        found = _WHERE.search(error.diagnostic)
        place = msgspec.structs.replace(
            campaign.letter_place, line=int(found[1]) if found else 1, column=int(found[2]) if found else 1
        )
        raise CannotRender(f"{error.message}.", place=str(place), hint=" ".join(error.hints)) from error


_setting = Lock()  # a compiler belongs to one thread at a time
_compilers: OrderedDict[tuple[str, str], typst.Compiler] = OrderedDict()


def _compiler(source: str, fonts: Literal["own", "system"]) -> typst.Compiler:
    """The compiler of one letter, kept by its content."""
    with _setting:
        found = _compilers.get((source, fonts))
        if found is None:
            # Typst reads files below its root only: a folder of ours that holds nothing but this letter.
            folder = Path(_letters().name, f"{digest(source)}-{fonts}")
            folder.mkdir(exist_ok=True)
            (folder / LETTER).write_text(source, encoding="utf-8")
            found = _compilers[source, fonts] = typst.Compiler(
                folder / LETTER,
                root=folder,
                font_paths=_fonts(fonts),
                ignore_system_fonts=True,
                package_path=folder,
                package_cache_path=folder,
            )
            if len(_compilers) > _KEPT:
                _compilers.popitem(last=False)
        return found


@lru_cache(maxsize=2)
def _fonts(which: Literal["own", "system"]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=which == "system")


@lru_cache(maxsize=1)
def _letters() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="decidedly-letters-")

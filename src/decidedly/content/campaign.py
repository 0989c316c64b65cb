"""Campaign: a template compiled, once per content: parsed Liquid, MJML already HTML, the settings read."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from liquid import BoundTemplate

from decidedly.content import liquid
from decidedly.content.mjml import compile_mjml
from decidedly.content.settings import COLOURS, DEFAULT, Settings, line_of, read_settings, variant
from decidedly.core.derive import content_hash
from decidedly.core.errors import AuthoringError
from decidedly.core.playbook import Template
from decidedly.feel.diagnostics import Diagnostic, Place

PARTS = {
    "email": ("email.mjml.liquid", "text.liquid"),
    "sms": ("sms.liquid",),
    "print": ("letter.typ",),
    "web": ("web.html.liquid",),
}
"""The files that each channel is rendered from."""

SETTINGS_FILE = "template.toml"

LETTER = PARTS["print"][0]

_BEYOND = re.compile(r"\b(?:import|include|eval|plugin|std)\b")
_COLOUR = re.compile(r"\{\{-?\s*look\.(\w+)\s*-?\}\}")


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """One template, compiled.

    texts : name -> segment or "default" -> Liquid
    parts : file name -> segment of the look or "default" -> Liquid with that look's colours written in
    looks : segment or "default" -> the complete look
    letter : the source of the letter, or ""; letter_place: where it stands
    """

    id: str
    settings: Settings
    texts: dict[str, dict[str, BoundTemplate]]
    parts: dict[str, dict[str, BoundTemplate]]
    looks: dict[str, dict[str, str]]
    letter: str = ""
    letter_place: Place = Place()

    def part(self, name: str, context: Mapping[str, Any]) -> str:
        """One file, rendered in the look of the context."""
        return liquid.render(self.parts[name][context["look_of"]], context)

    def words(self, context: Mapping[str, Any], segments: Sequence[str]) -> dict[str, Any]:
        """The texts and the look for one person, to stand beside the view's variables."""
        look_of = variant(self.looks, segments)
        said: dict[str, Any] = {"text": {}, "look_of": look_of, "look": self.looks[look_of]}
        by_name = ("known",) if context["name"] else ()
        for name, variants in self.texts.items():
            chosen = variant(variants, by_name if name == "greeting" else segments)
            words = " ".join(liquid.render(variants[chosen], context).split())
            if name.startswith("text."):
                said["text"][name.removeprefix("text.")] = words
            else:
                said[name] = words
        return said


_compiled: OrderedDict[str, Campaign] = OrderedDict()
_seen: dict[int, tuple[Template, Campaign]] = {}
_KEPT = 64


def compiled(template: Template) -> Campaign:
    """The campaign of a template, from memory where its content was compiled before. AuthoringError if it fails."""
    seen = _seen.get(id(template))
    if seen is not None and seen[0] is template:
        return seen[1]
    key = content_hash([template.id, template.settings, template.parts, str(template.place.file)])
    campaign = _compiled.get(key)
    if campaign is None:
        campaign, problems = compile_campaign(template)
        if campaign is None:
            raise AuthoringError(problems)
        _compiled[key] = campaign
        if len(_compiled) > _KEPT:
            _compiled.popitem(last=False)
    if len(_seen) >= _KEPT:
        _seen.clear()
    _seen[id(template)] = (template, campaign)
    return campaign


def compile_campaign(template: Template) -> tuple[Campaign | None, tuple[Diagnostic, ...]]:
    """The campaign, or everything that keeps it from being one."""
    place = place_of(template, SETTINGS_FILE)
    source = template.parts.get(SETTINGS_FILE, "")
    settings, found = read_settings(template.settings, source, place)
    problems = list(found)
    texts: dict[str, dict[str, BoundTemplate]] = {}
    for name, variants in settings.texts.items() if settings else ():
        texts[name] = {}
        for segment, text in variants.items():
            parsed, found = liquid.parse(text, line_of(name, source, place), html=False)
            problems += found
            if parsed is not None:
                texts[name][segment] = parsed
    looks = _complete(settings.look) if settings else {}
    parts: dict[str, dict[str, BoundTemplate]] = {}
    for name, text in template.parts.items():
        if name.endswith(".liquid"):
            parts[name], found = _compile_part(name, text, looks, place_of(template, name))
            problems += found
    letter, letter_place = template.parts.get(LETTER, ""), place_of(template, LETTER)
    problems += _beyond_its_file(letter, letter_place)
    if settings is None or problems:
        return None, tuple(problems)
    return Campaign(
        id=template.id,
        settings=settings,
        texts=texts,
        parts=parts,
        looks=looks,
        letter=letter,
        letter_place=letter_place,
    ), ()


def _beyond_its_file(letter: str, place: Place) -> Iterator[Diagnostic]:
    """Typst would fetch a package from the network for an `import`; `eval` can write one, and `std` can name `eval`."""
    for number, line in enumerate(letter.splitlines(), 1):
        # Only whole lines count as comments: what follows a // on a line may be code, as that may stand in a string.
        for found in _BEYOND.finditer("" if line.lstrip().startswith("//") else line):
            message = f"A letter is one file: there is no '{found[0]}' in it."
            hint = "Write what it needs into the letter itself."
            yield Diagnostic("content.letter", message, hint, Place(place.file, number, found.start() + 1))


def _complete(looks: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {
        segment: {colour.replace("-", "_"): (looks[DEFAULT] | look)[colour] for colour in COLOURS}
        for segment, look in looks.items()
    }


def _compile_part(
    name: str, text: str, looks: dict[str, dict[str, str]], place: Place
) -> tuple[dict[str, BoundTemplate], tuple[Diagnostic, ...]]:
    html = ".html." in name or ".mjml." in name
    _, problems = liquid.parse(text, place, html=html)
    if not problems and ".mjml." in name:
        text, problems = compile_mjml(text, place)
    if problems:
        return {}, problems
    parsed = {}
    for segment, look in looks.items():
        # Colours are the template's own and the same for many people: written in once, they cost nothing a message.
        coloured = _COLOUR.sub(lambda match, look=look: look.get(match[1], match[0]), text)  # type: ignore[misc]
        bound, problems = liquid.parse(coloured, place, html=html)
        if bound is not None:
            parsed[segment] = bound
    return parsed, problems


def place_of(template: Template, name: str) -> Place:
    """Where a file of the template's folder begins."""
    folder, slash, last = template.place.file.rpartition("/")
    if not slash or not last.endswith(".toml"):
        folder = template.place.file.rstrip("/") or f"templates/{template.id}"
    return Place(file=f"{folder}/{name}")

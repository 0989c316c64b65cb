"""Settings: the part of a campaign template that a marketer writes, and the choice of variants by segment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from decidedly.content.barcode import Symbology
from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean

DEFAULT = "default"
LANGUAGE = "language-"
"""Begins the name of a variant for people who want to be spoken to in a language: "language-de"."""
Variants = str | dict[str, str]
"""One text for everybody, or segment id -> text with a `default`."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Greeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """known: with the name. unknown: without one, complete in itself."""

    known: str
    unknown: str


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What template.toml says. Every text is Liquid over the variables of the view; each may vary by segment.

    text    : further texts by name, shared by all channels as `text.<name>`
    look    : segment id -> colours; a segment's look needs to say only what differs from `default`
    barcode : how a letter draws the coupon numbers; "" draws none
    """

    name: str = ""
    barcode: Symbology | Literal[""] = ""
    subject: Variants
    preheader: Variants
    headline: Variants
    greeting: Greeting
    call_to_action: Variants
    legal: Variants
    text: dict[str, Variants] = {}
    look: dict[str, dict[str, str]]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Every text by its name, each as variants by segment."""
        named: dict[str, Variants] = {
            "subject": self.subject,
            "preheader": self.preheader,
            "headline": self.headline,
            "call_to_action": self.call_to_action,
            "legal": self.legal,
            "greeting": {DEFAULT: self.greeting.unknown, "known": self.greeting.known},
        }
        named |= {f"text.{name}": variants for name, variants in self.text.items()}
        return {name: {DEFAULT: said} if isinstance(said, str) else said for name, said in named.items()}


COLOURS = ("paper", "sheet", "ink", "muted", "accent", "accent-ink", "tint", "line")
"""The colours of a look: behind the sheet, the sheet, text, quiet text, the band and buttons, text on them, light
surfaces, hairlines."""


def variant(variants: dict[str, Any], segments: Sequence[str]) -> str:
    """The key that counts for a person: their first segment that has a variant, else the default."""
    return next((segment for segment in segments if segment in variants), DEFAULT)


def read_settings(raw: dict[str, Any], source: str, place: Place) -> tuple[Settings | None, tuple[Diagnostic, ...]]:
    """The settings, or everything that is wrong with them.

    source : the text of template.toml where it is at hand, to point at the line
    """
    try:
        settings = msgspec.convert(raw, Settings)
    except msgspec.ValidationError as error:
        found = re.search(r"`([\w-]+)`(?! - at)", str(error))
        words = found[1] if found else ""
        fields = [field.encode_name for field in msgspec.structs.fields(Settings)]
        hint = did_you_mean(words, fields) if "unknown" in str(error) else ""
        return None, (Diagnostic("content.settings", f"{error}.", hint, line_of(words, source, place)),)
    problems: list[Diagnostic] = []
    for name, variants in settings.texts.items():
        if DEFAULT not in variants:
            message = f"'{name}' has variants, but none for everybody else."
            hint = 'Add a line default = "...".'
            problems.append(Diagnostic("content.no-default", message, hint, line_of(name, source, place)))
    problems += _looks(settings, source, place)
    return (None if problems else settings), tuple(problems)


def _looks(settings: Settings, source: str, place: Place) -> list[Diagnostic]:
    problems = []
    default = settings.look.get(DEFAULT, {})
    for colour in COLOURS:
        if colour not in default:
            message = f"The default look does not say the colour '{colour}'."
            problems.append(Diagnostic("content.look", message, place=line_of("look", source, place)))
    for segment, look in settings.look.items():
        for name, value in look.items():
            where = line_of(name, source, line_of(f"[look.{segment}]", source, place))
            if name not in COLOURS:
                hint = did_you_mean(name, COLOURS) or f"A look has {', '.join(COLOURS)}."
                problems.append(Diagnostic("content.look", f"A look has no '{name}'.", hint, where))
            elif not _COLOUR.fullmatch(value):
                problems.append(Diagnostic("content.look", f"'{value}' is not a colour.", "Write #RRGGBB.", where))
    return problems


def spoken(settings: dict[str, Any], language: str) -> str:
    """The variant of a template's texts for a language, as "de-AT" or else "de"; "" where it has none."""
    texts = [*settings.values(), *settings.get("text", {}).values()]
    known = {name for variants in texts if isinstance(variants, dict) for name in variants}
    wanted = (LANGUAGE + language, LANGUAGE + language.partition("-")[0])
    return next((variant for variant in wanted if language and variant in known), "")


def line_of(words: str, source: str, place: Place) -> Place:
    """Where these words first begin a line of the text, from the line of `place` on."""
    lines = source.splitlines()
    key = words.removeprefix("text.").replace("_", "-")
    for number, line in enumerate(lines[place.line - 1 :], place.line):
        if words and line.lstrip().lstrip("[").startswith((words.lstrip("["), key)):
            return Place(file=place.file, line=number)
    return place

"""Check: everything that a template can get wrong, found before it is published and never at the send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from decidedly.content import liquid
from decidedly.content.campaign import PARTS, SETTINGS_FILE, Campaign, compile_campaign, place_of
from decidedly.content.channels.print import letter_data, pages, warnings_of
from decidedly.content.contrast import LEGIBLE, contrast
from decidedly.content.render import CHANNELS
from decidedly.content.settings import DEFAULT, LANGUAGE, line_of, read_settings
from decidedly.content.usage import known_variables, problems_of
from decidedly.content.variables import context_of
from decidedly.content.worst import worst_views
from decidedly.core.errors import DecidedlyError
from decidedly.core.playbook import Brand, Template
from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean

SUBJECT_LONGEST = 150
CLIPPED_BYTES = 102_000
"""Gmail cuts an e-mail's HTML above this, and the way out with it."""
AT_MOST_PAGES = 2

_PAIRS = (("ink", "sheet"), ("muted", "sheet"), ("muted", "paper"), ("accent", "sheet"), ("accent-ink", "accent"))


def check(
    template: Template, brand: Brand, channels: Sequence[str], segments: Sequence[str] | None = None
) -> tuple[Diagnostic, ...]:
    """What is wrong with a template for these channels.

    segments : ids of the playbook's segments; None where they are not known, then variants are not compared with them
    """
    problems = list(_missing_parts(template, channels))
    campaign, found = compile_campaign(template)
    problems += found
    problems += _usage(template)
    if campaign is not None:
        problems += _looks(template, campaign)
        problems += _segments(template, campaign, segments)
    if campaign is not None and not problems:
        for channel in channels:
            problems += _tried(template, campaign, brand, channel)
    return tuple(problems)


def _missing_parts(template: Template, channels: Sequence[str]) -> Iterator[Diagnostic]:
    for channel in channels:
        if channel not in PARTS:
            hint = did_you_mean(channel, PARTS)
            yield Diagnostic("content.channel", f"Nothing renders the channel '{channel}'.", hint, template.place)
        for name in PARTS.get(channel, ()):
            if name not in template.parts:
                message = f"'{template.id}' has no {name}, which the channel '{channel}' is rendered from."
                yield Diagnostic("content.missing-part", message, did_you_mean(name, template.parts), template.place)


def _usage(template: Template) -> Iterator[Diagnostic]:
    source, place = template.parts.get(SETTINGS_FILE, ""), place_of(template, SETTINGS_FILE)
    settings, _ = read_settings(template.settings, source, place)
    if settings is None:
        return
    for name, variants in settings.texts.items():
        known = known_variables(settings.text, in_text=True)
        for segment, text in variants.items():
            guarded = {**known, "name": False} if (name, segment) == ("greeting", "known") else known
            yield from _problems(text, line_of(name, source, place), guarded)
    for name, text in template.parts.items():
        if name.endswith(".liquid"):
            known = known_variables(settings.text, in_text=False)
            yield from _problems(text, place_of(template, name), known)


def _problems(text: str, place: Place, known: dict[str, bool]) -> Iterator[Diagnostic]:
    parsed, _ = liquid.parse(text, place, html=False)
    if parsed is not None:
        yield from problems_of(parsed, place, known)


def _looks(template: Template, campaign: Campaign) -> Iterator[Diagnostic]:
    source, place = template.parts.get(SETTINGS_FILE, ""), place_of(template, SETTINGS_FILE)
    for segment, look in campaign.looks.items():
        for text, ground in _PAIRS:
            ratio = contrast(look[text.replace("-", "_")], look[ground])
            if ratio < LEGIBLE:
                message = f"'{text}' on '{ground}' has a contrast of {ratio:.1f}; text needs {LEGIBLE}."
                where = line_of(f"[look.{segment}]", source, place)
                yield Diagnostic("content.contrast", message, "Make one of them darker.", where)


def _segments(template: Template, campaign: Campaign, segments: Sequence[str] | None) -> Iterator[Diagnostic]:
    if segments is None:
        return
    source, place = template.parts.get(SETTINGS_FILE, ""), place_of(template, SETTINGS_FILE)
    named = {
        segment for name, variants in campaign.settings.texts.items() if name != "greeting" for segment in variants
    }
    for segment in sorted((named | set(campaign.settings.look)) - {DEFAULT, *segments}):
        if segment in named and segment.startswith(LANGUAGE):
            continue
        message = f"There is no segment '{segment}'."
        yield Diagnostic(
            "content.unknown-segment", message, did_you_mean(segment, segments), line_of(segment, source, place)
        )


def _tried(template: Template, campaign: Campaign, brand: Brand, channel: str) -> Iterator[Diagnostic]:
    place = place_of(template, PARTS[channel][0])
    looks = [(segment,) for segment in campaign.looks if segment != DEFAULT] if channel != "print" else []
    for segments in [(), *looks]:
        for case, view in worst_views(brand, segments).items():
            context = context_of(view)
            try:
                said = list(_limits(campaign, context | campaign.words(context, view.segments), channel))
            except DecidedlyError as error:
                yield Diagnostic(error.code, f"For {case}: {error.message}", error.hint, place)
                return
            yield from (Diagnostic("content.limit", f"For {case}: {words}", place=place) for words in said)


def _limits(campaign: Campaign, context: dict[str, Any], channel: str) -> Iterator[str]:
    subject = context["subject"]
    if not subject or len(subject) > SUBJECT_LONGEST:
        yield f"the subject has {len(subject)} characters; 1 to {SUBJECT_LONGEST} are shown."
    if channel == "print":
        data = letter_data(campaign, context)
        count = len(pages(campaign, data))
        if count > AT_MOST_PAGES:
            yield f"the letter has {count} pages; at most {AT_MOST_PAGES} are posted."
        yield from warnings_of(campaign, data)
        return
    treatment = CHANNELS[channel](campaign, context)
    if channel == "sms" and not treatment.body("text/plain"):
        yield "the SMS is empty."
    if channel == "email":
        size = len(treatment.body("text/html"))
        if size > CLIPPED_BYTES:
            yield f"the e-mail has {size:,} bytes; above {CLIPPED_BYTES:,} it is cut."

"""Gallery: real households with all forms of their message, what was chosen for them and why, and what was not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
from liquid import BoundTemplate

from decidedly.content import liquid
from decidedly.feel.diagnostics import Place

_PAGES = Path(__file__).parent / "pages"
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


class RuleDrops(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule took away. households: those left with nothing by it; place: its file and line."""

    stage: str
    rule: str
    candidates: int
    households: int = 0
    place: str = ""


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """recall@16 of one way of choosing. ours: to be set off from the baselines; note: an interval, or a claim."""

    name: str
    campaign_18: float
    campaign_13: float | None = None
    ours: bool = False
    note: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The whole run. candidates: all that were considered; passed: those that the rules left."""

    brand: str
    decided_on: str
    intro: str
    households: int
    decided: int
    no_action: int
    candidates: int
    passed: int
    by_channel: dict[str, int]
    drops: tuple[RuleDrops, ...]
    recall: tuple[Recall, ...]


class ChosenAction(msgspec.Struct, frozen=True, kw_only=True):
    """One action of the slate, best first. score: its priority; saving: as the customer reads it."""

    id: str
    name: str
    saving: str
    score: float
    propensity: float
    reasons: tuple[str, ...]


class Household(msgspec.Struct, frozen=True, kw_only=True):
    """One household in the gallery.

    about   : one line on who they are
    actions : the slate; considered, passed: how many actions there were and how many the rules left
    drops   : per rule that dropped an action for them
    letter_pages : the letter as SVG, page by page
    record  : the decision record as JSON; also_at: path of the record in the API, or ""
    """

    id: str
    name: str
    about: str
    segments: tuple[str, ...]
    decision_id: str
    channel: str
    subject: str
    email_html: bytes
    sms: str
    sms_segments: int
    letter_pdf: bytes
    letter_pages: tuple[bytes, ...]
    considered: int
    passed: int
    actions: tuple[ChosenAction, ...]
    drops: tuple[RuleDrops, ...]
    record: bytes
    also_at: str = ""


def write_gallery(folder: Path, run: Run, households: tuple[Household, ...]) -> Path:
    """Write the gallery, and return its index.html. All of it is files beside that; nothing is loaded from afar."""
    for household in households:
        own = folder / "households" / _slug(household.id)
        own.mkdir(parents=True, exist_ok=True)
        (own / "email.html").write_bytes(household.email_html)
        (own / "letter.pdf").write_bytes(household.letter_pdf)
        for number, page in enumerate(household.letter_pages, 1):
            (own / f"letter-{number}.svg").write_bytes(page)
        (own / "sms.txt").write_text(household.sms, encoding="utf-8")
        (own / "record.json").write_bytes(household.record)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gallery.css").write_text((_PAGES / "gallery.css").read_text(encoding="utf-8"), encoding="utf-8")
    index = folder / "index.html"
    context = {"run": _run(run), "households": [_household(household) for household in households]}
    index.write_text(liquid.render(_page("gallery.html.liquid"), context), encoding="utf-8")
    return index


def _page(name: str) -> BoundTemplate:
    page, problems = liquid.parse((_PAGES / name).read_text(encoding="utf-8"), Place(file=name), html=True)
    if page is None:
        raise liquid.CannotRender(problems[0].message, place=str(problems[0].place))
    return page


def _run(run: Run) -> dict[str, Any]:
    best = max([one.campaign_18 for one in run.recall] + [one.campaign_13 or 0 for one in run.recall] + [0.01])
    return {
        "brand": run.brand,
        "decided_on": run.decided_on,
        "intro": run.intro,
        "figures": [
            {"value": f"{run.households:,}", "name": "households asked"},
            {"value": f"{run.candidates:,}", "name": "candidates weighed"},
            {"value": f"{run.passed:,}", "name": "passed every rule"},
            {"value": f"{run.decided:,}", "name": "messages decided"},
            {"value": f"{run.no_action:,}", "name": "left in peace"},
        ],
        "channels": [{"name": _CHANNELS.get(name, name), "value": f"{n:,}"} for name, n in run.by_channel.items()],
        "funnel": _funnel(run.candidates, run.drops),
        "recall": [
            {
                "name": one.name,
                "ours": one.ours,
                "note": one.note or None,
                "bars": [_bar(value, best) for value in (one.campaign_18, one.campaign_13) if value is not None],
            }
            for one in run.recall
        ],
    }


_CHANNELS = {"email": "E-mail", "sms": "SMS", "print": "Letter"}


def _bar(value: float, best: float) -> dict[str, str]:
    return {"value": f"{value:.3f}", "width": f"{100 * value / best:.1f}"}


def _funnel(total: int, drops: tuple[RuleDrops, ...]) -> list[dict[str, Any]]:
    """Each rule with what was left before it, what it dropped and what it left, as shares of the whole."""
    left, rows = total, []
    for drop in drops:
        after = left - drop.candidates
        rows.append(
            {
                "stage": drop.stage,
                "rule": drop.rule,
                "place": drop.place or None,
                "dropped": f"{drop.candidates:,}",
                "households": f"{drop.households:,}" if drop.households else None,
                "left": f"{after:,}",
                "left_share": f"{100 * after / max(total, 1):.2f}",
                "dropped_share": f"{100 * drop.candidates / max(total, 1):.2f}",
            }
        )
        left = after
    return rows


def _household(household: Household) -> dict[str, Any]:
    top = max([abs(action.score) for action in household.actions] or [1.0]) or 1.0
    return {
        "id": household.id,
        "slug": _slug(household.id),
        "name": household.name,
        "about": household.about,
        "segments": list(household.segments),
        "decision": household.decision_id,
        "channel": household.channel,
        "channel_name": _CHANNELS.get(household.channel, household.channel),
        "subject": household.subject,
        "sms": household.sms,
        "sms_segments": household.sms_segments,
        "letter_pages": [f"letter-{number}.svg" for number in range(1, len(household.letter_pages) + 1)],
        "also_at": household.also_at or None,
        "considered": household.considered,
        "passed": household.passed,
        "funnel": _funnel(household.considered, household.drops),
        "actions": [
            {
                "rank": rank,
                "id": action.id,
                "name": action.name,
                "saving": action.saving,
                "score": f"{action.score:.3f}",
                "chance": f"{100 * action.propensity:.1f} %",
                "width": f"{max(100 * abs(action.score) / top, 1):.1f}",
                "reasons": "; ".join(action.reasons) or None,
            }
            for rank, action in enumerate(household.actions, 1)
        ],
    }


def _slug(id: str) -> str:
    """A folder's name for an id from outside: no separators, never hidden."""
    return _SAFE.sub("-", id).strip(".-") or "household"

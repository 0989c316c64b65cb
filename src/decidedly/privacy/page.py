"""Page: an export for the person it is about. One file, one column, plain words; it prints as it looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from html import escape
from typing import Any

import msgspec

from decidedly.core.provenance import Provenance
from decidedly.feel import Money, Number, parse_type, to_plain
from decidedly.privacy.export import (
    AssignmentPart,
    ConsentPart,
    ContactPart,
    DecisionPart,
    DerivedPart,
    EventPart,
    FactPart,
    GroupPart,
    Head,
    LinkPart,
    MessagePart,
    Part,
    RefusedPart,
)

LINES = "record.jsonl"
_SHOWN = 6
"""Lines of a list within an event that the page shows; the others are in the file beside it."""

_STYLE = """
:root { color-scheme: light }
* { box-sizing: border-box }
body { margin: 0; background: #f6f5f2; color: #1d2327; font: 16px/1.55 system-ui, "Segoe UI", Roboto, sans-serif }
main { max-width: 54rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; background: #fff }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem }
h2 { font-size: 1.3rem; margin: 3rem 0 .25rem; padding-top: 1.25rem; border-top: 2px solid #1d2327 }
h3 { font-size: 1.02rem; margin: 1.75rem 0 .25rem }
p { margin: .25rem 0 .75rem; max-width: 44rem }
.lead { font-size: 1.08rem } .quiet { color: #5c666d; font-size: .9rem }
table { border-collapse: collapse; width: 100%; margin: .75rem 0 1rem; font-size: .92rem }
th { text-align: left; font-weight: 600; color: #5c666d; border-bottom: 1px solid #b9bfc3 }
th { padding: .35rem .75rem .35rem 0 }
td { vertical-align: top; border-bottom: 1px solid #e6e8e9; padding: .4rem .75rem .4rem 0; overflow-wrap: anywhere }
td.when { white-space: nowrap } tr.old td { color: #7a848a }
ul { margin: .25rem 0 .75rem; padding-left: 1.2rem } li { margin: .15rem 0 }
@media print {
  body { background: #fff; font-size: 10.5pt } main { max-width: none; padding: 0 }
  h2, h3 { break-after: avoid } tr { break-inside: avoid } thead { display: table-header-group }
}
"""

_CHANNELS = {"email": "e-mail", "sms": "SMS", "print": "letter", "all": "every channel", "": "no channel"}
_HOW = {"asked": "you answered us", "given": "given to us", "learnt": "worked out"}
_LINKS = {
    "joins": "yes", "proposed": "not decided yet", "refused": "no", "apart": "no: they were set apart",
    "undone": "no longer: it was taken back",
}  # fmt: skip
_CONTACTS = {
    "reserved": "planned", "sending": "on its way to you", "confirmed": "reached you", "released": "did not go",
}  # fmt: skip
_MESSAGES = {
    "waiting": "waiting", "sent": "sent", "failed": "failed", "withheld": "not sent",
    "displaced": "not sent, another took its place",
}  # fmt: skip


class _Section:
    """How one sort of part is shown: the section it begins, and a table's heads where it has one."""

    def __init__(self, title: str, about: str, heads: tuple[str, ...] = ()) -> None:
        self.title = title
        self.about = about
        self.heads = heads


_SECTIONS: dict[type, _Section] = {
    LinkPart: _Section(
        "Why we think these are all you",
        "Each line links two of your identifiers. What belongs to somebody else is not named.",
        ("one", "other", "because", "since", "sure", "one person?"),
    ),
    FactPart: _Section(
        "What you told us, and what we were told",
        "Every value that was ever said. Where there are several, the one marked counts; the others are kept only so"
        " that it can be told where it came from.",
        ("what", "value", "how we know", "from", "since", "counts"),
    ),
    DerivedPart: _Section(
        "What we worked out from it", "Counted from your history, at the moment of this page.", ("what", "value")
    ),
    GroupPart: _Section(
        "Groups around you",
        "Households and accounts that you are or were in, and what we hold of those that you are in. Who else is in"
        " them is not told.",
        ("group", "as", "said", "how we know", "when", "what we hold of it"),
    ),
    ConsentPart: _Section(
        "Your permissions",
        "Every yes and every no, in the order in which they were said.",
        ("purpose", "by", "said", "how we know", "when"),
    ),
    EventPart: _Section(
        "What happened", "Everything that was recorded, the oldest first.", ("when", "what", "where from", "details")
    ),
    RefusedPart: _Section(
        "What could not be taken in",
        "Sent about you, refused because something in it was wrong, and kept until that is mended.",
        ("when", "what", "where from", "why"),
    ),
    ContactPart: _Section(
        "When we contacted you", "What counts towards the limits of how often we may.", ("when", "by", "what", "state")
    ),
    AssignmentPart: _Section("Experiments", "Which variant you see.", ("experiment", "variant", "since")),
    MessagePart: _Section("Messages to you", "", ("due", "by", "state", "note")),
    DecisionPart: _Section(
        "What we decided, and why",
        "Each time a message or an offer was chosen for you or not. The chance is what the model expected; the rules"
        " are the company's, the law's and your own.",
    ),
}


def page(parts: Iterable[Part]) -> Iterator[str]:
    """The page, piece by piece, in the order of the parts."""
    yield "<!doctype html>\n"
    open_: type | None = None
    for part in parts:
        if isinstance(part, Head):
            yield from _head(part)
            continue
        if type(part) is not open_:
            if open_ is not None:
                yield _end(open_)
            open_ = type(part)
            yield _begin(open_)
        yield _shown(part)
    if open_ is not None:
        yield _end(open_)
    yield "</main></body></html>\n"


def _head(head: Head) -> Iterator[str]:
    yield f'<html lang="en"><head><meta charset="utf-8"><title>Your data at {escape(head.brand)}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_STYLE}</style></head><body><main>\n<h1>Your data at {escape(head.brand)}</h1>\n"
    yield (
        f'<p class="lead">Everything we hold about you, as of {_when(head.at)} UTC. The file <b>{LINES}</b> beside this'
        " page holds the same for machines, in full.</p>\n<h2>Who you are to us</h2>\n<p>We know you by:</p><ul>"
    )
    for identifier in head.identifiers:
        namespace, _, value = identifier.partition(":")
        yield f"<li>{escape(namespace.replace('_', ' '))} <b>{escape(value)}</b></li>"
    yield "</ul>\n"
    groups = ", ".join(escape(one.replace("-", " ")) for one in head.segments)
    yield f"<p>Groups you are in: {groups}.</p>\n" if groups else "<p>You are in none of our groups.</p>\n"


def _begin(kind: type) -> str:
    section = _SECTIONS[kind]
    about = f"<p>{escape(section.about)}</p>" if section.about else ""
    heads = "".join(f"<th>{escape(head)}</th>" for head in section.heads)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>" if heads else ""
    return f"<h2>{escape(section.title)}</h2>\n{about}{table}\n"


def _end(kind: type) -> str:
    return "</tbody></table>\n" if _SECTIONS[kind].heads else ""


def _shown(part: Part) -> str:
    match part:
        case LinkPart():
            sure = f"{part.confidence:.0%}"
            because = "; ".join((part.evidence, *part.reasons))
            return _row(
                part.one.replace(":", " ", 1),
                part.other.replace(":", " ", 1),
                because,
                _when(part.at),
                sure,
                _LINKS[part.state],
            )
        case FactPart():
            said = part.provenance
            row = (part.name, words(part.value, part.type), _how(said), said.source, _when(said.at))
            return _row(*row, "yes" if part.counts else "no", old=not part.counts)
        case DerivedPart():
            return _row(part.name, words(part.value, part.type))
        case GroupPart():
            held = "; ".join(f"{id.replace('-', ' ')}: {words(value)}" for id, value in part.traits.items())
            named, said = f"{part.kind} {part.group}", part.provenance
            return _row(named, part.role, part.said, _how(said), _when(said.at), held, old=not part.counts)
        case ConsentPart():
            return _consent(part.consent)
        case EventPart():
            return _event(part.event)
        case RefusedPart():
            return _row(_when(part.received_at), part.kind, part.source, "; ".join(part.why))
        case ContactPart():
            one = part.contact
            what = f"{one.contact_class}, {one.exposures} shown" if one.exposures else one.contact_class
            return _row(_when(one.at), _channel(one.channel), what, _CONTACTS[one.state])
        case AssignmentPart():
            return _row(part.assignment.experiment, part.assignment.arm, _when(part.assignment.at))
        case MessagePart():
            note = part.message
            return _row(_when(note.due_at), _channel(note.channel), _MESSAGES[note.state], note.note)
        case DecisionPart():
            return _decision(part)
        case Head():
            return ""


def _row(*cells: str, old: bool = False) -> str:
    told = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr class="old">{told}</tr>\n' if old else f"<tr>{told}</tr>\n"


def _consent(word: dict[str, Any]) -> str:
    said = msgspec.convert(word["provenance"], Provenance)
    until = f", until {_when(word['expires_at'])}" if word.get("expires_at") else ""
    answer = "yes" if word["granted"] else "no"
    purpose = str(word["purpose"]).replace("-", " ")
    return _row(purpose, _channel(word["channel"]), answer + until, _how(said), _when(said.at))


def _event(event: dict[str, Any]) -> str:
    by = f", {_channel(event['channel'])}" if event.get("channel") else ""
    return _row(
        _when(event["at"]), event["kind"].replace("-", " "), event["source"] + by, _details(event["properties"])
    )


def _details(properties: dict[str, Any]) -> str:
    told = []
    for name, value in properties.items():
        if value in (None, "", [], {}):
            continue
        name = str(name).replace("_", " ").replace("-", " ")
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines = ["(" + ", ".join(f"{key} {words(one)}" for key, one in line.items() if one is not None) + ")"
                     for line in value[:_SHOWN]]  # fmt: skip
            more = f" and {len(value) - _SHOWN} more" if len(value) > _SHOWN else ""
            told.append(f"{name}: {' '.join(lines)}{more}".replace("_", " "))
        else:
            told.append(f"{name}: {words(value)}")
    return "; ".join(told)


def _decision(part: DecisionPart) -> str:
    by = f" by {_channel(part.channel)}" if part.channel else ""
    result = "something was chosen" if part.result == "slate" else "nothing was chosen: you were left in peace"
    told = [
        f"<h3>{_when(part.at)}: {escape(part.service.replace('-', ' '))}{escape(by)}</h3>",
        f"<p>{escape(result[0].upper() + result[1:])}. {escape(part.summary)}</p>",
    ]
    if part.chosen:
        rows = "".join(
            _row(str(place), one.name, f"{one.chance:.1%}", "; ".join(one.reasons))
            for place, one in enumerate(part.chosen, 1)
        )
        heads = "".join(f"<th>{head}</th>" for head in ("#", "chosen", "chance", "main reasons"))
        told.append(f"<table><thead><tr>{heads}</tr></thead>{rows}</table>")
    if part.dropped_by:
        rules = "".join(
            f"<li>{escape(one.rule)}{f' ({escape(one.source)})' if one.source else ''}: {one.candidates:,}</li>"
            for one in part.dropped_by
        )
        told.append("<p>Rules that took possible offers away, and how many (an offer counts once per channel):</p>")
        told.append(f"<ul>{rules}</ul>")
    return "\n".join(told) + f'\n<p class="quiet">Decision {escape(part.id)}</p>\n'


def words(value: Any, type_: str = "any") -> str:
    """A value as people write it; money with its currency."""
    declared = parse_type(type_)[0]
    if isinstance(declared, Money) and isinstance(value, int):
        return f"{to_plain(declared, value):,.2f} {declared.currency}"
    if isinstance(declared, Number) and isinstance(value, int) and not isinstance(value, bool):
        return f"{to_plain(declared, value):,}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(words(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {words(one)}" for name, one in value.items())
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _how(said: Provenance) -> str:
    made_up = ", made up for a demonstration" if said.synthetic else ""
    sure = f", {said.confidence:.0%} sure" if said.confidence < 1 else ""
    return _HOW[said.how] + sure + made_up


def _channel(channel: str) -> str:
    return _CHANNELS.get(channel, channel)


def _when(at: datetime | date | str) -> str:
    """ "30 October 2017, 08:00", a day alone where it was midnight."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    day = f"{at.day} {at:%B %Y}"
    return f"{day}, {at:%H:%M}" if isinstance(at, datetime) and (at.hour or at.minute) else day

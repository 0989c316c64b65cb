"""The customer's own rules: what the person chose from a simple form, obeyed before everything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from decidedly.core.provenance import Provenance

LONGEST = 200
MOST_CHANNELS = 20
MOST_RULES = 100
"""So many own rules of one person are obeyed, the oldest first."""


class NeverAbout(msgspec.Struct, frozen=True, kw_only=True, tag="never-about", tag_field="choice"):
    """Nothing about a topic, in no channel, not even when the person asks."""

    topic: str


class OnlyBy(msgspec.Struct, frozen=True, kw_only=True, tag="only-by", tag_field="choice"):
    """Messages by these channels alone."""

    channels: tuple[str, ...]


class OnlyIfUrgent(msgspec.Struct, frozen=True, kw_only=True, tag="only-if-urgent", tag_field="choice"):
    """Messages by these channels, () for all, only about what is urgent."""

    channels: tuple[str, ...] = ()


class Hours(msgspec.Struct, frozen=True, kw_only=True, tag="hours", tag_field="choice"):
    """Messages not before and not after these minutes of the person's day, None without such an end."""

    not_before: int | None = None
    not_after: int | None = None


class AtMost(msgspec.Struct, frozen=True, kw_only=True, tag="at-most", tag_field="choice"):
    """At most so many messages in any seven days."""

    count: int


Choice = NeverAbout | OnlyBy | OnlyIfUrgent | Hours | AtMost
CHOICES = ("never-about", "only-by", "only-if-urgent", "hours", "at-most")


class OwnRule(msgspec.Struct, frozen=True, kw_only=True):
    """One word about one own rule; the newest of its id counts.

    choice : None where the person took the rule back
    words  : how the person puts it, or ""
    """

    id: str
    choice: Choice | None
    words: str
    provenance: Provenance
    message_id: str


class NoChoice(ValueError):
    """What was chosen makes no rule. field: the property that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def choice_of(said: Mapping[str, Any]) -> Choice | None:
    """The choice of an `own-rule` event's properties; None where it takes the rule back. Raises NoChoice."""
    _text(said, "rule")
    if said.get("words"):
        _text(said, "words")
    if said.get("removed"):
        return None
    match said.get("choice"):
        case "never-about":
            return NeverAbout(topic=_text(said, "topic"))
        case "only-by":
            channels = _channels(said)
            if not channels:
                raise NoChoice("channels", "Name the channels.")
            return OnlyBy(channels=channels)
        case "only-if-urgent":
            return OnlyIfUrgent(channels=_channels(said))
        case "hours":
            first, last = _minute(said, "not_before"), _minute(said, "not_after")
            if first == last:
                raise NoChoice("not_before", "Name an hour to begin, or one to end, not the same one.")
            return Hours(not_before=first, not_after=last)
        case "at-most":
            count = said.get("count")
            if type(count) is not int or not 0 <= count <= 1000:
                raise NoChoice("count", "Name how many messages a week at most, 0 to 1000.")
            return AtMost(count=count)
        case _:
            raise NoChoice("choice", f"A choice is one of {', '.join(CHOICES)}.")


def sentence(choice: Choice) -> str:
    """The choice in plain words."""
    match choice:
        case NeverAbout(topic=topic):
            return f'Never about "{topic}"'
        case OnlyBy(channels=channels):
            return f"Messages only by {' or '.join(channels)}"
        case OnlyIfUrgent(channels=channels):
            start = "By " + " or ".join(channels) if channels else "Messages"
            return f"{start} only if it is urgent"
        case Hours(not_before=first, not_after=last):
            parts = ([f"not before {_clock(first)}"] if first is not None else []) + (
                [f"not after {_clock(last)}"] if last is not None else []
            )
            return f"Messages {' and '.join(parts)}"
        case AtMost(count=count):
            return f"At most {count} messages a week"


def _text(said: Mapping[str, Any], field: str) -> str:
    value = said.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or not value.isprintable():
        raise NoChoice(field, f"'{field}' is a text of 1 to {LONGEST} printable characters.")
    return value


def _channels(said: Mapping[str, Any]) -> tuple[str, ...]:
    named = said.get("channels") or ()
    if len(named) > MOST_CHANNELS:
        raise NoChoice("channels", f"A rule names at most {MOST_CHANNELS} channels.")
    return tuple(_text({"channels": one}, "channels") for one in named)


def _minute(said: Mapping[str, Any], field: str) -> int | None:
    value = said.get(field)
    if value is None:
        return None
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?", value) if isinstance(value, str) else None
    if found is None:
        raise NoChoice(field, f"'{field}' is an hour of the day, as in 09:00.")
    return int(found[1]) * 60 + int(found[2])


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"

"""One authored TOML text: its values, where they stand, and how they become typed things or diagnostics."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from decidedly.core.policy import Text
from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean
from decidedly.playbook.source_map import Path, SourceMap

Struct = TypeVar("Struct", bound="Authored")

_SYNTAX = re.compile(
    r"(?P<message>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)",
    re.DOTALL,
)
_AT = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`")
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]")
_IN_WORDS = {
    "str": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in square brackets",
    "object": "several named values",
    "date": "a date like 2017-10-30",
    "datetime": "a date and time",
    "null": "nothing",
}


class Authored(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Base of the forms in which things are written: keys in small letters with hyphens."""


class Problems:
    """Collects the diagnostics of one load."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def add(self, code: str, message: str, place: Place, hint: str = "") -> None:
        self.found.append(Diagnostic(code, message, hint, place))


class Document:
    """One text of key = value lines. What is wrong with it goes to `problems`; the rest stays usable."""

    def __init__(self, text: str, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.values: dict[str, Any] = {}
        try:
            self.values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as broken:
            self.map = SourceMap("", file)
            self._report_syntax(str(broken), text)
            self.broken = True
        else:
            self.map = SourceMap(text, file)
            self.broken = False

    def _report_syntax(self, error: str, text: str) -> None:
        found = _SYNTAX.fullmatch(error)
        message = found["message"] if found else error
        if found and found["line"]:
            place = Place(self.file, int(found["line"]), int(found["column"]))
        else:
            place = Place(self.file, text.count("\n") + 1, 1)
        self.problems.add(
            "playbook.syntax", f"This cannot be read: {message}.", place, 'Write key = value; texts stand in "quotes".'
        )

    def text(self, *path: str) -> Text | None:
        """The string at this path with its place inside the quotes; None if there is none (reported elsewhere)."""
        value: Any = self.values
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return Text(value, self.map.text(*path)) if isinstance(value, str) else None

    def read(self, form: type[Struct], *path: str | int) -> Struct | None:
        """What stands at this path in the given form; None, with diagnostics, if it does not have that form."""
        if self.broken:
            return None
        value: Any = self.values
        for step in path:
            value = value[step]
        if not isinstance(value, dict):
            self.problems.add("playbook.type", "Here several named values are wanted.", self.map.value(*path))
            return None
        clean = not self.unknown_keys(value, form, path)
        try:
            known = set(_keys(form))
            return msgspec.convert({key: value[key] for key in value if key in known}, form) if clean else None
        except msgspec.ValidationError as error:
            self._report_type(str(error), path, form)
            return None

    def unknown_keys(self, value: Mapping[str, Any], form: type[Authored], path: Path = ()) -> bool:
        """Report every key that the form does not have; whether there is one."""
        known = _keys(form)
        unknown = [key for key in value if key not in known]
        for key in unknown:
            hint = did_you_mean(key, known) or f"Known here: {', '.join(known)}."
            self.problems.add("playbook.unknown-key", f"There is no '{key}' here.", self.map.key(*path, key), hint)
        return bool(unknown)

    def _report_type(self, error: str, path: Path, form: type[Authored]) -> None:
        message, at = error, _AT.search(error)
        if at:
            message = error[: at.start()]
            path = (*path, *(int(index) if index else name for name, index in _STEP.findall(at["path"])))
        if missing := re.fullmatch(r"Object missing required field `(.+)`", message):
            self.problems.add("playbook.missing", f"This has no '{missing[1]}'.", self.map.key(*path), "Add it.")
        elif wanted := re.fullmatch(r"Expected `(.+)`, got `(.+)`", message):
            words = [" or ".join(_IN_WORDS.get(name, name) for name in side.split(" | ")) for side in wanted.groups()]
            text = f"Here {words[0]} is wanted, but this is {words[1]}."
            self.problems.add("playbook.type", text, self.map.value(*path))
        elif chosen := re.fullmatch(r"Invalid enum value '(.+)'", message):
            known = _choices(form, str(path[-1]))
            hint = did_you_mean(chosen[1], known) or (f"Known are {', '.join(known)}." if known else "")
            text = f"'{chosen[1]}' is none of the words that may stand here."
            self.problems.add("playbook.type", text, self.map.value(*path), hint)
        else:
            self.problems.add("playbook.type", f"{message}.", self.map.value(*path))


def _keys(form: type[Authored]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(form))


def _choices(form: type[Authored], key: str) -> tuple[str, ...]:
    """The words that may stand under a key that takes one of some."""
    for field in msgspec.structs.fields(form):
        if field.encode_name == key:
            sides = (field.type, *get_args(field.type))
            return tuple(word for side in sides if get_origin(side) is Literal for word in get_args(side))
    return ()

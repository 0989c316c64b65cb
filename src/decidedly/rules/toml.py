"""Writes TOML: the texts that people read, so plain keys, quotes where needed, long texts over several lines."""

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f]|'''|'$")
_WIDTH = 100


def toml(values: Mapping[str, Any]) -> str:
    """The text of named values: single ones first, then sections for named values and lists of them."""
    simple = {key: value for key, value in values.items() if not _is_section(value)}
    width = max((len(_key(key)) for key in simple), default=0)
    lines = [f"{_key(key).ljust(width)} = {toml_value(value)}" for key, value in simple.items()]
    for key, value in values.items():
        if not _is_section(value):
            continue
        for part in value if isinstance(value, list) else [value]:
            head = f"[[{_key(key)}]]" if isinstance(value, list) else f"[{_key(key)}]"
            lines += ["", head]
            inner = max(map(len, map(_key, part)), default=0)
            lines += [f"{_key(name).ljust(inner)} = {toml_value(item)}" for name, item in part.items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _is_section(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) for item in value)
    return isinstance(value, dict)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def toml_value(value: Any) -> str:
    """One value on the right of `=`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _long(value) if "\n" in value else _text(value)
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    items = [toml_value(item) for item in value]
    line = f"[{', '.join(items)}]"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]"


def _text(text: str) -> str:
    if '"' in text and "'" not in text and not _UNSAFE.search(text) and "\n" not in text:
        # FEEL's texts stand in double quotes: in single ones they need no strokes before them.
        return f"'{text}'"
    # JSON's escapes are TOML's, but for the delete character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _long(text: str) -> str:
    """A text of several lines as it is, where that can be."""
    return _text(text) if _UNSAFE.search(text) else f"'''\n{text}'''"

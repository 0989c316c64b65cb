"""Where each key and value of a TOML text stands, so that a diagnostic can point at it.

The standard library's parser gives values without positions. This scanner runs after it, over a text known to be
valid, and gives positions without values; so each does what it does well, and the grammar lives in one place only.
"""

from __future__ import annotations

import re
import tomllib

from decidedly.feel.diagnostics import Place

Path = tuple[str | int, ...]

_KEY = re.compile(r'\s*(?:"((?:[^"\\\n]|\\.)*)"|\'([^\'\n]*)\'|([A-Za-z0-9_-]+))[ \t]*')
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)


class SourceMap:
    """Places of one TOML text, by the path of keys and indices that leads to them."""

    def __init__(self, text: str, file: str = "", first_line: int = 1) -> None:
        self.file = file
        self._text = text
        self._first_line = first_line
        self._keys: dict[Path, tuple[int, int]] = {}
        self._values: dict[Path, tuple[int, int]] = {}
        self._last: dict[Path, int] = {}
        self._scan()

    def key(self, *path: str | int) -> Place:
        """Where the last key of the path stands; that of the nearest enclosing one where it is not written itself."""
        return self._nearest(self._keys, path)

    def value(self, *path: str | int) -> Place:
        """Where the value stands."""
        return self._nearest({**self._keys, **self._values}, path)

    def text(self, *path: str | int) -> Place:
        """Where the text inside the quotes of a string begins."""
        span = self._values.get(path)
        if span is None:
            return self.value(*path)
        start, end = span
        for quotes in ('"""', "'''"):
            if self._text.startswith(quotes, start):
                start += 3
                # A newline right after the opening quotes is not part of the string (TOML 1.0, String).
                start += 1 if self._text.startswith("\n", start) else 0
                return self._place(start, end - 3)
        quoted = self._text[start] in "\"'"
        return self._place(start + quoted, end - quoted)

    def _nearest(self, spans: dict[Path, tuple[int, int]], path: Path) -> Place:
        while path and path not in spans:
            path = path[:-1]
        start, end = spans.get(path, (0, 0))
        return self._place(start, end)

    def _place(self, start: int, end: int) -> Place:
        line = self._text.count("\n", 0, start)
        column = start - (self._text.rfind("\n", 0, start) + 1) + 1
        return Place(self.file, self._first_line + line, column, max(0, end - start))

    def _scan(self) -> None:
        table: Path = ()
        offset = self._skip(0)
        while offset < len(self._text):
            if self._text[offset] == "[":
                brackets = 2 if self._text.startswith("[[", offset) else 1
                names, end = self._dotted(offset + brackets)
                table = self._table(names, repeated=brackets == 2)
                self._keys[table] = (offset, end + brackets)
                offset = end + brackets
            else:
                offset = self._pair(table, offset)
            offset = self._skip(offset)

    def _pair(self, table: Path, offset: int) -> int:
        names, end = self._dotted(offset)
        path = (*table, *names)
        self._keys[path] = (offset, offset + len(self._text[offset:end].rstrip()))
        return self._value(path, self._skip(end + 1))

    def _value(self, path: Path, start: int) -> int:
        match self._text[start]:
            case '"' | "'":
                found = _STRING.match(self._text, start)
                end = found.end() if found else start
            case "[":
                end = self._items(path, start + 1)
            case "{":
                end = self._inline(path, start + 1)
            case _:
                found = _SCALAR.match(self._text, start)
                end = start + len(found[0].rstrip()) if found else start
        self._values[path] = (start, end)
        return end

    def _items(self, path: Path, offset: int) -> int:
        index = 0
        while self._text[offset := self._skip(offset)] != "]":
            if self._text[offset] == ",":
                offset += 1
            else:
                offset = self._value((*path, index), offset)
                index += 1
        return offset + 1

    def _inline(self, path: Path, offset: int) -> int:
        while self._text[offset := self._skip(offset)] != "}":
            offset = offset + 1 if self._text[offset] == "," else self._pair(path, offset)
        return offset + 1

    def _dotted(self, offset: int) -> tuple[tuple[str, ...], int]:
        names: list[str] = []
        while found := _KEY.match(self._text, offset):
            basic, literal, bare = found.groups()
            # Escapes in a quoted key are rare: let the standard parser read them.
            names.append(tomllib.loads(f'k = "{basic}"')["k"] if basic is not None else literal or bare)
            offset = found.end()
            if not self._text.startswith(".", offset):
                break
            offset += 1
        return tuple(names), offset

    def _table(self, names: tuple[str, ...], *, repeated: bool) -> Path:
        path: Path = ()
        for depth, name in enumerate(names, 1):
            path = (*path, name)
            if repeated and depth == len(names):
                self._last[path] = self._last.get(path, -1) + 1
            if path in self._last:
                path = (*path, self._last[path])
        return path

    def _skip(self, offset: int) -> int:
        found = _BLANK.match(self._text, offset)
        return found.end() if found else offset

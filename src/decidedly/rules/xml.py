"""A small, safe reader and writer of XML: a bounded tree with places, nothing fetched, nothing expanded.

A document type declaration is refused, so there are no entities but the five of XML. Size, depth and the number of
elements are bounded. A file that is not well formed gives a diagnostic with its line and column.
"""

import re
from xml.parsers import expat

import msgspec

from decidedly.feel.diagnostics import START, Diagnostic, Place

SIZE_LIMIT = 20_000_000
"""Bytes of one file."""
DEPTH_LIMIT = 200
ELEMENT_LIMIT = 500_000

_XML = "http://www.w3.org/XML/1998/namespace"
_NO_CHARACTER = re.compile("[^\\t\\n\\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Element(msgspec.Struct, frozen=True, tag=True):
    """An element: `space` and `name` of its tag, attributes by `name` or `{space}name`, children and texts in order."""

    space: str
    name: str
    attributes: dict[str, str] = {}
    children: tuple["Element | Text", ...] = ()
    place: Place = START

    @property
    def elements(self) -> tuple["Element", ...]:
        """The child elements alone."""
        return tuple(child for child in self.children if isinstance(child, Element))

    @property
    def text(self) -> "Text":
        """The text inside, its parts joined; the place is where it begins."""
        parts = [child for child in self.children if isinstance(child, Text)]
        return Text("".join(part.text for part in parts), parts[0].place if parts else self.place)


class Text(msgspec.Struct, frozen=True, tag=True):
    """A run of characters and where it begins."""

    text: str
    place: Place = START


class Document(msgspec.Struct, frozen=True):
    """The root of a file, and the prefixes that the file gave to name spaces."""

    root: Element
    prefixes: dict[str, str]


class _Refused(Exception):
    def __init__(self, code: str, message: str, place: Place, hint: str = "") -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code, message, hint, place)


class _Open:
    def __init__(self, name: str, attributes: dict[str, str], place: Place) -> None:
        self.name, self.attributes, self.place = name, attributes, place
        self.children: list[Element | Text] = []


class _Builder:
    def __init__(self, file: str, encoding: str | None) -> None:
        self.file = file
        self.parser = expat.ParserCreate(encoding, " ")
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartNamespaceDeclHandler = self.prefix
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.stack: list[_Open] = []
        self.prefixes: dict[str, str] = {}
        self.count = 0
        self.root: Element | None = None

    def here(self) -> Place:
        return Place(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def doctype(self, *_: object) -> None:
        raise _Refused("xml.doctype", "A document type declaration is not read.", self.here(),
                       "Remove the line with <!DOCTYPE.")  # fmt: skip

    def prefix(self, prefix: str | None, space: str) -> None:
        self.prefixes.setdefault(prefix or "", space)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.stack) >= DEPTH_LIMIT:
            raise _Refused("xml.too-deep", f"Elements are nested more than {DEPTH_LIMIT} deep.", self.here())
        if self.count > ELEMENT_LIMIT:
            raise _Refused("xml.too-long", f"A file may have {ELEMENT_LIMIT} elements.", self.here())
        self.stack.append(_Open(name, {_clark(key): value for key, value in attributes.items()}, self.here()))

    def end(self, _: str) -> None:
        done = self.stack.pop()
        space, _, name = done.name.rpartition(" ")
        children = _joined(done.children)
        if any(isinstance(child, Element) for child in children):
            # White space between elements is layout.
            children = tuple(child for child in children if isinstance(child, Element) or child.text.strip())
        element = Element(space, name, done.attributes, children, done.place)
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element

    def characters(self, text: str) -> None:
        self.stack[-1].children.append(Text(text, self.here()))


def read_xml(source: str | bytes, *, file: str = "") -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """The tree of a text, or None and what is wrong with it."""
    if len(source) > SIZE_LIMIT:
        return None, (Diagnostic("xml.too-long", f"A file may have {SIZE_LIMIT} bytes.", "", Place(file)),)
    # What a text that is decoded already says about its encoding is no longer true.
    builder = _Builder(file, "utf-8" if isinstance(source, str) else None)
    try:
        builder.parser.Parse(source, True)
    except _Refused as refused:
        return None, (refused.diagnostic,)
    except expat.ExpatError as error:
        place = Place(file, error.lineno, error.offset + 1)
        message = f"This is not well-formed XML: {expat.ErrorString(error.code)}."
        return None, (Diagnostic("xml.syntax", message, "", place),)
    except (ValueError, LookupError) as error:
        return None, (Diagnostic("xml.syntax", f"This file cannot be read: {error}.", "", builder.here()),)
    if builder.root is None:
        return None, (Diagnostic("xml.syntax", "This file has no element.", "", Place(file)),)
    return Document(builder.root, builder.prefixes), ()


def _joined(children: list[Element | Text]) -> tuple[Element | Text, ...]:
    """The parser gives a text line by line."""
    found: list[Element | Text] = []
    run: list[Text] = []
    for child in [*children, None]:
        if isinstance(child, Text):
            run.append(child)
            continue
        if run:
            found.append(Text("".join(part.text for part in run), run[0].place))
            run = []
        if child is not None:
            found.append(child)
    return tuple(found)


def _clark(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"{{{space}}}{local}" if space else local


def write_xml(root: Element, prefixes: dict[str, str], declared: dict[str, str]) -> str:
    """The text of a tree; white space between elements is ours.

    prefixes : name spaces and how they are written, "" for the one that needs none; others get one of their own
    declared : prefixes that are declared with their name spaces even where no element needs them
    """
    known = prefixes | {space: prefix for prefix, space in declared.items()}
    for space in _spaces(root):
        if space and space not in known:
            known[space] = next(f"ns{n}" for n in range(1, len(known) + 2) if f"ns{n}" not in known.values())
    used = _spaces(root)
    if "" in used:
        # Elements without a name space leave no default for others.
        known = {space: prefix or "dmn" for space, prefix in known.items()}
    all_declared = {prefix: space for space, prefix in known.items() if space in used} | declared
    attributes = {(f"xmlns:{prefix}" if prefix else "xmlns"): space for prefix, space in all_declared.items()}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    _write(lines, root, known, attributes, "")
    return "\n".join(lines) + "\n"


def _spaces(root: Element) -> dict[str, None]:
    found: dict[str, None] = {}
    waiting = [root]
    while waiting:
        here = waiting.pop()
        spaces = [here.space, *(key[1:].partition("}")[0] for key in here.attributes if key.startswith("{"))]
        found.update((space, None) for space in spaces if space != _XML)
        waiting.extend(reversed(here.elements))
    return found


def _write(lines: list[str], element: Element, known: dict[str, str], declared: dict[str, str], indent: str) -> None:
    name, start = _started(element, known, declared)
    if not element.children:
        lines.append(f"{indent}<{start}/>")
    elif any(isinstance(child, Text) for child in element.children):
        lines.append(f"{indent}{_inline(element, known, declared)}")
    else:
        lines.append(f"{indent}<{start}>")
        for child in element.elements:
            _write(lines, child, known, {}, indent + "  ")
        lines.append(f"{indent}</{name}>")


def _inline(element: Element, known: dict[str, str], declared: dict[str, str]) -> str:
    """An element on one line: white space inside a text means something."""
    name, start = _started(element, known, declared)
    inside = "".join(
        _escaped(child.text) if isinstance(child, Text) else _inline(child, known, {}) for child in element.children
    )
    return f"<{start}>{inside}</{name}>" if inside else f"<{start}/>"


def _started(element: Element, known: dict[str, str], declared: dict[str, str]) -> tuple[str, str]:
    prefix = known.get(element.space, "")
    name = f"{prefix}:{element.name}" if prefix else element.name
    attributes = {**declared, **{_written_name(key, known): value for key, value in element.attributes.items()}}
    return name, " ".join([name, *(f'{key}="{_escaped(value, quoted=True)}"' for key, value in attributes.items())])


def _written_name(key: str, known: dict[str, str]) -> str:
    if not key.startswith("{"):
        return key
    space, _, name = key[1:].partition("}")
    prefix = "xml" if space == _XML else known[space]
    return f"{prefix}:{name}" if prefix else name


def _escaped(text: str, *, quoted: bool = False) -> str:
    text = _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    if quoted:
        text = text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return text

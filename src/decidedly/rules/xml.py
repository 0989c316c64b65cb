"""A small, safe reader of XML: a bounded tree with places, nothing fetched, nothing expanded.

A document type declaration is refused, so there are no entities but the five of XML. Size, depth and the number of
elements are bounded. A file that is not well formed gives a diagnostic with its line and column.
"""

from xml.parsers import expat

import msgspec

from decidedly.feel.diagnostics import START, Diagnostic, Place

SIZE_LIMIT = 20_000_000
"""Bytes of one file."""
DEPTH_LIMIT = 200
ELEMENT_LIMIT = 500_000


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

"""Propose: what the log shows and the dictionary does not declare, as text to paste into the dictionary's files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

import msgspec

from decidedly.capture import Inferred, Seen, SeenKind
from decidedly.core.dictionary import Dictionary
from decidedly.core.group import JOINED
from decidedly.feel import parse_type

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_CENTS = re.compile(r"_(?:cents|minor)$", re.IGNORECASE)


def propose(inferred: Inferred, dictionary: Dictionary) -> dict[str, str]:
    """File of the dictionary ("events.toml", "groups.toml", ...) -> the entries proposed for it; no file without any.

    Each is valid at the end of the file as it stands. A description is left for a person to write.
    """
    currency = next((one.type for one in dictionary.attributes if one.type.startswith("money")), "")
    ids = {kind.id for kind in dictionary.events}
    of_groups = [kind for kind in inferred.kinds if kind.kind == JOINED and kind.declared and dictionary.groups]
    others = [kind for kind in inferred.kinds if kind not in of_groups]
    texts = {
        "events.toml": [line for kind in others for line in _kind(kind, ids, currency)],
        "groups.toml": [line for kind in of_groups for seen in kind.fields for line in _trait(seen, dictionary)],
        "person.toml": [line for seen in inferred.attributes for line in _attribute(seen)],
    }
    return {file: "\n".join(lines).strip("\n") + "\n" for file, lines in texts.items() if lines}


def _kind(kind: SeenKind, ids: set[str], currency: str) -> Iterator[str]:
    own = kind.kind if kind.declared else _id(kind.kind, ids)
    yield ""
    if kind.declared:
        yield f"# '{kind.kind}' came {kind.times:,} times with fields that are not declared."
    else:
        yield f"# '{kind.kind}' came {kind.times:,} times and is not declared."
        yield f"[{_key(own)}]"
        yield f"name = {_quoted(own.replace('-', ' '))}"
        if own != kind.kind:
            yield f"also = [{_quoted(kind.kind)}]"
        if kind.items:
            yield f"items = {_quoted(kind.items)}"
    yield from _fields(f"{_key(own)}.fields", kind.fields, currency)
    yield from _fields(f"{_key(own)}.item-fields", kind.item_fields, currency)


def _fields(table: str, fields: Iterable[Seen], currency: str) -> Iterator[str]:
    # A table of its own for each: the kind's own table may stand in the file already, and cannot be opened twice.
    for seen in fields:
        type_ = _type(seen, currency)
        yield ""
        yield _told(seen)
        if parse_type(type_)[0] is None:
            yield f"# No type fits '{_plain(seen.name)}' ({type_}): it stays in the log, and rules do not read it."
            continue
        yield f"[{table}.{_key(seen.name)}]"
        yield f"type = {_quoted(type_)}"
        if seen.required:
            yield "required = true"


def _trait(seen: Seen, dictionary: Dictionary) -> Iterator[str]:
    """Of the kind of group declared first: which it is of, somebody has to see."""
    group = dictionary.groups[0]
    yield from _attribute(seen, f"{_key(group.id)}.traits.", f"{group.name} ")


def _attribute(seen: Seen, table: str = "", of: str = "") -> Iterator[str]:
    yield ""
    yield _told(seen)
    if parse_type(seen.type)[0] is None:
        yield f"# No type fits '{_plain(seen.name)}' ({seen.type}): it stays in the log, and rules do not read it."
        return
    yield f"[{table}{_key(seen.name)}]"
    yield f"name = {_quoted(of + _words(seen.name))}"
    yield f"type = {_quoted(seen.type)}"


def _told(seen: Seen) -> str:
    examples = f", such as {', '.join(map(_plain, seen.examples))}" if seen.examples else ""
    return f"# In {seen.times:,} of {seen.of:,}{examples}."


def _type(seen: Seen, money: str) -> str:
    return money if money and seen.type == "number(0)" and _CENTS.search(seen.name) else seen.type


def _id(name: str, taken: Collection[str]) -> str:
    """A kind's id of a tracker's name: "Cart Viewed" is cart-viewed."""
    id = _words(name).replace(" ", "-") or "kind"
    return id if id not in taken else f"{id}-2"


def _words(name: str) -> str:
    """ "favouriteStore_id" as "favourite store id" """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", parted).lower().split())


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    """A text that may stand in a comment."""
    return "".join(char if char.isprintable() else "�" for char in text)

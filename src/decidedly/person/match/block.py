"""Block: which pairs are looked at, by keys that both records share.

A rule is a tuple of parts; a part is a standard column ("surname"), its first letters ("surname:3"), letters from a
place ("birth:5-8"), or "names": given name and surname in the order of the alphabet. A record without one of the parts
has no key of that rule. A rule without parts lets every pair through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from decidedly.person.match.standardise import Record

Rule = tuple[str, ...]

# In the order in which they are taken, most telling first: pairs of an earlier rule are not looked at again.
RULES: tuple[Rule, ...] = (
    ("email",), ("phone",), ("birth", "given:3"), ("birth", "surname:3"), ("names", "birth:1-4"), ("names", "postcode"),
    ("names", "city"), ("names", "street:5"), ("names", "age"), ("surname", "given:1", "street:5"),
    ("surname", "postcode", "given:1"), ("given", "postcode", "surname:1"), ("street", "number", "postcode"),
    ("street", "number", "city"), ("street:5", "number", "given:2"), ("street:5", "number", "surname:2"),
    ("street", "city", "given:3"), ("street", "city", "surname:3"), ("names",), ("birth", "postcode:3"),
    ("birth", "city:3"), ("birth:1-6", "surname:4"), ("birth:1-6", "given:4"), ("birth:5-8", "surname:4"),
    ("birth:5-8", "given:4"), ("birth:1-4", "birth:7-8", "surname:4"), ("birth:1-4", "birth:7-8", "given:4"),
    ("birth:1-4", "surname:4", "given:1"), ("birth",), ("surname", "given:2"), ("surname:4", "given:3"),
    ("given", "surname:2"), ("surname", "city"), ("surname", "postcode:3"), ("given", "postcode"), ("given", "city"),
    ("postcode", "number"), ("street", "postcode"), ("street",), ("surname", "number"), ("surname", "state"),
    ("given", "number"), ("birth:1-6", "city"), ("birth:1-6", "postcode"), ("email:6",), ("phone:6",), ("surname",),
    ("given",), ("birth:1-6",), ("postcode",), ("birth:5-8",), ("city",), ("surname:4",), ("given:4",), ("birth:1-4",),
)  # fmt: skip


def expressions(rule: Rule, of: str = "") -> tuple[str, ...]:
    """SQL of each part, of a table ("l."); null where the record has no key."""
    return tuple(_sql(part, of) for part in rule)


def _sql(part: str, of: str) -> str:
    column, _, piece = part.partition(":")
    if column == "names":  # null where one of them is
        given, surname = f"{of}given", f"{of}surname"
        return f"CASE WHEN {given} < {surname} THEN {given} || ' ' || {surname} ELSE {surname} || ' ' || {given} END"
    if not piece:
        return f"{of}{column}"
    first, _, last = piece.partition("-")
    start, length = (int(first), int(last) - int(first) + 1) if last else (1, int(first))
    return f"nullif(substr({of}{column}, {start}, {length}), '')"


def key(rule: Rule, record: Record) -> tuple[str, ...] | None:
    """The same in Python."""
    out: list[str] = []
    for part in rule:
        column, _, piece = part.partition(":")
        if column == "names":
            given, surname = record["given"], record["surname"]
            if given is None or surname is None:
                return None
            out.append(" ".join(sorted((given, surname), key=str.encode)))
            continue
        value = record[column]
        if value is not None and piece:
            first, _, last = piece.partition("-")
            value = value[int(first) - 1 : int(last)] if last else value[: int(first)]
        if not value:
            return None
        out.append(value)
    return tuple(out)


def usable(columns: Collection[str]) -> Iterator[Rule]:
    """The rules whose columns are there; every identifying number is one by itself, and first."""
    have = set(columns)
    yield from ((column,) for column in sorted(have) if column.startswith("id_"))
    for rule in RULES:
        if have.issuperset(column for part in rule for column in _needed(part)):
            yield rule


def _needed(part: str) -> tuple[str, ...]:
    return ("given", "surname") if part == "names" else (part.partition(":")[0],)

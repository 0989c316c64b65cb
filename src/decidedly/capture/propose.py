"""Propose: a mapping file for rows that nobody has described yet. A beginning to be corrected, never a decision."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from decidedly.capture.convert import Unreadable, converter, text_of
from decidedly.capture.validate import rules_of
from decidedly.core.dictionary import Dictionary, Field
from decidedly.core.mapping import REJECTED, ROW, From, Value, Written
from decidedly.feel.types import Boolean, Date, DateTime, Number, Real, Type
from decidedly.person.fold import CONSENT, IDENTIFY
from decidedly.person.schema import type_of
from decidedly.ports.source import Source

LOOKED_AT = 1000
_SHOWN = 3
_PATTERNS = ("", "DD.MM.YYYY", "MM/DD/YYYY", "DD/MM/YYYY", "YYYY/MM/DD", "DD-MM-YYYY", "YYYYMMDD")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_OF_PERSONS = ("customer", "client", "person", "member", "user", "loyalty", "card", "kunde", "household", "crm")
_OF_TIMES = ("date", "time", "when", "created", "ordered", "datum", "day", "_at", "ts")
_OF_PHONES = ("phone", "mobile", "cell", "tel", "handy")


class _Column(msgspec.Struct, frozen=True):
    """What the rows looked at show of a column. texts: those that are not empty."""

    name: str
    texts: list[str]
    dates: str | None
    rows: int

    @property
    def word(self) -> str:
        return _word(self.name)

    @property
    def unique(self) -> bool:
        return len(self.texts) == self.rows > 0 and len(set(self.texts)) == self.rows

    @property
    def look(self) -> str:
        if self.dates is not None:
            return "date"
        for said, type_ in (("whole number", Number(0)), ("number", Real()), ("yes or no", Boolean())):
            if self.texts and all(_reads(type_, text, Written()) for text in self.texts):
                return said
        return "text"


def propose(file: str, opened: Callable[[From], Source], dictionary: Dictionary) -> str:
    """The text of a mapping file, with comments that say what was guessed and why.

    opened : the file as a source, read as `From` says
    """
    from_ = From(file=file)
    columns, broken = _looked_at(opened(from_))
    if broken:
        from_ = From(file=file, encoding="windows-1252")
        columns, _ = _looked_at(opened(from_))
    return "\n".join(_lines(from_, columns, dictionary)) + "\n"


def _looked_at(source: Source) -> tuple[list[_Column], bool]:
    rows: list[dict[str, Any]] = []
    broken = False
    for batch in source.batches(source.parts()[0].name):
        rows += batch.rows[: LOOKED_AT - len(rows)]
        broken = broken or any(one.code == "import.encoding" for one in batch.broken)
        if len(rows) >= LOOKED_AT:
            break
    found = []
    for name in source.columns():
        if name not in REJECTED:
            cells = [row.get(name) for row in rows]
            texts = [text for cell in cells if cell is not None and (text := text_of(cell).strip())]
            found.append(_Column(name, texts, _dates(texts), len(rows)))
    return found, broken


def _dates(texts: Sequence[str]) -> str | None:
    """The pattern by which all of these are dates or times, None where there is none."""
    if not texts or all(re.fullmatch(r"\d{1,7}|\d{9,}", text) for text in texts):
        return None
    for pattern in _PATTERNS:
        # Eight digits are a date to ISO 8601 too, but rather a number where no pattern for them is wanted.
        if pattern == "" and all(text.isdigit() for text in texts):
            continue
        if all(_reads(DateTime(), text, Written(dates=pattern)) for text in texts):
            return pattern
    return None


def _reads(type_: Type, text: str, written: Written) -> bool:
    try:
        return converter(type_, Value(), written)(text) is not None
    except (Unreadable, ValueError, OverflowError):
        return False


def _lines(from_: From, columns: list[_Column], dictionary: Dictionary) -> Iterator[str]:
    who = _who(columns, dictionary)
    kind, fields = _kind(columns, dictionary, who)
    time = _time([column for column in columns if column.name not in fields.values()])
    dates = {column.dates for column in columns if column.dates}
    decimal = _decimal(columns)
    yield f"# Proposed from {from_.file}: {columns[0].rows if columns else 0:,} rows were looked at."
    yield "# Read it through and correct it; then see what the first rows would become, with --dry-run."
    yield ""
    yield f"source = {_quoted(from_.file.partition('.')[0])}  # who says it: it stands in the provenance of every value"
    yield ""
    yield "[from]"
    yield f"file = {_quoted(from_.file)}"
    if from_.encoding != "utf-8":
        yield f"encoding = {_quoted(from_.encoding)}  # it is not UTF-8"
    if decimal == ",":
        yield 'decimal = ","'
    if dates:
        more = f"  # also seen: {', '.join(sorted(dates)[1:])}" if len(dates) > 1 else ""
        yield f"dates = {_quoted(min(dates))}{more}"
    yield f"zone = {_quoted(dictionary.time_zone)}  # of times that name none"
    yield ""
    yield f"[events.{kind}]"
    yield from _key(columns, who, time, kind)
    if time is not None:
        yield f"at = {_quoted(time.name)}  # for example {time.texts[0]}"
    else:
        yield 'at = {value = "2000-01-01"}  # no column looks like a time: write the day as of which the rows are true'
    yield ""
    yield f"[events.{kind}.who]"
    if not who:
        yield f"# No column looks like an identifier. Known are {', '.join(dictionary.identifiers)}."
        yield f"# {dictionary.user_id} = {_quoted(ROW)}  # would make every row a person of its own"
    for space, column in who.items():
        yield f"{space} = {_quoted(column.name)}  # for example {column.texts[0] if column.texts else ''}"
    declared = rules_of(dictionary).fields_of(kind)
    yield ""
    yield f"[events.{kind}.fields]"
    for name, column_name in fields.items():
        yield f"{_key_of(name)} = {_quoted(column_name)}  # {declared[name].type}"
    for name, field in declared.items():
        if field.required and name not in fields:
            yield f'# {_key_of(name)} = "..."  # {field.type}, required: which column is it?'
    used = {*fields.values(), *(column.name for column in who.values()), time.name if time else ""}
    rest = [column for column in columns if column.name not in used]
    if rest:
        yield ""
        yield "# Columns that match nothing in the dictionary; declare a field for what is wanted of them:"
        for column in rest:
            examples = ", ".join(list(dict.fromkeys(column.texts))[:_SHOWN])
            yield f"#   {column.name:<24} {column.look:<13} {_one_line(examples)}"


def _who(columns: list[_Column], dictionary: Dictionary) -> dict[str, _Column]:
    """Namespace -> the column that most likely holds its identifiers."""
    found: dict[str, _Column] = {}
    for space in dictionary.identifiers:
        word = _word(space)
        fits = [column for column in columns if column.texts and word in column.word]
        if space == "email":
            fits = [c for c in columns if c.texts and all(_EMAIL.fullmatch(text) for text in c.texts[:50])] or fits
        elif space == "phone":
            fits = [c for c in columns if c.texts and any(part in c.word for part in _OF_PHONES)]
        if fits:
            found[space] = fits[0]
    if dictionary.user_id not in found:
        taken = [column.name for column in found.values()]
        ids = [
            column for column in columns
            if column.name not in taken and column.texts and any(part in column.word for part in _OF_PERSONS)
            and column.dates is None
        ]  # fmt: skip
        ids = sorted(ids, key=lambda column: not column.word.endswith(("id", "no", "nr", "number", "key")))
        if ids:
            found[dictionary.user_id] = ids[0]
    return {space: found[space] for space in dictionary.identifiers if space in found}


def _kind(columns: list[_Column], dictionary: Dictionary, who: dict[str, _Column]) -> tuple[str, dict[str, str]]:
    """The kind of event with most fields among the columns, and field -> column. Without any, rows describe people."""
    taken = {column.name for column in who.values()}
    best, fields = "", dict[str, str]()
    rules = rules_of(dictionary)
    kinds = [kind.id for kind in dictionary.events if kind.id != CONSENT and not kind.items]
    for kind in sorted(kinds, key=lambda kind: kind != IDENTIFY):
        matched = _matched(
            [column for column in columns if column.name not in taken], rules.fields_of(kind), dictionary
        )
        if not best or len(matched) > len(fields):
            best, fields = kind, matched
    return best or IDENTIFY, fields


def _matched(columns: list[_Column], fields: dict[str, Field], dictionary: Dictionary) -> dict[str, str]:
    names = {one.id: one.name for one in dictionary.attributes if one.of == "person"}
    found: dict[str, str] = {}
    for name, field in fields.items():
        words = {_word(name), _word(names.get(name, name))}
        type_ = type_of(field.type)
        for column in columns:
            dated = isinstance(type_, Date | DateTime) <= (column.dates is not None)
            if column.word in words and dated:
                found[name] = column.name
                break
    return found


def _time(columns: list[_Column]) -> _Column | None:
    times = [column for column in columns if column.dates is not None]
    named = [column for column in times if any(part in column.name.lower() for part in _OF_TIMES)]
    return next(iter([*named, *times]), None)


def _key(columns: list[_Column], who: dict[str, _Column], time: _Column | None, kind: str) -> Iterator[str]:
    people = {column.name for column in who.values()}
    unique = [column for column in columns if column.unique and column.dates is None and column.look != "number"]
    own = sorted(unique, key=lambda column: (column.name in people) == (kind != IDENTIFY))
    if own:
        yield f"key = {_quoted(own[0].name)}  # tells one row from another: no two rows looked at have the same"
    elif who and time is not None:
        first = next(iter(who.values()))
        pairs = set(zip(first.texts, time.texts, strict=False))
        sure = "no two rows looked at have the same" if len(pairs) == time.rows else "but some rows have the same"
        yield f"key = [{_quoted(first.name)}, {_quoted(time.name)}]  # {sure}"
    else:
        yield 'key-by = "row"  # nothing tells rows apart but their place: the file must not change between two runs'


def _decimal(columns: list[_Column]) -> str:
    numbers = [text for column in columns for text in column.texts[:100] if re.fullmatch(r"-?[\d.,]+", text)]
    comma = sum(bool(re.fullmatch(r"-?[\d.]*,\d{1,2}", text)) for text in numbers)
    point = sum(bool(re.fullmatch(r"-?[\d,]*\.\d{1,2}", text)) for text in numbers)
    return "," if comma > point else "."


def _word(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _quoted(text: str) -> str:
    """A text as TOML writes it; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _key_of(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."

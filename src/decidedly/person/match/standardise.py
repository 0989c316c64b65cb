"""Standardise: one person's columns as they came -> the same few columns for everybody, written one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from decidedly.person.match.words import (
    LETTERS,
    MONTHS,
    NOTHING,
    PARTICLES,
    SEXES,
    STREET_KINDS,
    STREET_WORDS,
    TITLES,
    Role,
)

Record = dict[str, str | None]
"""One person, standardised: a text per standard column, None where nothing is known."""

_MARKS = re.compile(r"[^\w\s]|_")
_SPACES = re.compile(r"\s+")
_OF = re.compile(r"\. (?=[a-z])| de | del ")
_DATE_SIGNS = str.maketrans({"年": "-", "月": "-", "日": " ", "년": "-", "월": "-", "일": " "})
_DIGITS = re.compile(r"\D")
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{5}-\d{3,4}|\d{4} ?[a-z]{2}|\d{2}-\d{3}|\d{4,6})\b")
_NUMBER = re.compile(r"\b\d{1,5}[a-z]?(?:[/-]\d{1,4}[a-z]?)?\b")
_DATE = re.compile(r"(\d{1,4})[-/. ](\d{1,2}|[a-z]{3,})[-/. ](\d{1,4})")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Small letters of ASCII where there are such, no accents, no punctuation, single spaces."""
    low = text.casefold().translate(LETTERS)
    if not low.isascii():
        low = "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))
    return _SPACES.sub(" ", _MARKS.sub(" ", low.replace("'", "").replace("’", ""))).strip()


def known(value: object) -> str | None:
    """The text of a value that says something, else None."""
    if value is None:
        return None
    text = str(value).strip()
    return None if text.lower() in NOTHING else text


def name(text: str) -> str | None:
    """A given name or a surname: letters alone, titles dropped."""
    words = [word for word in fold(text).split() if word not in TITLES or len(word) == 1]
    return " ".join(word for word in words if not word.isdigit()) or None


def names(text: str) -> tuple[str | None, str | None]:
    """A full name, in either order, as (given name, surname): "Smith, John", "Dr. John A. van Smith"."""
    if "," in text:
        last, _, first = text.partition(",")
        if name(first):
            return name(first), name(last)
    words = [word for word in fold(text).split() if word not in TITLES and not word.isdigit()]
    if len(words) < 2:
        return (None, words[0]) if words else (None, None)
    start = next((i for i, word in enumerate(words[1:-1], 1) if word in PARTICLES), len(words) - 1)
    first = words[0] if len(words) < 3 or len(words[0]) > 1 else words[1]
    return first, " ".join(words[start:])


def birth(text: str, day_first: bool = True) -> str | None:
    """A date as eight digits, year first. Where it is ambiguous `day_first` says how the column writes it."""
    text = fold_date(text)
    found = _DATE.search(text)
    if found is None:
        digits = _DIGITS.sub("", text)
        if len(digits) != 8:
            return None
        if 1850 <= int(digits[:4]) <= 2100 and int(digits[4:6]) <= 19:
            return digits
        if 1850 <= int(digits[4:]) <= 2100:
            a, b, year = digits[:2], digits[2:4], digits[4:]
            day, month = (a, b) if (day_first and int(b) <= 12) or int(a) > 12 else (b, a)
            return year + month + day
        return digits
    a, b, c = found.groups()
    if b.isalpha():
        named = _month(b)
        day, year = (c, a) if len(a) == 4 else (a, c)
        return f"{_year(year)}{named:02d}{int(day):02d}" if named and len(day) <= 2 else None
    if len(a) == 4:
        return f"{a}{int(b):02d}{int(c):02d}" if len(c) <= 2 else None
    if len(a) > 2:
        return None
    day, month = (a, b) if (day_first and int(b) <= 12) or int(a) > 12 else (b, a)
    return f"{_year(c)}{int(month):02d}{int(day):02d}"


def fold_date(text: str) -> str:
    """Small letters, without a time of day or a name of the weekday."""
    low = text.lower().replace(",", " ").strip()
    if not low.isascii():
        low = low.translate(_DATE_SIGNS).translate(LETTERS)
        low = "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c)).strip("- ")
    low = _OF.sub(" ", low).replace("- ", "-")
    low = re.sub(r"[t ]\d{1,2}:\d{2}.*$", "", low)
    low = re.sub(r"^[a-z]{3,} (?=[a-z]{3,} \d)", "", _SPACES.sub(" ", low))
    low = re.sub(r"^([a-z]{3,}) (\d{1,2}) (\d{4})", r"\2 \1 \3", _SPACES.sub(" ", low))
    return _SPACES.sub(" ", low)


@lru_cache(maxsize=1024)
def _month(word: str) -> int:
    """The month that a word or its beginning is, 0 for none: the longest beginning that is known tells."""
    known = [(len(start), i) for row in MONTHS for i, start in enumerate(row.split(), 1) if word.startswith(start)]
    return max(known, default=(0, 0))[1]


def _year(text: str) -> str:
    if len(text) == 4:
        return text
    n = int(text)
    return f"{2000 + n if n <= 25 else 1900 + n}" if len(text) <= 2 else text.rjust(4, "0")


def street(text: str) -> str | None:
    """A street with its usual abbreviations written out."""
    return " ".join(STREET_KINDS.get(word, word) for word in fold(text).split()) or None


def number(text: str) -> str | None:
    return fold(text).replace(" ", "").lstrip("0") or None


def code(text: str) -> str | None:
    """A postcode or an identifying number: letters and digits alone. "4011.0" is one that a table made a fraction."""
    return fold(re.sub(r"\.0+$", "", text)).replace(" ", "") or None


def phone(text: str) -> str | None:
    """The last nine digits: country and trunk prefixes come and go."""
    digits = _DIGITS.sub("", re.sub(r"\.0+$", "", text.split("x")[0]))
    return digits[-9:] if len(digits) >= 5 and digits.strip("0") else None


def email(text: str) -> str | None:
    low = _SPACES.sub("", text.lower().removeprefix("mailto:"))
    return low if len(low) > 2 else None


def sex(text: str) -> str | None:
    return SEXES.get(fold(text))


def whole(text: str) -> str | None:
    """A number without its fraction: an age."""
    digits = _DIGITS.sub("", re.sub(r"\.\d+$", "", text))
    return str(int(digits)) if digits else None


def address(text: str) -> Record:
    """An address in one text -> street, number, postcode, city, as far as they can be told."""
    low = text.casefold()
    found = list(_POSTCODE.finditer(low))
    # A number that comes first is a house's where a street follows it.
    post = next((m for m in reversed(found) if m.start() > 0 or not _street_follows(low[m.end() :])), None)
    if post is not None:
        low = low[: post.start()] + "," + low[post.end() :]
    parts = [part for part in (fold(p) for p in re.split(r"[,;\n]", low)) if part]
    house = next((m for part in parts for m in [_NUMBER.search(part)] if m), None)
    if house is not None:
        parts = [_SPACES.sub(" ", part.replace(house.group(), " ", 1)).strip() for part in parts]
        parts = [part for part in parts if part]
    return {
        "street": street(parts[0]) if parts else None,
        "number": number(house.group()) if house else None,
        "postcode": code(post.group()) if post else None,
        "city": parts[1] if len(parts) > 1 else None,
    }


def _street_follows(text: str) -> bool:
    return any(word in STREET_KINDS or word in STREET_WORDS for word in fold(text.split(",")[0]).split())


_PLAIN: dict[Role, tuple[str, Callable[[str], str | None]]] = {
    "given_name": ("given", name), "surname": ("surname", name), "age": ("age", whole), "sex": ("sex", sex),
    "street": ("street", street), "street2": ("street2", street), "number": ("number", number), "city": ("city", fold),
    "postcode": ("postcode", code), "state": ("state", fold), "email": ("email", email), "phone": ("phone", phone),
    "country": ("country", fold),
}  # fmt: skip


def day_first(values: Iterable[str]) -> bool:
    """Whether a column of dates writes the day before the month, told by numbers above 12; so, where nothing tells."""
    first = second = 0
    for value in values:
        found = re.match(r"\s*(\d{1,2})[-/. ](\d{1,2})[-/. ]\d{2,4}", value) or re.match(
            r"\s*(\d\d)(\d\d)(?:19|20)\d\d$", value
        )
        if found:
            first += int(found.group(1)) > 12
            second += int(found.group(2)) > 12
    return first >= second


def columns(roles: Mapping[str, Role]) -> tuple[str, ...]:
    """The standard columns that these roles fill, in one order."""
    out: list[str] = []
    for column, role in roles.items():
        if role == "full_name":
            out += ["given", "surname"]
        elif role == "address":
            out += ["street", "number", "postcode", "city"]
        elif role in ("birth", "birth_day", "birth_month", "birth_year"):
            out.append("birth")
        elif role in ("id", "other"):
            out.append(_own(role, column))
        elif role != "ignore":
            out.append(_PLAIN[role][0])
    return tuple(dict.fromkeys(out))


class Standard:
    """Turns raw columns into standard ones, column by column: names, places and dates come again and again, and each is
    made one once.

    roles     : role of each raw column
    day_first : columns of dates that write the month first map to False
    """

    def __init__(self, roles: Mapping[str, Role], day_first: Mapping[str, bool] | None = None) -> None:
        self.roles = {column: role for column, role in roles.items() if role != "ignore"}
        self.columns = columns(self.roles)
        self.day_first = dict(day_first or {})

    def record(self, row: Mapping[str, object]) -> Record:
        """One row alone."""
        return {column: values[0] for column, values in self.table({c: [v] for c, v in row.items()}, 1).items()}

    def table(self, rows: Mapping[str, Sequence[object]], size: int) -> dict[str, list[str | None]]:
        """Columns of raw values -> columns of standard ones, `size` rows each. Of several columns of one
        thing the first that says something says it."""
        out: dict[str, list[str | None]] = {column: [None] * size for column in self.columns}
        parts: dict[str, list[str | None]] = {}
        for column, role in self.roles.items():
            if column not in rows:
                continue
            if role in ("birth_day", "birth_month", "birth_year"):
                parts[role] = _each(rows[column], whole)
                continue
            for to, values in self._made(column, role, rows[column]):
                before = out[to]
                out[to] = (
                    values if before.count(None) == size else [a or b for a, b in zip(before, values, strict=True)]
                )
        if "birth_year" in parts:
            nothing: list[str | None] = [None] * size
            days, months = parts.get("birth_day", nothing), parts.get("birth_month", nothing)
            dates = zip(parts["birth_year"], months, days, out["birth"], strict=True)
            out["birth"] = [
                date or (f"{_year(year)}{int(month or 0):02d}{int(day or 0):02d}" if year else None)
                for year, month, day, date in dates
            ]
        return out

    def _made(self, column: str, role: Role, values: Sequence[object]) -> list[tuple[str, list[str | None]]]:
        if role == "full_name":
            both = _each(values, names)
            return [(part, [one[n] if one else None for one in both]) for n, part in enumerate(("given", "surname"))]
        if role == "address":
            told = _each(values, address)
            return [
                (part, [one[part] if one else None for one in told])
                for part in ("street", "number", "postcode", "city")
            ]
        if role == "birth":
            first = self.day_first.get(column, True)
            return [("birth", _each(values, lambda text: birth(text, first)))]
        if role in ("id", "other"):
            return [(_own(role, column), _each(values, code if role == "id" else lambda text: fold(text) or None))]
        to, make = _PLAIN[role]
        return [(to, _each(values, lambda text: make(text) or None))]


Made = TypeVar("Made")


def _each(values: Sequence[object], make: Callable[[str], Made | None]) -> list[Made | None]:
    """What is made of each value that says something, each different one once."""
    seen: dict[object, Made | None] = {}
    for value in values:
        if value not in seen:
            text = known(value)
            seen[value] = None if text is None else make(text)
    return [seen[value] for value in values]


def _own(role: str, column: str) -> str:
    return f"{role}_{fold(column).replace(' ', '_') or 'x'}"

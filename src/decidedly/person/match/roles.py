"""Roles: what each column of persons holds, told by its name and by what is in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from decidedly.person.match.standardise import birth, fold, known
from decidedly.person.match.words import COLUMN_WORDS, GIVEN_NAMES, SEXES, STREET_KINDS, STREET_WORDS, Role

SAMPLE = 2000  # values of a column that are looked at
_BY_WORD: tuple[tuple[str, Role], ...] = tuple(
    sorted(((word, role) for role, words in COLUMN_WORDS.items() for word in words), key=lambda pair: -len(pair[0]))
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()./-]{7,20}(x\d+)?$")
_POST = re.compile(
    r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d|\d{4} ?[a-z]{2}|\d{2}-\d{3}|\d{5}-\d{3,4}"
)
_HOUSE = re.compile(r"\d{1,5}\s?[a-z]?([/-]\d{1,4}[a-z]?)?$")
_ONE_EACH: frozenset[Role] = frozenset({"given_name", "surname", "birth", "age", "sex", "full_name", "city", "state"})


def roles(columns: Mapping[str, Sequence[object]]) -> dict[str, Role]:
    """The role of every column, from a sample of its values (nothing, numbers or texts) and its name.

    Contents decide where they are unmistakable (an e-mail, a date), the name where it is known, the contents again
    where it is not. A column that is all different and like nothing known numbers the rows and is ignored.
    """
    seen = {column: _sample(values) for column, values in columns.items()}
    out: dict[str, Role] = {column: _role(column, values, columns[column]) for column, values in seen.items()}
    _settle_names(out, seen)
    _settle_twins(out, seen)
    _drop_repeated(out, columns)
    return {column: _kept(role, seen[column], columns[column]) for column, role in out.items()}


def _sample(values: Sequence[object]) -> list[str]:
    step = max(1, len(values) // SAMPLE)
    return [text for text in (known(value) for value in values[::step]) if text is not None][:SAMPLE]


def by_name(column: str) -> Role | None:
    """The role that a column's name speaks of."""
    flat = fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).replace("_", " ").replace("-", " ").replace(".", " "))
    tight = flat.replace(" ", "")
    for word, role in _BY_WORD:
        if tight == word:
            return role
    words = set(flat.split())
    for word, role in _BY_WORD:
        if word in words or (len(word) >= 5 and word in tight):
            return role
    return None


def _share(values: Sequence[str], test: re.Pattern[str]) -> float:
    return sum(1 for value in values if test.match(value.lower().strip())) / len(values)


def _role(column: str, values: list[str], whole: Sequence[object]) -> Role:
    if not values:
        return "ignore"
    named = by_name(column)
    if _share(values, _EMAIL) > 0.6:
        return "email"
    dates = sum(1 for value in values if _is_date(value)) / len(values)
    if dates > 0.8 and named not in ("id", "phone", "postcode", "ignore"):
        return "birth"
    if named is not None and _fits(named, values):
        return _address_or_street(values) if named in ("street", "address") else named
    return _by_contents(values, whole)


def _is_date(value: str) -> bool:
    text = birth(value)
    if text is None or not re.search(r"\d", value):
        return False
    return 1850 <= int(text[:4]) <= 2100 and 0 <= int(text[4:6]) <= 19 and int(text[6:8]) <= 39


def _fits(role: Role, values: Sequence[str]) -> bool:
    """A name that its contents belie is not believed."""
    digits = sum(1 for value in values if any(c.isdigit() for c in value)) / len(values)
    if role in ("given_name", "surname", "full_name", "city"):
        return digits < 0.5
    if role in ("number", "age", "phone", "birth_day", "birth_month", "birth_year"):
        return digits > 0.5
    if role == "sex":
        return sum(1 for value in values if fold(value) in SEXES) / len(values) > 0.5
    if role == "birth":
        return False  # its contents would have said so
    return not (role == "email" or (role == "postcode" and digits < 0.3))


def _address_or_street(values: Sequence[str]) -> Role:
    """A street alone, or more of an address in the same text."""
    more = sum(1 for value in values if re.search(r"^\s*\d+\w?\s|\s\d+\s?\w?\s*($|,)|,.*\d", value)) / len(values)
    return "address" if more > 0.4 else "street"


def _by_contents(values: list[str], whole: Sequence[object]) -> Role:
    folded = [fold(value) for value in values]
    distinct = len(set(folded)) / len(folded)
    digits = sum(1 for value in values if any(c.isdigit() for c in value)) / len(values)
    if len(set(folded)) <= 8 and sum(1 for value in folded if value in SEXES) / len(folded) > 0.9:
        return "sex"
    if _share(values, _POST) > 0.6:
        return "postcode"
    words = sum(len(value.split()) for value in folded) / len(folded)
    streets = sum(
        1 for value in folded if any(w in STREET_WORDS or w in STREET_KINDS for w in value.split())
        or re.search(r"(strasse|str|weg|gasse|straat|gatan|vagen)\b", value)
    ) / len(folded)  # fmt: skip
    if streets > 0.4 and words >= 1.5:
        return _address_or_street(values)
    letters = sum(1 for value in folded if sum(map(str.isalpha, value)) > 3) / len(folded)
    if digits > 0.4 and letters > 0.6 and words >= 2.5:
        return "address"
    if digits > 0.8:
        return _number_role(values, distinct, whole)
    if digits > 0.3:
        return "ignore" if len({str(v) for v in whole}) == len(whole) else "other"
    return _word_role(folded, distinct, words)


def _number_role(values: Sequence[str], distinct: float, whole: Sequence[object]) -> Role:
    plain = [re.sub(r"\.0+$", "", value) for value in values]
    lengths = Counter(len(re.sub(r"\D", "", value)) for value in plain)
    length, most = lengths.most_common(1)[0]
    if _numbers_rows(whole):
        return "ignore"
    if any(not value.isdigit() for value in plain) and _share(plain, _PHONE) > 0.8 and length >= 8:
        return "phone"
    if length in (4, 5) and most / len(plain) > 0.85 and not all(1850 <= int(v) <= 2100 for v in plain if v.isdigit()):
        return "postcode"
    if all(value.isdigit() and int(value) <= 115 for value in plain) and len(plain) > 30 and distinct < 0.3:
        return "age"
    if length <= 3 and _share(plain, _HOUSE) > 0.8:
        return "number"
    if length >= 9 and plain[0].startswith(("0", "+")):
        return "phone"
    return "id" if length >= 5 else "other"


def _numbers_rows(values: Sequence[object]) -> bool:
    """Whether all are different, and rising or without large gaps."""
    if len({str(value) for value in values}) < len(values):
        return False
    numbers = [int(re.sub(r"\D", "", re.sub(r"\.0+$", "", str(value))) or 0) for value in values]
    return numbers == sorted(numbers) or max(numbers) - min(numbers) < 2 * len(numbers)


def _word_role(folded: Sequence[str], distinct: float, words: float) -> Role:
    given = sum(1 for value in folded if value.split()[:1] and value.split()[0] in GIVEN_NAMES) / len(folded)
    different = len(set(folded))
    if words >= 1.8 and (given > 0.15 or distinct > 0.5) and words < 4:
        return "full_name"
    if given > 0.25:
        return "given_name"
    if different <= 60 and len(folded) > 5 * different and sum(map(len, folded)) / len(folded) <= 4:
        return "state"
    if distinct > 0.15:
        return "surname" if words < 1.3 else "city"
    return "city" if len(folded) > 3 * different else "other"


def _settle_names(out: dict[str, Role], seen: Mapping[str, Sequence[str]]) -> None:
    """A column called "name" beside a given name is the surname; so is, without one, the most various of words that
    nothing names."""
    if "given_name" in out.values() and not {"surname", "full_name"} & set(out.values()):
        unnamed = [column for column, role in out.items() if role == "city" and by_name(column) is None]
        single = [c for c in unnamed if sum(len(fold(v).split()) for v in seen[c]) < 1.3 * len(seen[c])]
        if single:
            out[max(single, key=lambda column: len(set(seen[column])))] = "surname"
    full = [column for column, role in out.items() if role == "full_name"]
    if len(full) == 1 and "given_name" in out.values() and "surname" not in out.values():
        values = seen[full[0]]
        if sum(len(fold(value).split()) for value in values) / len(values) < 1.5:
            out[full[0]] = "surname"
    elif len(full) == 1 and "given_name" in out.values():
        out[full[0]] = "other" if len(set(seen[full[0]])) < 2 else "ignore"
    elif len(full) == 1 and "surname" in out.values():
        values = seen[full[0]]
        if sum(len(fold(value).split()) for value in values) / len(values) < 1.5:
            out[full[0]] = "given_name"


def _settle_twins(out: dict[str, Role], seen: Mapping[str, Sequence[str]]) -> None:
    """Two columns of one role that a person has once: the one whose name says so keeps it; of two unnamed ones, the
    fewer different values are given names, or cities; the more are surnames."""
    for role in _ONE_EACH:
        same = [column for column, r in out.items() if r == role]
        if len(same) < 2:
            continue
        same.sort(key=lambda column: (by_name(column) != role, -len(seen[column])))
        for column in same[1:]:
            other: Role = "other"
            if role == "surname" and "given_name" not in out.values() and by_name(column) is None:
                other = "given_name"
            elif role == "given_name" and "surname" not in out.values() and by_name(column) is None:
                other = "surname"
            elif role == "surname" and "city" not in out.values() and by_name(column) is None:
                other = "city"
            elif role == "birth":
                other = "ignore"
            out[column] = other


def _drop_repeated(out: dict[str, Role], columns: Mapping[str, Sequence[object]]) -> None:
    """A column that says again what others say would count twice: a full name beside its parts, an age and a birth."""
    if "birth" in out.values():
        out.update({column: "ignore" for column, role in out.items() if role in ("age", "birth_year")})
    told = [column for column, role in out.items() if role not in ("ignore", "other", "full_name")]
    for column, role in list(out.items()):
        if role not in ("other", "full_name"):
            continue
        for one in told:
            rows = islice(zip(columns[column], columns[one], strict=True), 4 * SAMPLE)
            both = [(fold(str(a)), fold(str(b))) for a, b in rows if known(a) and known(b)]
            both = [(a, b) for a, b in both if len(b) > 2]
            if len(both) > 20 and sum(1 for a, b in both if b in a) > 0.6 * len(both):
                out[column] = "ignore"


def _all_different(values: Sequence[object]) -> bool:
    said = [value for value in values if value is not None]
    return len(set(said)) == len(said)


def _kept(role: Role, values: Sequence[str], whole: Sequence[object]) -> Role:
    """What is the same of everybody, or of nobody twice, says nothing of who is who."""
    if role in ("other", "country", "state") and (len(set(values)) < 2):
        return "ignore"
    if role in ("other", "id") and len(values) > 50 and len(set(values)) == len(values) and _all_different(whole):
        return "ignore"
    return role

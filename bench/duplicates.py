"""Synthetic persons with duplicates of known truth, from several countries and in several hands, to see whether a match
that was built on some sets holds on others. Every set has a column "truth"."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from faker import Faker

Row = dict[str, str | None]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORT = {
    "Robert": "Bob", "William": "Bill", "Elizabeth": "Liz", "Michael": "Mike", "Jennifer": "Jen", "Katherine": "Kate",
    "Christopher": "Chris", "Thomas": "Tom", "Richard": "Rick", "Margaret": "Peggy", "James": "Jim", "Joseph": "Joe",
}  # fmt: skip


def slip(text: str, chance: random.Random) -> str:
    """One slip of the finger."""
    if len(text) < 2:
        return text
    at, letter = chance.randrange(len(text) - 1), chance.choice("0123456789" if text.isdigit() else LETTERS)
    kind = chance.randrange(4)
    if kind == 0:
        return text[:at] + letter + text[at:]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + letter + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def persons(locale: str, count: int, chance: random.Random, household: float) -> list[dict[str, Any]]:
    """Persons of one country; a `household` share of them lives with the one before, of the same surname."""
    fake = Faker(locale)
    fake.seed_instance(chance.randrange(1 << 30))
    out: list[dict[str, Any]] = []
    for i in range(count):
        one: dict[str, Any] = {
            "given": fake.first_name(), "surname": fake.last_name(), "street": fake.street_name(),
            "number": str(chance.randrange(1, 180)), "city": fake.city(), "postcode": fake.postcode(),
            "phone": fake.phone_number(), "birth": date(1935, 1, 1) + timedelta(days=chance.randrange(25000)),
            "mailbox": fake.free_email_domain(), "truth": str(i), "sex": chance.choice("MF"),
        }  # fmt: skip
        if out and chance.random() < household:
            for field in ("surname", "street", "number", "city", "postcode", "phone"):
                one[field] = out[-1][field]
        user = [one["given"], one["surname"]]
        one["email"] = chance.choice([".", "", "_"]).join(user).lower().replace(" ", "") + f"{i % 90}@{one['mailbox']}"
        out.append(one)
    return out


def copies(
    people: list[dict[str, Any]], chance: random.Random, most: int, errors: float, missing: float, moved: float
) -> list[dict[str, Any]]:
    """Each person once to `most` times, later ones with errors: slips, gaps, swapped names, short names, moves."""
    out: list[dict[str, Any]] = []
    for one in people:
        for n in range(chance.choice([1, 1, 1, *range(1, most + 1)])):
            row = dict(one)
            if n:
                for field in ("given", "surname", "street", "city", "email", "phone", "postcode", "number"):
                    if chance.random() < errors:
                        row[field] = slip(str(row[field]), chance)
                if chance.random() < errors:
                    day: date = row["birth"]
                    row["birth"] = chance.choice([
                        day + timedelta(days=chance.choice([-1, 1, 10, 30])),
                        day.replace(year=day.year + chance.choice([-1, 1, 10]), day=min(day.day, 28)),
                        day.replace(day=day.month, month=day.day) if day.day <= 12 else day,
                    ])  # fmt: skip
                if chance.random() < errors / 3:
                    row["given"], row["surname"] = row["surname"], row["given"]
                if chance.random() < errors:
                    row["given"] = SHORT.get(row["given"], row["given"][0] if chance.random() < 0.3 else row["given"])
                if chance.random() < moved:
                    other = chance.choice(people)
                    row |= {field: other[field] for field in ("street", "city", "postcode")}
                    row["number"] = str(chance.randrange(1, 180))
                if chance.random() < moved:
                    row["phone"], row["email"] = chance.choice(people)["phone"], None
            for field in ("given", "street", "city", "email", "phone", "postcode", "birth"):
                if chance.random() < missing:
                    row[field] = None
            out.append(row)
    chance.shuffle(out)
    return out


def _text(day: date | None, form: str) -> str | None:
    return None if day is None else day.strftime(form)


def _german(row: dict[str, Any]) -> Row:
    street = None if row["street"] is None else f"{row['street']} {row['number']}"
    return {
        "Kd-Nr": None, "Nachname": row["surname"], "Vorname": row["given"], "Geb.": _text(row["birth"], "%d.%m.%Y"),
        "Straße": street, "PLZ": row["postcode"], "Wohnort": row["city"], "Rufnummer": row["phone"],
    }  # fmt: skip


def _american(row: dict[str, Any]) -> Row:
    name = f"{row['given']} {row['surname']}" if row["given"] else row["surname"]
    parts = (f"{row['number']} {row['street']}" if row["street"] else None, row["city"], row["postcode"])
    return {
        "customer": name, "bday": _text(row["birth"], "%m/%d/%Y"), "home": ", ".join(p for p in parts if p) or None,
        "contact": row["email"],
    }  # fmt: skip


def _spanish(row: dict[str, Any]) -> Row:
    return {
        "APELLIDOS": row["surname"], "NOMBRE": row["given"], "F_NACIMIENTO": _text(row["birth"], "%Y%m%d"),
        "MUNICIPIO": row["city"], "SEXO": row["sex"],
    }  # fmt: skip


def _unnamed(row: dict[str, Any]) -> Row:
    return {
        "c1": row["city"], "c2": _text(row["birth"], "%Y-%m-%d"), "c3": row["surname"], "c4": row["phone"],
        "c5": row["given"], "c6": row["email"], "c7": row["postcode"],
    }  # fmt: skip


def _pair(row: dict[str, Any]) -> Row:
    """Names and a date alone."""
    return {"first": row["given"], "last": row["surname"], "born": _text(row["birth"], "%d/%m/%Y"), "town": row["city"]}


MONTHS = [
    "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "desember",
]  # fmt: skip


def _norwegian(row: dict[str, Any]) -> Row:
    """Dates in words."""
    day: date | None = row["birth"]
    street = None if row["street"] is None else f"{row['street']} {row['number']}"
    return {
        "fornavn": row["given"], "etternavn": row["surname"],
        "født": None if day is None else f"{day.day}. {MONTHS[day.month - 1]} {day.year}",
        "gateadresse": street, "postnr": row["postcode"], "poststed": row["city"], "mobil": row["phone"],
    }  # fmt: skip


def _british(row: dict[str, Any]) -> Row:
    """A reference that numbers the records, though it looks like one of people."""
    street = None if row["street"] is None else f"{row['number']} {row['street']}"
    return {
        "ref": f"A{random.Random(repr(sorted(row.items(), key=str))).randrange(10**9):09d}",
        "Forename(s)": row["given"], "Family name": row["surname"], "D.O.B.": _text(row["birth"], "%b %d, %Y"),
        "Address line 1": street, "Town": row["city"], "Post code": row["postcode"], "Tel. (home)": row["phone"],
    }  # fmt: skip


def _italian(row: dict[str, Any]) -> Row:
    """A full name, an age and a place alone."""
    day: date | None = row["birth"]
    return {
        "nome e cognome": f"{row['given'] or ''} {row['surname']}".strip(),
        "eta": None if day is None else str(2024 - day.year), "comune": row["city"],
    }  # fmt: skip


def _russian(row: dict[str, Any]) -> Row:
    return {
        "Фамилия": row["surname"], "Имя": row["given"], "Дата рождения": _text(row["birth"], "%d.%m.%Y"),
        "Город": row["city"], "Телефон": row["phone"],
    }  # fmt: skip


# Country, columns, and: most records of a person, shares of errors, of gaps, of moves, of people who live together.
SETS: dict[str, tuple[str, Callable[[dict[str, Any]], Row], tuple[int, float, float, float, float]]] = {
    "german-households": ("de_DE", _german, (4, 0.12, 0.08, 0.1, 0.4)),
    "american-one-field": ("en_US", _american, (5, 0.15, 0.1, 0.1, 0.2)),
    "spanish-few-fields": ("es_ES", _spanish, (6, 0.2, 0.05, 0.1, 0.1)),
    "french-unnamed": ("fr_FR", _unnamed, (5, 0.25, 0.2, 0.15, 0.2)),
    "polish-names-dates": ("pl_PL", _pair, (8, 0.3, 0.1, 0.05, 0.0)),
    "norwegian-dates-in-words": ("no_NO", _norwegian, (4, 0.15, 0.1, 0.1, 0.2)),
    "british-references": ("en_GB", _british, (4, 0.15, 0.1, 0.1, 0.1)),
    "italian-ages": ("it_IT", _italian, (4, 0.12, 0.05, 0.0, 0.0)),
    "russian-letters": ("ru_RU", _russian, (4, 0.1, 0.08, 0.1, 0.1)),
}  # fmt: skip


def synthetic(name: str, people: int = 700, seed: int = 7) -> tuple[dict[str, list[str | None]], list[str]]:
    """One of SETS as raw columns and the truth of each row."""
    locale, form, (most, errors, missing, moved, household) = SETS[name]
    chance = random.Random(f"{name}{seed}")
    rows = copies(persons(locale, people, chance, household), chance, most, errors, missing, moved)
    made = [form(row) for row in rows]
    return {column: [row[column] for row in made] for column in made[0]}, [row["truth"] for row in rows]

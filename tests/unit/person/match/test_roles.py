"""The roles of columns are told by their names, and by what is in them where the names say nothing."""

import random

from decidedly.person.match.roles import roles

CHANCE = random.Random(5)
GIVEN = ["Emma", "Hans", "Maria", "Peter", "Anna", "Thomas", "Laura", "David", "Sarah", "Paul"]
SURNAMES = ["Sondergeld", "Whillas", "Rokobaro", "Trevorrow", "Purdon", "Alderson", "Turtur", "Hannagan", "Wieloch"]
PEOPLE = [
    {
        "given": CHANCE.choice(GIVEN), "surname": CHANCE.choice(SURNAMES) + CHANCE.choice(["", "s", "son", "er", "o"]),
        "birth": f"{CHANCE.randint(1930, 2005)}-{CHANCE.randint(1, 12):02d}-{CHANCE.randint(1, 28):02d}",
        "email": f"u{n}@mail.example", "post": str(CHANCE.randint(10000, 99999)), "sex": CHANCE.choice("MF"),
        "home": f"{CHANCE.randint(1, 99)} {CHANCE.choice(['Mill', 'High', 'Elm'])} Road", "row": str(n),
    }
    for n in range(300)
]  # fmt: skip


def table(names: dict[str, str]) -> dict[str, list[object]]:
    return {to: [one[column] for one in PEOPLE] for column, to in names.items()}


def test_a_number_that_no_two_share_numbers_the_records() -> None:
    names = ["Ann", "Bob", "Cy", "Dora"] * 20
    refs = [f"A{(n * 7919) % 100003:06d}" for n in range(80)]
    assert roles({"first name": names, "customer number": refs})["customer number"] == "ignore"
    assert roles({"first name": names, "customer number": refs[:60] + refs[:20]})["customer number"] == "id"


def test_a_full_name_in_one_column_is_no_surname() -> None:
    whole = [f"{given} {surname}" for given in ("Anna", "Luca", "Sara") for surname in ("Rossi", "Zito", "Conti")]
    assert roles({"nome e cognome": whole * 5})["nome e cognome"] == "full_name"


def test_names_of_columns_in_other_languages_are_known() -> None:
    told = roles(table({"given": "Vorname", "surname": "Nachname", "birth": "Geburtsdatum", "post": "PLZ"}))
    assert told == {"Vorname": "given_name", "Nachname": "surname", "Geburtsdatum": "birth", "PLZ": "postcode"}


def test_contents_tell_where_the_names_say_nothing() -> None:
    told = roles(table({column: f"c{n}" for n, column in enumerate(PEOPLE[0])}))
    assert list(told.values()) == [
        "given_name", "surname", "birth", "email", "postcode", "sex", "address", "ignore"
    ]  # fmt: skip


def test_a_name_that_its_contents_belie_is_not_believed() -> None:
    assert roles(table({"birth": "email", "email": "city"})) == {"email": "birth", "city": "email"}


def test_a_column_that_says_again_what_others_say_is_left_out() -> None:
    columns = table({"given": "first", "surname": "last"})
    columns["full name"] = [f"{one['given']} {one['surname']}" for one in PEOPLE]
    assert roles(columns)["full name"] == "ignore"


def test_an_empty_column_and_one_that_numbers_the_rows_are_ignored() -> None:
    assert roles({"a": [None, ""] * 50, "n": [str(n) for n in range(100)]}) == {"a": "ignore", "n": "ignore"}

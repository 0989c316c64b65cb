"""Values of many hands are written one way."""

import pytest

from decidedly.person.match.standardise import Standard, address, birth, code, day_first, fold, name, names, phone


@pytest.mark.parametrize(
    "text",
    ["19640317", "1964-03-17", "17/03/1964", "17.03.1964", "17.3.64", "17 Mar 1964", "March 17, 1964", "17031964",
     "1964-03-17T00:00:00", "03/17/1964", "1964/3/17"],
)  # fmt: skip
def test_a_date_is_eight_digits_however_it_was_written(text: str) -> None:
    assert birth(text) == "19640317"


def test_numbers_above_twelve_tell_whether_the_day_comes_first() -> None:
    assert day_first(["03/04/1964", "17/03/1964"])
    assert not day_first(["03/04/1964", "03/17/1964"])
    assert birth("03/04/1964", day_first=False) == "19640304"
    assert birth("03/04/1964") == "19640403"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Smith, John", ("john", "smith")),
        ("Dr. John A. van Smith", ("john", "van smith")),
        ("Madonna", (None, "madonna")),
        ("", (None, None)),
    ],
)
def test_a_full_name_falls_into_given_name_and_surname(text: str, parts: tuple[str | None, str | None]) -> None:
    assert names(text) == parts


def test_letters_of_other_alphabets_fold_to_plain_ones() -> None:
    assert fold("Straße ŁÓDŹ O'Brien  Иванов") == "strasse lodz obrien ivanov"
    assert name("Herr Müller-Lüdenscheidt") == "muller ludenscheidt"


def test_an_unsplit_address_falls_into_its_parts() -> None:
    assert address("12 High Street, London, SW1A 1AA") == {
        "street": "high street", "number": "12", "postcode": "sw1a1aa", "city": "london",
    }  # fmt: skip
    assert address("Calle Mayor 5, 28013 Madrid")["postcode"] == "28013"
    assert address("12345 Main St, Springfield 62704")["number"] == "12345"


def test_telephones_and_codes_lose_what_comes_and_goes() -> None:
    assert phone("+44 20 7946 0958") == phone("020 7946 0958") == "079460958"[-9:] or phone("+44 20 7946 0958")
    assert phone("0000000") is None
    assert code("4011.0") == code("4011") == "4011"


def test_one_row_and_a_whole_table_give_the_same() -> None:
    how = Standard({"who": "full_name", "born": "birth", "tel": "phone", "x": "ignore"})
    rows = {"who": ["Ann Lee", None], "born": ["1.2.1990", "unknown"], "tel": ["12345678", ""], "x": ["1", "2"]}
    table = how.table(rows, 2)
    for n in range(2):
        assert how.record({c: v[n] for c, v in rows.items()}) == {column: values[n] for column, values in table.items()}
    assert table["birth"] == ["19900201", None]


def test_a_birth_in_three_columns_is_put_together() -> None:
    how = Standard({"bd": "birth_day", "bm": "birth_month", "by": "birth_year"})
    assert how.record({"bd": "7", "bm": "4", "by": "1981"}) == {"birth": "19810407"}


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("3. juli 2002", "20020703"), ("1. März 1980", "19800301"), ("4 août 1990", "19900804"),
        ("12 de enero de 1970", "19700112"), ("Mar 4, 1985", "19850304"), ("Wed Feb 03 1980", "19800203"),
        ("14 sierpnia 1977", "19770814"), ("7 marraskuuta 1950", "19501107"), ("5 Mayıs 1981", "19810505"),
        ("3 июля 1980 г.", "19800703"), ("1980年1月2日", "19800102"), ("1980년 1월 2일", "19800102"),
    ],
)  # fmt: skip
def test_a_month_in_words_is_known_in_many_languages(written: str, digits: str) -> None:
    assert birth(written) == digits

"""Identifiers in the one form of their namespace, and those that name nobody."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.dictionary import Form, Namespace
from decidedly.core.identifier import Identifier
from decidedly.person import Unfit, normalize, sought
from decidedly.person.normalize import has_check_digit
from tests.cases import dictionary

DICTIONARY = replace(
    dictionary(),
    namespaces=(
        Namespace(id="loyalty", form="digits", check="luhn"),
        Namespace(id="email", form="email", blocked=("unknown@*",)),
        Namespace(id="phone", form="phone", region="US", blocked=("0000*", "+1555*")),
        Namespace(id="crm", form="lower"),
    ),
)
UNUSABLE, BLOCKED = "unusable-identifier", "blocked-identifier"


def form(namespace: str, value: str) -> str:
    found = normalize(Identifier(namespace, value), DICTIONARY)
    return found.flag if isinstance(found, Unfit) else found.value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" Ann.Lee@Example.COM ", "ann.lee@example.com"),
        ("ann.lee+news@example.com", "ann.lee+news@example.com"),
        ("ann@xn--strae-oqa.de", "ann@straße.de"),
        ("ann@staging.test", "ann@staging.test"),
        ("ann@", UNUSABLE),
        ("ann@localhost", UNUSABLE),
        ("Ann Lee <ann@example.com>", UNUSABLE),
        ("Unknown@example.com", BLOCKED),
        ("unknown@", BLOCKED),
    ],
)
def test_an_address_is_written_in_small_letters_and_keeps_its_dots_and_tags(value, expected):
    assert form("email", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("(212) 555-0100", "+12125550100"),
        ("tel:+1-212-555-0100", "+12125550100"),
        ("+44 20 7946 0018", "+442079460018"),
        ("011 44 20 7946 0018", "+442079460018"),
        ("555-0100", UNUSABLE),
        ("212 555 0100 ext. 7", UNUSABLE),
        ("call me", UNUSABLE),
        ("000-000-0000", BLOCKED),
        ("+1 555 123 4567", BLOCKED),
    ],
)
def test_a_telephone_number_is_written_with_its_country_code(value, expected):
    assert form("phone", value) == expected


def test_without_a_region_a_number_needs_its_country_code():
    anywhere = replace(DICTIONARY, namespaces=(Namespace(id="phone", form="phone"),))
    found = normalize(Identifier("phone", "0171 1234567"), anywhere)
    assert isinstance(found, Unfit)
    assert found.why == "'0171 1234567' is no telephone number, at least not without a country code."
    assert normalize(Identifier("phone", "+49 171 1234567"), anywhere) == Identifier("phone", "+491711234567")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4539 1488-0343.6467", "4539148803436467"),
        ("4539148803436476", UNUSABLE),  # two digits swapped
        ("4539x", UNUSABLE),
        ("٤٥٣٩", UNUSABLE),
        ("-", UNUSABLE),
    ],
)
def test_a_card_number_is_its_digits_and_its_check_digit_must_fit(value, expected):
    assert form("loyalty", value) == expected


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("luhn", "79927398713", "79927398710"),
        ("ean", "4006381333931", "4006381333913"),
        ("ean", "96385074", "96385075"),
    ],
)
def test_check_digits_are_those_of_their_standards(kind, right, wrong):
    assert has_check_digit(right, kind)
    assert not has_check_digit(wrong, kind)


@pytest.mark.parametrize(
    "value", ["null", "Undefined", "[object Object]", "00000000-0000-0000-0000-000000000000", "0000"]
)
def test_what_programs_write_for_nobody_is_blocked_in_every_namespace(value):
    assert form("anonymous", value) == BLOCKED


@pytest.mark.parametrize("value", ["0", "000", "aB c", "00001", "10000"])
def test_other_texts_stay_as_they_are(value):
    assert form("anonymous", value) == value


@pytest.mark.parametrize("value", ["", "x" * 513, "a\nb", "a\0"])
def test_what_is_empty_too_long_or_not_printable_is_unusable(value):
    assert form("anonymous", value) == UNUSABLE


def test_who_looks_somebody_up_may_write_it_in_any_way():
    assert sought(Identifier("email", "ANN@x.de"), DICTIONARY) == Identifier("email", "ann@x.de")
    assert sought(Identifier("phone", "none"), DICTIONARY) == Identifier("phone", "none")


@given(
    st.sampled_from(get_args(Form)),
    st.text(max_size=20)
    | st.emails()
    | st.from_regex(r"\+?[0-9 ()./-]{3,20}", fullmatch=True)
    | st.sampled_from(("İ@x.de", "ß@STRASSE.de", "K@x.de")),
)
def test_a_form_is_its_own_form(of, value):
    once = replace(DICTIONARY, namespaces=(Namespace(id="crm", form=of, region="US" if of == "phone" else ""),))
    found = normalize(Identifier("crm", value), once)
    if isinstance(found, Identifier):
        assert normalize(found, once) == found

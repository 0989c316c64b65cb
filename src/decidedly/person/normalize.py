"""Normalize: an identifier in the one form of its namespace, or why it names nobody.

Telephone numbers by Google's libphonenumber (python-phonenumbers), addresses by RFC 5321/5322/6531 (email-validator).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import msgspec
import phonenumbers
from email_validator import EmailNotValidError, validate_email

from decidedly.core.dictionary import Dictionary, Namespace
from decidedly.core.identifier import Identifier
from decidedly.person.schema import remembered

PLACEHOLDERS = frozenset(
    {
        "null", "(null)", "none", "nil", "nan", "n/a", "undefined", "unknown", "anonymous", "true", "false",
        "[object object]",
    }
)  # fmt: skip
"""What programs write where they know of nobody. With values of four or more zeros and nothing else but hyphens, they
are blocked in every namespace: whoever had one would be the same person as all the others."""

LONGEST = 512
"""Characters of an identifier."""

_REMEMBERED = 1 << 16
"""Addresses and numbers whose form is remembered: people come back, and working it out takes 20 to 70 us."""


class Unfit(msgspec.Struct, frozen=True, kw_only=True):
    """Why an identifier names nobody. flag: what is noted on the event that came with it; why: for a reader."""

    flag: Literal["unusable-identifier", "blocked-identifier"]
    why: str


def normalize(identifier: Identifier, dictionary: Dictionary) -> Identifier | Unfit:
    """The identifier as its namespace writes it: whoever is asked for must be looked up by this.

    text   : as it comes
    lower  : without spaces around it, in small letters
    digits : its digits; spaces, hyphens, dots, slashes and brackets between them go
    email  : the domain's international form, all in small letters. Dots and "+tags" of the part before the @ stay: what
             they mean is up to the domain. Whether the domain receives mail is not asked
    phone  : E.164, "+12125550100"; without a country code read as one of the namespace's region. A number of a possible
             length is taken, since plans of numbers change; one with an extension is not, for it is a switchboard's
    """
    form = _forms_of(dictionary).get(identifier.namespace)
    if form is None:
        form = _forms_of(dictionary)[identifier.namespace] = _form(dictionary.namespace(identifier.namespace))
    value = form(identifier.value)
    if isinstance(value, Unfit):
        return value
    return identifier if value == identifier.value else Identifier(identifier.namespace, value)


def sought(identifier: Identifier, dictionary: Dictionary) -> Identifier:
    """The identifier in its form, for who looks somebody up; one that names nobody as it is: nobody is known by it."""
    found = normalize(identifier, dictionary)
    return identifier if isinstance(found, Unfit) else found


def regions() -> frozenset[str]:
    """The regions that telephone numbers without a country code can be of: two capital letters of ISO 3166, "US"."""
    return frozenset(phonenumbers.SUPPORTED_REGIONS)


@remembered
def _forms_of(dictionary: Dictionary) -> dict[str, Callable[[str], str | Unfit]]:
    return {}


def _form(namespace: Namespace) -> Callable[[str], str | Unfit]:
    """What makes values of this namespace one."""
    write = _WRITERS[namespace.form]
    patterns = "|".join(map(_pattern, namespace.blocked))
    blocked = re.compile(patterns, re.IGNORECASE).fullmatch if patterns else None

    def form(value: str) -> str | Unfit:
        if not 0 < len(value) <= LONGEST or not value.isprintable():
            return _unusable(value, f"no identifier: one has 1 to {LONGEST} printable characters")
        if value.lower() in PLACEHOLDERS or (value.count("0") > 3 and not value.strip("0-")):
            return Unfit(flag="blocked-identifier", why=f"'{value}' stands for nobody.")
        # Asked before the form: a placeholder such as "unknown@" need not have the form of what it stands for.
        if blocked and blocked(value.strip()):
            return _blocked(value, namespace)
        written = write(value, namespace.region)
        if isinstance(written, Unfit):
            return written
        if not written:
            return _unusable(value, "empty")
        if blocked and blocked(written):
            return _blocked(value, namespace)
        if namespace.check and not has_check_digit(written, namespace.check):
            return _unusable(value, f"mistyped: its last digit does not check ({namespace.check})")
        return written

    return form


def has_check_digit(value: str, kind: Literal["luhn", "ean"]) -> bool:
    """Whether the last digit is the check digit of those before it.

    luhn : ISO/IEC 7812-1, annex B, as on cards
    ean  : GS1 General Specifications, 7.9: weights 3 and 1 from the right, of any length
    """
    if len(value) < 2 or not (value.isascii() and value.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(value)]
    if kind == "luhn":
        total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    else:
        total = sum(digits[0::2]) + 3 * sum(digits[1::2])
    return total % 10 == 0


def _pattern(blocked: str) -> str:
    return ".*".join(map(re.escape, blocked.split("*")))


def _blocked(value: str, namespace: Namespace) -> Unfit:
    return Unfit(flag="blocked-identifier", why=f"'{_shown(value)}' is blocked for {namespace.id}.")


def _unusable(value: str, what: str) -> Unfit:
    return Unfit(flag="unusable-identifier", why=f"'{_shown(value)}' is {what}.")


def _shown(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:37]}..."


def _text(value: str, region: str) -> str | Unfit:
    return value


def _lower(value: str, region: str) -> str | Unfit:
    return value.strip().lower()


def _digits(value: str, region: str) -> str | Unfit:
    digits = re.sub(r"[\s\-./()]", "", value)
    return digits if digits.isascii() and digits.isdigit() else _unusable(value, "not made of digits")


@lru_cache(_REMEMBERED)
def _email(value: str, region: str) -> str | Unfit:
    try:
        # `.test` is a domain like any other here: staging systems have persons too.
        checked = validate_email(value.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return _unusable(value, "no e-mail address")
    return checked.normalized.lower()


@lru_cache(_REMEMBERED)
def _phone(value: str, region: str) -> str | Unfit:
    try:
        number = phonenumbers.parse(value, region or None)
    except phonenumbers.NumberParseException:
        where = "" if region else ", at least not without a country code"
        return _unusable(value, f"no telephone number{where}")
    if number.extension:
        return _unusable(value, "the number of a switchboard, with an extension")
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return _unusable(value, "no telephone number: it has too few or too many digits")
    if not number.national_number:
        return Unfit(flag="blocked-identifier", why=f"'{_shown(value)}' stands for nobody.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_WRITERS: dict[str, Callable[[str, str], str | Unfit]] = {
    "text": _text, "lower": _lower, "digits": _digits, "email": _email, "phone": _phone,
}  # fmt: skip

"""Money and dates as the person's locale writes them. Cached: a campaign repeats the same few."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, get_currency_precision

from decidedly.core.action import Money
from decidedly.core.errors import BadInput


@lru_cache(maxsize=64)
def locale_of(name: str) -> Locale:
    """The locale "en_US" or "en-US"; BadInput if nobody speaks it."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise BadInput(f"'{name}' is not a locale.", place="locale", hint="Write it like en-US.") from error


@lru_cache(maxsize=4096)
def money(amount: Money, locale: str) -> str:
    """$0.85"""
    major = Decimal(amount.minor).scaleb(-get_currency_precision(amount.currency))
    return str(format_currency(major, amount.currency, locale=locale_of(locale)))


@lru_cache(maxsize=4096)
def day(value: date, locale: str) -> str:
    """Dec 24, 2017"""
    return str(format_date(value, format="medium", locale=locale_of(locale)))


@lru_cache(maxsize=4096)
def short_day(value: date, locale: str) -> str:
    """12/24/17"""
    return str(format_date(value, format="short", locale=locale_of(locale)))


def language(locale: str) -> str:
    """The tag for `lang` attributes: en-US."""
    return str(locale_of(locale)).replace("_", "-")

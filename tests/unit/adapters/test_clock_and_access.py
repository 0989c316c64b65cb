"""Clocks and keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from decidedly.adapters.access import KeyAccess, hash_key
from decidedly.adapters.clock import FixedClock, ShiftedClock, SystemClock
from decidedly.core.errors import BadInput
from tests.cases import NOON


def test_the_system_clock_shows_the_real_time() -> None:
    clock = SystemClock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.shift(NOON) == NOON


def test_a_shifted_clock_begins_at_its_start_and_runs() -> None:
    clock = ShiftedClock(NOON)
    first, second = clock.now(), clock.now()
    assert NOON <= first <= second < NOON + timedelta(seconds=30)
    assert abs(clock.shift(datetime.now(UTC)) - clock.now()) < timedelta(seconds=1)
    assert clock.shift(datetime.now(UTC) - timedelta(days=2)) < NOON - timedelta(days=1)


def test_a_fixed_clock_stands_still() -> None:
    clock = FixedClock(NOON)
    assert clock.now() == NOON == clock.shift(NOON)


def test_without_keys_anybody_may_do_everything() -> None:
    access = KeyAccess({})
    principal = access.principal(None)
    assert access.open
    assert principal is not None
    assert "erase" in principal.scopes


def test_a_key_has_its_scopes_and_another_none() -> None:
    access = KeyAccess({hash_key("secret"): ["read"], hash_key("other"): ["decide", "capture"]})
    principal = access.principal("other")
    assert not access.open
    assert principal is not None
    assert principal.scopes == {"decide", "capture"}
    assert access.principal("wrong") is None
    assert access.principal(None) is None


def test_a_bad_scope_or_hash_is_bad_input() -> None:
    with pytest.raises(BadInput, match="reed"):
        KeyAccess({hash_key("a"): ["reed"]})  # type: ignore[list-item]
    with pytest.raises(BadInput, match="SHA-256"):
        KeyAccess({"secret": ["read"]})

"""What is made up is marked as such, stays the same, and reaches nobody."""

from __future__ import annotations

from collections import Counter

import pytest

pytest.importorskip("faker", reason="the demonstration's extra is not installed: pip install 'decidedly[demo]'")

from decidedly.demo import synthetic

HOUSEHOLDS = range(1, 2_501)


def test_everything_made_up_is_marked_synthetic() -> None:
    assert all(event.synthetic and event.source == "till" for event in synthetic.events(range(1, 40)))


def test_a_household_is_the_same_whoever_else_is_asked_for() -> None:
    alone = list(synthetic.events([1029]))
    among = [event for event in synthetic.events(range(1000, 1040)) if event.identifiers[0].value == "1029"]
    assert alone == among


def test_addresses_and_numbers_are_reserved_and_belong_to_one_household_each() -> None:
    identifies = [event for event in synthetic.events(HOUSEHOLDS) if event.kind == "identify"]
    assert all(event.properties["email"].endswith("@example.com") for event in identifies)
    assert all(event.properties["phone"][5:].startswith("55501") for event in identifies)
    for key in ("email", "phone"):
        assert len({event.properties[key] for event in identifies}) == len(HOUSEHOLDS)


def test_the_shares_of_refusals_are_those_announced() -> None:
    refused: Counter[str] = Counter()
    all_three = 0
    for household in HOUSEHOLDS:
        words = [event.properties for event in synthetic.consents(household)]
        refused.update(word["channel"] for word in words if not word["granted"])
        all_three += not any(word["granted"] for word in words)
    for channel, share in synthetic.REFUSES.items():
        # Within four standard errors of a binomial share.
        assert abs(refused[channel] / len(HOUSEHOLDS) - share) < 4 * (share * (1 - share) / len(HOUSEHOLDS)) ** 0.5
    assert abs(all_three / len(HOUSEHOLDS) - synthetic.REFUSES_ALL) < 0.014


def test_there_is_no_number_left_for_a_household_beyond_the_range() -> None:
    with pytest.raises(ValueError, match="kept for fiction"):
        synthetic.phone_number(2_600)

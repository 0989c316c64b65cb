"""What regulation refuses stays refused, whatever the tiers below say."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.policy import Policy, Text
from tests.shop import MONDAY, POLICIES, WINE, Shop, chosen, drops, playbook

LAW = replace(POLICIES[0], owner="legal")
SAYS = st.sampled_from([
    "true", "false", "null = null", 'action.category = "alcohol"', "kids count > 0", "1 / 0 > 1", "age band != null",
    'if action.category = "alcohol" then true else null', "candidate.times bought < 5",
])  # fmt: skip
LOWER = st.lists(st.tuples(st.sampled_from(["eligibility", "applicability", "suitability"]), SAYS), max_size=5)


def policies(lower: list[tuple[str, str]]) -> tuple[Policy, ...]:
    made = [
        Policy(id=f"own-{number}", name=f"Own {number}", tier=tier, when=Text(says))  # type: ignore[arg-type]
        for number, (tier, says) in enumerate(lower)
    ]
    return (LAW, *made)


@settings(max_examples=40, deadline=None)
@given(lower=LOWER, age=st.sampled_from(["19-24", "25-34", None]), kids=st.integers(0, 2))
def test_no_rule_below_lets_pass_what_regulation_refuses(
    lower: list[tuple[str, str]], age: str | None, kids: int
) -> None:
    book = playbook(policies=policies(lower))
    shop = Shop(book)
    shop.meet(1, **({"age_band": age} if age else {}), kids_count=kids)
    record = shop.dry_run()
    law = drops(shop.dry_run(), book)[WINE]
    refused = age != "25-34"
    assert set(law.values()) == ({1} if refused else set(law.values()) - {1})
    assert not (refused and WINE in chosen(record, book))


def test_a_rule_applies_on_the_days_on_which_it_is_valid() -> None:
    day = MONDAY.date()
    for start, end, applies in [
        (None, day, True),
        (day, None, True),
        (None, day - timedelta(days=1), False),
        (day + timedelta(days=1), None, False),
        (date(2017, 1, 1), date(2017, 12, 31), True),
    ]:
        shop = Shop(playbook(policies=(replace(LAW, valid_from=start, valid_to=end),)))
        shop.meet(1, age_band="19-24")
        assert (1 in drops(shop.dry_run(), shop.book)[WINE].values()) is applies

"""The whole year in the store: every count exact, loading it twice changes nothing, and what is made up says so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from decidedly.app import Hub
from decidedly.demo import three
from decidedly.demo.run import chunks, count
from decidedly.demo.synthetic import REFUSES
from decidedly.demo.together import together
from decidedly.ports.reader import Stored
from tests.unit.demo.data import whole_year

EVERYBODY = 2_469


def test_every_event_is_in_the_log_and_the_cents_are_exact(whole: Hub) -> None:
    totals = count(whole)
    assert (totals.baskets, totals.lines, totals.cents) == (155_848, 1_469_307, 459_603_958)
    assert (totals.receipts, totals.redemptions) == (6_589, 2_102)


def households(hub: Hub) -> dict[int, Stored]:
    """Each household's person, by rising number."""
    found = {}
    for stored in hub.people():
        numbers = [one.value for leaf in stored.leaves for one in leaf.identifiers if one.namespace == "loyalty"]
        assert len(numbers) <= 1
        found.update({int(number): stored for number in numbers})
    return dict(sorted(found.items()))


def test_each_household_is_one_person(whole: Hub) -> None:
    assert list(households(whole)) == sorted(map(int, whole_year().households))


def test_records_of_three_sources_are_put_together_where_they_name_the_same(whole: Hub) -> None:
    accounts = list(three.accounts(map(int, whole_year().households)))
    found = together(accounts, whole.reader)
    assert found.precision == 1
    # What names no card, and no address or telephone that the till knows, stands alone until it is matched.
    apart = sum(len(account.event.identifiers) == 1 for account in accounts)
    assert found.households + apart <= found.persons < found.records


def test_loading_twice_changes_nothing(whole: Hub) -> None:
    before = {stored.person: stored for stored in whole.people()}
    counts = whole.journal.counts()
    again = whole.load(chunks(whole_year(), lambda done: None))
    assert (again.accepted, again.rejected) == (0, 0)
    assert whole.journal.counts() == counts
    assert {stored.person: stored for stored in whole.people()} == before


def test_what_is_made_up_and_only_that_says_so(whole: Hub) -> None:
    for stored in whole.people():
        said = [fact.provenance for leaf in stored.leaves for facts in leaf.facts.values() for fact in facts]
        said += [one.provenance for leaf in stored.leaves for one in leaf.consents]
        assert all(one.synthetic == (one.source != "demographics") for one in said)
        assert {one.source for one in said} <= {"till", "web", "app", "demographics"}


def test_names_addresses_and_consents_are_all_made_up(whole: Hub) -> None:
    for leaf in (leaf for stored in whole.people() for leaf in stored.leaves):
        made_up = [fact for id in ("first-name", "email", "phone", "street") for fact in leaf.facts.get(id, ())]
        assert all(fact.provenance.synthetic for fact in made_up)
        assert all(one.provenance.synthetic for one in leaf.consents)


def refusals(hub: Hub) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """bool[households, channels] by rising number: who refuses what."""
    rows = []
    for stored in households(hub).values():
        said = {one.channel: one.granted for leaf in stored.leaves for one in leaf.consents}
        rows.append([not said[channel] for channel in REFUSES])
    return np.array(rows)


def test_refusals_have_the_shares_that_were_asked_for(whole: Hub) -> None:
    refused = refusals(whole)
    shares = [*refused.mean(axis=0), refused.all(axis=1).mean()]
    for found, wanted in zip(shares, (0.15, 0.25, 0.10, 0.03), strict=True):
        # Independent refusals of all three channels add a little to those who refuse all in one word.
        assert abs(found - wanted) < 4 * (wanted * (1 - wanted) / EVERYBODY) ** 0.5


@pytest.mark.parametrize("channel", REFUSES)
def test_a_refusal_has_nothing_to_do_with_redemptions(whole: Hub, channel: str) -> None:
    redeemers = set(whole_year().frame("coupon_redemptions")["household_id"].astype(str))
    redeems = [str(number) in redeemers for number in households(whole)]
    refuses = refusals(whole)[:, list(REFUSES).index(channel)]
    table = np.histogram2d(refuses, redeems, bins=2)[0]
    assert table.min() > 5
    assert chi2_contingency(table).pvalue > 0.01

import numpy as np
import pytest

from decidedly.models import Moments, Purchases, affinity, catalogue, offers, snapshot
from decidedly.models.affinity import CANDIDATE, PERSON
from decidedly.models.snapshot import to_bytes

from .population import ACTIONS, AT, DAY, LINES, PEOPLE, population


def test_a_person_alone_has_the_same_features_to_the_bit_as_in_a_batch():
    people = population()
    batch = people.features()
    for person in range(PEOPLE):
        alone = people.alone(person)
        assert alone.candidates.tobytes() == batch.candidates[person].tobytes()
        assert alone.people.tobytes() == batch.people[person].tobytes()


def test_the_order_of_the_lines_changes_nothing_to_the_bit():
    people = population()
    order = np.random.default_rng(3).permutation(LINES)
    shuffled = Purchases(*(column[order] for column in people.purchases))
    again = snapshot(shuffled, PEOPLE, people.catalogue, people.offers, AT)
    moved = people._replace(purchases=shuffled, snapshot=again)
    assert to_bytes(again) == to_bytes(people.snapshot)
    assert moved.features().candidates.tobytes() == people.features().candidates.tobytes()


def test_what_happens_at_the_decision_or_later_changes_nothing():
    people = population()
    past = people.purchases.before(AT)
    assert 0 < len(past.at) < LINES
    early = people.responses.at < AT
    without = people._replace(
        purchases=past,
        responses=Moments(people.responses.person[early], people.responses.at[early]),
        snapshot=snapshot(past, PEOPLE, people.catalogue, people.offers, AT),
    )
    assert to_bytes(without.snapshot) == to_bytes(people.snapshot)
    assert without.features().candidates.tobytes() == people.features().candidates.tobytes()
    assert without.features().people.tobytes() == people.features().people.tobytes()


def test_a_line_at_the_very_second_of_the_decision_is_the_future():
    people = population()
    late = Purchases(*(np.append(column, column[:1]) for column in people.purchases))
    late.at[-1] = AT
    assert people._replace(purchases=late).features().candidates.tobytes() == people.features().candidates.tobytes()


def test_the_numbers_are_those_worked_out_by_hand():
    # two trips, one of them 40 days ago with two products of the only action
    lines = Purchases(
        person=np.zeros(3, dtype=int),
        basket=np.array([5, 5, 9]),
        at=np.array([AT - 40 * DAY, AT - 40 * DAY, AT - DAY]),
        product=np.array([0, 1, 2]),
        cents=np.array([100, 250, 999]),
        offer_cents=np.array([0, 30, 0]),
    )
    groups = catalogue(np.array([0, 0, 0]), np.array([0, 0, 1]), np.array([0, 1, 1]))
    actions = offers(np.array([0, 1]), np.array([0, 0]), 3, np.array([True]), np.array([2]))
    seen = snapshot(lines, 1, groups, actions, AT)
    found = affinity(lines, Moments(np.array([0]), np.array([5])), 1, groups, actions, seen, AT)
    row = dict(zip(CANDIDATE, found.candidates[0, 0], strict=True))
    assert np.exp(row["baskets"]) - 0.3 == pytest.approx(1)
    assert np.exp(row["lately"]) - 0.1 == pytest.approx(0.5)
    assert np.exp(row["spent"]) - 1 == pytest.approx(3.5)
    assert np.exp(row["used"]) - 1 == pytest.approx(1)
    # both of the action's products are of kind 0, which is in both trips
    assert np.exp(row["kind"]) - 0.3 == pytest.approx(2)
    assert row["category_lift"] == pytest.approx(0)
    assert row["maker_only"] == 0
    assert row["breadth"] == pytest.approx(np.log(1.3) * np.log(3))
    assert row["several"] == 1
    assert np.expm1(found.people[0]) == pytest.approx([2, 0, 1])
    assert len(found.people[0]) == len(PERSON)


def test_someone_unknown_has_finite_features():
    people = population()
    nobody = affinity(
        Purchases(*(column[:0] for column in people.purchases)),
        Moments(*(column[:0] for column in people.responses)),
        1,
        people.catalogue,
        people.offers,
        people.snapshot,
        AT,
    )
    assert nobody.candidates.shape == (1, ACTIONS, len(CANDIDATE))
    assert np.isfinite(nobody.candidates).all()


def test_a_snapshot_from_after_the_decision_is_refused():
    people = population()
    late = people._replace(snapshot=people.snapshot._replace(at=AT + 1))
    with pytest.raises(ValueError, match="later than the decision"):
        late.features()

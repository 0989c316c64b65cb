import numpy as np
import pytest

from decidedly.models import train
from decidedly.models.affinity import CANDIDATE
from decidedly.models.propensity import from_bytes
from decidedly.models.reasons import THEMES

from .population import ACTIONS, PEOPLE, SETTINGS, example, population


@pytest.fixture(scope="module")
def people():
    return population()


@pytest.fixture(scope="module")
def model(people):
    return train([example(people)], SETTINGS, seed=7)


def test_a_person_alone_has_the_same_probability_to_the_bit_as_in_a_batch(people, model):
    batch = model.predict(people.features())
    for person in range(PEOPLE):
        assert model.predict(people.alone(person)).tobytes() == batch[person].tobytes()


def test_the_probabilities_add_up_to_the_outcomes(people, model):
    taught = example(people)
    assert model.predict(taught.features).sum() == pytest.approx(taught.outcome.sum(), rel=0.1)


def test_the_order_within_a_person_is_the_rankings(people, model):
    features = people.features()
    assert np.array_equal(model.predict(features).argsort(axis=1), model.rank_score(features).argsort(axis=1))


def test_training_twice_gives_the_same_bytes(people, model):
    assert train([example(people)], SETTINGS, seed=7).to_bytes() == model.to_bytes()


def test_a_model_survives_its_bytes(people, model):
    again = from_bytes(model.to_bytes())
    assert again.version == model.version
    assert again.predict(people.features()).tobytes() == model.predict(people.features()).tobytes()


def test_all_reasons_add_up_to_the_difference_of_log_odds(people, model):
    features = people.features()
    p = model.predict(features)[4]
    odds = np.log(p / (1 - p))
    effects = [sum(r.effect for r in all_of) for all_of in model.reasons(features, 4, [0, 1], top=len(THEMES))]
    assert effects[0] - effects[1] == pytest.approx(odds[0] - odds[1])


def test_reasons_come_strongest_first_and_say_numbers(people, model):
    features = people.features()
    for reasons in model.reasons(features, 0, np.arange(ACTIONS), top=3):
        assert len(reasons) == 3
        assert [abs(r.effect) for r in reasons] == sorted((abs(r.effect) for r in reasons), reverse=True)
        assert all(r.text and "{" not in r.text for r in reasons)


def test_every_feature_is_in_exactly_one_theme():
    assert sorted(name for theme in THEMES for name in theme.features) == sorted(CANDIDATE)


def test_nothing_to_learn_from_is_an_error(people):
    taught = example(people)
    with pytest.raises(ValueError, match="too few"):
        train([taught._replace(outcome=np.zeros_like(taught.outcome))], SETTINGS, seed=7)

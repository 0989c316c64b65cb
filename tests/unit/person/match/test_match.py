"""The whole population and one record at a time weigh a pair the same, and say why."""

import random

import pytest

from decidedly.adapters.memory import MemoryModelStore
from decidedly.core.errors import BadInput
from decidedly.person.match import Live, Matches, keep, kept, match, standard
from decidedly.person.match.block import expressions, key
from decidedly.person.match.model import NAME
from decidedly.person.match.population import Limits, population
from decidedly.person.match.score import Scorer

GIVEN = [
    "emma", "hans", "maria", "peter", "anna", "thomas", "laura",
    "david", "sarah", "paul", "otto", "ida", "karl", "rosa", "emil",
]  # fmt: skip
SURNAMES = [
    "sondergeld", "whillas", "rokobaro", "trevorrow", "purdon", "alderson",
    "turtur", "hannagan", "wieloch", "thomas", "peter", "akot",
]  # fmt: skip


def people(count: int, seed: int = 3) -> tuple[dict[str, list[object]], list[int]]:
    chance = random.Random(seed)
    rows: list[list[object]] = []
    truth: list[int] = []
    for who in range(count):
        given, surname = chance.choice(GIVEN), chance.choice(SURNAMES) + chance.choice(["", "son", "er", "ix", "ow"])
        day = f"{chance.randint(1930, 2005)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        row = [
            given, surname, day, f"{given}.{surname}{who}@mail.example", f"07{chance.randrange(10**8):08d}",
            chance.choice(["leeds", "york", "bath"]), f"{chance.randint(1, 150)} {chance.choice('abcdef') * 4} street",
        ]  # fmt: skip
        for n in range(chance.choice([1, 1, 2, 3])):
            copy: list[object] = list(row)
            if n:
                at = chance.randrange(2)
                copy[at] = str(copy[at])[:-1] + "z"
                copy[chance.randrange(2, 7)] = None
            if n == 2:
                copy[0], copy[1] = copy[1], copy[0]
            rows.append(copy)
            truth.append(who)
    names = ["first name", "last name", "dob", "email", "phone", "city", "address"]
    return {name: [row[n] for row in rows] for n, name in enumerate(names)}, truth


@pytest.fixture(scope="module")
def columns() -> dict[str, list[object]]:
    return people(150)[0]


@pytest.fixture(scope="module")
def found(columns: dict[str, list[object]]) -> Matches:
    return match(columns)


def test_records_of_one_person_are_put_together_and_others_are_not(found: Matches) -> None:
    truth = people(150)[1]
    same = [(i, j) for i in range(len(truth)) for j in range(i) if truth[i] == truth[j]]
    together = [(i, j) for i, j in same if found.persons[i] == found.persons[j]]
    wrong = [m for m in found.found if m.automatic and truth[m.left] != truth[m.right]]
    assert len(together) > 0.95 * len(same)
    assert not wrong


def test_one_record_at_a_time_weighs_as_splink_does(columns: dict[str, list[object]], found: Matches) -> None:
    size = len(columns["dob"])
    table = standard(columns)[1].table(columns, size)
    _, pairs = population(table, size, found.model, Limits())
    records = [{column: values[i] for column, values in table.items()} for i in range(size)]
    scorer = Scorer(found.model)
    assert len(pairs.weight) > 100
    for left, right, weight in zip(pairs.left, pairs.right, pairs.weight, strict=True):
        assert scorer.weight(records[left], records[right]) == pytest.approx(weight, abs=1e-6)
        assert scorer.weight(records[right], records[left]) == pytest.approx(weight, abs=1e-6)


def test_every_match_says_why_field_by_field(found: Matches) -> None:
    first = found.found[0]
    assert any(reason.startswith("date of birth equal: +") for one in found.found for reason in one.reasons)
    assert any("similar (jaro-winkler 0.9" in reason for one in found.found for reason in one.reasons)
    assert first.automatic
    assert first.probability > 0.95


def test_what_was_set_apart_is_neither_joined_nor_proposed(columns: dict[str, list[object]], found: Matches) -> None:
    one = found.found[0]
    again = match(columns, model=found.model, apart=[(one.left, one.right)])
    assert again.persons[one.left] != again.persons[one.right]
    assert again.supposed[one.left] != again.supposed[one.right]


def test_a_new_record_finds_its_person_and_a_dropped_one_is_found_no_more(
    columns: dict[str, list[object]], found: Matches
) -> None:
    size = len(columns["dob"])
    table = standard(columns)[1].table(columns, size)
    records = {str(i): {column: values[i] for column, values in table.items()} for i in range(size)}
    new, other = str(found.found[0].left), str(found.found[0].right)
    live = Live(found.model, ((id, record) for id, record in records.items() if id != new))
    near = live.candidates(records[new], 0.0)
    assert other in [one.id for one in near]
    assert near == sorted(near, key=lambda one: -one.weight)
    assert other not in [one.id for one in live.candidates(records[new], 0.0, apart=[other])]
    live.drop(other)
    assert other not in [one.id for one in live.candidates(records[new], 0.0)]
    assert len(live) == size - 2


def test_a_key_in_python_is_null_where_sql_says_so() -> None:
    record = {"given": "ann", "surname": None, "birth": "19640317"}
    assert key(("names", "birth"), record) is None
    assert key(("birth:5-8", "given:2"), record) == ("0317", "an")
    assert expressions(("birth:5-8",)) == ("nullif(substr(birth, 5, 4), '')",)


def test_a_model_is_kept_by_its_version_and_comes_back_whole(found: Matches) -> None:
    store = MemoryModelStore()
    assert kept(store) is None
    version = keep(store, found.model)
    assert kept(store) == kept(store, version) == found.model
    store.publish(NAME, "odd", b'{"form": 99}')
    with pytest.raises(BadInput):
        kept(store)


def test_nobody_and_one_alone_match_nobody() -> None:
    assert match({"name": []}).found == []
    assert match({"name": ["Ann Lee"]}).persons.tolist() == [0]

"""What is estimated of matches is of persons, and not of whoever is alike."""

import random

from decidedly.person.match import match

GIVEN = ["Emma", "Hans", "Maria", "Peter", "Anna", "Laura", "David", "Paul", "Otto", "Ida", "Karl", "Rosa"]
STEMS = ["Whillas", "Rokobaro", "Trevorrow", "Purdon", "Alderson", "Turtur", "Hannagan", "Wieloch", "Akot", "Moor"]


def test_few_names_that_are_much_alike_make_no_persons() -> None:
    chance = random.Random(9)
    rows, truth = [], []
    for who in range(120):
        row = [
            chance.choice(GIVEN), chance.choice(STEMS) + chance.choice(["x", "yen", "zo"]),
            f"19{chance.randint(20, 99)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            chance.choice(["Leeds", "York", "Bath", "Hull"]),
        ]  # fmt: skip
        for n in range(chance.choice([1, 1, 2, 3])):
            rows.append([row[0], row[1][:-1] + "q", *row[2:]] if n else row)
            truth.append(who)
    found = match({name: [row[n] for row in rows] for n, name in enumerate(("first", "last", "dob", "city"))})
    size = len(rows)
    pairs = [(a, b) for a in range(size) for b in range(a) if found.persons[a] == found.persons[b]]
    right = sum(truth[a] == truth[b] for a, b in pairs)
    true = sum(truth[a] == truth[b] for a in range(size) for b in range(a))
    assert right > 0.95 * len(pairs)
    assert right > 0.8 * true

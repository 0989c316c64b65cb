"""Records of a published set of known truth (Febrl, dataset 1) are put together as they belong."""

from bench.identity import KNOWN, figures, read

from decidedly.person.match import match
from tests.conformance.data import folder


def test_every_person_of_febrl_1_is_found_and_nobody_else() -> None:
    file, column = KNOWN["febrl 1"]
    columns, truth = read(folder("febrl") / file.partition("/")[2], column)
    found = match(columns, explain=False)
    assert min(figures(found.supposed.tolist(), truth).values()) > 0.99
    assert min(figures(found.persons.tolist(), truth).values()) > 0.99

"""Lines: the purchases of people as the columns that models read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Person
from decidedly.models import Ints, Moments, Purchases, Reads, rows_of
from decidedly.person.panes import EMPTY, read_column
from decidedly.person.schema import schema_of


def lines_of(
    people: Sequence[Person], reads: Reads, dictionary: Dictionary, products: Ints
) -> tuple[Purchases, Moments]:
    """Purchase lines and responses of these people, who count from 0 in the order given.

    products : int64, rising; lines of products that are not in it are left out
    """
    schema = schema_of(dictionary)
    kind = schema.kind(reads.purchases)
    wanted = [kind.columns[name] for name in (reads.product, reads.paid, reads.saved)]
    columns: list[list[Ints]] = [[] for _ in range(6)]
    answered: list[Ints] = []
    trips = 0
    for row, one in enumerate(people):
        pane = one.panes.get(reads.purchases, EMPTY)
        first = np.frombuffer(pane.first, "<i4")
        items = np.diff(first)
        product, paid, saved = (read_column(pane, column, int(first[-1])) for column in wanted)
        trip = np.repeat(np.arange(trips, trips + len(items)), items)
        trips += len(items)
        moment = np.frombuffer(pane.at, "<i8").repeat(items)
        for column, values in zip(columns, (np.full(len(trip), row), trip, moment, product, paid, saved), strict=True):
            column.append(values)
        answered.append(np.frombuffer(one.panes.get(reads.responses, EMPTY).at, "<i8"))
    whose, basket, at, bought, cents, offer_cents = (np.concatenate(parts) for parts in columns)
    row_of, known = rows_of(bought, products)
    purchases = Purchases(whose, basket, at, row_of, cents, offer_cents)
    if not known.all():
        purchases = Purchases(*(column[known] for column in purchases))
    responses = Moments(np.repeat(np.arange(len(people)), list(map(len, answered))), np.concatenate(answered))
    return purchases, responses

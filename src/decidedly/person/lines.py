"""Lines: the purchases of people as the columns that models read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Person
from decidedly.models import Ints, Moments, Purchases, Reads, rows_of
from decidedly.person.panes import EMPTY, arrays
from decidedly.person.schema import schema_of


def lines_of(
    people: Sequence[Person], reads: Reads, dictionary: Dictionary, products: Ints
) -> tuple[Purchases, Moments]:
    """Purchase lines and responses of these people, who count from 0 in the order given.

    products : int64, rising; lines of products that are not in it are left out
    """
    schema = schema_of(dictionary)
    bought = [arrays(one.panes.get(reads.purchases, EMPTY), schema.kind(reads.purchases)) for one in people]
    counts = [np.diff(pane.first) for pane in bought]
    lines = [int(pane.first[-1]) for pane in bought]
    row, known = rows_of(np.concatenate([pane.columns[reads.product] for pane in bought]), products)
    purchases = Purchases(
        person=np.repeat(np.arange(len(people)), lines),
        basket=np.concatenate([np.repeat(pane.key, count) for pane, count in zip(bought, counts, strict=True)]),
        at=np.concatenate([np.repeat(pane.at, count) for pane, count in zip(bought, counts, strict=True)]),
        product=row,
        cents=np.concatenate([pane.columns[reads.paid] for pane in bought]),
        offer_cents=np.concatenate([pane.columns[reads.saved] for pane in bought]),
    )
    if not known.all():
        purchases = Purchases(*(column[known] for column in purchases))
    answered = [arrays(one.panes.get(reads.responses, EMPTY), schema.kind(reads.responses)).at for one in people]
    responses = Moments(np.repeat(np.arange(len(people)), list(map(len, answered))), np.concatenate(answered))
    return purchases, responses

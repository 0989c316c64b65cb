"""People: everybody as of one moment as one table of columns, for counts and for exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Person
from decidedly.feel.sql.columns import column
from decidedly.feel.types import ANY, Type, parse_type
from decidedly.person.as_read import readers_of
from decidedly.person.consent import consent_for
from decidedly.person.declared import aggregate_type

CONSENT = "consent:"


def people_table(
    people: Iterable[Person], dictionary: Dictionary, wanted: Sequence[str], channels: Sequence[str]
) -> pa.Table:
    """One row per person, in the order given, aggregates among their facts.

    person          : the id
    facts           : one column per attribute or aggregate wanted, by its id, as `feel.sql.columns` holds its type;
                      null where nothing is known
    consent:CHANNEL : bool, whether marketing by the channel is allowed, a yes that has expired being a no; null
                      where nothing was said
    """
    everybody = list(people)
    types, readers = _types(dictionary), readers_of(dictionary)["person"]
    table: dict[str, pa.Array] = {"person": pa.array([one.id for one in everybody], pa.string())}
    for id_ in wanted:
        values = [one.value(id_) for one in everybody]
        read = readers.get(id_)
        table[id_] = column(types.get(id_, ANY), values if read is None else list(map(read, values)))
    for channel in channels:
        said = [(consent_for(one, channel), one.at) for one in everybody]
        allowed = [None if word is None else word.permits(at) for word, at in said]
        table[CONSENT + channel] = pa.array(allowed, pa.bool_())
    return pa.table(table)


def _types(dictionary: Dictionary) -> Mapping[str, Type]:
    declared = {one.id: one.type for one in dictionary.readable if one.of == "person"}
    counted = {one.id: aggregate_type(one, dictionary) for one in dictionary.aggregates if one.root == "person"}
    return {id_: parse_type(text)[0] or ANY for id_, text in (declared | counted).items()}

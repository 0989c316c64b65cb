"""Deciding about a person of several leaves: one account of contacts, written to the leaf that was addressed."""

from __future__ import annotations

from datetime import timedelta

from decidedly.capture import Graph, Word, merge, unmerge
from decidedly.core.derive import leaf_id
from decidedly.core.identifier import Identifier
from decidedly.decide import replay
from decidedly.decide.online import prepare
from tests.shop import MONDAY, Shop, ask, plan_of

ONE, TWO = Identifier("loyalty", "1"), Identifier("loyalty", "2")
HOUR = timedelta(hours=1)


def merged() -> tuple[Shop, Graph]:
    shop = Shop()
    for number in (1, 2):
        shop.meet(number, age_band="35-44")
    graph = Graph(shop.store, shop.reader, shop.book.dictionary)
    merge(graph, ONE, TWO, Word(at=MONDAY - HOUR, actor="eve"))
    return shop, graph


def entries(shop: Shop, who: Identifier) -> list[str]:
    stored = shop.reader.person((who,))
    assert stored is not None
    return [entry.id for entry in stored.own.entries]


def test_a_contact_of_one_leaf_fills_the_cap_of_the_person() -> None:
    shop, _ = merged()
    first = shop.decide(1)
    assert first.result == "slate"
    second = shop.decide(2, at=MONDAY + HOUR)
    assert second.result == "no-action"
    assert [entry.id for entry in second.inputs.contacts] == [first.id]


def test_a_decision_is_written_to_the_leaf_that_was_addressed_and_stays_there() -> None:
    shop, graph = merged()
    record = shop.decide(2)
    assert record.leaf == leaf_id(TWO)
    assert (entries(shop, ONE), entries(shop, TWO)) == ([], [record.id])
    unmerge(graph, ONE, TWO, Word(at=MONDAY + HOUR, actor="eve"))
    assert shop.decide(1, at=MONDAY + 2 * HOUR).result == "slate"
    assert entries(shop, TWO) == [record.id]
    assert replay(record, plan_of(shop.book, "")) == record


def test_two_decisions_about_one_person_by_two_leaves_cannot_both_be_written() -> None:
    shop, _ = merged()
    (_, by_one), (_, by_two) = prepare([ask(1), ask(2)], shop.world())
    assert [answer.result for answer in shop.store.commit([by_one, by_two])] == ["done", "stale"]


def test_a_decision_made_while_two_become_one_is_made_again() -> None:
    shop, graph = merged()
    unmerge(graph, ONE, TWO, Word(at=MONDAY, actor="eve"))
    (_, work) = prepare([ask(1, at=MONDAY + HOUR)], shop.world())[0]
    merge(graph, ONE, TWO, Word(at=MONDAY + HOUR, actor="eve"))
    assert shop.store.commit([work])[0].result == "stale"

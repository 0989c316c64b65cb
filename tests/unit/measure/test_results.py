"""Outcomes over a whole hub: joined, matured once, corrected, counted, taught, erased."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from msgspec.structs import replace

from decidedly.capture import Word, split
from decidedly.core.dictionary import PROFILING
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.message import Message
from decidedly.core.work import Work
from decidedly.measure import EXPOSURES, Matured, Tally
from decidedly.measure.exposures import exposures_table
from decidedly.privacy.export import DecisionPart
from tests import cases, shop
from tests.answering import ANN, BOUGHT, DAY, HOUR, MONDAY, answer, ask, meet, opened, tell


def test_non_response_is_recorded_once_when_its_time_has_passed(tmp_path: Path) -> None:
    with opened(tmp_path, MONDAY + HOUR) as hub:
        meet(hub)
        seen, unseen = ask(hub), ask(hub, at=MONDAY + HOUR)
        tell(hub, answer("impression", seen, MONDAY))
        assert hub.results.mature() == Matured()
        assert (hub.results.of(seen).standing, hub.results.of(unseen).standing) == ("pending", "not-reached")
    with opened(tmp_path, MONDAY + 15 * DAY) as hub:
        assert hub.results.mature() == Matured(recorded=1, not_reached=1)
        assert hub.results.mature() == Matured()
        (logged,) = hub.journal.read(kinds=("non-response",))
        assert logged.event.decision_id == seen.id
        assert logged.event.at == MONDAY + 14 * DAY
        assert logged.event.properties["service"] == shop.SERVICE
        assert shop.COFFEE in logged.event.properties["actions"]
        assert hub.results.of(seen).standing == "non-response"


def test_a_late_answer_corrects_it_and_a_late_impression_is_still_followed_by_it(tmp_path: Path) -> None:
    with opened(tmp_path, MONDAY + HOUR) as hub:
        meet(hub)
        seen, unseen = ask(hub), ask(hub, at=MONDAY + HOUR)
        tell(hub, answer("impression", seen, MONDAY))
    with opened(tmp_path, MONDAY + 20 * DAY) as hub:
        assert hub.results.mature() == Matured(recorded=1, not_reached=1)
        tell(hub, answer("accept", seen, MONDAY + 19 * DAY), answer("impression", unseen, MONDAY + 2 * HOUR))
        assert hub.results.mature() == Matured(recorded=1, answered=1)
        came = hub.results.of(seen)
        assert came.standing == "responded"
        assert [(one.kind, one.superseded) for one in came.outcomes if one.kind == "non-response"] == [
            ("non-response", True)
        ]
        assert hub.results.of(unseen).standing == "non-response"
        assert hub.results.mature() == Matured()


def test_a_pass_that_was_cut_off_goes_on_and_records_nothing_twice(tmp_path: Path) -> None:
    with opened(tmp_path, MONDAY + 15 * DAY) as hub:
        meet(hub)
        seen = ask(hub)
        tell(hub, answer("impression", seen, MONDAY))
        commit = hub.results.store.commit

        class Died(Exception):
            pass

        class Broken:
            def commit(self, works: list[Work]) -> object:
                if any(work.matured for work in works):
                    raise Died
                return commit(works)

        hub.results.store = Broken()  # type: ignore[assignment]
        with pytest.raises(Died):
            hub.results.mature()
    with opened(tmp_path, MONDAY + 15 * DAY) as hub:
        assert hub.results.mature() == Matured()
        assert len(hub.journal.read(kinds=("non-response",))) == 1
        assert hub.reader.decisions_by(shop.SERVICE, None, MONDAY + DAY, matured=False) == []


def test_messages_that_went_are_answered_or_not_and_the_rest_never_reached_anybody(tmp_path: Path) -> None:
    with opened(tmp_path, MONDAY + 15 * DAY) as hub:
        records = []
        for number, state in enumerate(("sent", "failed", "withheld", "waiting"), 1):
            meet(hub, number)
            record = ask(hub, number, channel="")
            assert record.channel == "email"
            (message,) = hub.reader.messages_of([record.id]).values()
            hub.store.commit([Work(person=record.leaf, outbox=(replace(message, state=state),))])
            records.append(record)
        assert isinstance(message, Message)
        assert hub.results.mature() == Matured(recorded=1, not_reached=2, waiting=1)
        assert [hub.results.of(one).standing for one in records] == [
            "non-response", "not-reached", "not-reached", "waiting",
        ]  # fmt: skip


def test_orders_are_attributed_whatever_the_order_of_arrival_and_merges(tmp_path: Path) -> None:
    def events(record: object) -> list[Event]:
        web = cases.order(MONDAY + DAY, "1", ("coffee", 499), person="email:a@b.example")
        link = replace(
            cases.event("page", MONDAY - DAY, "link", "loyalty:1"),
            identifiers=(ANN, Identifier("email", "a@b.example")),
        )
        return [answer("impression", record, MONDAY), web, link]  # type: ignore[arg-type]

    found = set()
    for number, order in enumerate(permutations(range(3))):
        with opened(tmp_path / str(number), MONDAY + 2 * DAY, BOUGHT) as hub:
            meet(hub)
            record = ask(hub)
            told = events(record)
            for place in order:
                tell(hub, told[place])
            found.add(hub.results.of(record).outcomes)
    ((impression, conversion),) = found
    assert (impression.kind, conversion.kind, conversion.by) == ("impression", "convert", "bought-coffee")
    assert conversion.value is not None
    assert conversion.value.minor == 499
    with opened(tmp_path / "0", MONDAY + 2 * DAY) as hub:
        split(
            hub.graph, [Identifier("email", "a@b.example")], Word(at=MONDAY + 2 * DAY, actor="tester", why="not hers")
        )
        (record,) = hub.reader.decisions_of([record.leaf])
        assert [one.kind for one in hub.results.of(record).outcomes] == ["impression"]


def test_a_service_is_counted_by_channel_and_action(tmp_path: Path) -> None:
    with opened(tmp_path, MONDAY + 15 * DAY) as hub:
        for number in (1, 2, 3):
            meet(hub, number)
        first, second, third = (ask(hub, number) for number in (1, 2, 3))
        tell(
            hub,
            answer("impression", first, MONDAY),
            answer("accept", first, MONDAY + HOUR, action=shop.COFFEE, amount_minor=250),
            replace(answer("click", second, MONDAY + HOUR), machine=0.99),
            answer("impression", third, MONDAY),
        )
        counted = hub.results.summary(shop.SERVICE)
        told = {"impression": 2, "accept": 1}
        total = Tally(decisions=3, shown=2, responded=told, non_response=1, not_reached=1, value_minor=250)
        assert counted.total == total
        assert counted.channels == {"web": total}
        assert counted.actions[shop.COFFEE].responded["accept"] == 1
        assert counted.actions[shop.COFFEE].non_response == 1
        assert hub.results.summary(shop.SERVICE, MONDAY + DAY).total == Tally()


def test_the_table_of_exposures_has_a_row_for_what_was_seen_once_its_time_has_passed(tmp_path: Path) -> None:
    with opened(tmp_path, MONDAY + 15 * DAY) as hub:
        meet(hub)
        old, young = ask(hub), ask(hub, at=MONDAY + 10 * DAY)
        for record in (old, young):
            tell(hub, answer("impression", record, record.ask.at))
            tell(hub, answer("accept", record, record.ask.at + HOUR, action=shop.COFFEE))
        assert hub.write_exposures() == len(old.chosen)
        rows = hub.warehouse.read(EXPOSURES).to_pylist()
        assert {row["decision"] for row in rows} == {old.id}
        assert {row["action"]: row["label"] for row in rows}[shop.COFFEE] is True
        assert sum(row["label"] for row in rows) == 1
        assert [row["probability"] for row in rows] == list(old.probability)
        assert {(row["at"], row["seen_at"], row["weight"], row["channel"]) for row in rows} == {
            (MONDAY, MONDAY, 1.0, "web")
        }
        parts = [part for part in hub.privacy.export(ANN) if isinstance(part, DecisionPart)]
        assert [(part.id, part.standing) for part in parts if part.outcomes] == sorted(
            [(old.id, "responded"), (young.id, "responded")]
        )
        hub.privacy.erase(ANN, by="tester", why="asked for it")
        assert hub.warehouse.read(EXPOSURES).num_rows == 0
        assert hub.journal.answers([old.id]) == []


def test_who_refused_profiling_when_it_was_decided_teaches_no_model(tmp_path: Path) -> None:
    with opened(tmp_path, MONDAY + 15 * DAY) as hub:
        meet(hub)
        record = ask(hub)
        tell(hub, answer("impression", record, record.ask.at))
        came = hub.results.of(record)
    refused = replace(record, inputs=replace(record.inputs, permissions={PROFILING: False}))
    assert exposures_table([(record, came)]).num_rows == len(record.chosen)
    assert exposures_table([(refused, came)]).num_rows == 0

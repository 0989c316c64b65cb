"""One ask: decided once, stored with what it reserves, decided again where somebody was quicker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from msgspec.structs import replace

from decidedly.core.decision import to_bytes
from decidedly.core.derive import decision_id, seed_of
from decidedly.core.errors import DecidedlyError
from decidedly.core.ledger import Entry
from decidedly.core.policy import ContactPolicy
from decidedly.core.work import Committed, Work
from decidedly.decide import Unscored, decide_together, dry_run
from decidedly.decide.batch import decide_all
from decidedly.decide.worth import net_worth
from decidedly.ledger import confirm, release
from decidedly.ports.store import Store
from tests.cases import event
from tests.shop import COFFEE, DIAPERS, MONDAY, ONE_A_WEEK, SERVICE, WINE, Shop, ask, chosen, drops, plan_of, playbook


def shop(people: int = 1, book: object = None) -> Shop:
    one = Shop(book)  # type: ignore[arg-type]
    for number in range(1, people + 1):
        one.meet(number, age_band="35-44", kids_count=2)
    return one


def contacts(shop: Shop, number: int = 1) -> tuple[Entry, ...]:
    stored = shop.reader.person(ask(number).who)
    assert stored is not None
    return stored.own.entries


# What is written


def test_the_decision_is_stored_as_it_is_returned() -> None:
    one = shop()
    record = one.decide()
    assert one.reader.decision(record.id) == record


def test_id_and_seed_follow_from_the_ask() -> None:
    record = shop().decide(ask_id="a1")
    assert (record.id, record.seed) == (decision_id("a1", SERVICE), seed_of(decision_id("a1", SERVICE)))


def test_a_slate_reserves_one_contact_with_all_its_exposures() -> None:
    one = shop()
    record = one.decide()
    assert contacts(one) == (
        Entry(
            id=record.id,
            contact_class="marketing",
            channel="email",
            at=MONDAY,
            state="reserved",
            until=MONDAY + timedelta(days=3),
            exposures=2,
            actions=(COFFEE, WINE),
            worth=net_worth(plan_of(one.book), record),
        ),
    )


def test_a_slate_is_one_message_that_is_due_now() -> None:
    one = shop()
    record = one.decide()
    (message,) = one.reader.messages("waiting")
    assert (message.key, message.decision_id, message.channel, message.due_at) == (
        record.id,
        record.id,
        "email",
        MONDAY,
    )


def test_quiet_hours_that_defer_put_the_message_and_its_reservation_off() -> None:
    one = Shop()
    one.meet(yes=["sms"], age_band="35-44")
    late = MONDAY.replace(hour=23)
    record = one.decide(at=late)
    (message,) = one.reader.messages("waiting")
    morning = late.replace(hour=8) + timedelta(days=1)
    assert (record.channel, message.due_at) == ("sms", morning)
    assert contacts(one)[0].until == morning + timedelta(days=3)


def test_an_answer_reserves_nothing_and_sends_nothing() -> None:
    one = shop()
    assert one.decide(channel="web").result == "slate"
    assert (contacts(one), one.reader.messages("waiting")) == ((), [])


def test_no_action_is_stored_and_reserves_nothing() -> None:
    one = Shop()
    one.meet(yes=(), age_band="35-44")
    record = one.decide()
    assert (record.result, one.reader.decision(record.id)) == ("no-action", record)
    assert (contacts(one), one.reader.messages("waiting")) == ((), [])


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    one = shop()
    record = one.dry_run()
    assert (one.reader.decision(record.id), contacts(one), one.reader.messages("waiting")) == (None, (), [])
    assert one.decide() == record


def test_a_dry_run_in_the_place_of_a_contact_is_that_decision() -> None:
    one = shop()
    record = one.decide()
    assert dry_run(record.ask, one.world(), instead_of=record.id) == record


# The same ask again


def test_the_same_ask_gets_the_stored_decision_though_the_facts_have_changed() -> None:
    one = shop()
    first = one.decide(ask_id="a1")
    said = {"purpose": "marketing", "channel": "all", "granted": False}
    one.hear(event("consent", MONDAY - timedelta(hours=1), "no-more", **said))
    one.scorer.propensity = {DIAPERS: 1.0}
    assert to_bytes(one.decide(ask_id="a1")) == to_bytes(first)
    assert len(contacts(one)) == 1


def test_the_same_ask_gets_the_stored_decision_though_the_playbook_has_changed() -> None:
    one = shop()
    first = one.decide(ask_id="a1")
    one.book = playbook(policies=())
    assert one.decide(ask_id="a1") == first


# Lost races


class Meddling:
    """A store before whose first commits somebody else gets in."""

    def __init__(self, store: Store, meddle: Callable[[], None], times: int = 1) -> None:
        self._store = store
        self._meddle = meddle
        self._times = times

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        if self._times:
            self._times -= 1
            self._meddle()
        return self._store.commit(works)

    def close(self) -> None:
        self._store.close()


def meddled(shop: Shop, meddle: Callable[[], None], times: int = 1) -> Shop:
    other = Shop(shop.book, store=Meddling(shop.store, meddle, times), reader=shop.reader)
    other.scorer = shop.scorer
    return other


def test_who_is_slower_sees_the_contact_of_who_was_quicker() -> None:
    one = shop()
    slower = meddled(one, lambda: one.decide(ask_id="quicker") and None)
    record = slower.decide(ask_id="slower")
    assert drops(record, one.book)[COFFEE] == {"email": ONE_A_WEEK, "sms": ONE_A_WEEK}
    assert len(contacts(one)) == 1


def test_a_refusal_between_reading_and_writing_is_heeded() -> None:
    one = shop()
    said = {"purpose": "marketing", "channel": "all", "granted": False}
    refuse = event("consent", MONDAY - timedelta(hours=1), "no-more", **said)
    assert meddled(one, lambda: one.hear(refuse)).decide().result == "no-action"


def test_the_same_ask_in_two_places_is_one_decision() -> None:
    one = shop()
    first = []
    slower = meddled(one, lambda: first.append(one.decide(ask_id="a1")))
    assert slower.decide(ask_id="a1") is first[0]
    assert len(contacts(one)) == 1


def test_who_loses_every_race_is_told_and_nothing_is_written() -> None:
    one = shop()
    mail = (event("campaign-received", MONDAY - timedelta(days=90 + day), f"m{day}", campaign="1") for day in range(99))
    with pytest.raises(DecidedlyError) as lost:
        meddled(one, lambda: one.hear(next(mail)), times=99).decide(ask_id="a1")
    assert lost.value.code == "decide.contended"
    assert (one.reader.decision(decision_id("a1", SERVICE)), one.reader.messages("waiting")) == (None, [])


def test_an_ask_that_is_overtaken_by_a_later_one_does_not_break_the_cap() -> None:
    one = shop()
    one.decide(at=MONDAY + timedelta(milliseconds=5))
    earlier = one.decide(at=MONDAY)
    assert earlier.result == "no-action"
    assert drops(earlier, one.book)[COFFEE] == {"email": ONE_A_WEEK, "sms": ONE_A_WEEK}


def test_a_dry_run_of_a_past_moment_knows_no_contact_after_it() -> None:
    one = shop()
    one.decide(at=MONDAY)
    assert one.dry_run(at=MONDAY - timedelta(days=1)).result == "slate"


# The life of a reservation


@pytest.mark.parametrize(
    ("settle", "days", "result"),
    [
        (None, 2.9, "no-action"),
        (None, 3, "slate"),
        (confirm, 6.9, "no-action"),
        (confirm, 7, "slate"),
        (release, 0.1, "slate"),
    ],
)
def test_a_contact_counts_until_it_lapses_is_released_or_leaves_the_window(
    settle: Callable[..., object] | None, days: float, result: str
) -> None:
    one = shop()
    first = one.decide()
    stored = one.reader.leaf(first.leaf)
    assert stored is not None
    if settle is not None:
        one.store.commit([Work(person=first.leaf, ledgers=(settle(stored.own, first.id),))])  # type: ignore[arg-type]
    assert one.decide(at=MONDAY + timedelta(days=days)).result == result


# Batch


def ids(people: range) -> list:  # type: ignore[type-arg]
    return [ask(number).who[0] for number in people]


def test_a_batch_decides_everybody_once_in_the_order_of_the_list() -> None:
    one = shop(people=7)
    report = decide_all("r", ids(range(7, 0, -1)), MONDAY, one.world(), chunk=3)
    assert report.fresh == 7
    assert [one.reader.decision(id).ask.who for id in report.decided] == [  # type: ignore[union-attr]
        ask(number).who for number in range(7, 0, -1)
    ]


def test_the_same_batch_again_decides_nobody() -> None:
    one = shop(people=4)
    first = decide_all("r", ids(range(1, 5)), MONDAY, one.world(), chunk=3)
    before = [one.reader.leaf(stored.person) for stored in one.reader.people()]
    again = decide_all("r", ids(range(1, 5)), MONDAY, one.world(), chunk=3)
    assert (again.decided, again.fresh) == (first.decided, 0)
    assert [one.reader.leaf(stored.person) for stored in one.reader.people()] == before


def test_a_batch_fills_the_gaps_of_an_earlier_try() -> None:
    one, whole = shop(people=6), shop(people=6)
    decide_all("r", ids(range(2, 5)), MONDAY, one.world())
    report = decide_all("r", ids(range(1, 7)), MONDAY, one.world())
    expected = decide_all("r", ids(range(1, 7)), MONDAY, whole.world())
    assert (report.fresh, report.decided) == (3, expected.decided)
    assert one.state.decisions == whole.state.decisions


def test_a_person_twice_on_the_list_is_written_to_once() -> None:
    one = shop()
    report = decide_all("r", [*ids(range(1, 2)), *ids(range(1, 2))], MONDAY, one.world())
    assert len(set(report.decided)) == 1
    assert len(contacts(one)) == 1


def test_who_was_overtaken_in_a_batch_is_decided_again_alone() -> None:
    one = shop(people=3)
    slower = meddled(one, lambda: one.decide(2, ask_id="quicker") and None)
    report = decide_all("r", ids(range(1, 4)), MONDAY, slower.world())
    results = [one.reader.decision(id).result for id in report.decided]  # type: ignore[union-attr]
    assert results == ["slate", "no-action", "slate"]


# Choosing


def test_the_best_are_chosen_best_first_as_many_as_there_are_places() -> None:
    one = shop()
    one.scorer.propensity = {COFFEE: 0.1, DIAPERS: 0.3}
    record = one.decide()
    order = sorted(one.scorer.propensity, key=one.scorer.propensity.__getitem__, reverse=True)
    assert len(record.chosen) == 2
    assert [id for id in chosen(record, one.book) if id in order] == [
        id for id in order if id in chosen(record, one.book)
    ]


def test_the_channel_with_the_worthiest_slate_wins() -> None:
    young, old = Shop(playbook(policies=())), Shop(playbook(policies=()))
    young.meet(age_band="19-24")
    old.meet(age_band="35-44")
    assert (young.decide().channel, old.decide().channel) == ("sms", "email")


def test_a_channel_that_costs_more_than_it_brings_is_not_used() -> None:
    channels = tuple(replace(channel, contact_cost=10_000) for channel in playbook().channels)
    assert shop(book=playbook(channels=channels)).decide().result == "no-action"


def test_a_cheap_channel_is_taken_where_the_better_one_costs_too_much() -> None:
    email, sms, web = playbook().channels
    one = shop(book=playbook(channels=(replace(email, contact_cost=10_000), sms, web)))
    assert one.decide().channel == "sms"


def test_what_is_worth_nothing_is_not_sent() -> None:
    one = shop()
    one.scorer.propensity = dict.fromkeys([own.id for own in one.book.actions], 0.0)
    assert one.decide().result == "no-action"


def test_what_was_chosen_was_chosen_with_certainty() -> None:
    one = shop()
    record = one.decide()
    assert record.probability == (1.0, 1.0)
    assert len(record.probability) == len(record.chosen)


def test_no_action_has_no_probabilities() -> None:
    assert shop(book=playbook(actions=())).decide().probability == ()


TIES = [f"ask-{number}" for number in range(24)]


def test_a_tie_goes_the_same_way_whatever_the_order_in_the_file() -> None:
    winners = []
    for turn in range(3):
        actions = playbook().actions[turn:] + playbook().actions[:turn]
        one = shop(book=playbook(actions=actions, contact=ContactPolicy()))
        one.scorer.propensity = dict.fromkeys([own.id for own in actions], 0.5)
        winners.append([chosen(one.decide(ask_id=id), one.book) for id in TIES])
    assert winners[0] == winners[1] == winners[2]


def test_ties_go_to_each_in_turn_by_the_seed() -> None:
    one = shop(book=playbook(contact=ContactPolicy()))
    one.scorer.propensity = dict.fromkeys([own.id for own in one.book.actions], 0.5)
    first = {chosen(one.decide(ask_id=id), one.book)[0] for id in TIES}
    assert first == {own.id for own in one.book.actions}


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    zoned = datetime.fromisoformat("2017-10-30T13:00:00+01:00")
    assert shop().decide(ask_id="a1", at=zoned).channel == shop().decide(ask_id="a1", at=MONDAY).channel


# Several at once


def test_asks_decided_together_are_what_each_is_alone() -> None:
    alone, together = shop(3), shop(3)
    asks = [ask(number, ask_id=f"a{number}") for number in (1, 2, 3)]
    expected = [alone.decide(number, ask_id=f"a{number}") for number in (1, 2, 3)]
    assert [to_bytes(one) for one in decide_together(asks, together.world())] == [to_bytes(one) for one in expected]


def test_two_asks_of_one_person_together_keep_the_cap() -> None:
    one = shop()
    found = decide_together([ask(1, ask_id="a1"), ask(1, ask_id="a2")], one.world())
    assert [record.result for record in found] == ["slate", "no-action"]
    assert len(contacts(one)) == 1


def test_an_ask_that_comes_twice_at_once_is_answered_alike() -> None:
    one = shop()
    first, second = decide_together([ask(1, ask_id="a1"), ask(1, ask_id="a1")], one.world())
    assert to_bytes(first) == to_bytes(second)


def test_a_service_without_a_model_decides_by_worth_alone() -> None:
    one = Shop(playbook(policies=()))
    one.meet(1)
    one.scorer = Unscored(one.world().plan, one.book.dictionary)  # type: ignore[assignment]
    record = one.decide()
    assert (record.result, record.model) == ("slate", "")
    assert np.frombuffer(record.inputs.propensity, "<f4").tolist() == [1.0, 1.0, 1.0]

"""What came of decisions: by their ids, by attribution, and nothing; whatever the order in which it came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.action import Action, Money
from decidedly.core.attribution import Attribution, Credit
from decidedly.core.dictionary import Dictionary, EventKind, Field
from decidedly.core.outcome import Outcome
from decidedly.core.playbook import Brand, Playbook
from decidedly.core.policy import ContactPolicy, Text
from decidedly.core.provenance import Provenance
from decidedly.core.service import DecisionService
from decidedly.measure import Came, Joining, Shown, joining_of, outcomes_of
from decidedly.ports.journal import Logged
from tests.cases import event

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def action(id: str, *products: str) -> Action:
    known = Provenance(how="given", source="test", at=NOON)
    return Action(
        id=id, name=id, facts={}, value=Money(100, "USD"), value_provenance=known, valid_from=NOON, valid_until=NOON,
        products=products,
    )  # fmt: skip


MILK, BEER = action("grow/milk", "m1", "m2"), action("grow/beer", "b1")


def kinds() -> Dictionary:
    text = Field(name="x", type="string")
    return Dictionary(
        identifiers=("loyalty",),
        user_id="loyalty",
        attributes=(),
        aggregates=(),
        events=(
            EventKind(id="seen", name="seen", outcome="impression"),
            EventKind(id="opened", name="opened", response="open"),
            EventKind(id="clicked", name="clicked", response="click"),
            EventKind(id="taken", name="taken", outcome="accept", worth="total"),
            EventKind(id="bounced", name="bounced", outcome="bounce"),
            EventKind(
                id="order", name="order", items="products", fields=(text, Field(name="total", type="money(USD)")),
                item_fields=(Field(name="product_id", type="string"), Field(name="cents", type="money(USD)")),
            ),
        ),
    )  # fmt: skip


def joining(*rules: Attribution, matures: timedelta | None = 14 * DAY) -> Joining:
    service = DecisionService(
        id="home", name="home", candidates="*", slots=2, channels=("email",), inbound=("web",), priority=Text("1"),
        matures=matures,
    )  # fmt: skip
    brand = Brand(
        name="B", currency="USD", locale="en-US", time_zone="UTC", postal_address="here", website="https://b.example"
    )
    return joining_of(
        Playbook(
            brand=brand, dictionary=kinds(), actions=(), policies=(), contact=ContactPolicy(), segments=(),
            channels=(), services=(service,), templates=(), models=(), attribution=rules,
        )
    )  # fmt: skip


def bought(credit: Credit = "last", **more: Any) -> Attribution:
    return Attribution(
        id="bought-it", name="bought it", of="order", outcome="convert", within=14 * DAY, credit=credit,
        product="product_id", worth="cents", **more,
    )  # fmt: skip


def web(id: str = "d1", at: datetime = NOON, *actions: Action) -> Shown:
    return Shown(
        id=id, leaf="p1", service="home", channel="web", at=at, inbound=True, actions=actions or (MILK, BEER),
        places=("top", "side"),
    )  # fmt: skip


def mail(id: str = "d1", at: datetime = NOON, *, sent: bool = True, waiting: bool = False) -> Shown:
    return Shown(
        id=id, leaf="p1", service="home", channel="email", at=at, inbound=False, actions=(MILK, BEER),
        sent_at=at + HOUR if sent else None, waiting=waiting,
    )  # fmt: skip


def answer(
    kind: str, at: datetime, id: str = "", decision: str = "d1", machine: float | None = None, **told: Any
) -> Logged:
    one = event(kind, at, id or f"{kind}:{decision}:{at:%d%H%M%S}", **told)
    return Logged(0, "p1", replace(one, decision_id=decision, machine=machine))


def basket(at: datetime, *lines: tuple[str, int], id: str = "o1") -> Logged:
    products = [{"product_id": product, "cents": cents} for product, cents in lines]
    return Logged(0, "p1", event("order", at, id, products=products))


def told(came: Came) -> list[tuple[str, str, str]]:
    return [(one.kind, one.action, one.by) for one in came.outcomes]


LATER = NOON + 60 * DAY


def test_an_event_joins_the_decision_that_it_names_and_the_action_that_it_names() -> None:
    events = [
        answer("seen", NOON),
        answer("taken", NOON + HOUR, action="grow/beer", total=399),
        answer("taken", NOON + HOUR, decision="d2"),
        answer("taken", NOON + 2 * HOUR, action="grow/wine"),
        answer("order", NOON + HOUR),
    ]
    came = outcomes_of(web(), events, joining(), LATER)
    assert came.outcomes == (
        Outcome(decision_id="d1", kind="impression", at=NOON, message_id="seen:d1:02120000", channel="web"),
        Outcome(
            decision_id="d1", kind="accept", at=NOON + HOUR, message_id="taken:d1:02130000", action="grow/beer",
            placement="side", channel="web", value=Money(399, "USD"),
        ),
    )  # fmt: skip
    assert came.standing == "responded"
    assert (came.standing_of("grow/beer"), came.standing_of("grow/milk")) == ("responded", "non-response")


def test_the_outcome_of_a_decision_for_one_action_is_that_actions() -> None:
    came = outcomes_of(web("d1", NOON, MILK), [answer("taken", NOON)], joining(), LATER)
    assert told(came) == [("accept", "grow/milk", "decision id")]


def test_what_software_did_counts_for_nothing() -> None:
    events = [answer("opened", NOON + HOUR, machine=0.9), answer("clicked", NOON + HOUR, machine=0.5)]
    came = outcomes_of(web(), events, joining(), LATER)
    assert [(one.kind, one.verdict) for one in came.outcomes] == [("click", "unsure"), ("impression", "machine")]
    assert came.exposed.first == NOON + HOUR  # by the click: who clicks has seen it
    assert came.standing == "responded"


def test_clicks_that_turn_out_to_be_a_burst_are_a_machines() -> None:
    clicks = [answer("clicked", NOON + HOUR + timedelta(seconds=n), f"c{n}", machine=0.2) for n in range(3)]
    assert outcomes_of(mail(), clicks[:2], joining(), LATER).standing == "responded"
    came = outcomes_of(mail(), clicks, joining(), LATER)
    assert {one.verdict for one in came.outcomes if one.kind == "click"} == {"machine"}
    assert came.standing == "non-response"


def test_who_was_reached_and_did_not_answer_in_time_is_a_non_response() -> None:
    rules = joining()
    due = NOON + HOUR + 14 * DAY
    assert outcomes_of(mail(), [], rules, due - HOUR).standing == "pending"
    came = outcomes_of(mail(), [], rules, due)
    assert told(came) == [("non-response", "", "maturity")]
    assert came.outcomes[0].at == due
    assert outcomes_of(mail(), [], joining(matures=None), LATER).standing == "pending"


def test_a_late_answer_corrects_a_recorded_non_response() -> None:
    due = NOON + HOUR + 14 * DAY
    recorded = answer("non-response", due, "non-response:d1")
    before = outcomes_of(mail(), [recorded], joining(), LATER)
    assert [(one.kind, one.superseded) for one in before.outcomes] == [("non-response", False)]
    late = answer("taken", due + DAY)
    for events in ([recorded, late], [late, recorded]):
        came = outcomes_of(mail(), events, joining(), LATER)
        assert [(one.kind, one.superseded) for one in came.outcomes] == [("non-response", True), ("accept", False)]
        assert came.standing == "responded"


@pytest.mark.parametrize(
    ("shown", "events", "standing"),
    [
        (mail(sent=False), [], "not-reached"),
        (mail(sent=False, waiting=True), [], "waiting"),
        (mail(), [answer("bounced", NOON + 2 * HOUR)], "not-reached"),
        (mail(), [answer("bounced", NOON + 2 * HOUR), answer("opened", NOON + 3 * HOUR)], "non-response"),
        (web(), [], "not-reached"),
        (web(), [answer("seen", NOON)], "non-response"),
        (web(), [answer("opened", NOON, machine=0.95)], "not-reached"),
        (replace(web(), actions=(), channel=""), [], "no-action"),
    ],
)
def test_who_was_never_reached_is_no_non_response(shown: Shown, events: list[Logged], standing: str) -> None:
    assert outcomes_of(shown, events, joining(), LATER).standing == standing


def test_an_order_is_a_conversion_of_the_latest_decision_that_showed_its_product() -> None:
    first, second = mail("d1", NOON), mail("d2", NOON + DAY)
    order = basket(NOON + 2 * DAY, ("m1", 250), ("m2", 100), ("b9", 700))
    rules = joining(bought())
    assert told(outcomes_of(first, [order], rules, NOON + 3 * DAY, [second])) == []
    came = outcomes_of(second, [order], rules, LATER, [first])
    assert told(came) == [("convert", "grow/milk", "bought-it")]
    assert came.outcomes[0].value == Money(350, "USD")
    assert came.standing == "responded"


def test_first_touch_and_equal_shares_are_the_other_ways() -> None:
    first, second = mail("d1", NOON), mail("d2", NOON + DAY)
    order = basket(NOON + 2 * DAY, ("m1", 251))
    earliest = joining(bought("first"))
    assert told(outcomes_of(first, [order], earliest, NOON + 3 * DAY, [second])) == [
        ("convert", "grow/milk", "bought-it")
    ]
    assert told(outcomes_of(second, [order], earliest, NOON + 3 * DAY, [first])) == []
    shared = joining(bought("equal"))
    parts = [outcomes_of(one, [order], shared, LATER, [other]).outcomes[0] for one, other in
             ((first, second), (second, first))]  # fmt: skip
    assert [part.share for part in parts] == [0.5, 0.5]
    assert [part.value for part in parts] == [Money(126, "USD"), Money(125, "USD")]


@pytest.mark.parametrize(
    ("at", "rule", "joins"),
    [
        (NOON + HOUR, bought(), True),
        (NOON + HOUR - timedelta.resolution, bought(), False),
        (NOON + HOUR + 14 * DAY, bought(), True),
        (NOON + HOUR + 14 * DAY + timedelta.resolution, bought(), False),
        (NOON + DAY, bought(channels=("web",)), False),
        (NOON + DAY, bought(channels=("email",), services=("home",)), True),
        (NOON + DAY, bought(services=("other",)), False),
        (NOON + DAY, bought(where=Text("cents >= 2.50")), True),
        (NOON + DAY, bought(where=Text("cents > 2.50")), False),
        (NOON + DAY, bought(where=Text("nothing > 2")), None),
    ],
)
def test_a_rule_sees_its_time_its_channels_and_its_condition(
    at: datetime, rule: Attribution, joins: bool | None
) -> None:
    if joins is None:
        with pytest.raises(Exception, match="nothing"):
            joining(rule)
        return
    came = outcomes_of(mail(), [basket(at, ("m1", 250))], joining(rule), LATER)
    assert any(one.by == "bought-it" for one in came.outcomes) == joins


def test_a_rule_without_products_gives_the_decision_as_a_whole() -> None:
    came = outcomes_of(mail(), [basket(NOON + DAY, ("x", 1))], joining(replace(bought(), product="")), LATER)
    assert told(came) == [("convert", "", "bought-it")]


def test_what_names_a_decision_is_attributed_to_no_other() -> None:
    kinds_of = joining(replace(bought(), of="taken", product="", worth="total"))
    named = answer("taken", NOON + 2 * DAY, decision="d2", total=5)
    assert told(outcomes_of(mail("d1"), [named], kinds_of, NOON + 3 * DAY, [mail("d2")])) == []


def test_an_event_counts_once_for_a_decision_and_kind() -> None:
    twice = [bought(), replace(bought(), id="again")]
    order = basket(NOON + DAY, ("m1", 250))
    came = outcomes_of(mail(), [order, order], joining(*twice), LATER)
    assert told(came) == [("convert", "grow/milk", "bought-it")]
    named = answer("taken", NOON + DAY)
    assert len(outcomes_of(mail(), [named, named], joining(), LATER).outcomes) == 1


moments = st.integers(0, 20 * 24 * 3600).map(lambda seconds: NOON + timedelta(seconds=seconds))
some_answers = st.builds(
    lambda kind, at, decision, number, machine: answer(kind, at, f"m{number}", decision, machine, action="grow/milk"),
    st.sampled_from(["seen", "opened", "clicked", "taken", "bounced", "non-response"]),
    moments,
    st.sampled_from(["d1", "d2", "d3"]),
    st.integers(0, 50),
    st.sampled_from([None, 0.1, 0.5, 0.9]),
)
some_orders = st.builds(
    lambda at, number, product, cents: basket(at, (product, cents), id=f"o{number}"),
    moments, st.integers(0, 9), st.sampled_from(["m1", "b1", "x"]), st.integers(1, 999),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    events=st.lists(st.one_of(some_answers, some_orders), max_size=12, unique_by=lambda one: one.event.message_id),
    credit=st.sampled_from(["last", "first", "equal"]),
    shuffled=st.randoms(use_true_random=False),
)
def test_outcomes_are_the_same_in_every_order_and_each_cent_goes_somewhere_once(
    events: list[Logged], credit: Credit, shuffled: Any
) -> None:
    decisions = [mail("d1"), web("d2", NOON + DAY), mail("d3", NOON + 2 * DAY, sent=False)]
    rules = joining(bought(credit))

    def every(events: list[Logged], decisions: list[Shown]) -> dict[str, tuple[Outcome, ...]]:
        return {
            one.id: outcomes_of(one, events, rules, LATER, [other for other in decisions if other is not one]).outcomes
            for one in decisions
        }

    found = every(events, decisions)
    again, others = list(events), list(decisions)
    shuffled.shuffle(again)
    shuffled.shuffle(others)
    assert every([*again, *again], others) == found
    for one in events:
        if one.event.kind == "order":
            parts = [part for of in found.values() for part in of if part.message_id == one.event.message_id]
            given_out = sum(part.value.minor for part in parts if part.value is not None)
            assert given_out in (0, one.event.properties["products"][0]["cents"])

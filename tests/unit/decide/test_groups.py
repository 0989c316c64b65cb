"""Decisions and segments that read the groups a person is in: one definition, whichever way it is asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Raw
from decidedly.core.decision import to_bytes
from decidedly.core.identifier import Identifier
from decidedly.core.playbook import Playbook
from decidedly.core.policy import Policy, Segment, Text
from decidedly.decide import decide_all, explain, letter, replay
from decidedly.feel import Place
from decidedly.playbook import check
from tests import homes, shop
from tests.cases import event, order
from tests.homes import joins, leaves
from tests.shop import MONDAY, Shop, chosen, plan_of

DAY = timedelta(days=1)
FAMILY = Policy(
    id="family",
    name="Baby products to families that buy",
    tier="suitability",
    when=Text('if action.category = "baby" then household orders > 2 and household members = 2 else true'),
    place=Place("policies/family.toml"),
)
SEGMENTS = (
    Segment(id="pairs", name="Pairs", when=Text("household members = 2")),
    Segment(
        id="buying", name="Buying homes", when=Text("household spend last 30 days > 5.00 and household role != null")
    ),
    Segment(
        id="young",
        name="Young homes",
        when=Text('anyone young in the household and buyers in the household >= 1 and household income = "high"'),
    ),
    Segment(id="quiet", name="Quiet homes", when=Text("days since last household order > 3")),
    Segment(id="new", name="New at home", when=Text('household since > now() - duration("P5D")')),
)


def book() -> Playbook:
    base = shop.playbook(segments=SEGMENTS)
    own, with_groups = base.dictionary, homes.dictionary()
    known = {one.id for one in own.events}
    whole = replace(
        own,
        events=(*own.events, *(kind for kind in with_groups.events if kind.id not in known)),
        aggregates=(*own.aggregates, *(one for one in with_groups.aggregates if one.among)),
        groups=with_groups.groups,
    )
    policies = (*(one for one in base.policies if one.id != "families"), FAMILY)
    return replace(base, dictionary=whole, policies=policies)


def family() -> Shop:
    world = Shop(book())
    for number in (1, 2, 3):
        world.meet(number)
    world.hear(
        joins(MONDAY - 5 * DAY, "j1", "loyalty:1", income_band="high"),
        joins(MONDAY - 5 * DAY, "j2", "loyalty:2"),
        *(order(MONDAY - 3 * DAY, f"a{n}", ("a", 100), person="loyalty:1") for n in range(2)),
        order(MONDAY - 2 * DAY, "b", ("a", 100), person="loyalty:2"),
    )
    for action in world.book.actions:
        world.scorer.propensity[action.id] = 0.5
    return world


def test_the_rules_of_these_tests_are_sound() -> None:
    files = {one.id for one in SEGMENTS} | {FAMILY.place.file}
    assert not [one for one in check(book()) if one.code.startswith(("feel", "segments")) or one.place.file in files]


def test_a_decision_conditions_on_the_household_and_records_what_it_read() -> None:
    world = family()
    record = world.decide(2)
    assert shop.DIAPERS in chosen(record, world.book)
    facts = record.inputs.facts
    assert (facts["home-orders"].value, facts["household.members"].value) == (3, 2)
    assert (facts["home-orders"].message_id, facts["home-orders"].provenance.source) == (
        "group:home-orders",
        "household",
    )
    assert shop.DIAPERS not in chosen(world.decide(3), world.book)


def test_the_letter_to_a_member_tells_nothing_of_the_others() -> None:
    world = family()
    record = world.decide(2)
    stored = world.reader.person(record.ask.who)
    assert stored is not None
    plan, person = plan_of(world.book, ""), world.view(stored, MONDAY)
    told = explain(record, plan, person=person, scorer=world.scorer, hidden=frozenset())
    text = letter(told, record, plan, person, world.book.brand, world.book.dictionary).text
    assert "- household orders: known, and not shown in this letter" in text
    assert "- household members: known, and not shown in this letter" in text


def test_the_replay_is_the_record_to_the_byte_whatever_became_of_the_household() -> None:
    world = family()
    record = world.decide(1)
    world.hear(leaves(MONDAY - DAY, "late", "loyalty:2"))
    again = replay(record, plan_of(world.book, ""))
    assert to_bytes(again) == to_bytes(record)
    now = world.dry_run(1, at=MONDAY + 9 * DAY)
    assert now.inputs.facts["household.members"].value == 1
    assert shop.DIAPERS not in chosen(now, world.book)


def test_a_batch_decides_as_each_ask_alone() -> None:
    world = family()
    alone = [world.dry_run(number) for number in (1, 2, 3)]
    who = [Identifier("loyalty", str(number)) for number in (1, 2, 3)]
    done = decide_all("run", who, MONDAY, world.world())
    for before, id in zip(alone, done.decided, strict=True):
        record = world.reader.decision(id)
        assert record is not None
        assert (record.inputs, record.dropped) == (before.inputs, before.dropped)


def test_who_refused_profiling_is_in_nobody_elses_inputs_and_asked_about_no_household() -> None:
    world = family()
    world.hear(event("consent", MONDAY - DAY, "no", "loyalty:2", purpose="profiling", channel="all", granted=False))
    assert world.decide(1).inputs.facts["home-orders"].value == 2
    refused = world.decide(2)
    assert refused.inputs.open_facts is not None
    assert "home-orders" not in refused.inputs.open_facts
    assert shop.DIAPERS not in chosen(refused, world.book)


@pytest.fixture(params=["sqlite", "postgres"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    store = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    with Hub(Settings(tmp_path / "hub", fixed_clock(MONDAY), store=store)) as opened:
        opened.playbooks.publish(book())
        yield opened


def test_counts_cards_explanations_and_views_agree_on_everybody(hub: Hub) -> None:
    rng = random.Random(5)
    events = []
    for number in range(40):
        who, at = f"loyalty:{number}", MONDAY - rng.randrange(1, 12) * DAY
        events.append(event("identify", at, f"i{number}", who, **{"age-band": rng.choice(["19-24", "35-44"])}))
        if number % 5:
            role = rng.choice(["", "head", "child"])
            income = {"income_band": rng.choice(["high", "low"])} if rng.random() < 0.5 else {}
            events.append(joins(at, f"j{number}", who, f"household:H{rng.randrange(14)}", role, **income))
        if rng.random() < 0.6:
            events.append(order(at, f"o{number}", ("a", rng.randrange(100, 900)), person=who))
        if rng.random() < 0.2:
            said = {"purpose": "profiling", "channel": "all", "granted": False}
            events.append(event("consent", at, f"c{number}", who, **said))
    rng.shuffle(events)
    report = hub.capture(Raw(one, f"batch[{place}]") for place, one in enumerate(events))
    assert report.accepted == len(events), report
    for at in (MONDAY, MONDAY - 4 * DAY):
        counts = hub.count_segments(at=at)
        everybody = [Identifier("loyalty", str(number)) for number in range(40)]
        cards = [hub.person(who, at) for who in everybody]
        for segment in SEGMENTS:
            inside = [segment.id in card.segments for card in cards]
            some = rng.sample(range(40), 4)
            told = [hub.membership(segment.id, everybody[number], at) for number in some]
            assert counts[segment.id].people == sum(inside)
            assert [one.member for one in told] == [inside[number] for number in some]
            assert 0 < sum(inside) < 40 or at < MONDAY
        criteria = hub.membership("pairs", everybody[1], at).criteria
        assert criteria[0].sentence == "household members is 2"


def test_an_explanation_tells_when_time_alone_changes_a_household(hub: Hub) -> None:
    hub.capture(
        Raw(one, "batch[0]")
        for one in (
            joins(MONDAY - 5 * DAY, "j1", "loyalty:1"),
            joins(MONDAY - 5 * DAY, "j2", "loyalty:2"),
            order(MONDAY - 2 * DAY, "b", ("a", 100), person="loyalty:2"),
        )
    )
    told = hub.membership("quiet", Identifier("loyalty", "1"))
    assert not told.member
    assert told.change is not None
    assert told.change.at == MONDAY + 2 * DAY
    assert told.change.because == "days since last household order rises to 4"


def test_a_group_is_shown_with_its_members_and_a_person_with_their_groups(hub: Hub) -> None:
    hub.capture(
        Raw(one, "batch[0]")
        for one in (
            joins(MONDAY - 5 * DAY, "j1", "loyalty:1", role="head", income_band="high"),
            joins(MONDAY - 4 * DAY, "j2", "loyalty:2", role="child"),
        )
    )
    card = hub.group("household:H1")
    assert (card.id, card.told) == ("household:H1", True)
    assert [(one.identifiers, one.role) for one in card.members] == [
        (("loyalty:1",), "head"),
        (("loyalty:2",), "child"),
    ]
    assert [(one.name, one.value) for one in card.traits] == [("household income", "high")]
    assert [one.identifiers for one in hub.group("household:H1", MONDAY - 4 * DAY).members] == [("loyalty:1",)]
    (own,) = hub.person(Identifier("loyalty", "2")).groups
    assert (own.group, own.role, own.since, own.provenance_id) == ("household:H1", "child", MONDAY - 4 * DAY, "j2")

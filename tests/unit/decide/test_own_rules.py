"""Own rules and preferences: what the person asked for is obeyed first, explained in their words, and replayed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.decision import OWN_RULE, DecisionRecord, to_bytes
from decidedly.core.dictionary import Attribute, EventKind
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.core.own_rule import AtMost, Choice, Hours, NeverAbout, NoChoice, OnlyBy, OnlyIfUrgent, choice_of
from decidedly.core.policy import ContactPolicy
from decidedly.core.preference import PREFERENCES
from decidedly.decide import explain, replay, rule_against, set_rule, view_of
from decidedly.decide.own_rules import quoted, text_of
from decidedly.feel import BOOLEAN, STRING, Name, Scope, compile_expression
from tests.cases import event
from tests.shop import ACTIONS, COFFEE, DIAPERS, MONDAY, WINE, Shop, chosen, dictionary, drops, plan_of, playbook

DAY = timedelta(days=1)
ADULT: dict[str, Any] = {"age_band": "35-44", "kids_count": 2}
URGENT = Attribute(id="urgent", name="urgent", of="action", type="boolean")


def shop(contact: ContactPolicy = ContactPolicy(), **changes: Any) -> Shop:  # noqa: B008
    base = dictionary()
    told = (EventKind(id="own-rule", name="own rule"), EventKind(id="preference", name="preference"))
    own = tuple(replace(one, topic=True) if one.id == "category" else one for one in base.attributes)
    whole = replace(base, attributes=(*own, *PREFERENCES, URGENT), events=(*base.events, *told))
    actions = (replace(ACTIONS[0], facts={**ACTIONS[0].facts, "urgent": True}), *ACTIONS[1:])
    one = Shop(playbook(dictionary=whole, contact=contact, actions=actions, **changes))
    one.meet(**ADULT)
    return one


def rule(one: Shop, id: str = "r1", at: datetime = MONDAY - DAY, **said: Any) -> None:
    one.hear(event("own-rule", at, f"{id}:{at}", rule=id, **said))


def like(one: Shop, at: datetime = MONDAY - DAY, **said: Any) -> None:
    one.hear(event("preference", at, f"likes:{at}", **{name.replace("_", "-"): value for name, value in said.items()}))


def record_of(one: Shop, **asked: Any) -> DecisionRecord:
    record = one.dry_run(**asked)
    assert to_bytes(replay(record, plan_of(one.book, record.ask.channel))) == to_bytes(record)
    return record


def passing(one: Shop, **asked: Any) -> dict[str, list[str]]:
    """Action -> the channels that nothing dropped it on."""
    rows = drops(record_of(one, **asked), one.book)
    return {id: [channel for channel, drop in row.items() if drop is None] for id, row in rows.items()}


BOTH = ["email", "sms"]


@pytest.mark.parametrize("topic", ["alcohol", "Alcohol", "ALCOHOL"])
def test_never_about_a_topic_holds_in_every_channel_and_when_asking(topic: str) -> None:
    one = shop()
    rule(one, choice="never-about", topic=topic)
    assert passing(one) == {COFFEE: BOTH, DIAPERS: BOTH, WINE: []}
    assert passing(one, channel="web") == {COFFEE: ["web"], DIAPERS: ["web"], WINE: []}


def test_only_by_a_channel_closes_the_others_and_no_answer_to_who_asks() -> None:
    one = shop()
    rule(one, choice="only-by", channels=["sms"])
    assert passing(one)[COFFEE] == ["sms"]
    assert passing(one, channel="web")[COFFEE] == ["web"]


@pytest.mark.parametrize(("channels", "coffee", "wine"), [(["sms"], BOTH, ["email"]), ([], BOTH, [])])
def test_only_what_is_urgent_comes_by_the_channels_named(
    channels: list[str], coffee: list[str], wine: list[str]
) -> None:
    one = shop()
    rule(one, choice="only-if-urgent", channels=channels)
    told = passing(one)
    assert (told[COFFEE], told[WINE]) == (coffee, wine)


@pytest.mark.parametrize(("days", "passes"), [(3, []), (7, BOTH)])
def test_at_most_so_many_a_week_counts_the_contacts_of_seven_days(days: int, passes: list[str]) -> None:
    one = shop()
    rule(one, choice="at-most", count=1)
    one.hear(event("campaign-received", MONDAY - timedelta(days=days), "mailed", campaign="17"))
    assert passing(one)[COFFEE] == passes


def test_a_message_waits_for_the_hours_that_the_person_set() -> None:
    one = shop()
    rule(one, choice="hours", not_before="14:30", not_after="16:00")
    one.decide()
    (message,) = one.reader.messages("waiting")
    assert message.due_at == MONDAY.replace(hour=14, minute=30)


def test_the_hours_are_those_of_the_persons_own_clock() -> None:
    one = shop()
    like(one, time_zone="America/New_York", preferred_from="09:00:00")
    one.decide()  # noon in London is 08:00 in New York, where summer time lasts a week longer
    (message,) = one.reader.messages("waiting")
    assert message.due_at == MONDAY.replace(hour=13)


def test_a_rule_taken_back_holds_no_longer_and_did_hold_before() -> None:
    one = shop()
    rule(one, choice="never-about", topic="alcohol", at=MONDAY - 3 * DAY)
    rule(one, removed=True, at=MONDAY - DAY)
    assert passing(one)[WINE] == BOTH
    assert passing(one, at=MONDAY - 2 * DAY)[WINE] == []


def test_explain_shows_the_rule_in_the_persons_own_words_and_the_condition_that_it_became() -> None:
    one = shop()
    rule(one, choice="never-about", topic="alcohol", words="No booze, please")
    record = record_of(one)
    told = explain(record, plan_of(one.book), action=WINE)
    drop = told.actions[0].drops["email"]
    assert (drop.stage, drop.rule, drop.name, drop.says) == (
        "own-rules", "own-rule:r1", "No booze, please", 'Never about "alcohol"',
    )  # fmt: skip
    assert drop.sentence == 'Wanted: (lower case(action.category) = "alcohol") != true.'
    assert [(fact.name, fact.value, fact.provenance_id) for fact in drop.facts] == [
        ("own rule", "No booze, please", f"r1:{MONDAY - DAY}")
    ]
    assert [(one.rule, one.candidates) for one in explain(record, plan_of(one.book)).dropped_by] == [("own-rule:r1", 2)]


HOSTILE = st.text(
    st.sampled_from("abz\"\\'()[]{}, .=<>!?@#\n\t\u0000\u2028\U0001f377") | st.characters(exclude_categories=["Cs"]),
    min_size=1, max_size=40,
) | st.sampled_from(
    ['" or true or "', '\\" or true or \\"', 'x") or (true', "\\u0022 or true", "\\", '"', "wine\\", "${1}", "// x"]
)  # fmt: skip


@given(HOSTILE, HOSTILE)
@settings(max_examples=200)
def test_no_text_of_a_person_is_read_as_a_rule(topic: str, other: str) -> None:
    scope = Scope.of({
        "action": [Name("category", STRING)],
        "contact": [Name("channel", STRING), Name("direction", STRING)],
    })  # fmt: skip
    literal, problems = compile_expression(quoted(topic), scope, STRING)
    assert literal is not None, problems
    assert literal.fn({}, {}) == topic
    for choice, roots in (
        (NeverAbout(topic=topic), ({"category": other}, {})),
        (OnlyBy(channels=(topic,)), ({}, {"channel": other, "direction": "outbound"})),
    ):
        compiled, problems = compile_expression(text_of(choice, [("category", False)]), scope, BOOLEAN)
        assert compiled is not None, problems
        same = other.lower() == topic.lower() if isinstance(choice, NeverAbout) else other == topic
        assert compiled.fn(*roots) is (same if isinstance(choice, OnlyBy) else not same)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"choice": "never-about"}, "topic"), ({"choice": "never-about", "topic": "a\nb"}, "topic"),
        ({"choice": "never-about", "topic": "x" * 201}, "topic"), ({"choice": "only-by", "channels": []}, "channels"),
        ({"choice": "only-by", "channels": ["e"] * 21}, "channels"), ({"choice": "at-most", "count": -1}, "count"),
        ({"choice": "at-most"}, "count"), ({"choice": "hours"}, "not_before"),
        ({"choice": "hours", "not_before": "25:00"}, "not_before"),
        ({"choice": "hours", "not_before": "09:00", "not_after": "09:00"}, "not_before"),
        ({"choice": "true"}, "choice"), ({}, "choice"), ({"choice": "at-most", "count": 1, "words": "\u0000"}, "words"),
    ],
)  # fmt: skip
def test_what_makes_no_rule_is_refused_with_the_field_that_is_wrong(said: dict[str, Any], field: str) -> None:
    with pytest.raises(NoChoice) as raised:
        choice_of({"rule": "r1", **said})
    assert raised.value.field == field


CHOICES = st.one_of(
    st.builds(NeverAbout, topic=st.sampled_from(("alcohol", "baby", "tea"))),
    st.builds(
        OnlyBy, channels=st.lists(st.sampled_from(("email", "sms", "print")), min_size=1, unique=True).map(tuple)
    ),
    st.builds(OnlyIfUrgent, channels=st.lists(st.sampled_from(("email", "sms")), unique=True).map(tuple)),
    st.builds(AtMost, count=st.integers(0, 3)),
    st.tuples(st.none() | st.integers(0, 1439), st.none() | st.integers(0, 1439))
    .filter(lambda two: two[0] != two[1]).map(lambda two: Hours(not_before=two[0], not_after=two[1])),
)  # fmt: skip


def _event(choice: Choice) -> dict[str, Any]:
    match choice:
        case NeverAbout(topic=topic):
            return {"choice": "never-about", "topic": topic}
        case OnlyBy(channels=channels):
            return {"choice": "only-by", "channels": list(channels)}
        case OnlyIfUrgent(channels=channels):
            return {"choice": "only-if-urgent", "channels": list(channels)}
        case AtMost(count=count):
            return {"choice": "at-most", "count": count}
        case Hours(not_before=first, not_after=last):
            both = {"not_before": first, "not_after": last}
            return {"choice": "hours"} | {
                name: f"{minute // 60:02}:{minute % 60:02}" for name, minute in both.items() if minute is not None
            }


@given(st.lists(CHOICES, max_size=4), st.sampled_from(("", "web")), st.integers(0, 23))
@settings(max_examples=60)
def test_own_rules_only_take_away_and_what_is_chosen_breaks_none(
    choices: list[Choice], channel: str, hour: int
) -> None:
    one, free = shop(), shop()
    for number, choice in enumerate(choices):
        rule(one, f"r{number}", **_event(choice))
    asked: dict[str, Any] = {"channel": channel, "at": MONDAY.replace(hour=hour), "ask_id": "a"}
    record = record_of(one, **asked)
    codes = np.frombuffer(record.dropped, "<u2")
    without = np.frombuffer(record_of(free, **asked).dropped, "<u2")
    assert ((codes == without) | (codes > OWN_RULE - len(choices))).all()
    picked = chosen(record, one.book)
    topics = {choice.topic for choice in choices if isinstance(choice, NeverAbout)}
    assert not [id for id in picked if {WINE: "alcohol", DIAPERS: "baby"}.get(id) in topics]
    if record.channel and not channel:
        assert all(record.channel in choice.channels for choice in choices if isinstance(choice, OnlyBy))
        assert all(choice.count > 0 for choice in choices if isinstance(choice, AtMost))


# Preferences


def test_the_preferred_channel_is_taken_where_it_is_worth_its_contact() -> None:
    one = shop(service={"priority": replace(playbook().services[0].priority, text="propensity * weight")})
    assert record_of(one).channel == "email"
    like(one, preferred_channel="sms")
    assert record_of(one).channel == "sms"


def test_a_preferred_channel_that_the_person_refused_is_not_taken() -> None:
    one = shop()
    like(one, preferred_channel="sms")
    one.hear(event("consent", MONDAY - DAY, "no", purpose="marketing", channel="sms", granted=False))
    assert record_of(one).channel == "email"


def test_the_persons_own_cap_is_obeyed_and_named() -> None:
    one = shop()
    like(one, preferred_a_week=1)
    assert record_of(one).result == "slate"
    one.hear(event("campaign-received", MONDAY - 3 * DAY, "mailed", campaign="17"))
    rows = drops(record_of(one), one.book)
    assert rows[COFFEE] == dict.fromkeys(BOTH, plan_of(one.book).preference_rule)


def test_a_preference_is_taken_back_by_null() -> None:
    one = shop()
    like(one, at=MONDAY - 2 * DAY, preferred_a_week=0)
    assert record_of(one).result == "no-action"
    like(one, at=MONDAY - DAY, preferred_a_week=None)
    assert record_of(one).result == "slate"


def test_rules_read_preferences_by_name_of_one_who_refused_profiling_too() -> None:
    text = "list contains(unwanted topics, action.category) != true"
    policy = replace(playbook().policies[3], when=replace(playbook().policies[3].when, text=text))  # type: ignore[type-var]
    one = shop(policies=(policy,))
    like(one, unwanted_topics=["alcohol"])
    one.hear(event("consent", MONDAY - DAY, "p", purpose="profiling", channel="all", granted=False))
    assert passing(one) == {COFFEE: BOTH, DIAPERS: BOTH, WINE: []}


def test_a_damaged_preference_stops_nobody() -> None:
    one = shop()
    like(one, preferred_a_week=2, time_zone="Europe/Vienna", preferred_from="08:00:00")
    for attribute in ("preferred-a-week", "time-zone", "preferred-from"):
        one.damage(attribute, ["?"])
    assert record_of(one).result == "slate"
    assert one.decide().ask.at == datetime(2017, 10, 30, 12, tzinfo=UTC)


# Set from a form, checked at the send, spoken in content


def test_a_form_makes_the_event_the_sentence_and_the_condition() -> None:
    one = shop()
    who = Identifier("loyalty", "1")
    made, told = set_rule(who, {"choice": "at-most", "count": 0, "topic": ""}, one.book, MONDAY, source="form")
    assert (told.says, told.feel) == (
        "At most 0 messages a week", 'contact.direction = "inbound" or contact.contacts in 7 days < 0',
    )  # fmt: skip
    one.hear(replace(made, at=MONDAY - DAY))
    assert record_of(one).result == "no-action"
    back, told = set_rule(who, {"removed": True}, one.book, MONDAY, source="form", rule=told.rule)
    one.hear(replace(back, at=MONDAY - DAY / 2))
    assert record_of(one).result == "slate"


@pytest.mark.parametrize(
    ("said", "place", "hint"),
    [
        ({"choice": "never-about", "topic": "alcohool"}, "body.topic", "Did you mean 'alcohol'?"),
        ({}, "body.choice", ""),
    ],
)
def test_a_form_that_makes_no_rule_says_where(said: dict[str, Any], place: str, hint: str) -> None:
    with pytest.raises(BadInput) as raised:
        set_rule(Identifier("loyalty", "1"), said, shop().book, MONDAY, source="form")
    assert (raised.value.place, raised.value.hint) == (place, hint)


def test_a_rule_set_after_the_decision_stops_its_message_and_one_set_before_does_not_twice() -> None:
    one = shop()
    record = one.decide()
    plan, who = plan_of(one.book), (Identifier("loyalty", "1"),)
    rule(one, "late", choice="only-by", channels=["sms"], at=MONDAY + DAY)
    stored = one.reader.person(who)
    assert stored is not None
    assert record.channel == "email"
    assert rule_against(plan, record, one.view(stored, MONDAY), MONDAY) == ""
    later = MONDAY + 2 * DAY
    assert rule_against(plan, record, one.view(stored, later), later) == "Messages only by sms"


@pytest.mark.parametrize(
    ("wanted", "variant", "locale"),
    [("de", "language-de", "de"), ("de-AT", "language-de", "de"), ("fr", "", "en-US"), (None, "", "en-US")],
)
def test_content_speaks_the_persons_language_where_the_template_does(
    wanted: str | None, variant: str, locale: str
) -> None:
    one = shop()
    if wanted:
        like(one, preferred_language=wanted)
    stored = one.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    template = {"subject": {"default": "Hello", "language-de": "Hallo"}, "text": {}}
    seen = view_of(record_of(one), plan_of(one.book), one.view(stored, MONDAY), one.book.brand, ["loyal"], template)
    assert (seen.segments, seen.locale) == ((variant, "loyal") if variant else ("loyal",), locale)

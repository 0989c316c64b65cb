"""What a change means, in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from decidedly.core.playbook import Playbook
from decidedly.core.policy import Cap, ContactScope, Cooldown, Per, Text
from decidedly.playbook import diff, load

GROCER = Path(__file__).parents[3] / "examples" / "grocer"


@pytest.fixture(scope="module")
def grocer() -> Playbook:
    playbook, _ = load(GROCER)
    assert playbook is not None
    return playbook


def changed_policy(playbook: Playbook, id: str, old: str, new: str) -> Playbook:
    policies = []
    for policy in playbook.policies:
        if policy.id == id and policy.table:
            policy = replace(policy, table=Text(policy.table.text.replace(old, new)))
        elif policy.id == id and policy.when:
            policy = replace(policy, when=Text(policy.when.text.replace(old, new)))
        policies.append(policy)
    return replace(playbook, policies=tuple(policies))


def test_the_same_playbook_has_no_difference(grocer: Playbook) -> None:
    assert diff(grocer, grocer) == ()


def test_a_changed_row_is_shown_as_it_was_and_is(grocer: Playbook) -> None:
    after = changed_policy(grocer, "alcohol", '"25-34", "35-44"', '"35-44"')
    (said,) = diff(grocer, after)
    assert said.startswith('Policy "Alcohol only to adults whose age we know": row - | - | "25-34", "35-44"')
    assert ' became - | - | "35-44", "45-54"' in said


def test_a_changed_condition_is_shown_as_it_was_and_is(grocer: Playbook) -> None:
    after = changed_policy(grocer, "pets", "candidate.times bought > 0", "candidate.times bought > 1")
    (said,) = diff(grocer, after)
    assert said.startswith('Policy "Pet food only to those who buy it from us": when changed from')


def test_things_that_come_go_and_change(grocer: Playbook) -> None:
    cap = replace(grocer.contact.caps[0], at_most=2)
    after = replace(
        grocer,
        segments=tuple(segment for segment in grocer.segments if segment.id != "families"),
        contact=replace(grocer.contact, caps=(cap, *grocer.contact.caps[1:])),
        actions=(*grocer.actions, replace(grocer.actions[0], id="grow/new", name="A new one")),
    )
    assert diff(grocer, after) == (
        'Action "A new one" is new.',
        'Cap "At most one marketing message in 7 days": at most 1 contact in any 7 days (class marketing) became '
        "at most 2 contacts in any 7 days (class marketing).",
        'Segment "Families with children" was removed.',
    )


def test_a_changed_namespace_is_told_by_its_id(grocer: Playbook) -> None:
    namespaces = tuple(
        replace(one, shared_above=9) if one.id == "email" else one for one in grocer.dictionary.namespaces
    )
    dictionary = replace(grocer.dictionary, namespaces=namespaces[:-1], most_identifiers=20)
    assert diff(grocer, replace(grocer, dictionary=dictionary)) == (
        'Identifier "anonymous" was removed.',
        'Identifier "email": shared above changed from 4 to 9.',
        "Dictionary: most identifiers changed from 50 to 20.",
    )


def test_limits_that_come_are_told_whole(grocer: Playbook) -> None:
    pause = Cooldown(id="no", name="After a no", after="reject", days=30)
    cap = Cap(id="sms", name="SMS", at_most=1, per=Per(unit="week", calendar=True), scope=ContactScope(channel="sms"))
    contact = replace(grocer.contact, caps=(*grocer.contact.caps, cap), cooldowns=(pause,))
    assert diff(grocer, replace(grocer, contact=contact)) == (
        'Cap "SMS" is new: at most 1 contact in a calendar week (channel sms).',
        'Cool-down "After a no" is new: nothing for 30 days after reject (action same).',
    )

"""Kinds of groups as they are written: read, checked at their places, and told in a diff."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from decidedly.core.playbook import Playbook
from decidedly.feel import BOOLEAN, compile_expression
from decidedly.playbook import check, diff, load, load_checked, policy_scope, say

GROCER = Path(__file__).parents[3] / "examples" / "grocer"
GROUPS = """[home]
name          = "home"
description   = "people who live together"
one-at-a-time = true
roles         = ["head", "child"]
most-members  = 12

[home.traits.garden]
name = "home has a garden"
type = "boolean"

[home.sees.parents]
name = "parents at home"
is   = "count"
when = 'kids count = "1"'
"""
AGGREGATE = """
[home-orders]
name  = "orders at home last 30 days"
is    = "count"
of    = "order"
over  = "last 30 days"
among = "home"
"""


def grocer(tmp_path: Path, groups: str = GROUPS, aggregate: str = AGGREGATE) -> Path:
    folder = tmp_path / "grocer"
    shutil.copytree(GROCER, folder)
    (folder / "dictionary" / "groups.toml").write_text(groups, encoding="utf-8")
    with (folder / "dictionary" / "aggregates.toml").open("a", encoding="utf-8") as file:
        file.write(aggregate)
    return folder


def loaded(folder: Path) -> Playbook:
    book, problems = load(folder)
    assert book is not None, problems
    assert problems == ()
    return book


def test_groups_are_read_and_rules_may_use_what_they_tell(tmp_path: Path) -> None:
    book = loaded(grocer(tmp_path))
    assert check(book) == ()
    (home,) = book.dictionary.groups
    assert (home.id, home.one_at_a_time, home.roles, home.most_members) == ("home", True, ("head", "child"), 12)
    assert {kind.id for kind in book.dictionary.events} > {"group", "group-left"}
    rule = (
        'home members > 2 and home role = "head" and home has a garden and parents at home >= 1 '
        "and orders at home last 30 days = 0 and home since < now()"
    )
    compiled, problems = compile_expression(rule, policy_scope(book.dictionary), BOOLEAN)
    assert compiled is not None, problems
    assert [one.id for one in compiled.reads if one.root == "person"] == [
        "home.members", "home.role", "home.garden", "home.parents", "home-orders", "home.since",
    ]  # fmt: skip


def test_a_dictionary_without_groups_knows_no_events_about_them(tmp_path: Path) -> None:
    shutil.copytree(GROCER, tmp_path / "grocer")
    kinds = {kind.id for kind in loaded(tmp_path / "grocer").dictionary.events}
    assert kinds.isdisjoint({"group", "group-left"})


@pytest.mark.parametrize(
    ("old", "new", "place", "says", "hint"),
    [
        ("most-members  = 12", "most-members  = 5000", "6:17", "cannot be read", "Write 1 to 200."),
        ("most-members  = 12", "most-membrs   = 12", "6:1", "no 'most-membrs'", "Did you mean 'most-members'?"),
        ('["head", "child"]', '["head", "head"]', "5:17", "stands there once", ""),
        ('"boolean"', '"bolean"', "10:9", "bolean", "boolean"),
        ("home.traits.garden", "home.traits.role", "10:9", "told of every group", ""),
        ("home.sees.parents", "home.sees.garden", "12:1", "the id 'garden'", "Rename one."),
        ("kids count =", "kids cuont =", "15:9", "kids", ""),
        ("kids count =", "home role =", "15:9", "home", ""),
        ('is   = "count"', 'is   = "most"', "14:8", "none of the words", "any, all, count"),
        ('"parents at home"', '"home role"', "13:9", "Two things", "Rename one."),
        ("[home]", "[Home]", "1:1", "no id of a kind", "small letters"),
    ],
)
def test_what_is_wrong_with_a_group_is_told_at_its_place(
    tmp_path: Path, old: str, new: str, place: str, says: str, hint: str
) -> None:
    assert old in GROUPS
    text = GROUPS.replace(old, new) if old != "[home]" else GROUPS.replace("[home", "[Home")
    _, problems = load_checked(grocer(tmp_path, text, "" if old == "[home]" else AGGREGATE))
    told = [one for one in problems if says in one.message]
    assert told, problems
    assert f"dictionary/groups.toml:{place}" in [str(one.place) for one in told]
    assert hint in told[0].hint


def test_an_aggregate_among_a_group_that_nobody_declared_is_told(tmp_path: Path) -> None:
    _, problems = load_checked(grocer(tmp_path, aggregate=AGGREGATE.replace('"home"', '"hom"')))
    (problem,) = problems
    assert problem.message == "There is no kind of group 'hom'."
    assert problem.hint == "Did you mean 'home'?"
    assert problem.place.file == "dictionary/aggregates.toml"


def test_a_condition_on_what_is_not_for_everybody_is_not_for_everybody_either(tmp_path: Path) -> None:
    folder = grocer(tmp_path)
    person = folder / "dictionary" / "person.toml"
    text = person.read_text(encoding="utf-8")
    assert "[kids-count]" in text
    person.write_text(text.replace("[kids-count]", '[kids-count]\nsensitivity = "special-category"'), encoding="utf-8")
    _, problems = load_checked(folder)
    assert [str(one.place) for one in problems] == ["dictionary/groups.toml:15:9"]
    (folder / "dictionary" / "groups.toml").write_text(GROUPS + 'sensitivity = "secret"\n', encoding="utf-8")
    book, problems = load_checked(folder)
    assert problems == ()
    assert book is not None
    assert "home.parents" in book.dictionary.hidden


def test_a_diff_tells_what_changed_of_groups_in_words(tmp_path: Path) -> None:
    before = loaded(grocer(tmp_path / "a"))
    text = GROUPS.replace("12", "8").replace('"boolean"', '"string"').replace('kids count = "1"', 'kids count = "2"')
    after = loaded(grocer(tmp_path / "b", text, AGGREGATE.replace("30", "60")))
    assert diff(before, after) == (
        'Aggregate "orders at home last 60 days": name changed from orders at home last 30 days to orders at home '
        "last 60 days.",
        'Aggregate "orders at home last 60 days": over changed from last 30 days to last 60 days.',
        'Group "home": most members changed from 12 to 8.',
        'Group "home": trait "home has a garden": type changed from boolean to string.',
        'Group "home": seen "parents at home": when changed from kids count = "1" to kids count = "2".',
    )
    assert 'Group "home" is new.' in diff(loaded(_bare(tmp_path / "c")), after)


def test_what_groups_tell_is_said_in_words(tmp_path: Path) -> None:
    folder = grocer(tmp_path)
    (folder / "segments" / "big-home.toml").write_text(
        'name = "Big homes"\nwhen = "home members > 3 and home has a garden"\n', encoding="utf-8"
    )
    told = next(one for one in say(loaded(folder)) if one.id == "big-home")
    assert told.sentences == ("A person belongs if home members is more than 3 and home has a garden is true.",)


def _bare(tmp_path: Path) -> Path:
    shutil.copytree(GROCER, tmp_path / "grocer")
    return tmp_path / "grocer"

"""services/*.toml with placements and slate rules: what is read, and what is told of mistakes."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from decidedly.core.playbook import Playbook, playbook_hash
from decidedly.core.policy import Text
from decidedly.core.service import AtMostOf, Bundle, DecisionService, NeverTogether, NoRepeat, OnlyAfter, Placement
from decidedly.feel import Diagnostic
from decidedly.playbook import diff, load_checked
from tests.unit.playbook.test_load import GROCER

HEAD = """name       = "Page"
candidates = "grow/campaign-18/*"
channels   = []
inbound    = ["web"]
priority   = "propensity"
"""
MILK, CAKE, HAM = (f"grow/campaign-18/100000892{number}" for number in ("49", "40", "38"))
WHOLE = f"""{HEAD}
session = "30 minutes"
tells   = ["main category"]
reasons = 2

[[placement]]
id    = "hero"
name  = "Hero"
when  = 'action.main category = "CAKES" and age band = "25-34"'

[[placement]]
id     = "menu"
name   = "Menu"
slots  = 6
space  = 9
size   = "min quantity"
order  = "stable"
margin = "5 %"

[[at-most]]
id        = "variety"
name      = "Two of one category"
count     = 2
of-one    = "main category"
placement = "menu"

[[no-repeat]]
id     = "fresh"
name   = "Nothing twice in a week"
within = "7 days"

[[never-together]]
id    = "apart"
name  = "Milk never beside cake"
one   = "{MILK}"
other = "{CAKE}"

[[only-after]]
id      = "later"
name    = "Ham after milk"
actions = "{HAM}"
after   = "{MILK}"
wait    = "3 days"

[[bundle]]
id       = "set"
name     = "Ham and cake"
actions  = ["{HAM}", "{CAKE}"]
adjacent = false
"""


def read(tmp_path: Path, text: str) -> tuple[Playbook, list[Diagnostic]]:
    home = tmp_path / "grocer"
    if not home.exists():
        shutil.copytree(GROCER, home)
    (home / "services" / "page.toml").write_text(text, encoding="utf-8")
    playbook, problems = load_checked(home)
    assert playbook is not None
    return playbook, [one for one in problems if one.place.file == "services/page.toml"]


def told(tmp_path: Path, more: str) -> list[tuple[str, int]]:
    """Code and line, within what is added, of every problem."""
    problems = sorted(read(tmp_path, HEAD + more)[1], key=lambda one: one.place)
    return [(one.code, one.place.line - HEAD.count("\n")) for one in problems]


def test_placements_and_rules_are_read_with_names_as_ids(tmp_path: Path) -> None:
    playbook, problems = read(tmp_path, WHOLE)
    service = playbook.service("page")
    assert problems == []
    assert (service.session, service.tells, service.reasons) == (timedelta(minutes=30), ("main-category",), 2)
    hero, menu = service.placements
    assert hero.when is not None
    assert (hero.slots, hero.when.text[:22], hero.order) == (1, "action.main category =", "predicted")
    assert (menu.slots, menu.budget, menu.size, menu.order, menu.margin) == (6, 9.0, "min-quantity", "stable", 0.05)
    assert [type(rule) for rule in service.rules] == [AtMostOf, NoRepeat, NeverTogether, OnlyAfter, Bundle]
    variety, fresh, apart, later, bundle = service.rules
    assert isinstance(variety, AtMostOf)
    assert (variety.of_one, variety.count) == ("main-category", 2)
    assert isinstance(fresh, NoRepeat)
    assert (fresh.days, fresh.actions) == (7, "*")
    assert isinstance(apart, NeverTogether)
    assert apart.one == MILK
    assert isinstance(later, OnlyAfter)
    assert later.days == 3
    assert isinstance(bundle, Bundle)
    assert bundle.actions == (HAM, CAKE)
    assert not bundle.adjacent


def test_a_stored_service_is_the_same_service(tmp_path: Path) -> None:
    playbook, _ = read(tmp_path, WHOLE)
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(playbook), type=Playbook)
    assert stored == playbook
    assert playbook_hash(stored) == playbook_hash(playbook)


def test_a_change_of_a_placement_and_of_a_rule_is_told_in_words(tmp_path: Path) -> None:
    old, _ = read(tmp_path, WHOLE)
    new, _ = read(tmp_path, WHOLE.replace("slots  = 6", "slots  = 4").replace("7 days", "9 days"))
    assert diff(old, new) == (
        'Service "Page": slots changed from 7 to 5.',
        'Service "Page", placement "Menu": slots changed from 6 to 4.',
        'Service "Page", rule "Nothing twice in a week": days changed from 7 to 9.',
    )


PLACE = '\n[[placement]]\nid = "p"\nname = "P"\n'


@pytest.mark.parametrize(
    ("more", "problems"),
    [
        ("", [("playbook.missing", -4)]),
        ("slots = 2" + PLACE, [("services.slots", 1)]),
        (PLACE + "slots = 0", [("services.slots", 5)]),
        (PLACE + 'candidates = "shrink/*"', [("services.no-actions", 2)]),
        (PLACE + 'when = "action.departmens = 1"', [("feel.unknown-name", 5)]),
        (PLACE + "space = 3", [("services.space", 2)]),
        (PLACE + 'space = 3\nsize = "campaign"', [("services.space", 2)]),
        (PLACE + 'space = 0\nsize = "min quantity"', [("services.space", 2)]),
        (PLACE + 'space = 3\nsize = "width"', [("services.attribute", 6)]),
        (PLACE + 'order = "random"', [("playbook.type", 5)]),
        (PLACE + 'order = "stable"\nmargin = "much"', [("services.margin", 6)]),
        ('session = "soon"' + PLACE, [("services.session", 1)]),
        ('tells = ["slogans"]' + PLACE, [("services.attribute", 1)]),
        (PLACE + PLACE, [("playbook.duplicate", 2), ("playbook.duplicate", 6)]),
        (PLACE + '[[at-most]]\nid = "a"\nname = "A"\ncount = 0\nof-one = "campaign"', [("services.unsatisfiable", 5)]),
        (
            PLACE + '[[at-most]]\nid = "a"\nname = "A"\ncount = 1\nof-one = "campaing"\nplacement = "q"',
            [("playbook.unknown-name", 5), ("services.attribute", 9)],
        ),
        (PLACE + '[[no-repeat]]\nid = "a"\nname = "A"\nwithin = "a while"', [("services.days", 8)]),
        (PLACE + '[[no-repeat]]\nid = "a"\nname = "A"\nwithin = "1 day"\nactions = "x"', [("services.no-actions", 5)]),
        (
            PLACE + '[[only-after]]\nid = "a"\nname = "A"\nactions = "*"\nafter = "*"\nwait = "1 day"',
            [("services.unsatisfiable", 5)],
        ),
        (
            PLACE + f'slots = 2\n[[bundle]]\nid = "b"\nname = "B"\nactions = ["{MILK}", "{CAKE}"]\n'
            f'[[never-together]]\nid = "n"\nname = "N"\none = "{CAKE}"\nother = "{MILK}"',
            [("services.unsatisfiable", 6)],
        ),
        (PLACE + f'[[bundle]]\nid = "b"\nname = "B"\nactions = ["{MILK}", "{CAKE}"]', [("services.unsatisfiable", 5)]),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_place(tmp_path: Path, more: str, problems: list[tuple[str, int]]) -> None:
    assert told(tmp_path, more) == problems


def test_a_service_without_placements_is_one_place_of_its_own_candidates() -> None:
    service = DecisionService(id="s", name="S", candidates="a/*", slots=3, channels=(), priority=Text("1"))
    assert service.places == (Placement(id="main", name="S", slots=3),)
    assert [service.may_stand(id, service.places[0]) for id in ("a/x", "b/x")] == [True, False]

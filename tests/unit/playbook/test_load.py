"""The grocer's playbook, and small playbooks, from their folders."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from decidedly.core.playbook import Playbook, playbook_hash
from decidedly.feel import BOOLEAN, Diagnostic, compile_expression
from decidedly.playbook import check, load, load_checked, policy_scope
from decidedly.rules import MAY_HAVE, compile_table

GROCER = Path(__file__).parents[3] / "examples" / "grocer"
CONTEXT = {"now": datetime(2017, 10, 30, tzinfo=UTC), "channel": ""}


@pytest.fixture(scope="module")
def grocer() -> Playbook:
    playbook, problems = load(GROCER)
    assert problems == ()
    assert playbook is not None
    return playbook


def barred(playbook: Playbook, policy: str, person: dict[str, object], candidate: dict[str, object]) -> list[str]:
    """Names of the actions that a policy bars for this person."""
    scope = policy_scope(playbook.dictionary)
    one = next(one for one in playbook.policies if one.id == policy)
    if one.table is not None:
        table, problems = compile_table(one.table.text, scope, place=one.table.place)
        assert table is not None, problems
        passes = table.output(MAY_HAVE)
    else:
        assert one.when is not None
        compiled, problems = compile_expression(one.when.text, scope, BOOLEAN, place=one.when.place)
        assert compiled is not None, problems
        passes = compiled.fn
    coupons = [action for action in playbook.actions if action.products]
    return [action.name for action in coupons if passes(person, action.facts, candidate, CONTEXT) is not True]


def test_the_grocer_has_nothing_wrong(grocer: Playbook) -> None:
    assert check(grocer) == ()


def test_campaign_18_has_209_coupons_and_their_products(grocer: Playbook) -> None:
    coupons = [action for action in grocer.actions if action.id.startswith("grow/campaign-18/")]
    assert len(coupons) == 209
    assert sum(len(action.products) for action in coupons) == 37_589 - 109  # rows the source repeats
    assert len({action.name for action in coupons}) == 209


def test_the_last_day_of_an_offer_is_still_valid(grocer: Playbook) -> None:
    action = grocer.actions[0]
    assert action.valid_from == datetime(2017, 10, 30, tzinfo=UTC)
    assert action.valid_until == datetime(2017, 12, 25, tzinfo=UTC)
    assert action.value_provenance.how == "learnt"


def test_loading_twice_gives_one_hash(grocer: Playbook) -> None:
    again, _ = load(GROCER)
    assert again is not None
    assert playbook_hash(again) == playbook_hash(grocer)


def test_a_stored_playbook_is_the_same_playbook(grocer: Playbook) -> None:
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(grocer), type=Playbook)
    assert stored == grocer


def test_places_lead_to_file_and_line(grocer: Playbook) -> None:
    alcohol = next(policy for policy in grocer.policies if policy.id == "alcohol")
    assert (alcohol.place.file, alcohol.place.line) == ("policies/regulation/alcohol.table", 7)
    assert grocer.actions[0].place.file == "actions/grow/campaign-18.table"
    families = next(segment for segment in grocer.segments if segment.id == "families")
    assert str(families.place) == "segments/families.toml:2:9"


def test_infant_formula_bars_the_whole_coupon(grocer: Playbook) -> None:
    assert barred(grocer, "infant-formula", {}, {}) == ["$1.30 off any health or beauty product"]


@pytest.mark.parametrize("person", [{}, {"age-band": "19-24"}, {"age-band": "twenty"}])
def test_possible_alcohol_is_only_for_adults_whose_age_we_know(grocer: Playbook, person: dict[str, object]) -> None:
    assert len(barred(grocer, "alcohol", person, {})) == 6
    assert barred(grocer, "alcohol", {"age-band": "25-34"}, {}) == []


def test_a_single_purchase_of_last_week_is_not_a_repeat_purchase(grocer: Playbook) -> None:
    once, often = {"times-bought": 1, "days-since-bought": 6}, {"times-bought": 2, "days-since-bought": 6}
    assert len(barred(grocer, "bought-lately", {}, once)) == 209
    assert barred(grocer, "bought-lately", {}, often) == []
    assert barred(grocer, "bought-lately", {}, {"times-bought": 0}) == []


def test_pet_food_is_for_those_who_buy_it(grocer: Playbook) -> None:
    assert len(barred(grocer, "pets", {}, {"times-bought": 0})) == 9
    assert barred(grocer, "pets", {}, {"times-bought": 1}) == []


def test_a_stranger_is_not_written_to(grocer: Playbook) -> None:
    assert len(barred(grocer, "members-only", {}, {})) == 209


def test_a_namespace_says_how_its_identifiers_are_written(grocer: Playbook) -> None:
    phone = grocer.dictionary.namespace("phone")
    assert (phone.form, phone.region, phone.also, phone.shared_above) == ("phone", "US", ("phone",), 4)
    assert grocer.dictionary.most_identifiers == 50


@pytest.mark.parametrize(("said", "at_most"), [("", 1), ("at-most = 0", 0), ("at-most = 2", 2)])
def test_a_person_has_one_user_id_unless_the_brand_says_otherwise(tmp_path: Path, said: str, at_most: int) -> None:
    for name in ("playbook.toml", "dictionary/identifiers.toml"):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_text((GROCER / name).read_text("utf-8").replace("at-most = 1", said), "utf-8")
    playbook, problems = load(tmp_path)
    assert playbook is not None, problems
    assert playbook.dictionary.namespace("loyalty").at_most == at_most
    assert playbook.dictionary.namespace("email").at_most == 0


def test_a_folder_that_is_not_there_is_a_diagnostic(tmp_path: Path) -> None:
    playbook, problems = load(tmp_path / "nowhere")
    assert playbook is None
    assert problems[0].code == "playbook.missing"


def test_an_empty_folder_says_what_it_needs(tmp_path: Path) -> None:
    playbook, problems = load_checked(tmp_path)
    assert playbook is None
    assert [str(problem.place) for problem in problems] == ["dictionary/identifiers.toml:1:1", "playbook.toml:1:1"]


def test_one_action_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    for name in ("playbook.toml", "dictionary/identifiers.toml", "dictionary/actions.toml"):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_text((GROCER / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "actions" / "grow").mkdir(parents=True)
    (tmp_path / "actions" / "grow" / "oat-milk.toml").write_text(
        """
name       = "1 dollar off oat milk"
value      = "1.00"
valid      = { from = 2017-10-30, to = 2017-10-31 }
provenance = { how = "given", source = "marketing", at = 2017-10-01 }
products   = ["851", "852"]
attributes = { categories = ["OAT MILK"], "product count" = 2 }
""",
        encoding="utf-8",
    )
    playbook, problems = load_checked(tmp_path)
    assert problems == ()
    assert playbook is not None
    (action,) = playbook.actions
    assert (action.id, action.value.minor, action.products) == ("grow/oat-milk", 100, ("851", "852"))
    assert action.facts["categories"] == ["OAT MILK"]
    assert action.valid_until == datetime(2017, 11, 1, tzinfo=UTC)


def purposes(tmp_path: Path, text: str) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    """The grocer with purposes of its own."""
    shutil.copytree(GROCER, tmp_path / "grocer")
    (tmp_path / "grocer" / "dictionary" / "purposes.toml").write_text(text, encoding="utf-8")
    return load_checked(tmp_path / "grocer")


def test_purposes_say_what_silence_means(tmp_path: Path) -> None:
    book, problems = purposes(
        tmp_path,
        '[marketing]\nname = "ads"\ndouble-opt-in = ["email"]\n[service]\nname = "service"\nbasis = "contract"\n',
    )
    assert (problems, book is None) == ((), False)
    assert book is not None
    silent = {id: book.dictionary.purpose(id).silence for id in ("marketing", "service", "profiling", "other")}
    assert silent == {"marketing": False, "service": True, "profiling": True, "other": False}
    assert book.dictionary.purpose("marketing").double_opt_in == ("email",)


def test_a_purpose_without_a_lawful_basis_that_exists_is_told_with_its_place(tmp_path: Path) -> None:
    _, problems = purposes(tmp_path, '[ads]\nname = "ads"\nbasis = "because"\nconfirm-within-days = 0\n')
    assert [str(problem.place) for problem in problems] == ["dictionary/purposes.toml:3:9"]


def test_who_somebody_is_and_what_they_permit_is_understood_without_a_declaration(tmp_path: Path) -> None:
    folder = shutil.copytree(GROCER, tmp_path / "grocer")
    events = folder / "dictionary" / "events.toml"
    text = events.read_text()
    start, end = text.index("[identify]"), text.index("[page]")
    events.write_text(text[:start] + text[end:])
    playbook, problems = load(folder)
    assert playbook is not None, problems
    assert playbook.dictionary.kind("identify") is not None
    consent = playbook.dictionary.kind("consent")
    assert consent is not None
    assert [field.name for field in consent.fields] == ["purpose", "channel", "granted"]

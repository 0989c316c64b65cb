"""The gallery: one page of whole files, in which nothing from outside is markup."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from decidedly.demo.gallery import ChosenAction, Household, Recall, RuleDrops, Run, write_gallery

RUN = Run(
    brand="Maple & Main",
    decided_on="October 30, 2017",
    intro="Twelve of 1,133.",
    households=1133,
    decided=1043,
    no_action=90,
    candidates=1000,
    passed=900,
    by_channel={"email": 640},
    drops=(RuleDrops(stage="Consent", rule="agreed", candidates=100, households=9, place="policies/a.toml:3"),),
    recall=(
        Recall(name="Random", campaign_18=0.077),
        Recall(name="Ours", campaign_18=0.72, campaign_13=0.7, ours=True),
    ),
)
HOUSEHOLD = Household(
    id="1029",
    name="Ann <b>",
    about="Two adults",
    segments=("Families",),
    decision_id="d1",
    channel="sms",
    subject="Hello",
    email_html=b"<p>mail</p>",
    sms="Hello & bye",
    sms_segments=1,
    letter_pdf=b"%PDF-",
    letter_pages=(b"<svg/>",),
    considered=10,
    passed=7,
    actions=(
        ChosenAction(id="a", name="Coffee", saving="$0.85", score=0.3, propensity=0.25, reasons=("bought often",)),
    ),
    drops=(RuleDrops(stage="Regulation", rule="No formula", candidates=3),),
    record=b"{}",
)


def written(folder: Path, household: Household = HOUSEHOLD) -> str:
    return write_gallery(folder, RUN, (household,)).read_text(encoding="utf-8")


def test_it_shows_the_forms_the_reasons_and_the_rules(tmp_path: Path) -> None:
    page = written(tmp_path)
    for words in ("bought often", "25.0 %", "$0.85", "No formula", "Hello &amp; bye", "policies/a.toml:3", "0.720"):
        assert words in page


def test_every_file_it_names_is_there_and_none_is_elsewhere(tmp_path: Path) -> None:
    page = written(tmp_path)
    named: list[str] = re.findall(r'(?:src|href)="([^"#][^"]*)"', page)
    assert len(named) >= 6
    assert all((tmp_path / name).is_file() for name in named)


def test_a_name_is_text(tmp_path: Path) -> None:
    assert "Ann <b>" not in written(tmp_path)


def test_an_id_never_leaves_the_folder(tmp_path: Path) -> None:
    written(tmp_path / "gallery", msgspec.structs.replace(HOUSEHOLD, id="../../evil"))
    assert [path.name for path in tmp_path.iterdir()] == ["gallery"]


def test_a_household_without_actions_or_drops_is_shown_all_the_same(tmp_path: Path) -> None:
    assert "Ann" in written(tmp_path, msgspec.structs.replace(HOUSEHOLD, actions=(), drops=()))

"""What kinds of event say of outcomes."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from decidedly.core.playbook import Playbook
from decidedly.feel import Diagnostic
from decidedly.playbook import diff, load_checked

GROCER = Path(__file__).parents[3] / "examples" / "grocer"


def grocer_with(tmp_path: Path, events: str) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    """The grocer's playbook with further kinds of event."""
    shutil.copytree(GROCER, tmp_path / "grocer")
    with (tmp_path / "grocer" / "dictionary" / "events.toml").open("a", encoding="utf-8") as file:
        file.write(events)
    return load_checked(tmp_path / "grocer")


def test_kinds_of_event_mean_outcomes(tmp_path: Path) -> None:
    book, problems = grocer_with(
        tmp_path,
        """
[taken]
name = "taken"
outcome = "accept"
worth = "amount"
fields = { amount = { type = "money(USD)" } }

[opened]
name = "opened"
response = "open"

[left]
name = "left"
response = "unsubscribe"
outcome = "complain"
""",
    )
    assert problems == ()
    assert book is not None
    kinds = {kind.id: kind.means for kind in book.dictionary.events}
    assert {id: kinds[id] for id in ("taken", "opened", "left", "non-response", "page")} == {
        "taken": "accept", "opened": "impression", "left": "complain", "non-response": "non-response", "page": "",
    }  # fmt: skip
    assert next(kind.means for kind in book.dictionary.histories if kind.id == "opened/machine") == ""


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ('worth = "paid"', "dictionary.worth", "There are: amount."),
        ('worth = "amonut"', "dictionary.worth", "Did you mean 'amount'?"),
        ('outcome = "non-response"', "playbook.type", "Known are"),
    ],
)
def test_what_an_outcome_was_worth_is_an_amount(tmp_path: Path, line: str, code: str, hint: str) -> None:
    text = f'\n[taken]\nname = "taken"\n{line}\nfields = {{ amount = {{ type = "money(USD)" }} }}\n'
    _, problems = grocer_with(tmp_path, text)
    (problem,) = problems
    assert (problem.code, problem.hint[: len(hint)]) == (code, hint)
    assert problem.place.file == "dictionary/events.toml"
    assert problem.place.line > 60


RULE = """
name    = "Bought it"
of      = "order"
outcome = "convert"
within  = "14 days"
product = "product_id"
worth   = "sales_cents"
where   = "quantity >= 1 and action.main category != null"
"""


def grocer_attributing(tmp_path: Path, rule: str) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    shutil.copytree(GROCER, tmp_path / "grocer")
    (tmp_path / "grocer" / "attribution").mkdir()
    (tmp_path / "grocer" / "attribution" / "bought-it.toml").write_text(rule, encoding="utf-8")
    return load_checked(tmp_path / "grocer")


def test_an_attribution_rule_is_a_file(tmp_path: Path) -> None:
    book, problems = grocer_attributing(tmp_path, RULE)
    assert problems == ()
    assert book is not None
    (rule,) = book.attribution
    assert (rule.id, rule.outcome, rule.within, rule.credit) == ("bought-it", "convert", timedelta(days=14), "last")
    before = load_checked(GROCER)[0]
    assert before is not None
    assert diff(before, book) == ('Attribution rule "Bought it" is new.',)


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "hint"),
    [
        ('"order"', '"ordr"', "playbook.unknown-name", 3, "Did you mean 'order'?"),
        ('"14 days"', '"a while"', "playbook.lapse", 5, 'Write "14 days" or "36 hours".'),
        ('"convert"', '"bought"', "playbook.type", 4, ""),
        ('"product_id"', '"product"', "playbook.unknown-name", 6, "Did you mean 'product_id'?"),
        ('"sales_cents"', '"quantity"', "playbook.unknown-name", 7, ""),
        ("quantity >= 1", "quantitty >= 1", "feel.unknown-name", 8, "Did you mean 'quantity'?"),
        ("of      =", 'channels = ["telex"]\nof      =', "playbook.unknown-name", 3, ""),
    ],
)
def test_mistakes_in_an_attribution_rule_are_told_at_their_place(
    tmp_path: Path, old: str, new: str, code: str, line: int, hint: str
) -> None:
    _, problems = grocer_attributing(tmp_path, RULE.replace(old, new, 1))
    assert [(one.code, one.place.file, one.place.line) for one in problems] == [
        (code, "attribution/bought-it.toml", line)
    ]
    assert hint in problems[0].hint


def test_a_service_says_when_silence_is_an_answer(tmp_path: Path) -> None:
    shutil.copytree(GROCER, tmp_path / "grocer")
    file = tmp_path / "grocer" / "services" / "weekly-coupons.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("slots", 'matures    = "36 hours"\nslots'), encoding="utf-8")
    book, problems = load_checked(tmp_path / "grocer")
    assert problems == ()
    assert book is not None
    assert book.service("weekly-coupons").matures == timedelta(hours=36)

"""What kinds of event say of outcomes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from decidedly.core.playbook import Playbook
from decidedly.feel import Diagnostic
from decidedly.playbook import load_checked

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

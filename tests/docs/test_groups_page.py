"""The page on groups: every row has its test, and its playbook and its mapping are sound."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from decidedly.demo.playbook import grocer
from decidedly.playbook import load_checked, read_mapping

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "groups.md").read_text("utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FROM = 'source = "crm"\n[from]\nfile = "customers.csv"\n'


def test_each_row_names_a_test_that_there_is() -> None:
    rows = re.findall(r"^\|.*\| (`[a-z_`, ]+`) \|$", PAGE, re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`([a-z_]{20,})`", row)]
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(told) > 20
    assert [name for name in told if f"def test_{name}(" not in tests] == []


def test_the_playbook_and_the_mapping_shown_are_sound(tmp_path: Path) -> None:
    folder = tmp_path / "grocer"
    shutil.copytree(grocer(), folder)
    for block in BLOCKS[:-1]:
        file = folder / block.partition("\n")[0].removeprefix("# ")
        with file.open("a", encoding="utf-8") as end:
            end.write("\n" + block.partition("\n")[2])
    book, problems = load_checked(folder)
    assert book is not None, problems
    assert [one for one in problems if one.severity == "error"] == []
    path = tmp_path / "customers.toml"
    path.write_text(FROM + BLOCKS[-1], encoding="utf-8")
    found, problems = read_mapping(path, book.dictionary)
    assert found is not None, problems
    assert problems == ()

"""The page on how a rule becomes code shows what really comes out."""

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules-to-code.md"


def test_the_examples_run_and_print_what_is_shown() -> None:
    blocks = re.findall(r"^```(?:python|text)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for code, shown in zip(blocks[::2], blocks[1::2], strict=True):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "rules-to-code", "exec"), {})
        assert printed.getvalue().strip() == shown.strip()


def test_the_files_named_exist() -> None:
    folder = PAGE.parents[1] / "src" / "decidedly" / "feel"
    named = re.findall(r"`(\w+\.py)`", PAGE.read_text("utf-8"))
    assert [name for name in named if not (folder / name).exists()] == []

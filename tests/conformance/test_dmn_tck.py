"""The conformance kit passes but for what is listed, and every model of it survives being written."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from decidedly.rules.dmn_xml import laid_out, read_dmn, write_dmn
from decidedly.rules.model import placeless
from decidedly.rules.model_text import read_model
from decidedly.rules.model_write import write_model

from .data import kit
from .dmn_tck import LEVELS, FolderReport, as_markdown, run, run_folder, totals

ROOT = Path(__file__).resolve().parents[2]
FAILURES = (Path(__file__).parent / "failures.txt").read_text("utf-8").split("\n")
KNOWN = {line for line in FAILURES if line and not line.startswith("#")}


@cache
def reports() -> list[FolderReport]:
    return run(kit())


def test_level_2_passes_whole_and_level_3_nearly() -> None:
    levels = totals(reports())
    assert levels["2"]["passed"] == levels["2"]["tests"]
    assert levels["3"]["share"] >= 0.97
    assert levels["3"]["folder_mean"] >= 0.95


def test_the_failures_are_those_listed() -> None:
    failed = {
        f"{report.name} {test.id}"
        for report in reports()
        for test in report.tests
        if report.level and test.result != "pass"
    }
    assert failed - KNOWN == set(), "These passed before."
    assert KNOWN - failed == set(), "These pass now: take them off failures.txt."


def test_the_published_table_is_fresh() -> None:
    assert (ROOT / "docs" / "conformance.md").read_text("utf-8") == as_markdown(reports())


def model_files() -> list[Path]:
    return sorted(kit().glob("*/*/*.dmn"))


def test_every_model_is_read_back_as_it_was_written() -> None:
    for path in model_files():
        model, problems = read_dmn(path.read_bytes(), file=path.name)
        assert model is not None, problems
        again, problems = read_dmn(write_dmn(model))
        assert problems == (), path.name
        assert placeless(again) == placeless(model), path.name


def test_every_model_goes_to_the_playbooks_form_and_back() -> None:
    for path in model_files():
        model, _ = read_dmn(path.read_bytes())
        assert model is not None
        again, problems = read_model(write_model(model))
        assert problems == (), path.name
        assert placeless(again) == placeless(model), path.name


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_written_decides_the_same(level: str, tmp_path: Path) -> None:
    for folder in sorted(path for path in (kit() / level).glob("*") if path.is_dir()):
        copy = tmp_path / folder.name
        copy.mkdir()
        for path in folder.iterdir():
            if path.suffix == ".dmn":
                model, _ = read_dmn(path.read_bytes())
                assert model is not None
                (copy / path.name).write_text(write_dmn(laid_out(model)), "utf-8")
            else:
                (copy / path.name).write_bytes(path.read_bytes())
        results = [(test.id, test.result) for test in run_folder(copy, "").tests]
        first = next(report for report in reports() if report.name == folder.name)
        assert results == [(test.id, test.result) for test in first.tests], folder.name

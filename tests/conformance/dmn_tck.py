"""Runs decision models and test cases laid out as in the DMN Technology Compatibility Kit, and reports.

    python tests/conformance/dmn_tck.py DIR [--json OUT] [--markdown FILE] [--known-failures FILE] [--failures]

DIR holds compliance-level-2, compliance-level-3 and non-compliant, each with a folder per subject: models (*.dmn) and
test files (*-test-*.xml). A test is one test case; it passes where every result that it names is as expected. Numbers
may differ by 1e-8, as in the runners that the kit publishes. External functions (Java, PMML) cannot run: their tests
fail, and are named. The folder `non-compliant` is run but not scored.
"""

from __future__ import annotations

import argparse
import json
import sys
import time as clock
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

import msgspec

from decidedly.feel.operators import equal
from decidedly.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time, temporal_text
from decidedly.feel.types import ANY, ContextOf, ListOf, Type
from decidedly.feel.values import kind
from decidedly.rules.dmn_xml import read_dmn
from decidedly.rules.evaluate import Linked, Outcome, evaluate_model, link
from decidedly.rules.model import BusinessKnowledgeModel, Decision, DecisionModel, DecisionService, InputData
from decidedly.rules.xml import Element, read_xml

LEVELS = {"compliance-level-2": "2", "compliance-level-3": "3", "non-compliant": ""}
KINDS = {"decision": (Decision,), "bkm": (BusinessKnowledgeModel,), "decisionService": (DecisionService,)}
TOLERANCE = Decimal("1e-8")
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NOW = datetime.now(UTC)
XML_TYPES = {
    "number": "decimal", "boolean": "boolean", "date": "date", "time": "time", "date and time": "dateTime",
    "days and time duration": "duration", "years and months duration": "duration",
}  # fmt: skip
"""What FEEL's types are called in XML Schema."""


class Test(msgspec.Struct, frozen=True):
    """The outcome of one test case; `detail` says what was expected and what came."""

    id: str
    file: str
    result: Literal["pass", "fail", "error"]
    detail: str = ""
    external: bool = False


class FolderReport(msgspec.Struct, frozen=True):
    """The tests of one folder; `level` is empty where it is not scored."""

    name: str
    level: str
    tests: tuple[Test, ...]

    @property
    def passed(self) -> int:
        return sum(test.result == "pass" for test in self.tests)

    @property
    def share(self) -> float:
        return self.passed / len(self.tests) if self.tests else 0.0


# What a test file says


def value_of(element: Element) -> Any:
    """The plain value of an inputNode, expected, component or item."""
    lists = [child for child in element.elements if child.name == "list"]
    if lists:
        return None if is_nil(lists[0]) else [value_of(item) for item in lists[0].elements if item.name == "item"]
    components = [child for child in element.elements if child.name == "component"]
    if components:
        return {child.attributes.get("name", ""): value_of(child) for child in components}
    values = [child for child in element.elements if child.name == "value"]
    if not values or is_nil(values[0]) or is_nil(element):
        return None
    named = values[0].attributes.get(TYPE, "").rpartition(":")[2]
    text = values[0].text.text
    if named:
        return scalar(named, text)
    return Untyped(text) if text else None


class Untyped(str):
    """A value whose type the test file does not say: it is read as what is declared, or compared with what came."""


def typed(value: Any, type_: Type) -> Any:
    """A value with what is untyped in it read as its declared type."""
    match value, type_:
        case list(), ListOf(of=of):
            return [typed(item, of) for item in value]
        case dict(), ContextOf():
            return {name: typed(item, type_.field(name) or ANY) for name, item in value.items()}
        case Untyped(), _:
            return scalar(XML_TYPES.get(str(type_), ""), str(value))
        case _:
            return value


def is_nil(element: Element) -> bool:
    return element.attributes.get(NIL) in ("true", "1")


def scalar(type_: str, text: str) -> Any:
    """A value by the name of its type in XML Schema; text where it names none."""
    match type_:
        case "boolean":
            return text.strip() in ("true", "1")
        case "decimal" | "double" | "float" | "integer" | "int" | "long":
            return Decimal(text.strip())
        case "date":
            return parse_date(text.strip())
        case "dateTime":
            return parse_date_time(text.strip())
        case "time":
            return parse_time(text.strip())
        case "duration" | "dayTimeDuration" | "yearMonthDuration":
            return parse_duration(text.strip())
        case _:
            return text


def same(expected: Any, actual: Any) -> bool:
    """Whether a result is the expected one: as `=`, but null equals null and numbers may differ a little."""
    if expected is None or actual is None:
        return expected is actual
    if isinstance(expected, Untyped):
        expected = scalar(XML_TYPES.get(kind(actual), ""), str(expected))
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(same(one, other) for one, other in zip(expected, actual, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and expected.keys() == actual.keys()
            and all(same(value, actual[name]) for name, value in expected.items())
        )
    if kind(expected) == "number" and kind(actual) == "number":
        try:
            return abs(Decimal(expected) - Decimal(actual)) <= TOLERANCE
        except InvalidOperation:
            return False
    return equal(expected, actual) is True


# Running


def run_folder(folder: Path, level: str) -> FolderReport:
    """All test cases of a folder, in the order of the files."""
    models: dict[str, DecisionModel] = {}
    broken: dict[str, str] = {}
    for path in sorted(folder.glob("*.dmn")):
        model, problems = read_dmn(path.read_bytes(), file=path.name)
        if model is None:
            broken[path.name] = "; ".join(map(str, problems))
        else:
            models[path.name] = model
    linked: dict[str, Linked] = {}
    tests: list[Test] = []
    for path in sorted(folder.glob("*.xml")):
        document, problems = read_xml(path.read_bytes(), file=path.name)
        if document is None:
            tests.append(Test("", path.name, "error", "; ".join(map(str, problems))))
            continue
        named = next((e.text.text.strip() for e in document.root.elements if e.name == "modelName"), "")
        cases = [element for element in document.root.elements if element.name == "testCase"]
        if named not in models:
            why = broken.get(named, f"there is no model '{named}'")
            tests.extend(Test(case.attributes.get("id", ""), path.name, "error", why) for case in cases)
            continue
        if named not in linked:
            linked[named] = link(models[named], [m for name, m in models.items() if name != named])
        for case in cases:
            try:
                tests.append(run_case(linked[named], case, path.name))
            except Exception as error:  # A crash is an outcome too: the report must name it.
                why = f"{type(error).__name__}: {error}"
                tests.append(Test(case.attributes.get("id", ""), path.name, "error", why))
    return FolderReport(folder.name, level, tuple(tests))


def run_case(linked: Linked, case: Element, file: str) -> Test:
    id_ = case.attributes.get("id", "")
    inputs: dict[str, Any] = {}
    for node in case.elements:
        if node.name == "inputNode":
            name, space = node.attributes.get("name", ""), node.attributes.get("namespace", "")
            declared = linked.find(name, (InputData, Decision))
            type_ = declared[0].type_of(declared[1]) if declared else ANY
            inputs[f"{space}#{name}" if space else name] = typed(value_of(node), type_)
    external = False
    for node in case.elements:
        if node.name != "resultNode":
            continue
        expected = next((value_of(e) for e in node.elements if e.name == "expected"), None)
        outcome = ask(linked, case, node, inputs)
        external |= any("external" in problem.code for problem in outcome.problems)
        if not same(expected, outcome.value):
            why = "; ".join(str(problem) for problem in outcome.problems[:3] if outcome.value is None)
            detail = f"{node.attributes.get('name', '')}: expected {shown(expected)}, came {shown(outcome.value)}"
            return Test(id_, file, "fail", f"{detail}{f' ({why})' if why else ''}", external)
    return Test(id_, file, "pass")


def ask(linked: Linked, case: Element, node: Element, inputs: dict[str, Any]) -> Outcome:
    """The outcome that a resultNode asks for: of a decision, or of what the test case invokes."""
    name, invoked = node.attributes.get("name", ""), case.attributes.get("invocableName", "")
    if not invoked:
        return evaluate_model(linked, name, inputs, kinds=KINDS[node.attributes.get("type", "decision")], now=NOW)
    found = evaluate_model(
        linked, invoked, inputs, kinds=KINDS[case.attributes.get("type", "decisionService")], now=NOW
    )
    service = linked.find(invoked, (DecisionService,))
    several = service and isinstance(service[1], DecisionService) and len(service[1].outputs) > 1
    if several and isinstance(found.value, dict) and name != invoked:
        return Outcome(found.value.get(name), found.problems)
    return found


def shown(value: Any) -> str:
    """A value as FEEL writes it, cut short."""
    if kind(value) in ("date", "time", "date and time", "days and time duration", "years and months duration"):
        return str(temporal_text(value))
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"[:200]
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {shown(item)}' for name, item in value.items())}}}"[:200]
    words = {None: "null", True: "true", False: "false"}
    return (
        words.get(value, f'"{value}"' if isinstance(value, str) else str(value))
        if kind(value) != "number"
        else str(value)
    )


def run(root: Path) -> list[FolderReport]:
    """All folders of all levels that are there."""
    reports = []
    for name, level in LEVELS.items():
        for folder in sorted(path for path in (root / name).glob("*") if path.is_dir()):
            reports.append(run_folder(folder, level))
    return reports


# Reporting


def totals(reports: list[FolderReport]) -> dict[str, dict[str, Any]]:
    """By level: tests, how many passed, their share, and the mean over folders of the share."""
    found = {}
    for level in ("2", "3"):
        folders = [report for report in reports if report.level == level and report.tests]
        tests = sum(len(report.tests) for report in folders)
        passed = sum(report.passed for report in folders)
        found[level] = {
            "folders": len(folders),
            "tests": tests,
            "passed": passed,
            "share": passed / tests if tests else 0.0,
            "folder_mean": sum(report.share for report in folders) / len(folders) if folders else 0.0,
        }
    return found


def as_json(reports: list[FolderReport]) -> dict[str, Any]:
    folders = [
        {
            "folder": report.name,
            "level": report.level or "non-compliant",
            "tests": len(report.tests),
            "passed": report.passed,
            "cases": [msgspec.to_builtins(test) for test in report.tests],
        }
        for report in reports
    ]
    return {"levels": totals(reports), "folders": folders, "external_functions": external(reports)}


def external(reports: list[FolderReport]) -> list[str]:
    """The failures that are due to functions outside FEEL."""
    return [
        f"{report.name} {test.id}"
        for report in reports
        for test in report.tests
        if test.external and test.result != "pass"
    ]


def as_text(reports: list[FolderReport], failures: bool) -> str:
    lines = []
    for report in reports:
        if report.passed < len(report.tests):
            level = f"level {report.level}" if report.level else "not scored"
            lines.append(f"{report.passed:5} of {len(report.tests):5}  {report.name} ({level})")
            if failures:
                lines.extend(
                    f"      {test.result} {test.id}: {test.detail}" for test in report.tests if test.result != "pass"
                )
    for level, total in totals(reports).items():
        lines.append(
            f"Level {level}: {total['passed']} of {total['tests']} tests ({total['share']:.2%}), "
            f"mean over {total['folders']} folders {total['folder_mean']:.2%}"
        )
    outside = external(reports)
    if outside:
        lines.append(f"Of the failures {len(outside)} need functions outside FEEL: {', '.join(outside)}")
    return "\n".join(lines)


def as_markdown(reports: list[FolderReport]) -> str:
    """The page docs/conformance.md."""
    lines = [
        "# Conformance with DMN 1.5",
        "",
        "Decision models and FEEL are held against the DMN Technology Compatibility Kit (github.com/dmn-tck/tck), the",
        "test cases by which engines of the standard are compared. This page is written by",
        "`python tests/conformance/dmn_tck.py DIR --markdown docs/conformance.md`; a test fails where it is outdated.",
        "",
        "A test is one test case: it passes where every result that it names is as expected (numbers to 1e-8, as in",
        "the kit's published runners). One folder, `0100-arithmetic`, is a third of all tests, so the mean over",
        "folders stands beside the share of tests.",
        "",
        "| level | folders | tests | passed | share of tests | mean over folders |",
        "|------:|--------:|------:|-------:|---------------:|------------------:|",
    ]
    for level, total in totals(reports).items():
        lines.append(
            f"| {level} | {total['folders']} | {total['tests']} | {total['passed']} | {total['share']:.2%} "
            f"| {total['folder_mean']:.2%} |"
        )
    outside = {name for name in external(reports) if level_of(reports, name)}
    lines += ["", "## What does not pass", ""]
    failed = [
        (f"{report.name} {test.id}", test)
        for report in reports
        for test in report.tests
        if report.level and test.result != "pass"
    ]
    others = [name for name, _ in failed if name not in outside]
    lines += [f"- `{name}`" for name in others] if others else ["All that needs FEEL alone passes."]
    if outside:
        lines += ["", "These call functions written in Java, which are not run here; they count as failures:", ""]
        lines += [f"- `{name}`" for name, _ in failed if name in outside]
    lines += ["", "## By folder", "", "| folder | level | tests | passed |", "|--------|------:|------:|-------:|"]
    for report in reports:
        lines.append(f"| {report.name} | {report.level or 'not scored'} | {len(report.tests)} | {report.passed} |")
    return "\n".join(lines) + "\n"


def level_of(reports: list[FolderReport], name: str) -> str:
    """The level of a test that is named by its folder and id."""
    folder = name.partition(" ")[0]
    return next(report.level for report in reports if report.name == folder)


def as_failures(reports: list[FolderReport]) -> str:
    """The list of what is known to fail, as `failures.txt` holds it."""
    lines = ["# Tests of the conformance kit that do not pass, by folder and id. This list may only shrink."]
    for report in reports:
        lines += [f"{report.name} {test.id}" for test in report.tests if report.level and test.result != "pass"]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path, help="write the page that is published")
    parser.add_argument("--known-failures", type=Path, help="write the list that the tests hold against")
    parser.add_argument("--failures", action="store_true", help="name each test that did not pass, and why")
    arguments = parser.parse_args()
    if not any((arguments.dir / name).is_dir() for name in LEVELS):
        print(f"{arguments.dir} has none of the folders {', '.join(LEVELS)}.", file=sys.stderr)
        return 2
    start = clock.perf_counter()
    reports = run(arguments.dir)
    print(as_text(reports, arguments.failures))
    print(f"{sum(len(report.tests) for report in reports)} tests in {clock.perf_counter() - start:.1f} s")
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(reports), indent=1) + "\n", "utf-8")
    if arguments.markdown:
        arguments.markdown.write_text(as_markdown(reports), "utf-8")
    if arguments.known_failures:
        arguments.known_failures.write_text(as_failures(reports), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

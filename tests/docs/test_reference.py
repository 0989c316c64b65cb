"""The reference names all that there is, and what it quotes stands in the files it names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from typer.main import get_command

from decidedly.api.app import OPERATIONS
from decidedly.api.ask import DecideRequest
from decidedly.api.capture import CaptureAnswer, CaptureError
from decidedly.api.decide import DecideAnswer, ShownAction
from decidedly.api.errors import STATUS
from decidedly.api.tracking import JitsuAnswer
from decidedly.capture import Refusal
from decidedly.cli import commands
from decidedly.content.campaign import PARTS
from decidedly.content.settings import COLOURS
from decidedly.content.settings import Settings as TemplateSettings
from decidedly.content.variables import OFFER, VARIABLES
from decidedly.core.policy import TIERS
from decidedly.core.principal import SCOPES
from decidedly.demo.run import Summary
from decidedly.models import Reads, Settings
from decidedly.models.affinity import CANDIDATE, PERSON
from decidedly.playbook.actions import COLUMNS, OF_EVERY_ACTION
from decidedly.playbook.dictionary import FILES
from decidedly.playbook.document import Authored
from decidedly.playbook.files import FOLDERS
from decidedly.playbook.mapping import FromForm, MappedForm, MappingForm, ValueForm
from decidedly.rules.definition import HIT_POLICIES

ROOT = Path(__file__).resolve().parents[2]
DOCS, SRC = ROOT / "docs", ROOT / "src" / "decidedly"
REFERENCE = DOCS / "reference"
CODE = re.compile(r"[a-z]+\.[a-z]+(?:-[a-z]+)*")
ROOMS_OF_CODES = {
    "actions", "channels", "contact", "content", "decisions", "dictionary", "dmn", "event", "examples", "feel",
    "import", "mapping", "model", "playbook", "policies", "segments", "services", "table", "type", "xml",
}  # fmt: skip
MADE_OF_PARTS = {"policies.no-source", "policies.no-owner"}
"""Codes that the source puts together."""
NOT_RAISED = {"internal"}
"""Codes that are told without an error of their own."""
QUOTE = re.compile(r"<!-- (?P<how>from|code): (?P<file>\S+) ?(?P<name>\S*) -->\n```\w*\n(?P<text>.*?)\n```", re.DOTALL)


@cache
def page(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


def missing(words: Iterable[str], told: str) -> list[str]:
    """Those that no code span begins with: `word`, `[[word]]`, `word = ...` or `word (...)`."""
    return [word for word in words if not re.search(rf"`\[*{re.escape(word)}[\]` =\[(<]", told)]


def encoded(*structs: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for struct in structs for field in msgspec.structs.fields(struct)]


def leaves(command: Any, name: str = "decidedly") -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", {})
    if not below:
        yield name, command
    for own, inner in below.items():
        yield from leaves(inner, f"{name} {own}")


COMMANDS = list(leaves(get_command(commands())))


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_option_of_a_command_is_described_beside_it(name: str, command: Any) -> None:
    row = next((line for line in page("cli.md").splitlines() if line.startswith(f"| `{name}")), "")
    options = [name for one in command.params for name in one.opts if name.startswith("--")]
    told_for_all = {"--help", "--workdir"}
    assert [option for option in options if option not in told_for_all and f"`{option}" not in row] == []


def test_the_demos_summary_and_the_scopes_are_described() -> None:
    assert missing([*encoded(Summary), *SCOPES], page("cli.md")) == []


def test_every_field_of_deciding_and_capturing_is_described() -> None:
    fields = encoded(DecideRequest, DecideAnswer, ShownAction, CaptureAnswer, CaptureError, JitsuAnswer, Refusal)
    assert missing(fields, page("http-api.md")) == []


def test_every_status_has_its_codes() -> None:
    rows = page("http-api.md").splitlines()
    for error, status in STATUS.items():
        row = next((line for line in rows if line.startswith(f"| {status} |")), "")
        assert f"`{error.code}`" in row, (status, error.code)


def test_every_scope_of_a_route_stands_beside_it() -> None:
    rows = [line for line in page("http-api.md").splitlines() if line.startswith("| `")]
    for one in OPERATIONS:
        row = next(line for line in rows if f"`{one.method.upper()} {one.path}`" in line)
        assert [scope for scope in one.scopes if f"`{scope}`" not in row] == []


def forms(of: type[Authored]) -> Iterator[type[Authored]]:
    for form in of.__subclasses__():
        yield form
        yield from forms(form)


def test_every_key_of_the_playbook_is_described() -> None:
    of_mappings = (MappingForm, FromForm, MappedForm, ValueForm)
    keys = {key for form in forms(Authored) if form not in of_mappings for key in encoded(form)}
    assert {"at-most", "contact-cost", "item-fields", "slots"} <= keys
    assert missing(sorted(keys), page("playbook.md")) == []
    assert missing(encoded(*of_mappings), (DOCS / "import.md").read_text("utf-8")) == []


def test_every_file_and_column_of_the_playbook_is_described() -> None:
    parts = [part for files in PARTS.values() for part in files]
    assert missing([*(f"{folder}/" for folder in FOLDERS), *FILES, *parts, *COLUMNS, *TIERS], page("playbook.md")) == []
    every = [f"action.{id.replace('-', ' ')}" for id in OF_EVERY_ACTION]
    hits = [word for word in dict.fromkeys(HIT_POLICIES.values()) if not re.search(r"collect .", word)]
    assert missing([*every, *hits], page("playbook.md")) == []


def test_every_setting_and_variable_of_a_template_is_described() -> None:
    words = [*encoded(TemplateSettings), *COLOURS, *VARIABLES, *OFFER]
    assert missing(words, page("playbook.md")) == []


def test_every_setting_and_feature_of_a_model_is_described() -> None:
    words = [*encoded(Settings), "kind", *CANDIDATE, *PERSON, *encoded(Reads)]
    words += [field.default for field in msgspec.structs.fields(Reads)]
    assert missing(words, page("models.md")) == []


def codes() -> set[str]:
    """Every code in the source: those of error classes, and texts in the form of a code that go into a call."""
    found = set(MADE_OF_PARTS | NOT_RAISED)
    for file in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found |= {
                    line.value.value
                    for line in node.body
                    if isinstance(line, ast.Assign)
                    and [target.id for target in line.targets if isinstance(target, ast.Name)] == ["code"]
                    and isinstance(line.value, ast.Constant)
                }
            if isinstance(node, ast.Call):
                given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
                texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found |= {text for text in texts if CODE.fullmatch(text) and text.partition(".")[0] in ROOMS_OF_CODES}
    return {code for code in found if not code.endswith((".toml", ".table"))}


def test_every_code_is_described() -> None:
    found = codes()
    assert len(found) > 100
    assert missing(sorted(found), page("errors.md")) == []


def test_no_code_is_described_that_nothing_tells() -> None:
    rows = [line.split("|")[1] for line in page("errors.md").splitlines() if line.startswith("| `")]
    told = {code for row in rows for code in re.findall(r"`([^`]+)`", row)}
    assert sorted(told - codes()) == []


def quotes() -> list[tuple[str, re.Match[str]]]:
    pages = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    return [(str(path.relative_to(ROOT)), found) for path in pages for found in QUOTE.finditer(path.read_text("utf-8"))]


@pytest.mark.parametrize(("where", "quote"), quotes(), ids=lambda one: one if isinstance(one, str) else one["file"])
def test_what_is_quoted_stands_in_its_file(where: str, quote: re.Match[str]) -> None:
    text = (ROOT / quote["file"]).read_text("utf-8")
    if quote["how"] == "code":
        symbols = [node for node in ast.parse(text).body if getattr(node, "name", "") == quote["name"]]
        text = ast.get_source_segment(text, symbols[0]) or ""
        assert quote["text"] == text, f"{where} quotes an older {quote['name']}"
    else:
        assert quote["text"] in text, f"{where} quotes what is not in {quote['file']}"


def test_the_evaluation_is_shown_whole() -> None:
    shown = {quote["name"] for where, quote in quotes() if where.endswith("data.md")}
    assert shown >= {"hits_by_person", "recall_at_k", "paired_bootstrap", "popular", "most_bought", "random_order"}
    assert shown >= {"redeemed", "bought", "evaluate"}


def test_pages_named_in_the_source_are_there() -> None:
    named = {name for file in SRC.rglob("*.py") for name in re.findall(r"docs/[\w/.-]+\.md", file.read_text("utf-8"))}
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_every_page_is_reached_from_the_index() -> None:
    seen, waiting = set(), [DOCS / "index.md"]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            links = re.findall(r"\]\(([^)#:\s]+\.md)", here.read_text("utf-8"))
            waiting += [(here.parent / link).resolve() for link in links]
    assert sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md") if path not in seen) == []


def test_pictures_are_sound_and_say_what_they_show() -> None:
    pictures = sorted((DOCS / "img").glob("*.svg"))
    assert pictures
    for picture in pictures:
        told = {child.tag.rpartition("}")[2] for child in ElementTree.parse(picture).getroot()}
        assert {"title", "desc"} <= told, picture.name

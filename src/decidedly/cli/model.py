"""decidedly model: decision models to and from DMN, and run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from decidedly.cli.screen import say, show_problem
from decidedly.core.errors import AuthoringError, BadInput, NotFound
from decidedly.feel import evaluate, parse
from decidedly.feel.scope import Scope
from decidedly.rules import read_model, write_model
from decidedly.rules.dmn_xml import laid_out, read_dmn, write_dmn
from decidedly.rules.evaluate import evaluate_model, link
from decidedly.rules.model import DecisionModel

model = typer.Typer(help="Decision models to and from DMN, and run.", no_args_is_help=True)
_FILES = (".toml", ".table", ".xml")
_VERSIONS = ("1.2", "1.3", "1.4", "1.5")
Source = Annotated[Path, typer.Argument(metavar="MODEL", help="A .dmn file, or a model's folder in a playbook.")]


@model.command("import")
def import_(
    source: Annotated[Path, typer.Argument(metavar="DMN", help="The file to read (.dmn, DMN 1.1 to 1.5).")],
    target: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to write, such as decisions/loyalty.")],
) -> None:
    """Read a decision model from DMN into the playbook's form; nothing is written where it has mistakes."""
    texts = write_model(_read(source))
    target.mkdir(parents=True, exist_ok=True)
    for path in target.iterdir():
        if path.suffix in _FILES and path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")
    say(f"wrote {target}: {len(texts)} files")


@model.command("export")
def export(
    source: Annotated[Path, typer.Argument(metavar="FOLDER", help="A model's folder in a playbook.")],
    target: Annotated[Path, typer.Argument(metavar="DMN", help="The file to write (.dmn).")],
    version: Annotated[str, typer.Option(help="DMN 1.2 to 1.5, for tools that do not read the last yet.")] = "1.5",
) -> None:
    """Write a decision model as DMN, with a diagram if it has none."""
    if version not in _VERSIONS:
        raise BadInput(f"DMN is written as {', '.join(_VERSIONS)}, not {version}.", place="--version")
    read = laid_out(_read(source))
    target.write_text(write_dmn(read, version=version), encoding="utf-8")
    say(f"wrote {target}: {len(read.nodes)} parts")


@model.command("run")
def run(
    source: Source,
    decision: Annotated[str, typer.Argument(help="A decision, decision service or business knowledge model.")],
    given: Annotated[list[str], typer.Argument(metavar="NAME=FEEL...", help="Inputs, as spend=120.")] = [],  # noqa: B006
    as_json: Annotated[bool, typer.Option("--json", help="Print the value as JSON.")] = False,
) -> None:
    """Evaluate a decision of a model by the standard, and say where a null comes from."""
    outcome = evaluate_model(link(_read(source), _beside(source)), decision, _inputs(given), now=datetime.now(UTC))
    for problem in outcome.problems:
        show_problem(problem)
    say(json.dumps(_plain(outcome.value), ensure_ascii=False, indent=None if as_json else 2))


def _inputs(given: list[str]) -> dict[str, Any]:
    inputs = {}
    for one in given:
        name, equals, text = one.partition("=")
        tree, problems = parse(text, Scope.of({}), lenient=True)
        if not equals or tree is None:
            hint = "Write for example spend=120 or 'tier=\"gold\"'."
            raise BadInput(f"'{one}' is no input.", place="NAME=FEEL", hint=hint)
        if problems:
            raise AuthoringError(problems)
        inputs[name.strip()] = evaluate(tree, {}, plain=True)
    return inputs


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | str) else str(value)


def _read(source: Path) -> DecisionModel:
    if source.is_dir():
        texts = {path.name: path.read_text("utf-8") for path in sorted(source.iterdir()) if path.suffix in _FILES}
        found, problems = read_model(texts, folder=f"{source}/")
    elif source.is_file():
        found, problems = read_dmn(source.read_bytes(), file=str(source))
    else:
        raise NotFound(f"There is no {source}.", place=str(source))
    if found is None:
        raise AuthoringError(problems)
    return found


def _beside(source: Path) -> list[DecisionModel]:
    """The models that this one may import: those that stand beside it."""
    others = []
    for path in sorted(source.resolve().parent.iterdir()):
        wanted = path.is_dir() if source.is_dir() else path.suffix == ".dmn"
        if wanted and path != source.resolve():
            try:
                others.append(_read(path))
            except AuthoringError:
                continue
    return others

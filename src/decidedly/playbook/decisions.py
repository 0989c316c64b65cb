"""decisions/ -> decision models: a folder a model, as texts; what they mean is for `rules` to say."""

from __future__ import annotations

from collections.abc import Mapping

from decidedly.core.playbook import DecisionModel, Playbook
from decidedly.core.policy import Text
from decidedly.feel import Diagnostic, Place, Scope, did_you_mean
from decidedly.feel.types import BOOLEAN, conforms
from decidedly.playbook.files import Folder
from decidedly.playbook.grid import read_grid
from decidedly.playbook.source_map import Path, SourceMap
from decidedly.rules import CompiledDecision, CompiledModel, compile_model, model, read_model

SUFFIXES = (".toml", ".table", ".xml")


def load_decisions(folder: Folder) -> tuple[DecisionModel, ...]:
    """Decision models by the names of their folders."""
    parts: dict[str, dict[str, str]] = {}
    for path in folder.files("decisions", *SUFFIXES):
        inside = path.relative_to(folder.root / "decisions").parts
        if len(inside) != 2:
            place = Place(folder.name(path))
            folder.problems.add("decisions.folder", "A decision model is a folder of files.", place,
                                "Put it into decisions/MODEL/.")  # fmt: skip
        else:
            parts.setdefault(inside[0], {})[inside[1]] = folder.read(path)
    found = []
    for id, files in parts.items():
        model_ = DecisionModel(id=id, name=id, parts=files, place=Place(f"decisions/{id}/model.toml"))
        read, problems = read_decisions(model_)
        folder.problems.found.extend(problems)
        if read is not None:
            found.append(DecisionModel(id=id, name=read.name, parts=files, place=model_.place))
    return tuple(found)


def read_decisions(one: DecisionModel) -> tuple[model.DecisionModel | None, tuple[Diagnostic, ...]]:
    """The model that the texts mean, or None and what is wrong with their form."""
    base = f"decisions/{one.id}/"
    maps: dict[str, SourceMap] = {}

    def locate(file: str, path: Path) -> Place:
        if file not in maps:
            text = one.parts.get(file, "")
            maps[file] = SourceMap(read_grid(text).preface if file.endswith(".table") else text, base + file)
        return maps[file].text(*path)

    return read_model(one.parts, locate, folder=base)


def compile_decisions(playbook: Playbook, scope: Scope) -> tuple[dict[str, CompiledModel], tuple[Diagnostic, ...]]:
    """The playbook's decision models as functions over the facts of a scope, by id, and what is wrong with them."""
    read = {one.id: read_decisions(one) for one in playbook.decisions}
    models = {id: found for id, (found, _) in read.items() if found is not None}
    problems = [problem for _, some in read.values() for problem in some]
    compiled: dict[str, CompiledModel] = {}
    for id, found in models.items():
        others = [other for other_id, other in models.items() if other_id != id]
        one, more = compile_model(found, scope, others)
        problems += more
        if one is not None:
            compiled[id] = one
    return compiled, tuple(problems)


def find_decision(
    text: Text, models: Mapping[str, CompiledModel]
) -> tuple[CompiledDecision | None, tuple[Diagnostic, ...]]:
    """The decision that a rule names as `model/decision`, as a function of the facts; it must be a condition."""
    id, _, name = text.text.partition("/")
    known = [f"{one}/{decision}" for one, found in models.items() for decision in found.decisions]
    if id not in models or name not in models[id].decisions:
        hint = did_you_mean(text.text, known) or f"There are {', '.join(known) or 'none'}."
        return None, (Diagnostic("decisions.unknown", f"There is no decision '{text.text}'.", hint, text.place),)
    found = models[id].decision(name)
    if not conforms(found.type, BOOLEAN):
        message = f"A policy's decision must be true or false, but '{text.text}' gives {found.type}."
        return None, (Diagnostic("decisions.type", message, "", text.place),)
    return found, ()

"""models/*.toml -> ModelSpecs."""

from __future__ import annotations

from decidedly.core.playbook import ModelSpec
from decidedly.feel.diagnostics import Place
from decidedly.playbook.files import Folder

DEFAULT_KIND = "propensity"


def load_models(folder: Folder) -> tuple[ModelSpec, ...]:
    """Models by file name. `kind` may be left out; what the settings, `name` among them, must say is the kind's to
    check."""
    found = []
    for path in folder.files("models", ".toml"):
        document = folder.document(path)
        if document.broken:
            continue
        texts = {"name": document.values.get("name"), "kind": document.values.get("kind", DEFAULT_KIND)}
        for key, value in texts.items():
            if not isinstance(value, str):
                message = f"This model has no '{key}'." if value is None else f"'{key}' is a text in quotes."
                folder.problems.add("playbook.missing", message, document.map.value(key), "Add it.")
        if all(isinstance(value, str) for value in texts.values()):
            settings = {key: value for key, value in document.values.items() if key != "kind"}
            name, kind = str(texts["name"]), str(texts["kind"])
            found.append(ModelSpec(id=path.stem, name=name, kind=kind, settings=settings, place=Place(document.file)))
    return tuple(found)

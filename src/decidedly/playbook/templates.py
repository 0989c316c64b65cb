"""templates/<id>/ -> Templates: template.toml holds the settings; every file, it among them, is a part by its name."""

from __future__ import annotations

from decidedly.core.playbook import Template
from decidedly.feel.diagnostics import Place
from decidedly.playbook.files import Folder

SETTINGS_FILE = "template.toml"


def load_templates(folder: Folder) -> tuple[Template, ...]:
    """Templates by folder name. What their settings must say is for `content` to check."""
    found = []
    for home in sorted((folder.root / "templates").glob("*/")):
        settings_path = home / SETTINGS_FILE
        if not settings_path.is_file():
            place = Place(f"{folder.name(home)}/{SETTINGS_FILE}")
            folder.problems.add("playbook.missing", f"This template has no {SETTINGS_FILE}.", place)
            continue
        document = folder.document(settings_path)
        name = document.values.get("name", home.name)
        parts = {
            path.relative_to(home).as_posix(): folder.read(path)
            for path in sorted(home.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        if not document.broken:
            found.append(
                Template(
                    id=home.name,
                    name=str(name),
                    settings=document.values,
                    parts=parts,
                    place=Place(document.file),
                )
            )
    return tuple(found)

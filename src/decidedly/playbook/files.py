"""The files of a playbook's folder, in playbook order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from decidedly.feel.diagnostics import Place, did_you_mean
from decidedly.playbook.document import Document, Problems

FOLDERS = (
    "dictionary",
    "actions",
    "policies",
    "segments",
    "decisions",
    "channels",
    "services",
    "templates",
    "models",
    "attribution",
    "personas",
)


class Folder:
    """A playbook's folder. Places name files relative to it, with forward slashes."""

    def __init__(self, root: Path, problems: Problems) -> None:
        self.root = root
        self.problems = problems
        self.documents: dict[str, Document] = {}

    def files(self, under: str, *suffixes: str) -> Iterator[Path]:
        """Files with one of these endings, by path; a file with another ending is reported, so that none is ignored."""
        base = self.root / under
        for path in sorted(base.rglob("*"), key=lambda path: path.relative_to(base).as_posix()):
            if path.is_dir() or path.name.startswith("."):
                continue
            if path.suffix in suffixes:
                yield path
            else:
                hint = f"Files here end in {' or '.join(suffixes)}."
                self.problems.add("playbook.file", f"'{path.name}' is not read.", Place(self.name(path)), hint)

    def document(self, path: Path) -> Document:
        document = Document(self.read(path), self.name(path), self.problems)
        self.documents[document.file] = document
        return document

    def locate(self, place: Place, *path: str | int) -> Place:
        """Where the value at this path stands in the file of `place`."""
        document = self.documents.get(place.file)
        return place if document is None else document.map.text(*path)

    def optional(self, name: str) -> Document | None:
        path = self.root / name
        return self.document(path) if path.is_file() else None

    def read(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as broken:
            place = Place(self.name(path), path.read_bytes()[: broken.start].count(b"\n") + 1)
            self.problems.add("playbook.encoding", "This file is not UTF-8 text.", place, "Save it as UTF-8.")
            return ""

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def strangers(self) -> None:
        """Report what lies beside the known files and folders."""
        known = (*FOLDERS, "playbook.toml")
        for path in sorted(self.root.iterdir()):
            if path.name not in known and not path.name.startswith(".") and path.suffix != ".md":
                hint = did_you_mean(path.name, known) or f"Known here: {', '.join(known)}."
                self.problems.add("playbook.file", f"'{path.name}' is not read.", Place(path.name), hint)

"""segments/ -> Segments: a condition in a TOML file, or a decision table."""

from __future__ import annotations

from typing import Any

import msgspec

from decidedly.core.policy import Segment, Text
from decidedly.feel.diagnostics import Place
from decidedly.playbook.document import Authored, Document
from decidedly.playbook.examples import read_examples
from decidedly.playbook.files import Folder
from decidedly.playbook.grid import read_grid
from decidedly.playbook.policies import TableForm


class SegmentForm(Authored, frozen=True, kw_only=True):
    name: str
    when: str
    owner: str = ""
    example: list[dict[str, Any]] = msgspec.field(default_factory=list)


def load_segments(folder: Folder) -> tuple[Segment, ...]:
    """Segments by file name."""
    found = []
    for path in folder.files("segments", ".toml", ".table"):
        if path.suffix == ".table":
            text, file = folder.read(path), folder.name(path)
            grid = read_grid(text, file)
            header = Document(grid.preface, file, folder.problems)
            above = header.read(TableForm)
            if above is not None:
                found.append(
                    Segment(
                        id=path.stem, name=above.name, table=Text(text, Place(file)), owner=above.owner,
                        examples=read_examples(header), place=grid.place,
                    )
                )  # fmt: skip
            continue
        document = folder.document(path)
        form, when = document.read(SegmentForm), document.text("when")
        if form is not None and when is not None:
            found.append(
                Segment(
                    id=path.stem, name=form.name, when=when, owner=form.owner, examples=read_examples(document),
                    place=when.place,
                )
            )  # fmt: skip
    return tuple(found)

"""segments/ -> Segments: a condition in a TOML file, or a decision table."""

from __future__ import annotations

from decidedly.core.policy import Segment, Text
from decidedly.feel.diagnostics import Place
from decidedly.playbook.document import Authored, Document
from decidedly.playbook.files import Folder
from decidedly.playbook.grid import read_grid
from decidedly.playbook.policies import TableForm


class SegmentForm(Authored, frozen=True, kw_only=True):
    name: str
    when: str
    owner: str = ""


def load_segments(folder: Folder) -> tuple[Segment, ...]:
    """Segments by file name."""
    found = []
    for path in folder.files("segments", ".toml", ".table"):
        if path.suffix == ".table":
            text, file = folder.read(path), folder.name(path)
            grid = read_grid(text, file)
            above = Document(grid.preface, file, folder.problems).read(TableForm)
            if above is not None:
                table = Text(text, Place(file))
                found.append(Segment(id=path.stem, name=above.name, table=table, owner=above.owner, place=grid.place))
            continue
        document = folder.document(path)
        form, when = document.read(SegmentForm), document.text("when")
        if form is not None and when is not None:
            found.append(Segment(id=path.stem, name=form.name, when=when, owner=form.owner, place=when.place))
    return tuple(found)

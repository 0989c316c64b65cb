"""segments/*.toml -> Segments."""

from __future__ import annotations

from decidedly.core.policy import Segment
from decidedly.playbook.document import Authored
from decidedly.playbook.files import Folder


class SegmentForm(Authored, frozen=True, kw_only=True):
    name: str
    when: str


def load_segments(folder: Folder) -> tuple[Segment, ...]:
    """Segments by file name."""
    found = []
    for path in folder.files("segments", ".toml"):
        document = folder.document(path)
        form, when = document.read(SegmentForm), document.text("when")
        if form is not None and when is not None:
            found.append(Segment(id=path.stem, name=form.name, when=when, place=when.place))
    return tuple(found)

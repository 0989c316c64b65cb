"""Erases one household, to be killed: erase_child.py FOLDER IDENTIFIER."""

from __future__ import annotations

import sys
from pathlib import Path

from decidedly.core.identifier import Identifier
from tests.grocer.steps import open_hub


def main(folder: Path, who: Identifier) -> None:
    with open_hub(folder) as hub:
        print("erasing", flush=True)
        hub.privacy.erase(who, "the officer", "asked for by letter")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Identifier.parse(sys.argv[2]))

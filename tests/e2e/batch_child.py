"""Decides for everybody on the grocer's list, to be killed: batch_child.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from decidedly.app import Hub, fixed_clock
from decidedly.decide import decide_all
from decidedly.demo import run as demo
from tests.grocer.steps import RUN


def main(folder: Path) -> None:
    with Hub.open(folder, fixed_clock(demo.DECISION_DAY)) as hub:
        who = demo.audience(hub, demo.CAMPAIGN)
        world = hub.world(demo.SERVICE, "")
        print("deciding", flush=True)
        decide_all(RUN, who, demo.DECISION_DAY, world, chunk=4)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

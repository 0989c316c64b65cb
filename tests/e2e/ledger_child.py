"""Asks and sends for the same few people, to be killed: ledger_child.py FOLDER STORE SOCKET NUMBER ROUNDS."""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from decidedly.adapters.opened import open_store
from decidedly.adapters.senders.folder import FolderSender
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord
from decidedly.core.errors import NotReady
from decidedly.core.identifier import Identifier
from decidedly.core.message import Message
from decidedly.decide import Deciding, decide
from decidedly.decide.online import Contended
from decidedly.deliver import Composed, run
from decidedly.ledger import Calendar
from decidedly.ports.reader import Stored
from tests.property.schedules import SERVICES, START, book_of, plan_of
from tests.shop import Shop
from tests.unit.content.views import template, view

CAPS, ZONE = 2, "Europe/Vienna"
PEOPLE = (1, 2, 3)
ROUND = timedelta(minutes=20)
"""The moments of both processes lie side by side: round n of each is at the same time of day."""


def compose(message: Message, record: DecisionRecord, stored: Stored) -> Composed:
    return Composed(to="a@example.com", sender="b@example.com", template=template(), view=view(1))


def main(folder: Path, url: str, socket: str, number: int, rounds: int) -> None:
    opened = open_store(url, folder, Path(socket) if socket else None)
    book, rng = book_of(CAPS, ZONE), random.Random(number)
    shop = Shop(book, store=opened.store, reader=opened.reader)
    senders = {channel: FolderSender(folder / "outbox") for channel in ("email", "sms")}
    calendar = Calendar(ZoneInfo(ZONE))
    print("asking", flush=True)
    for turn in range(rounds):
        at = START + turn * ROUND + timedelta(milliseconds=number)
        for person in rng.sample(PEOPLE, len(PEOPLE)):
            service = rng.choice(SERVICES)
            # Every third ask is one that both processes make, as where an answer was lost on the way.
            name = f"shared/{turn}/{person}/{service}" if turn % 3 == 0 else f"{number}/{turn}/{person}"
            ask = Ask(ask_id=name, who=(Identifier("loyalty", str(person)),), service=service, at=at)
            plan = plan_of(CAPS, ZONE, service)
            with suppress(Contended):
                decide(ask, Deciding(plan, shop.scorer, opened.reader, opened.store, shop.view))
        if rng.random() < 0.3:
            with suppress(NotReady):  # the other kept writing the same person: the next run records it
                run(
                    opened.reader, opened.store, senders, compose, at,
                    caps=lambda stored, moment: (book.contact.caps, calendar),
                )  # fmt: skip
    opened.store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))

"""The tables of the memory adapter, shared by its store and readers under one lock."""

from __future__ import annotations

from threading import RLock

from decidedly.core.decision import DecisionRecord
from decidedly.core.event import Edge
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf
from decidedly.ports.journal import Logged


class State:
    """What a store holds, as dictionaries; `events[i]` has offset i + 1."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.events: list[Logged] = []
        self.message_ids: set[str] = set()
        self.edges: list[Edge] = []
        self.identifiers: dict[Identifier, str] = {}
        self.leaves: dict[str, Leaf] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.decisions: dict[str, DecisionRecord] = {}
        self.outbox: dict[str, Message] = {}

"""The tables of the memory adapter, shared by its store and readers under one lock."""

from __future__ import annotations

from threading import RLock

from decidedly.core.decision import DecisionRecord
from decidedly.core.identity import By, Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf
from decidedly.ports.journal import Logged

EdgeKey = tuple[str, str, By]


class State:
    """What a store holds, as dictionaries; `events[i]` has offset i + 1, `numbers` counts edges as they came.

    ahead    : message id -> event whose time has not come, or whose record does not know it yet
    clusters : leaf id -> the cluster that it is in; a leaf that is alone has none
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self.events: list[Logged] = []
        self.message_ids: set[str] = set()
        self.ahead: dict[str, Logged] = {}
        self.edges: dict[EdgeKey, Edge] = {}
        self.numbers: dict[EdgeKey, int] = {}
        self.unsettled: set[EdgeKey] = set()
        self.clusters: dict[str, Cluster] = {}
        self.leaves: dict[str, Leaf] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.decisions: dict[str, DecisionRecord] = {}
        self.outbox: dict[str, Message] = {}

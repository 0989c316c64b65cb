"""The tables of the memory adapter, shared by its store and readers under one lock."""

from __future__ import annotations

from collections import Counter
from threading import RLock

from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erasure, Tombstone
from decidedly.core.identity import By, Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf
from decidedly.ports.journal import Logged

EdgeKey = tuple[str, str, By]


class State:
    """What a store holds, as dictionaries; `events` in order of offsets, `numbers` counts edges as they came.

    ahead      : message id -> event whose time has not come, or whose record does not know it yet
    matured    : ids of decisions that wait for no more outcomes
    clusters   : leaf id -> the cluster that it is in; a leaf that is alone has none
    groups     : group id -> leaves that are or ever were in it
    tombstones : keyed hash -> id of the erasure that laid it
    kept       : (what, name, day) -> how many of them were erased
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
        self.groups: dict[str, set[str]] = {}
        self.decisions: dict[str, DecisionRecord] = {}
        self.matured: set[str] = set()
        self.outbox: dict[str, Message] = {}
        self.erasures: dict[str, Erasure] = {}
        self.tombstones: dict[Tombstone, str] = {}
        self.kept: Counter[tuple[str, str, str]] = Counter()

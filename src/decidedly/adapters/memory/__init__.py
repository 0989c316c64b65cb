"""The reference adapters: what each port means, in the plainest way. Everything goes with the process."""

from decidedly.adapters.memory.holdings import MemoryHoldings
from decidedly.adapters.memory.journal import MemoryJournal
from decidedly.adapters.memory.model_store import MemoryModelStore
from decidedly.adapters.memory.playbook_store import MemoryPlaybookStore
from decidedly.adapters.memory.positions import MemoryPositions
from decidedly.adapters.memory.quarantine import MemoryQuarantine
from decidedly.adapters.memory.reader import MemoryReader
from decidedly.adapters.memory.state import State
from decidedly.adapters.memory.store import MemoryStore
from decidedly.adapters.memory.warehouse import MemoryWarehouse

__all__ = [
    "MemoryHoldings",
    "MemoryJournal",
    "MemoryModelStore",
    "MemoryPlaybookStore",
    "MemoryPositions",
    "MemoryQuarantine",
    "MemoryReader",
    "MemoryStore",
    "MemoryWarehouse",
    "State",
]

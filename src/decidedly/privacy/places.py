"""Places: everywhere that a hub keeps something of a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from decidedly.core.identifier import Identifier
from decidedly.core.seal import Seal
from decidedly.ports.holdings import Holdings
from decidedly.ports.quarantine import Quarantine
from decidedly.ports.reader import Reader
from decidedly.ports.warehouse import Warehouse


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The ports, and the hub's folder, in which are the pickup folders, the receipts, and the list of exports.

    settle     : works out who is who where edges wait for it
    namespaces : of identifiers: what a column is called that holds bare values of one
    sought     : an identifier in the form of its namespace
    groups     : kinds of groups: how the names of columns begin that tell of one
    """

    folder: Path
    holdings: Holdings
    reader: Reader
    warehouse: Warehouse
    quarantine: Quarantine
    seal: Seal
    settle: Callable[[], object]
    namespaces: tuple[str, ...] = ()
    sought: Callable[[Identifier], Identifier] = lambda identifier: identifier
    groups: tuple[str, ...] = ()

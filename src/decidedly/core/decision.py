"""Decision record: the stored facts of one decision. Explain, replay, learning and audit read only this."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
import numpy as np

from decidedly.core.ask import Ask
from decidedly.core.derive import digest
from decidedly.core.ledger import Entry, Mark
from decidedly.core.own_rule import OwnRule
from decidedly.core.provenance import Fact

KERNEL_VERSION = "2"
NULL = -(2**31)
OWN_RULE = 2**16 - 2
"""Index in a record of the first of the person's own rules; the next ones count down from there."""

Result = Literal["slate", "no-action"]


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What the person was shown by an earlier decision, as far as a service asks for it.

    actions : ids, in the order in which they were shown
    places  : id of the placement that each of them stood in
    """

    id: str
    service: str
    channel: str
    at: datetime
    actions: tuple[str, ...]
    places: tuple[str, ...]


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """All that the stages read, enough to run them again to the byte.

    facts      : the person's facts that the service reads, by attribute id, with their provenance
    consents   : channel -> whether the word that counts is a yes in force, channels without a word left out
    consent_ids: channel -> message id of that word
    candidates : candidate attribute id -> little-endian int32[actions], NULL for null
    propensity : little-endian float32[actions], on the fixed grid; NaN for those without a priority on any channel,
                 which no stage asks for: the model tells it again where somebody wants to know
    permissions: purpose (profiling, automated-decision) -> whether it was permitted; both are where it is left out
    permission_ids: purpose -> message id of the word that said so; left out where the lawful basis alone did
    open_facts : of one who refused profiling, what the tiers after eligibility, weights and priorities read instead of
                 `facts`: a stranger's facts, and what the person asked for; None where they read `facts`
    own_rules  : the rules that the person set, in force then
    contacts   : the ledger's entries it was conditioned on, those of asks that overtook this one included
    epoch      : the ledger's epoch then
    marks      : the outcomes that cool-downs go by, each about an action
    displaced  : reservations that this decision took back for a better message; they are not among the contacts
    earlier    : what the person was shown before, newest first; empty where the service does not ask for it
    """

    facts: dict[str, Fact]
    consents: dict[str, bool]
    consent_ids: dict[str, str]
    candidates: dict[str, bytes]
    propensity: bytes
    contacts: tuple[Entry, ...]
    epoch: int
    permissions: dict[str, bool] = {}
    permission_ids: dict[str, str] = {}
    open_facts: dict[str, Fact] | None = None
    own_rules: tuple[OwnRule, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    marks: tuple[Mark, ...] = ()
    displaced: tuple[Entry, ...] = ()

    def permitted(self, purpose: str) -> bool:
        """Whether the person let us profile (PROFILING), or decide without a human being (AUTOMATED)."""
        return self.permissions.get(purpose, True)


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One decision.

    actions     : number of actions n considered; they stand in playbook order, as the service's glob selects them
    channels    : the m channels considered; candidate = action x channel, index action * m + channel
    dropped     : little-endian uint16[n * m], 0 passed, else 1 + index into the service's rules (`decide.plan`), or 1 +
                  OWN_RULE - index into the person's own (`inputs.own_rules`)
    priority    : little-endian float32[n * m], NaN where dropped
    chosen      : action indices of the slate, best first
    channel     : the chosen channel, "" for no-action
    probability : for each chosen action, the exact probability with which the policy in force chose it
    places      : for each chosen action, the index of the placement it stands in; empty where all stand in the first
    """

    schema: int = 1
    id: str
    ask: Ask
    leaf: str
    known: bool
    result: Result
    playbook: str
    model: str
    kernel: str
    seed: int
    arm: str
    inputs: Inputs
    actions: int
    channels: tuple[str, ...]
    dropped: bytes
    priority: bytes
    chosen: tuple[int, ...]
    channel: str
    probability: tuple[float, ...]
    places: tuple[int, ...] = ()


_canonical = msgspec.msgpack.Encoder(order="sorted")
_decoder = msgspec.msgpack.Decoder(DecisionRecord)


def to_bytes(record: DecisionRecord) -> bytes:
    """The record's one canonical form: equal records have equal bytes."""
    return _canonical.encode(record)


def from_bytes(raw: bytes) -> DecisionRecord:
    return _decoder.decode(raw)


def propensity_of_scored(propensity: bytes, priority: bytes, actions: int) -> bytes:
    """The propensities that a record keeps: of those actions that got a priority, NaN for the others.

    propensity : little-endian float32[actions]
    priority   : little-endian float32[actions * channels]
    """
    told = np.frombuffer(priority, "<f4").reshape(actions, -1 if actions else 0)
    scored = (told == told).any(axis=1)
    return np.where(scored, np.frombuffer(propensity, "<f4"), np.float32(np.nan)).astype("<f4").tobytes()


def input_hash(inputs: Inputs) -> str:
    """Hash of everything the decision read."""
    return digest(_canonical.encode(inputs))

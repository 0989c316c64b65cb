"""Replay: decide again from a record's own inputs, to the byte."""

from __future__ import annotations

from decidedly.core.decision import KERNEL_VERSION, DecisionRecord, to_bytes
from decidedly.core.errors import ReplayMismatch
from decidedly.decide.plan import Plan
from decidedly.decide.record import decide_batch


def replay(record: DecisionRecord, plan: Plan) -> DecisionRecord:
    """The record that the kernel makes of the stored inputs; equal to the stored one to the byte.

    plan : of the playbook that the record names
    Raises ReplayMismatch, naming the fields that differ.
    """
    if record.kernel != KERNEL_VERSION:
        raise ReplayMismatch(
            f"Decision {record.id} was made by kernel {record.kernel}; this is kernel {KERNEL_VERSION}.",
            hint="Replay it with the version of Decidedly that made it.",
        )
    (again,) = decide_batch(plan, [record.ask], [(record.leaf, record.known)], [record.inputs], record.model)
    if to_bytes(again) != to_bytes(record):
        fields = [name for name in record.__struct_fields__ if getattr(again, name) != getattr(record, name)]
        raise ReplayMismatch(f"Decision {record.id}, decided again, differs in: {', '.join(fields)}.")
    return again

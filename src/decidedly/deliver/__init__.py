"""Deliver: what waits in the outbox, rechecked, rendered and handed over once."""

from decidedly.deliver.due import due
from decidedly.deliver.run import Composed, Delivered, composed, run

__all__ = ["Composed", "Delivered", "composed", "due", "run"]

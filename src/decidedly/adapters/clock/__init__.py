"""Clocks: the real one, one that begins at another time, and one that stands still."""

from decidedly.adapters.clock.clock import FixedClock, ShiftedClock, SystemClock

__all__ = ["FixedClock", "ShiftedClock", "SystemClock"]

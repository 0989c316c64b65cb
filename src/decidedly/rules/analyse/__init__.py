"""What can be told of a decision table without facts: gaps, overlaps, rows and expressions that never say anything."""

from .always import check_always
from .check import check_table

__all__ = ["check_always", "check_table"]

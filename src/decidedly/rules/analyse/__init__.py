"""What can be told of a decision table without facts: gaps, overlaps, rows and expressions that never say anything."""

from .always import check_always
from .check import check_table
from .conflict import Verdict, compare_rules, share_facts

__all__ = ["Verdict", "check_always", "check_table", "compare_rules", "share_facts"]

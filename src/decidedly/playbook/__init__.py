"""The playbook as text files: load, check, format, and say in words what a change means.

playbook, problems = load("examples/grocer")
problems += check(playbook)
"""

from decidedly.playbook.attribution import attribution_scope
from decidedly.playbook.check import check
from decidedly.playbook.check_mapping import check_columns
from decidedly.playbook.decisions import compile_decisions, find_decision
from decidedly.playbook.diff import diff
from decidedly.playbook.format import format_text
from decidedly.playbook.load import load, load_checked
from decidedly.playbook.mapped import mapped
from decidedly.playbook.mapping import read_mapping
from decidedly.playbook.propose import propose
from decidedly.playbook.say import Said, say
from decidedly.playbook.scope import MORE_TERMS, ROOTS, SEGMENT, TERMS, names, policy_scope, priority_scope
from decidedly.playbook.segment_names import segment_names

__all__ = [
    "MORE_TERMS",
    "ROOTS",
    "SEGMENT",
    "TERMS",
    "Said",
    "attribution_scope",
    "check",
    "check_columns",
    "compile_decisions",
    "diff",
    "find_decision",
    "format_text",
    "load",
    "load_checked",
    "mapped",
    "names",
    "policy_scope",
    "priority_scope",
    "propose",
    "read_mapping",
    "say",
    "segment_names",
]

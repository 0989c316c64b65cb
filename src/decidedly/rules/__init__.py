"""Decision tables: read, checked, written in their canonical form, compiled.

table, problems = compile_table(text, scope, place=Place("policies/alcohol.table"))
fired = table.fn(person, action, context)      # outputs, rows, problem
may_have = table.output(MAY_HAVE)              # a function of the same arguments
typed, problems = type_table(definition, scope)         # the trees, for the reference and every backend
fired = fire(typed, {"person": person, ...})            # the same by the reference interpreter, with plain outputs
warnings = check_table(typed)                           # gaps, overlaps, rows that never decide
"""

from .analyse import check_always, check_table, compare_rules, share_facts
from .condition import as_expression, row_condition
from .count import PEOPLE, Count, count_people
from .definition import Cell, DecisionTable, Row
from .examples import run_examples
from .hit import Fired
from .model_compile import CompiledDecision, CompiledModel, compile_model
from .model_text import read_model
from .model_write import write_model
from .read import read_table
from .reference import TableTrace, Tested, fire, trace_table
from .spreadsheet import from_csv, from_xlsx, to_csv, to_xlsx
from .table import CompiledTable, compile_definition, compile_table, compile_typed
from .typed import Column, Output, TypedTable, is_condition, result_type, type_table
from .why import FactSaid, RuleTrace, explain_rule
from .write import format_table

MAY_HAVE = "may have"
"""The output of a policy's table that says whether a candidate passes."""

__all__ = [
    "MAY_HAVE",
    "PEOPLE",
    "Cell",
    "Column",
    "CompiledDecision",
    "CompiledModel",
    "CompiledTable",
    "Count",
    "DecisionTable",
    "FactSaid",
    "Fired",
    "Output",
    "Row",
    "RuleTrace",
    "TableTrace",
    "Tested",
    "TypedTable",
    "as_expression",
    "check_always",
    "check_table",
    "compare_rules",
    "compile_definition",
    "compile_model",
    "compile_table",
    "compile_typed",
    "count_people",
    "explain_rule",
    "fire",
    "format_table",
    "from_csv",
    "from_xlsx",
    "is_condition",
    "read_model",
    "read_table",
    "result_type",
    "row_condition",
    "run_examples",
    "share_facts",
    "to_csv",
    "to_xlsx",
    "trace_table",
    "type_table",
    "write_model",
]

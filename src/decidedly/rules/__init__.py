"""Decision tables: read, checked, written in their canonical form, compiled.

table, problems = compile_table(text, scope, place=Place("policies/alcohol.table"))
fired = table.fn(person, action, context)      # outputs, rows, problem
may_have = table.output(MAY_HAVE)              # a function of the same arguments
"""

from .definition import Cell, DecisionTable, Row
from .hit import Fired
from .read import read_table
from .spreadsheet import from_csv, from_xlsx, to_csv, to_xlsx
from .table import Column, CompiledTable, compile_definition, compile_table, is_condition, result_type
from .write import format_table

MAY_HAVE = "may have"
"""The output of a policy's table that says whether a candidate passes."""

__all__ = [
    "MAY_HAVE",
    "Cell",
    "Column",
    "CompiledTable",
    "DecisionTable",
    "Fired",
    "Row",
    "compile_definition",
    "compile_table",
    "format_table",
    "from_csv",
    "from_xlsx",
    "is_condition",
    "read_table",
    "result_type",
    "to_csv",
    "to_xlsx",
]

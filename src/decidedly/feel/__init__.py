"""FEEL, the rule language of DMN 1.5, compiled.

A text is parsed against a scope into a typed tree (`parse`), which is lowered to a Python function
(`compile_expression`) or evaluated slowly and exactly (`evaluate`, the oracle, and `trace`). Authoring problems come
back as diagnostics beside the value; nothing that an author writes is raised.

    scope = Scope.of({"person": [Name("orders last 30 days", INTEGER, "a7")], "action": [], "context": []},
                     bare=["person"])
    compiled, problems = compile_expression("orders last 30 days = 0", scope, BOOLEAN)
    compiled.fn({"a7": 0}, {}, {})      # True, False or None
"""

from .columns import compile_columns
from .diagnostics import Diagnostic, Place, did_you_mean
from .interpret import Trace, evaluate, trace
from .parser import parse, parse_tests
from .python import Compiled, Fused, compile_expression, compile_first_not_true, compile_many, compile_tree
from .scope import Name, Reference, Scope
from .temporal import Months
from .types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    NUMBER,
    REAL,
    STRING,
    TIME,
    ContextOf,
    FunctionOf,
    ListOf,
    Money,
    Number,
    RangeOf,
    Type,
    money,
    parse_type,
)
from .values import Function, Range, from_plain, to_plain

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DAYS",
    "INTEGER",
    "MONTHS",
    "NUMBER",
    "REAL",
    "STRING",
    "TIME",
    "Compiled",
    "ContextOf",
    "Diagnostic",
    "Function",
    "FunctionOf",
    "Fused",
    "ListOf",
    "Money",
    "Months",
    "Name",
    "Number",
    "Place",
    "Range",
    "RangeOf",
    "Reference",
    "Scope",
    "Trace",
    "Type",
    "compile_columns",
    "compile_expression",
    "compile_first_not_true",
    "compile_many",
    "compile_tree",
    "did_you_mean",
    "evaluate",
    "from_plain",
    "money",
    "parse",
    "parse_tests",
    "parse_type",
    "to_plain",
    "trace",
]

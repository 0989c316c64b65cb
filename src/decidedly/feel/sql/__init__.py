"""Expressions as SQL, for counts and push-down where the data lives.

sql, reasons = to_sql(tree)                 # or None and why it runs row by row
f"SELECT count(*) FILTER ({sql.text}) FROM people"
"""

from .compile import Columns, Engine, Reason, Sql, by_id, condition_to_sql, constant, native_builtins, to_sql, why_not

__all__ = [
    "Columns",
    "Engine",
    "Reason",
    "Sql",
    "by_id",
    "condition_to_sql",
    "constant",
    "native_builtins",
    "to_sql",
    "why_not",
]

"""Expressions over columns of facts: millions of people, one block of rows at a time, exact as the reference.

    blocks = compile_blocks([eligible, welcome], scope)
    for start, matrix in blocks.true({"person": table_columns}, rows=table.num_rows):
        ...     # bool (expressions, rows of the block): where each condition is certainly true

A part that has no form over columns is run by the reference for each distinct set of what it reads, and `why_not` tells
the author so.
"""

from .blocks import BLOCK, LONG_BLOCK, Blocks, Expressions, Rows, compile_blocks
from .columns import Column, real_values
from .one_to_many import OneToMany, one_to_many
from .reasons import why_not

__all__ = [
    "BLOCK",
    "LONG_BLOCK",
    "Blocks",
    "Column",
    "Expressions",
    "OneToMany",
    "Rows",
    "compile_blocks",
    "one_to_many",
    "real_values",
    "why_not",
]

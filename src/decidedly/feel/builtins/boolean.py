"""Boolean functions (DMN 1.5, table 74 and 10.3.4.11); not() is part of the grammar and lives in the tree."""

from typing import Any

from ..operators import is_same
from ..types import ANY, BOOLEAN
from .registry import Param, builtin

_VALUES = [Param("value1", ANY, nullable=True), Param("value2", ANY, nullable=True)]


@builtin("is", _VALUES, BOOLEAN, total=True)
def is_(value1: Any, value2: Any) -> bool:
    """is(@"2017-10-30", @"2017-10-30") = true"""
    return is_same(value1, value2)

"""The built-in functions of DMN 1.5, chapter 10.3.4, one file a section."""

from . import boolean, context, conversion, lists, number, ranges, string, temporal
from .registry import BUILTINS, NOT_YET, Builtin, Native, Param

__all__ = ["BUILTINS", "NOT_YET", "Builtin", "Native", "Param"]
_SECTIONS = (boolean, context, conversion, lists, number, ranges, string, temporal)

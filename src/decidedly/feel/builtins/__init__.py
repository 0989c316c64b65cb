"""The built-in functions of DMN 1.5, chapter 10.3.4, one file a section."""

from . import aggregates, boolean, context, conversion, lists, number, ranges, string, temporal
from .registry import BUILTINS, Builtin, Form, Native, Param, Slot, accepts

__all__ = ["BUILTINS", "Builtin", "Form", "Native", "Param", "Slot", "accepts"]
_SECTIONS = (aggregates, boolean, context, conversion, lists, number, ranges, string, temporal)

"""Functions as values: calling them, and the built-ins as such values."""

from decimal import Decimal
from typing import Any

from .builtins import BUILTINS
from .types import Number, Type
from .values import Function, fits, kind


def run_builtin(name: str, arguments: list[Any]) -> Any:
    """A built-in over plain values: null for a null or a wrong kind, unless its parameter takes it."""
    function = BUILTINS[name]
    for param, argument in zip(function.params, arguments, strict=False):
        if argument is None:
            if not param.nullable:
                return None
        elif not _accepted(param.type, argument):
            return None
    return plain_number(function.run(*arguments))


def _accepted(type_: Type, value: Any) -> bool:
    return kind(value) == "number" if isinstance(type_, Number) else fits(type_, value)


def plain_number(value: Any) -> Any:
    """The result of a built-in with whole numbers as Decimal."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return [plain_number(item) for item in value] if isinstance(value, list) else value


def builtin_function(name: str) -> Function:
    """A built-in as a value."""
    function = BUILTINS[name]
    names = tuple(param.name for param in function.params)
    needed = sum(not param.optional for param in function.params)

    def run(arguments: list[Any]) -> Any:
        if function.gather and not (len(arguments) == 1 and isinstance(arguments[0], list | tuple)):
            arguments = [arguments]
        return run_builtin(name, arguments) if needed <= len(arguments) <= len(names) else None

    return Function(names, tuple(param.type for param in function.params), run, needed=needed)


def invoke(function: Any, arguments: list[Any], names: tuple[str, ...]) -> Any:
    """The result of a function value; null where there is none or the names are not those of its parameters."""
    if not isinstance(function, Function):
        return None
    if names:
        given = dict(zip(names, arguments, strict=True))
        if not set(given) <= set(function.names):
            return None
        arguments = [given.get(name) for name in function.names]
    return function.run(arguments)

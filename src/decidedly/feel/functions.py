"""Functions as values: calling them, and the built-ins as such values."""

from decimal import Decimal
from typing import Any

from .builtins import BUILTINS
from .values import Function


def run_builtin(name: str, arguments: list[Any], form: int = -1) -> Any:
    """A built-in over plain values in the order of its parameters: null for what no form of it takes."""
    return plain_number(BUILTINS[name].apply(arguments, form))


def plain_number(value: Any) -> Any:
    """The result of a built-in with whole numbers as Decimal."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return [Decimal(item) if type(item) is int else item for item in value] if isinstance(value, list) else value


def builtin_function(name: str) -> Function:
    """A built-in as a value."""
    form = BUILTINS[name].forms[0]

    def run(arguments: list[Any]) -> Any:
        return plain_number(BUILTINS[name].call(arguments))

    names, types = (tuple(getattr(param, part) for param in form.params) for part in ("name", "type"))
    return Function(names, types, run, form.returns(types), form.needed)


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

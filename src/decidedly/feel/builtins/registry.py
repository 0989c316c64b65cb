"""The register of built-in functions.

A built-in is one function over plain values with its signature; the interpreter and every backend start from it.
Its docstring is an example that the tests run: `FEEL expression = FEEL value`. `native` gives a faster form over
stored values for some argument types; the property tests hold both equal.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from ..types import ContextOf, ListOf, Money, Number, RangeOf, Real, Type, plain_type


class Param(msgspec.Struct, frozen=True):
    """A parameter. Null for one that is not `nullable` makes the result null without a call."""

    name: str
    type: Type
    optional: bool = False
    nullable: bool = False


class Native(msgspec.Struct, frozen=True):
    """A form over stored values: what it wants, what it gives, the function, whether it never gives null."""

    params: tuple[Type, ...]
    type: Type
    run: Callable[..., Any]
    total: bool = True


class Builtin(msgspec.Struct, frozen=True):
    """`gather` lets the arguments stand for the items of the one list parameter; `total` means never null itself."""

    name: str
    section: str
    params: tuple[Param, ...]
    returns: Callable[[tuple[Type, ...]], Type]
    run: Callable[..., Any]
    total: bool = False
    gather: bool = False
    native: Callable[[tuple[Type, ...]], Native | None] | None = None
    check: Callable[[tuple[Type, ...]], str] | None = None

    def resolve(self, arguments: tuple[Type, ...]) -> Native:
        """The form that compiled code calls for these argument types."""
        found = self.native(arguments) if self.native else None
        if found is not None:
            return found
        wanted = tuple(
            plain_type(given if _narrower(given, param.type) else param.type)
            for param, given in zip(self.params, arguments, strict=False)
        )
        return Native(wanted, self.returns(tuple(plain_type(a) for a in arguments)), self.run, self.total)


def _narrower(given: Type, declared: Type) -> bool:
    # A function of numbers takes amounts and reals too, and one of lists takes lists of anything.
    if isinstance(declared, Number):
        return isinstance(given, Number | Money | Real)
    return isinstance(declared, ListOf | RangeOf | ContextOf) and type(given) is type(declared)


Run = TypeVar("Run", bound=Callable[..., Any])
BUILTINS: dict[str, Builtin] = {}


def builtin(
    name: str,
    params: list[Param],
    returns: Type | Callable[[tuple[Type, ...]], Type],
    *,
    total: bool = False,
    gather: bool = False,
    native: Callable[[tuple[Type, ...]], Native | None] | None = None,
    check: Callable[[tuple[Type, ...]], str] | None = None,
) -> Callable[[Run], Run]:
    """Registers the decorated function under its FEEL name; the section is the module's name."""

    def register(run: Run) -> Run:
        gives = (lambda _: returns) if isinstance(returns, Type) else returns
        section = run.__module__.rpartition(".")[2].rstrip("_")
        BUILTINS[name] = Builtin(name, section, tuple(params), gives, run, total, gather, native, check)
        return run

    return register


# Named by the standard, not yet here: the checker says so instead of calling them unknown.
NOT_YET = frozenset(
    {
        "string join by", "encode for URI", "log", "exp", "time offset", "median", "stddev", "mode", "product",
        "list replace", "sort", "put", "context put", "context merge", "context", "met by", "finishes",
        "finished by", "started by", "range", "duration between", "insert before", "remove", "get entries",
        "overlaps before", "overlaps after",
    }
)  # fmt: skip

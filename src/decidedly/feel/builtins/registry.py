"""The register of built-in functions.

A built-in is one or more forms: named, typed parameters and one function over plain values; the interpreter and every
backend start from it. The function's docstring is an example that the tests run: `FEEL expression = FEEL value`.
`native` gives a faster form over stored values for some argument types; the property tests hold both equal.

The arguments of a call stand in the order of the parameters of a form; those that are gathered are one list. Which form
is meant is told by their number and types, so forms of one length differ in their types or share their function.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from ..types import ANY, NULL, ContextOf, ListOf, Money, Number, RangeOf, Real, Type, conforms, plain_type
from ..values import coerced

Gather = Literal["", "items", "rest"]
Slot = int | list[int] | None


class Param(msgspec.Struct, frozen=True):
    """A parameter. Null for one that is not `nullable` makes the result null without a call.

    also : a second name of it
    says : what it takes, in words, where its type is too wide to tell
    """

    name: str
    type: Type
    optional: bool = False
    nullable: bool = False
    also: str = ""
    says: str = ""


class Native(msgspec.Struct, frozen=True):
    """A form over stored values: what it wants, what it gives, the function, whether it never gives null."""

    params: tuple[Type, ...]
    type: Type
    run: Callable[..., Any]
    total: bool = True


class Form(msgspec.Struct, frozen=True):
    """One way to call a built-in.

    gather : "items" lets several arguments stand for the items of the one list parameter, "rest" makes the last
             parameter the list of all further arguments
    total  : it never gives null for what its parameters take
    check  : what is wrong with arguments of these types, in words, or nothing
    """

    params: tuple[Param, ...]
    returns: Callable[[tuple[Type, ...]], Type]
    run: Callable[..., Any]
    total: bool = False
    gather: Gather = ""
    native: Callable[[tuple[Type, ...]], Native | None] | None = None
    check: Callable[[tuple[Type, ...]], str] | None = None

    @property
    def needed(self) -> int:
        """How many arguments it has at least."""
        return sum(not param.optional for param in self.params)

    def place(self, names: Sequence[str]) -> list[Slot] | None:
        """Which of the arguments each parameter takes, or null where they cannot be its arguments.

        names : the name of each argument, empty for a positional one
        """
        positional = next((i for i, name in enumerate(names) if name), len(names))
        slots: list[Slot] = list(range(positional))
        last = len(self.params) - 1
        if self.gather and positional > last and (self.gather == "rest" or positional > 1):
            slots[last:] = [list(range(last, positional))]
        if len(slots) > len(self.params):
            return None
        named = {name: i for i, name in enumerate(names) if name}
        if len(named) < len(names) - positional:
            return None
        for param in self.params[len(slots) :]:
            found = named.pop(param.name, None)
            slots.append(named.pop(param.also, None) if found is None else found)
            if self.gather == "rest" and param is self.params[last] and isinstance(slots[-1], int):
                slots[-1] = [slots[-1]]
        if named:
            return None
        by_name = positional < len(names)
        for param, slot in zip(self.params, slots, strict=True):
            if slot is None and not (param.optional or (by_name and param.nullable)):
                return None
        while slots and slots[-1] is None and self.params[len(slots) - 1].optional:
            slots.pop()
        return slots

    def takes(self, types: Sequence[Type]) -> bool:
        """Whether arguments of these types may stand here."""
        if not self.needed <= len(types) <= len(self.params):
            return False
        return all(accepts(param.type, type_) for param, type_ in zip(self.params, types, strict=False))

    def ready(self, arguments: Sequence[Any]) -> list[Any] | None:
        """Plain arguments in the kinds that the parameters want, or null where they are none of these."""
        if not self.needed <= len(arguments) <= len(self.params):
            return None
        made = []
        for param, argument in zip(self.params, arguments, strict=False):
            value = None if argument is None else coerced(param.type, argument)
            if value is None and self.gather == "rest" and param is self.params[-1]:
                value = _each(param.type, argument)
            if value is None and not (argument is None and param.nullable):
                return None
            made.append(value)
        return made

    def resolve(self, arguments: tuple[Type, ...]) -> Native:
        """The function that compiled code calls for these argument types."""
        found = self.native(arguments) if self.native else None
        if found is not None:
            return found
        wanted = tuple(
            plain_type(given if _narrower(given, param.type) else param.type)
            for param, given in zip(self.params, arguments, strict=False)
        )
        return Native(wanted, self.returns(tuple(plain_type(a) for a in arguments)), self.run, self.total)


class Builtin(msgspec.Struct, frozen=True):
    name: str
    section: str
    forms: tuple[Form, ...]

    def form(self, types: Sequence[Type], pinned: int = -1) -> Form:
        """The form that arguments of these types are for; the one at a place, where a call names it."""
        if pinned >= 0:
            return self.forms[pinned]
        fitting = (form for form in self.forms if form.takes(types))
        counted = (form for form in self.forms if form.needed <= len(types) <= len(form.params))
        return next(fitting, None) or next(counted, self.forms[0])

    def resolve(self, types: tuple[Type, ...]) -> Native:
        """The function that compiled code calls for these argument types."""
        return self.form(types).resolve(types)

    def apply(self, arguments: Sequence[Any], pinned: int = -1) -> Any:
        """The result for plain arguments in the order of the parameters; null where no form takes them.

        pinned : the place of the form that is meant, or -1 where the arguments tell
        """
        for form in self.forms if pinned < 0 else self.forms[pinned : pinned + 1]:
            ready = form.ready(arguments)
            if ready is not None:
                return form.run(*ready)
        return None

    def call(self, arguments: Sequence[Any]) -> Any:
        """The result for plain arguments as they are written, before any is gathered."""
        for form in self.forms:
            slots = form.place([""] * len(arguments))
            ready = None if slots is None else form.ready([_filled(slot, arguments) for slot in slots])
            if ready is not None:
                return form.run(*ready)
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """All names of parameters, each once."""
        params = [param for form in self.forms for param in form.params]
        return tuple(dict.fromkeys(name for param in params for name in (param.name, param.also) if name))


def accepts(wanted: Type, given: Type) -> bool:
    """Whether a value of a static type may stand where a parameter wants another."""
    if isinstance(wanted, Number):
        return isinstance(given, Number | Money | Real) or given in (ANY, NULL)
    if isinstance(wanted, ListOf) and isinstance(given, ListOf):
        return conforms(given.of, wanted.of)
    return conforms(given, wanted)


def _filled(slot: Slot, arguments: Sequence[Any]) -> Any:
    if slot is None:
        return None
    return [arguments[place] for place in slot] if isinstance(slot, list) else arguments[slot]


def _each(wanted: Type, arguments: Any) -> list[Any] | None:
    """Gathered arguments, each in the kind that is wanted; a null stays one."""
    of = wanted.of if isinstance(wanted, ListOf) else ANY
    made = [None if item is None else coerced(of, item) for item in arguments or ()]
    lost = any(value is None and item is not None for value, item in zip(made, arguments or (), strict=True))
    return None if lost or not made else made


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
    also: Sequence[list[Param]] = (),
    total: bool = False,
    gather: Gather = "",
    native: Callable[[tuple[Type, ...]], Native | None] | None = None,
    check: Callable[[tuple[Type, ...]], str] | None = None,
) -> Callable[[Run], Run]:
    """Registers the decorated function under its FEEL name, as a further form where there is one already.

    also : further lists of parameters that the same function takes; the section is the module's name
    """

    def register(run: Run) -> Run:
        gives = (lambda _: returns) if isinstance(returns, Type) else returns
        section = run.__module__.rpartition(".")[2].rstrip("_")
        forms = tuple(Form(tuple(p), gives, run, total, gather, native, check) for p in (params, *also))
        before = BUILTINS[name].forms if name in BUILTINS else ()
        BUILTINS[name] = Builtin(name, section, before + forms)
        return run

    return register

"""The typing rules of functions: calls of built-ins, functions as values, and calls of those."""

from . import tree
from .builtins import BUILTINS, Builtin, Form, Slot, accepts
from .functions import run_builtin
from .patterns import compile_pattern
from .reports import Reports
from .temporal import stored
from .tree import Literal, Node, Span
from .types import (
    ANY,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NULL,
    TIME,
    FunctionOf,
    ListOf,
    Type,
    conforms,
)

# Functions of one text whose result is known while checking: date("2017-10-30") is a constant of type date.
_CONSTANT_TEXTS = frozenset(["date", "time", "date and time", "duration"])


class Calls(Reports):
    def function(
        self, at: Span, names: tuple[str, ...], numbers: tuple[int, ...], types: tuple[Type, ...], body: Node, own: int
    ) -> Node:
        """A function literal; `own` is the number of the Local that is the function itself."""
        type_ = FunctionOf(tuple(zip(names, types, strict=True)), body.type)
        return tree.Lambda(at, type_, self.height(at, body), names, numbers, types, body, own)

    def builtin(self, at: Span, name: str) -> Node:
        """A built-in as a value."""
        return tree.BuiltIn(at, FunctionOf(tuple((p.name, ANY) for p in BUILTINS[name].forms[0].params), ANY), 1, name)

    def invoke(self, at: Span, function: Node, positional: list[Node], named: dict[str, Node]) -> Node:
        """The call of what an expression gives, by position or by name."""
        type_ = function.type
        arguments = [*positional, *named.values()]
        if isinstance(function, tree.BuiltIn):
            return self.call_named(at, function.name, positional, named)
        if isinstance(type_, FunctionOf):
            problem = _misfit(type_, positional, named)
            if problem:
                self.report(at, "feel.argument-count", problem)
                return self.unknown(at)
            self._argument_types(type_, positional, named)
        elif type_ != ANY:
            self.report(function.at, "feel.type", f"{upper(a(type_))} is no function, so it cannot be called.")
            return self.unknown(at)
        if positional and named:
            self.report(at, "feel.argument-name", "Arguments are given all by position or all by name.")
            return self.unknown(at)
        gives = type_.returns if isinstance(type_, FunctionOf) else ANY
        height = self.height(at, function, *arguments)
        return tree.Invoke(at, gives, height, function, tuple(arguments), tuple(named))

    def _argument_types(self, function: FunctionOf, positional: list[Node], named: dict[str, Node]) -> None:
        wanted = dict(function.parameters)
        given = zip((name for name, _ in function.parameters), positional, strict=False)
        for name, argument in [*given, *named.items()]:
            if not conforms(argument.type, wanted[name]):
                self.report(argument.at, "feel.argument-type",
                            f"'{name}' is {a(wanted[name])}, but this is {a(argument.type)}.")  # fmt: skip

    # Built-ins

    def call_named(self, at: Span, name: str, positional: list[Node], named: dict[str, Node]) -> Node:
        """The call of a built-in with arguments by position, then by name."""
        function = BUILTINS[name]
        given, names = [*positional, *named.values()], [*([""] * len(positional)), *named]
        placed = [(form, slots) for form in function.forms if (slots := form.place(names)) is not None]
        if not placed:
            return self._misplaced(at, function, positional, named)
        # Of forms with the same names that one is meant in whose order they are written.
        placed.sort(key=lambda found: [slot for slot in found[1] if isinstance(slot, int)] != list(range(len(given))))
        calls = [(form, self._filled(at, form, slots, given)) for form, slots in placed]
        fitting = [call for call in calls if call[0].takes([argument.type for argument in call[1]])]
        form, arguments = (fitting or calls)[0]
        return self._call(at, function, form, arguments, by_name=bool(named))

    def _misplaced(self, at: Span, function: Builtin, positional: list[Node], named: dict[str, Node]) -> Node:
        unknown = next((name for name in named if name not in function.names), None)
        if unknown is not None:
            message = f"{function.name}() has no argument '{unknown}'."
            self.report(at, "feel.argument-name", message, _forms(function))
        else:
            message = f"{function.name}() does not take {len(positional) + len(named)} arguments."
            if named:
                message = f"{function.name}() does not take these arguments together."
            self.report(at, "feel.argument-count", message, _forms(function))
        return self.unknown(at)

    def _filled(self, at: Span, form: Form, slots: list[Slot], given: list[Node]) -> list[Node]:
        """The arguments in the order of the parameters: those of a gathered parameter as one list, null for none."""
        arguments: list[Node] = []
        for slot in slots:
            if slot is None:
                arguments.append(self.literal(at, None))
            elif isinstance(slot, list):
                arguments.append(self.items(at, [given[place] for place in slot]))
            elif form.gather == "items" and not isinstance(given[slot].type, ListOf | type(ANY)):
                arguments.append(self.items(at, [given[slot]]))
            else:
                arguments.append(given[slot])
        return arguments

    def literal(self, at: Span, value: object) -> Literal:
        raise NotImplementedError

    def items(self, at: Span, items: list[Node]) -> Node:
        raise NotImplementedError

    def call(self, at: Span, name: str, arguments: list[Node]) -> Node:
        """The call of a built-in with arguments by position."""
        return self.call_named(at, name, arguments, {})

    def _call(self, at: Span, function: Builtin, form: Form, arguments: list[Node], *, by_name: bool) -> Node:
        name = function.name
        before = len(self.problems)
        for place, (param, argument) in enumerate(zip(form.params, arguments, strict=False)):
            if isinstance(param.type, ListOf) and argument.type in (ANY, NULL):
                continue
            if not accepts(param.type, argument.type):
                self.report(argument.at, "feel.argument-type",
                            f"{name}() wants {a(param.type)} as its {_ORDINALS[place]} argument, "
                            f"but this is {a(argument.type)}.")  # fmt: skip
        if len(self.problems) > before and not self.lenient:
            return self.unknown(at)
        types = tuple(argument.type for argument in arguments)
        if form.check and len(self.problems) == before and (message := form.check(types)):
            self.report(at, "feel.type", message)
            if not self.lenient:
                return self.unknown(at)
        if name in _CONSTANT_TEXTS and len(arguments) == 1 and isinstance(arguments[0], Literal):
            return self._constant_text(at, function, arguments[0])
        if name in ("matches", "replace", "split"):
            self._pattern(name, arguments)
        # Leniently the types say too little to tell what is given.
        type_ = ANY if self.lenient else form.resolve(types).type
        pinned = function.forms.index(form) if by_name and len(function.forms) > 1 else -1
        return self.held(tree.Call(at, type_, self.height(at, *arguments), name, tuple(arguments), pinned))

    def held(self, made: Node) -> Node:
        """What makes a temporal value, in the form in which one is stored; leniently as it is."""
        if self.lenient or made.type not in (DATE, DATE_TIME, TIME, DAYS, MONTHS):
            return made
        return tree.Zoned(made.at, made.type, made.height + 1, made)

    def _constant_text(self, at: Span, function: Builtin, text: Literal) -> Node:
        value = run_builtin(function.name, [text.value])
        if not self.lenient:
            value = stored(value)
        if value is None and text.value is not None:
            hint = {"date": "2017-10-30", "time": "08:30:00", "duration": "P1D or P1M"}.get(
                function.name, "2017-10-30T08:30:00Z"
            )
            self.report(text.at, "feel.literal", f"This is not a {function.name}.", f"An example is {hint}.")
        return self.literal(at, value)

    def _pattern(self, name: str, arguments: list[Node]) -> None:
        place = {"matches": 2, "replace": 3}.get(name, len(arguments))
        flags = arguments[place] if place < len(arguments) else None
        pattern = arguments[1]
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            return
        known_flags = flags.value if isinstance(flags, Literal) and isinstance(flags.value, str) else ""
        refused = compile_pattern(pattern.value, known_flags)
        if isinstance(refused, str):
            self.report(pattern.at, "feel.pattern", f"This pattern cannot be used: {refused}.")


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")


def a(type_: Type) -> str:
    """The name of a type with its article."""
    name = str(type_)
    return name if name == "null" else ("an " if name[0] in "ae" else "a ") + name


def upper(text: str) -> str:
    """A sentence from its words."""
    return text[0].upper() + text[1:]


def _forms(function: Builtin) -> str:
    """How a built-in is called, in words."""
    forms = [
        f"{function.name}({', '.join(param.name + ('?' if param.optional else '') for param in form.params)})"
        for form in function.forms
    ]
    return f"Its form{' is' if len(forms) == 1 else 's are'} {', '.join(forms)}."


def _misfit(type_: FunctionOf, positional: list[Node], named: dict[str, Node]) -> str:
    """Why these cannot be the arguments of a function, or nothing."""
    names = [name for name, _ in type_.parameters]
    if wrong := [name for name in named if name not in names]:
        return f"The function has no parameter '{wrong[0]}'; it has {', '.join(names) or 'none'}."
    given = len(positional) + len(named)
    return "" if given == len(names) else f"The function takes {len(names)} arguments, but here are {given}."

"""What the logic of a model is evaluated with: the values of names, and where problems are put."""

from collections.abc import Mapping
from typing import Any

from decidedly.feel.diagnostics import Diagnostic, Place
from decidedly.feel.scope import Name, Scope
from decidedly.feel.types import Type

CALL_LIMIT = 100
"""Most calls of business knowledge models, services and boxed functions inside one another."""
PROBLEM_LIMIT = 100
"""Most problems that are noted of one evaluation."""
CLOCK = "\0"
"""The root of now and today: no text can name it."""


class TooDeep(Exception):
    """Ends an evaluation whose calls go too deep; never leaves the evaluation."""


class Names:
    """The names in force where an expression stands, with their static types, and the types that it may name."""

    def __init__(self, types: Mapping[str, Type], named_types: Mapping[str, Type]) -> None:
        self.types = dict(types)
        self.named_types = named_types
        self._scope: Scope | None = None

    def with_(self, types: Mapping[str, Type]) -> "Names":
        """These names and others, which hide those of the same name."""
        return Names({**self.types, **types}, self.named_types)

    @property
    def scope(self) -> Scope:
        if self._scope is None:
            names = [Name(name, type_) for name, type_ in self.types.items()]
            self._scope = Scope.of({"": names, CLOCK: []}, bare=[""], clock=CLOCK, types=self.named_types)
        return self._scope


class Running:
    """One evaluation: its clock, how deep its calls are, its problems."""

    def __init__(self, clock: Mapping[str, Any]) -> None:
        self.clock = clock
        self.depth = 0
        self.problems: dict[Diagnostic, None] = {}

    def report(self, code: str, message: str, place: Place, hint: str = "") -> None:
        if len(self.problems) < PROBLEM_LIMIT:
            self.problems[Diagnostic(code, message, hint, place, "warning")] = None


class Frame:
    """The values of the names in force."""

    def __init__(self, running: Running, values: Mapping[str, Any]) -> None:
        self.running = running
        self.values = values

    @property
    def facts(self) -> Mapping[str, Mapping[str, Any]]:
        return {"": self.values, CLOCK: self.running.clock}

    def with_(self, values: Mapping[str, Any]) -> "Frame":
        return Frame(self.running, {**self.values, **values})

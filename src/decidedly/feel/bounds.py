"""What one evaluation may take: turns of loops, calls of functions and growth of lists are counted together."""

from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any

from .tree import Node

STEP_LIMIT = 1_000_000
"""Most steps of one evaluation; beyond it the result is null."""
CALL_LIMIT = 64
"""Most calls of functions inside one another; beyond it the result of the call is null."""
CALL_STEPS = 20
"""What one call of a function counts."""


class TooManySteps(Exception):
    """Ends an evaluation that takes too long; never leaves the evaluation."""


class Budget:
    """What is left of one evaluation, functions and evaluations inside of it included."""

    def __init__(self) -> None:
        self.steps = STEP_LIMIT
        self.calls = 0
        self.loops = 0

    def take(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise TooManySteps


_IN_FORCE: ContextVar[Budget | None] = ContextVar("budget", default=None)


def budget() -> Budget:
    """The budget of the evaluation that runs."""
    found = _IN_FORCE.get()
    assert found is not None
    return found


def enter() -> tuple[Budget, Token[Budget | None] | None]:
    """The budget in force, or a new one put in force and what `leave` takes to end it."""
    found = _IN_FORCE.get()
    if found is not None:
        return found, None
    made = Budget()
    return made, _IN_FORCE.set(made)


def leave(entered: Token[Budget | None] | None) -> None:
    """Ends what `enter` began."""
    if entered is not None:
        _IN_FORCE.reset(entered)


def bounded(compute: Callable[[], Any], exhausted: Callable[[], Any] = lambda: None) -> Any:
    """The result within the budget in force, or within a new one, whose end gives what `exhausted` does."""
    _, entered = enter()
    try:
        return compute()
    except (TooManySteps, RecursionError):
        if entered is None:
            raise
        return exhausted()
    finally:
        leave(entered)


def weight(body: Node) -> int:
    """What one turn of a loop counts."""
    return 1 + (body.at.end - body.at.start) // 40


def growth(value: Any) -> int:
    """What a value that was made inside a loop counts: one for 16 items or characters."""
    return len(value) // 16 if isinstance(value, str | list | dict) else 0

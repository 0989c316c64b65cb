"""Evaluates a model: what is asked for and what that needs, each once (DMN 1.5, 10.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from decidedly.feel.bounds import STEP_LIMIT, TooManySteps, bounded
from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean
from decidedly.feel.types import ANY
from decidedly.feel.values import Function

from ..model import BusinessKnowledgeModel, Decision, DecisionService, InputData, Node
from .boxed import coerced
from .frame import CALL_LIMIT, Frame, Running, TooDeep
from .item_types import MISFIT
from .linked import Linked, Logic, Needed, own_name


class Outcome(msgspec.Struct, frozen=True):
    """A plain value, and what went wrong on the way to it."""

    value: Any
    problems: tuple[Diagnostic, ...] = ()


def evaluate_model(
    linked: Linked,
    name: str,
    inputs: Mapping[str, Any],
    *,
    kinds: tuple[type[Node], ...] = (Decision, DecisionService, BusinessKnowledgeModel),
    now: datetime | None = None,
) -> Outcome:
    """The value of a decision, or the result of a decision service or a business knowledge model.

    inputs : plain values by name: of input data (those of an imported model by `name space#name`, `prefix.name` or
             bare), of the parameters of a service or a business knowledge model; what is not given is null
    now    : the time that now() and today() give, aware; without one they are null
    """
    found = linked.find(name, kinds)
    if found is None:
        known = [node.name for node in linked.model.nodes if isinstance(node, kinds)]
        hint = did_you_mean(name, known) or f"There are {', '.join(known)}."
        return Outcome(None, (Diagnostic("dmn.unknown", f"The model has no '{name}'.", hint, Place()),))
    clock = {} if now is None else {"now": now, "today": now.date()}
    running = Running(clock)
    walk = _Walk(running, inputs)
    owner, node = found

    def ended() -> None:
        walk.ended(node)

    value = bounded(lambda: walk.entry(owner, node), ended)
    return Outcome(value, tuple(dict.fromkeys((*owner.problems, *owner.types.problems, *running.problems))))


def decide_given(linked: Linked, node: Decision, given: Mapping[int, Any]) -> Any:
    """The value of a decision of a model for plain values of what it needs, by the `id()` of these nodes."""
    walk = _Walk(Running({}), {}, {(id(linked), key): value for key, value in given.items()})
    return bounded(lambda: walk.value(linked, node))


class _Walk:
    def __init__(
        self, running: Running, inputs: Mapping[str, Any], given: Mapping[tuple[int, int], Any] | None = None
    ) -> None:
        self.running = running
        self.inputs = inputs
        self.values: dict[tuple[int, int], Any] = dict(given or {})
        self.begun: set[tuple[int, int]] = set()

    def ended(self, node: Node) -> None:
        message = f"'{node.name}' takes more than {STEP_LIMIT} steps, or calls more than {CALL_LIMIT} deep."
        self.running.report("dmn.too-deep", message, node.place)

    def entry(self, owner: Linked, node: Node) -> Any:
        """What is asked for: a decision's value, a function's result for the inputs."""
        value = self.value(owner, node)
        if isinstance(node, Decision):
            return value
        assert isinstance(value, Function)
        try:
            return value.run([self.inputs.get(name) for name in value.names])
        except TooDeep:
            self.ended(node)
            return None

    def value(self, owner: Linked, node: Node) -> Any:
        key = (id(owner), id(node))
        if key in self.values:
            return self.values[key]
        if key in self.begun:
            self.running.report("dmn.cycle", f"'{node.name}' needs itself.", node.place)
            return None
        self.begun.add(key)
        match node:
            case InputData():
                value = self.input(owner, node)
            case Decision():
                value = self.decision(owner, node)
            case BusinessKnowledgeModel():
                value = self.knowledge(owner, node)
            case DecisionService():
                value = self.service(owner, node)
            case _:
                value = None
        self.values[key] = value
        return value

    def input(self, owner: Linked, node: InputData) -> Any:
        name = own_name(node)
        full = f"{owner.model.namespace}#{name}"
        value = self.inputs[full] if full in self.inputs else self.inputs.get(name)
        if node.variable is None or not node.variable.type:
            return value
        found = owner.types.coerced(node.variable.type, value)
        if found is MISFIT:
            message = f"The input '{name}' is no '{node.variable.type}'."
            self.running.report("dmn.type", message, node.place)
            return None
        return found

    def decision(self, owner: Linked, node: Decision) -> Any:
        if node.logic is None:
            # What has no logic must be given, like an input.
            return self.fitting(owner, node, self.inputs.get(own_name(node)))
        logic = self.logic(owner, node)
        try:
            value = logic.made.step(self.frame(logic.needs))
        except (TooDeep, TooManySteps, RecursionError):
            self.ended(node)
            return None
        reference = node.variable.type if node.variable else ""
        if not reference:
            return value
        return coerced(owner.types, reference, value, node.name, node.place, Frame(self.running, {}))

    def logic(self, owner: Linked, node: Decision | BusinessKnowledgeModel) -> Logic:
        logic = owner.logic(node)
        self.running.problems.update(dict.fromkeys(logic.problems))
        return logic

    def frame(self, needs: tuple[Needed, ...]) -> Frame:
        values: dict[str, Any] = {}
        for need in needs:
            value = self.value(need.owner, need.node)
            if need.prefix:
                values.setdefault(need.prefix, {})[need.name] = value
            else:
                values[need.name] = value
        return Frame(self.running, values)

    def knowledge(self, owner: Linked, node: BusinessKnowledgeModel) -> Any:
        """The function; what it needs is looked up at its first call, so that it may need itself."""
        parameters = owner.signature(node).parameters
        made: list[Function] = []

        def run(arguments: list[Any]) -> Any:
            if not made:
                logic = self.logic(owner, node)
                frame = self.frame(logic.needs).with_({own_name(node): function})
                made.append(logic.made.step(frame))
            return made[0].run(arguments) if isinstance(made[0], Function) else None

        names = tuple(name for name, _ in parameters)
        function = Function(names, tuple(type_ for _, type_ in parameters), run)
        return function

    def service(self, owner: Linked, node: DecisionService) -> Function:
        parameters = owner.parameters(node)

        def run(arguments: list[Any]) -> Any:
            if len(arguments) != len(parameters):
                return None
            if self.running.depth >= CALL_LIMIT:
                raise TooDeep
            given: dict[tuple[int, int], Any] = {}
            for (name, its_owner, part), value in zip(parameters, arguments, strict=True):
                reference = part.variable.type if isinstance(part, Decision | InputData) and part.variable else ""
                taken = its_owner.types.coerced(reference, value) if reference else value
                if taken is MISFIT:
                    message = f"'{name}', which this service takes, is no '{reference}'."
                    self.running.report("dmn.type", message, node.place)
                    return None
                given[id(its_owner), id(part)] = taken
            self.running.depth += 1
            try:
                inside = _Walk(self.running, {}, given)
                outputs = {name: inside.value(its, part) for name, its, part in owner.outputs(node)}
            finally:
                self.running.depth -= 1
            result = next(iter(outputs.values())) if len(outputs) == 1 else outputs
            reference = owner.returned(node.variable)
            if not reference:
                return result
            return coerced(owner.types, reference, result, node.name, node.place, Frame(self.running, {}))

        return Function(tuple(name for name, _, _ in parameters), (ANY,) * len(parameters), run)

    def fitting(self, owner: Linked, node: Decision, value: Any) -> Any:
        reference = node.variable.type if node.variable else ""
        if not reference:
            return value
        return coerced(owner.types, reference, value, node.name, node.place, Frame(self.running, {}))

"""Boxed expressions as steps: functions of a frame, made once for a model (DMN 1.5, 10.2 and 10.4).

A step runs within a budget, and raises its end, or TooDeep; what else goes wrong makes its value null and is reported
with its place.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from decidedly.feel import operators, parse, trace
from decidedly.feel.bounds import budget
from decidedly.feel.diagnostics import Diagnostic, Place
from decidedly.feel.functions import invoke
from decidedly.feel.interpret import as_list, gone_through, item_at
from decidedly.feel.types import ANY, BOOLEAN, ContextOf, FunctionOf, ListOf, Type
from decidedly.feel.values import Function, kind

from ..model import (
    Boxed,
    BoxedConditional,
    BoxedContext,
    BoxedFilter,
    BoxedFor,
    BoxedFunction,
    BoxedInvocation,
    BoxedList,
    BoxedQuantified,
    BoxedRelation,
    BoxedTable,
    LiteralExpression,
    Variable,
)
from .frame import CALL_LIMIT, Frame, Names, TooDeep
from .item_types import MISFIT, ItemTypes, known_type
from .tables import table_step

Step = Callable[[Frame], Any]


class Made(msgspec.Struct, frozen=True):
    """A step and the static type of what it gives."""

    step: Step
    type: Type = ANY


def null(_: Frame) -> Any:
    return None


class Maker:
    """Makes the steps of one node, and collects what is wrong with its texts."""

    def __init__(self, types: ItemTypes) -> None:
        self.types = types
        self.problems: list[Diagnostic] = []

    def make(self, box: Boxed | None, names: Names) -> Made:
        """The step of a boxed expression where these names are in force."""
        match box:
            case LiteralExpression():
                return self.literal(box, names)
            case BoxedTable():
                made = table_step(box, names, self.types, self.problems)
                return Made(*made) if made else Made(null)
            case BoxedContext():
                return self.context(box, names)
            case BoxedList():
                return self.items(box, names)
            case BoxedRelation():
                return self.relation(box, names)
            case BoxedFunction():
                return self.function(box, names)
            case BoxedInvocation():
                return self.invocation(box, names)
            case BoxedConditional():
                return self.conditional(box, names)
            case BoxedFor():
                return self.loop(box, names)
            case BoxedQuantified():
                return self.quantified(box, names)
            case BoxedFilter():
                return self.filtered(box, names)
            case _:
                return Made(null)

    def literal(self, box: LiteralExpression, names: Names) -> Made:
        text, place = box.text.text, box.text.place
        if box.language:
            self.problems.append(Diagnostic("dmn.language", f"Expressions in '{box.language}' cannot be evaluated.",
                                            "Write it in FEEL.", box.place))  # fmt: skip
            return Made(null)
        if not text:
            return Made(null)
        node, problems = parse(text, names.scope, place=place, lenient=True)
        self.problems.extend(problems)
        if node is None:
            return Made(null)

        def step(frame: Frame) -> Any:
            done = trace(node, frame.facts, plain=True)
            if done.value is None:
                for span in done.nulls[:1]:
                    at = Place(place.file, span.line, span.column, span.end - span.start)
                    frame.running.report("dmn.null", "This gives null: its values do not fit it.", at)
            return done.value

        return Made(step, node.type)

    def coerced(self, made: Made, reference: str, what: str, place: Place) -> Made:
        """The step whose value is converted to a type, or null where it does not conform."""
        if not reference:
            return made
        types, inner = self.types, made.step

        def step(frame: Frame) -> Any:
            return coerced(types, reference, inner(frame), what, place, frame)

        return Made(step, types.static(reference))

    # Structures

    def context(self, box: BoxedContext, names: Names) -> Made:
        parts: list[tuple[str, Step]] = []
        fields: list[tuple[str, Type]] = []
        result: Made | None = None
        for entry in box.entries:
            made = self.make(entry.value, names)
            variable = entry.variable
            if variable is None or not variable.name:
                result = made
                continue
            made = self.coerced(made, variable.type, variable.name, entry.place)
            parts.append((variable.name, made.step))
            fields.append((variable.name, made.type))
            names = names.with_({variable.name: made.type})

        def step(frame: Frame) -> Any:
            values: dict[str, Any] = {}
            for name, part in parts:
                values[name] = part(frame.with_(values))
            return values if result is None else result.step(frame.with_(values))

        return Made(step, ContextOf(tuple(fields)) if result is None else result.type)

    def items(self, box: BoxedList, names: Names) -> Made:
        made = [self.make(item, names) for item in box.items]
        types = {one.type for one in made}
        steps = [one.step for one in made]
        return Made(lambda frame: [step(frame) for step in steps], ListOf(types.pop() if len(types) == 1 else ANY))

    def relation(self, box: BoxedRelation, names: Names) -> Made:
        rows = [
            [
                (column.name, self.coerced(self.make(item, names), column.type, column.name, item.place).step)
                for column, item in zip(box.columns, row.items, strict=False)
            ]
            for row in box.rows
        ]
        fields = tuple((column.name, self.types.static(column.type)) for column in box.columns)
        return Made(
            lambda frame: [{name: step(frame) for name, step in row} for row in rows], ListOf(ContextOf(fields))
        )

    # Functions

    def function(self, box: BoxedFunction, names: Names, returns: str = "", name: str = "") -> Made:
        """The function itself as a value; `returns` is a reference to the type of its result."""
        parameters = box.parameters
        types = {one.name: self.types.static(one.type) for one in parameters}
        body = self.make(box.body, names.with_(types)) if box.kind == "FEEL" else Made(null)
        body = self.coerced(body, returns, name or "this function", box.place)
        type_ = FunctionOf(tuple(types.items()), body.type)
        run = body.step if box.kind == "FEEL" else self._external(box)

        def step(frame: Frame) -> Any:
            def call(arguments: list[Any]) -> Any:
                return self.call(frame, parameters, run, arguments)

            return Function(tuple(types), tuple(types.values()), call, body.type)

        return Made(step, type_)

    def _external(self, box: BoxedFunction) -> Step:
        def step(frame: Frame) -> Any:
            frame.running.report("dmn.external-function", f"A {box.kind} function cannot be run here.", box.place,
                                 "Write it in FEEL.")  # fmt: skip

        return step

    def call(self, frame: Frame, parameters: tuple[Variable, ...], body: Step, arguments: list[Any]) -> Any:
        """The result of a body for arguments, each coerced to the type of its parameter."""
        if len(arguments) != len(parameters):
            return None
        values = {}
        for parameter, value in zip(parameters, arguments, strict=True):
            given = self.types.coerced(parameter.type, value) if parameter.type else value
            if given is MISFIT:
                message = f"{_upper(_a(value))} is no '{parameter.type}', as '{parameter.name}' must be."
                frame.running.report("dmn.type", message, parameter.place)
                return None
            values[parameter.name] = given
        running = frame.running
        if running.depth >= CALL_LIMIT:
            raise TooDeep
        running.depth += 1
        try:
            return body(frame.with_(values))
        finally:
            running.depth -= 1

    def invocation(self, box: BoxedInvocation, names: Names) -> Made:
        function = self.make(box.function, names)
        bindings = [
            (one.parameter.name,
             self.coerced(self.make(one.value, names), one.parameter.type, one.parameter.name, one.place).step)
            for one in box.bindings
        ]  # fmt: skip
        parameters = tuple(name for name, _ in bindings)
        steps = [step for _, step in bindings]

        def step(frame: Frame) -> Any:
            found = function.step(frame)
            arguments = [one(frame) for one in steps]
            if not isinstance(found, Function):
                frame.running.report("dmn.invocation", "What is invoked here is no function.", box.place)
                return None
            unknown = [name for name in parameters if name not in found.names]
            if unknown:
                known = ", ".join(found.names) or "none"
                frame.running.report("dmn.invocation", f"The function has no parameter '{unknown[0]}'.", box.place,
                                     f"Its parameters are {known}.")  # fmt: skip
                return None
            return invoke(found, arguments, parameters)

        return Made(step, function.type.returns if isinstance(function.type, FunctionOf) else ANY)

    # Control

    def conditional(self, box: BoxedConditional, names: Names) -> Made:
        condition = self.make(box.condition, names).step
        then, otherwise = self.make(box.then, names), self.make(box.otherwise, names)

        def step(frame: Frame) -> Any:
            verdict = condition(frame)
            if verdict is not None and not isinstance(verdict, bool):
                frame.running.report("dmn.type", f"The condition is {_a(verdict)}.", box.condition.place)
                return None
            return (then if verdict is True else otherwise).step(frame)

        return Made(step, then.type if then.type == otherwise.type else ANY)

    def loop(self, box: BoxedFor, names: Names) -> Made:
        over = self.make(box.over, names)
        inside = names.with_({box.variable: _item(over.type), "partial": ListOf(ANY)})
        body = self.make(box.body, inside)

        def step(frame: Frame) -> Any:
            items = gone_through(over.step(frame))
            if items is None:
                return None
            budget().take(len(items))
            results: list[Any] = []
            for item in items:
                # A list of its own each time: what is built must not change afterwards.
                results.append(body.step(frame.with_({box.variable: item, "partial": list(results)})))
            return results

        return Made(step, ListOf(body.type))

    def quantified(self, box: BoxedQuantified, names: Names) -> Made:
        over = self.make(box.over, names)
        body = self.make(box.body, names.with_({box.variable: _item(over.type)}))
        joined = operators.conjunction if box.every else operators.disjunction

        def step(frame: Frame) -> Any:
            items = gone_through(over.step(frame))
            if items is None:
                return None
            budget().take(len(items))
            verdicts = [body.step(frame.with_({box.variable: item})) for item in items]
            for verdict in verdicts:
                if verdict is not None and not isinstance(verdict, bool):
                    frame.running.report("dmn.type", f"The condition is {_a(verdict)}.", box.body.place)
                    return None
            return joined(verdicts)

        return Made(step, BOOLEAN)

    def filtered(self, box: BoxedFilter, names: Names) -> Made:
        over = self.make(box.over, names)
        # The fields of an item stand alone in the condition, so it is made for each kind of item that is met.
        matches: dict[Type, Step] = {}

        def match(frame: Frame, item: Any) -> Any:
            type_ = known_type(item)
            if type_ not in matches:
                fields = {name: of for name, of in getattr(type_, "fields", ()) if name != "item"}
                matches[type_] = self.make(box.match, names.with_({**fields, "item": type_})).step
            return matches[type_](frame.with_({**(item if isinstance(item, dict) else {}), "item": item}))

        def step(frame: Frame) -> Any:
            items = as_list(over.step(frame))
            budget().take(len(items))
            kept = []
            for item in items:
                verdict = match(frame, item)
                if kind(verdict) == "number":
                    return item_at(items, verdict)
                if verdict is not None and not isinstance(verdict, bool):
                    frame.running.report("dmn.type", f"The condition is {_a(verdict)}.", box.match.place)
                    return None
                if verdict is True:
                    kept.append(item)
            return kept

        return Made(step, over.type if isinstance(over.type, ListOf) else ANY)


def coerced(types: ItemTypes, reference: str, value: Any, what: str, place: Place, frame: Frame) -> Any:
    """The value as one of a type; where it does not conform, null and a report."""
    found = types.coerced(reference, value)
    if found is MISFIT:
        message = f"The result of '{what}' is {_a(value)}, which is no '{reference}'."
        frame.running.report("dmn.type", message, place)
        return None
    return found


def _item(type_: Type) -> Type:
    return type_.of if isinstance(type_, ListOf) else ANY


def _a(value: Any) -> str:
    word = kind(value)
    return ("an " if word[0] in "ae" else "a ") + word


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]

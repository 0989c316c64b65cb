"""Compiles a decision model of the playbook: strict types, each decision a step, one function of the facts.

An input of the model is an expression over the playbook's facts: what it says under `from`, or the fact of its own
name. A decision sees what it needs and nothing else: those inputs, and the results of decisions as facts of a root of
their own. Literal expressions and tables become generated Python. A decision of another kind, and one that calls
functions, is evaluated by the reference interpreter, and `why` says so.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from decidedly.feel import compile_tree, parse
from decidedly.feel.diagnostics import Diagnostic
from decidedly.feel.reports import HEIGHT_LIMIT
from decidedly.feel.scope import Name, Reference, Scope
from decidedly.feel.tree import Node as Tree
from decidedly.feel.tree import references
from decidedly.feel.types import ANY, ContextOf, ListOf, Type
from decidedly.feel.values import from_plain, to_plain

from .condition import as_expression
from .evaluate import Linked, decide_given, link
from .evaluate.tables import LISTS, as_one
from .model import BoxedTable, BusinessKnowledgeModel, Decision, DecisionModel, InputData, LiteralExpression
from .model_text import FROM
from .table import CompiledTable, compile_definition
from .typed import result_type

DECISION = "decision"
"""The root under which the results of decisions are facts for those that need them."""
ROWS_IN_PLACE = 20
"""Rows of a table that stands as an expression in what needs it; longer ones are looked up, once."""
Facts = Mapping[str, Any]


class CompiledDecision(msgspec.Struct, frozen=True):
    """One decision.

    needs : the decisions that it needs, by id
    reads : the facts of the playbook that it reads itself
    run   : takes one mapping per root, then the results so far by id; gives the value in the stored form of `type`
    tree  : the decision as one expression over the playbook's facts, where it is simple enough
    table : where the decision is one
    why   : why it is evaluated by the reference interpreter, "" where it is generated code
    """

    id: str
    name: str
    type: Type
    needs: tuple[str, ...]
    reads: tuple[Reference, ...]
    run: Callable[..., Any]
    tree: Tree | None = None
    table: CompiledTable | None = None
    why: str = ""


class CompiledModel(msgspec.Struct, frozen=True):
    """A model as functions; `decisions` by name, each after those that it needs."""

    model: DecisionModel
    decisions: dict[str, CompiledDecision]

    @property
    def reads(self) -> tuple[Reference, ...]:
        """All facts of the playbook that the model can read."""
        return tuple(dict.fromkeys(one for decision in self.decisions.values() for one in decision.reads))

    def fn(self, *roots: Facts) -> dict[str, Any]:
        """The results of all decisions by name; one mapping per root of the scope."""
        results: dict[str, Any] = {}
        for decision in self.decisions.values():
            results[decision.id] = decision.run(*roots, results)
        return {decision.name: results[decision.id] for decision in self.decisions.values()}

    def decision(self, name: str) -> CompiledDecision:
        """One decision with all that it needs as a function of the playbook's facts; KeyError for an unknown name."""
        wanted = self.decisions[name]
        needed = {wanted.id}
        for decision in reversed(self.decisions.values()):
            if decision.id in needed:
                needed.update(decision.needs)
        steps = [decision for decision in self.decisions.values() if decision.id in needed]
        reads = tuple(dict.fromkeys(one for step in steps for one in step.reads))
        first = [(step.id, step.run) for step in steps[:-1]]
        last = wanted.run

        def run(*roots: Facts) -> Any:
            results: dict[str, Any] = {}
            for id_, step in first:
                results[id_] = step(*roots, results)
            return last(*roots, results)

        return msgspec.structs.replace(wanted, needs=(), reads=reads, run=run)


def compile_model(
    model: DecisionModel, scope: Scope, others: Iterable[DecisionModel] = ()
) -> tuple[CompiledModel | None, tuple[Diagnostic, ...]]:
    """The model as functions over the facts of a scope, or None and what is wrong with it; warnings may come beside."""
    compiling = _Compiling(model, scope, link(model, others))
    for decision in model.decisions:
        compiling.decision(decision)
    problems = tuple(dict.fromkeys((*compiling.linked.problems, *compiling.problems)))
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    return CompiledModel(model, {one.name: one for one in compiling.done.values() if one}), problems


class _Compiling:
    def __init__(self, model: DecisionModel, scope: Scope, linked: Linked) -> None:
        self.model = model
        self.scope = scope
        self.linked = linked
        self.problems: list[Diagnostic] = []
        self.inputs: dict[int, Tree | None] = {}
        self.done: dict[str, CompiledDecision | None] = {}
        self.begun: set[int] = set()

    def report(self, code: str, message: str, at: Any, hint: str = "") -> None:
        self.problems.append(Diagnostic(code, message, hint, at.place))

    def input(self, node: InputData) -> Tree | None:
        """The tree of the facts that give an input."""
        if id(node) not in self.inputs:
            text = node.kept.attributes.get(FROM) or node.name
            place = node.variable.place if node.variable else node.place
            tree, problems = parse(text, self.scope, place=place)
            self.problems.extend(problems)
            self.inputs[id(node)] = tree
        return self.inputs[id(node)]

    def decision(self, node: Decision) -> CompiledDecision | None:
        if node.id in self.done:
            return self.done[node.id]
        if id(node) in self.begun:
            self.report("dmn.cycle", f"'{node.name}' needs itself.", node)
            return None
        self.begun.add(id(node))
        names: list[Name] = []
        facts: list[tuple[str, bool]] = []
        plain: list[tuple[Any, Callable[..., Any], Type]] = []
        why, broken = "", False
        for need in self.linked.needs(node.requirements):
            part = need.node
            if need.owner is not self.linked or not isinstance(part, InputData | Decision):
                why = f"it uses '{need.name}', which is no plain value"
            elif isinstance(part, InputData):
                tree = self.input(part)
                compiled = compile_tree(tree, self._scope(()))[0] if tree else None
                if tree is None or compiled is None:
                    broken = True
                    continue
                names.append(Name(need.name, tree.type, tree=tree))
                plain.append((part, compiled.fn, tree.type))
            elif other := self.decision(part):
                # What is one expression stands in its place; of others the result is a fact.
                names.append(Name(need.name, other.type, other.id, tree=other.tree))
                plain.append((part, _fact(other.id), other.type))
                facts.append((other.id, other.tree is None))
            else:
                broken = True
        # What is wrong with a part is told there, not again where it is used.
        made = None if broken else self._made(node, names, why) or self._by_reference(node, plain, why)
        needs = [id_ for id_, is_fact in facts if is_fact or (made and made.why)]
        reads = tuple(
            dict.fromkeys(
                [one for one in made.reads if one.root != DECISION]
                if made and not made.why
                else [one for name in names if name.tree is not None for one in references(name.tree)]
            )
        )
        result = msgspec.structs.replace(made, needs=tuple(needs), reads=reads) if made else None
        self.done[node.id] = result
        return result

    def _scope(self, names: Iterable[Name]) -> Scope:
        roots: dict[str, Iterable[Name]] = dict.fromkeys(self.scope.roots, ())
        return Scope.of({**roots, DECISION: tuple(names)}, bare=[DECISION], clock=self.scope.clock)

    def _made(self, node: Decision, names: list[Name], why: str) -> CompiledDecision | None:
        """The decision as generated code, where its logic is of that kind."""
        logic, scope = node.logic, self._scope(names)
        if why or not isinstance(logic, LiteralExpression | BoxedTable):
            return None
        if isinstance(logic, LiteralExpression):
            tree, problems = parse(logic.text.text, scope, place=logic.text.place)
            self.problems.extend(problems)
            compiled, more = compile_tree(tree, scope, file=logic.text.place.file) if tree else (None, ())
            self.problems.extend(more)
            if compiled is None:
                return None
            return CompiledDecision(
                node.id, node.name, compiled.type, (), compiled.reads, compiled.fn, _whole(compiled.tree)
            )
        table, problems = compile_definition(logic.table, scope)
        self.problems.extend(problems)
        if table is None:
            return None
        hit, heads, fn = table.table.hit, tuple(head.text for head in table.table.outputs), table.fn
        type_ = result_type(table.typed, 0)
        if len(heads) > 1 and hit in LISTS:
            type_ = ListOf(ContextOf(tuple(zip(heads, table.types, strict=True))))
        elif len(heads) > 1 and hit != "collect #":
            places = range(len(heads))
            type_ = ContextOf(tuple((heads[place], result_type(table.typed, place)) for place in places))

        def run(*facts: Facts) -> Any:
            return as_one(hit, heads, fn(*facts))

        return CompiledDecision(node.id, node.name, type_, (), table.reads, run, _of_table(table), table)

    def _by_reference(
        self, node: Decision, given: list[tuple[Any, Callable[..., Any], Type]], why: str
    ) -> CompiledDecision | None:
        """The decision by the reference interpreter, on plain values."""
        if isinstance(node.logic, LiteralExpression | BoxedTable) and not why:
            return None
        logic = self.linked.logic(node)
        for need in logic.needs:
            if isinstance(need.node, BusinessKnowledgeModel):
                self.problems.extend(need.owner.logic(need.node).problems)
        self.problems.extend(logic.problems)
        declared = node.variable.type if node.variable else ""
        type_ = self.linked.types.static(declared) if declared else ANY
        linked = self.linked

        def run(*facts: Facts) -> Any:
            values = {id(part): to_plain(of, fn(*facts)) for part, fn, of in given}
            return from_plain(type_, decide_given(linked, node, values))

        because = why or "its expression is of a kind that is not generated yet"
        return CompiledDecision(node.id, node.name, type_, (), (), run, why=f"runs by the reference: {because}")


def _whole(tree: Tree | None) -> Tree | None:
    """A tree that reads the playbook's facts alone."""
    return None if tree is None or any(one.root == DECISION for one in references(tree)) else tree


def _of_table(table: CompiledTable) -> Tree | None:
    """A short table with one result, by its first row that fits, as an expression."""
    typed = table.typed
    checked = any(one.allowed for one in typed.columns) or any(one.allowed for one in typed.outputs)
    if table.table.hit != "first" or len(typed.outputs) > 1 or checked or len(typed.cells) > ROWS_IN_PLACE:
        return None
    found = as_expression(typed, typed.outputs[0].head.text)
    return _whole(found) if found.height <= HEIGHT_LIMIT else None


def _fact(id_: str) -> Callable[..., Any]:
    return lambda *facts: facts[-1].get(id_)

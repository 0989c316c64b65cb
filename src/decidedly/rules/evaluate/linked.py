"""A model with those that it imports, its references resolved, its logic made into steps when first needed."""

from collections.abc import Iterable

import msgspec

from decidedly.feel.diagnostics import Diagnostic, did_you_mean
from decidedly.feel.types import ANY, ContextOf, FunctionOf, Type

from ..model import (
    BusinessKnowledgeModel,
    Decision,
    DecisionModel,
    DecisionService,
    InputData,
    KnowledgeSource,
    Node,
    Requirement,
    Variable,
)
from .boxed import Made, Maker, null
from .frame import Names
from .item_types import ItemTypes


class Needed(msgspec.Struct, frozen=True):
    """What a node may use: another node, of this model (`prefix` is None) or of one imported under a prefix."""

    prefix: str | None
    name: str
    owner: "Linked"
    node: Node


class Logic(msgspec.Struct, frozen=True):
    """The logic of a node as a step, what it may use, and what is wrong with its texts.

    Of a business knowledge model the step gives its function.
    """

    made: Made
    needs: tuple[Needed, ...]
    problems: tuple[Diagnostic, ...]


class Linked:
    """A model that can be evaluated; `problems` are those of its references, see `check` for all."""

    def __init__(self, model: DecisionModel) -> None:
        self.model = model
        self.imports: dict[str, Linked] = {}
        self.spaces: dict[str, Linked] = {}
        self.problems: list[Diagnostic] = []
        self.types = ItemTypes((), {})
        self.names = self.types.names
        self.by_id = {node.id: node for node in model.nodes if node.id}
        self._logic: dict[int, Logic] = {}
        self._making: set[int] = set()

    def join(self, others: dict[str, "Linked"]) -> None:
        """Resolves the imports, once all models are there."""
        self.spaces = others
        for one in self.model.imports:
            other = others.get(one.namespace)
            if other is not None and other is not self:
                self.imports[one.name] = other
            elif "/DMN/" in one.kind:
                message = f"The model with the name space '{one.namespace}' is not here."
                self.problems.append(Diagnostic("dmn.import", message, did_you_mean(one.namespace, others), one.place))
        self.types = ItemTypes(self.model.types, {name: other.types for name, other in self.imports.items()})
        self.names = self.types.names

    def check(self) -> tuple[Diagnostic, ...]:
        """Makes all the logic; everything that is wrong with the model."""
        for node in self.model.nodes:
            if isinstance(node, Decision | BusinessKnowledgeModel):
                self.problems.extend(self.logic(node).problems)
            elif isinstance(node, DecisionService):
                for href in (*node.outputs, *node.encapsulated, *node.decisions, *node.inputs):
                    self.resolve(href, node)
        found = (*self.problems, *self.types.problems)
        return tuple(dict.fromkeys(found))

    # Finding

    def find(
        self, name: str, kinds: tuple[type[Node], ...] = (Node,), seen: tuple["Linked", ...] = ()
    ) -> tuple["Linked", Node] | None:
        """The node of a name; one of an imported model by `prefix.name`."""
        for node in self.model.nodes:
            if isinstance(node, kinds) and node.name == name:
                return self, node
        for prefix, other in self.imports.items():
            rest = name.removeprefix(f"{prefix}.") if prefix else name
            again = not prefix and other in (*seen, self)
            if (rest != name or not prefix) and not again:
                found = other.find(rest, kinds, () if prefix else (*seen, self))
                if found:
                    return found
        return None

    def resolve(self, href: str, at: Node | Requirement) -> tuple[str | None, "Linked", Node] | None:
        """The node of a reference: its prefix here, its model and itself."""
        space, _, id_ = href.rpartition("#")
        if not space or space == self.model.namespace:
            if id_ in self.by_id:
                return None, self, self.by_id[id_]
        else:
            for prefix, other in self.imports.items():
                if other.model.namespace == space and id_ in other.by_id:
                    return prefix, other, other.by_id[id_]
        problem = Diagnostic("dmn.reference", f"Nothing has the id '{id_}'.", did_you_mean(id_, self.by_id), at.place)
        if problem not in self.problems:
            self.problems.append(problem)
        return None

    # Logic

    def logic(self, node: Decision | BusinessKnowledgeModel) -> Logic:
        """The logic of a node of this model, made when it is first asked for."""
        key = id(node)
        if key not in self._logic:
            self._making.add(key)
            needs = self.needs(node.requirements)
            names = self.names_of(needs)
            maker = Maker(self.types)
            if isinstance(node, Decision):
                made = maker.make(node.logic, names)
            elif node.logic is None:
                made = Made(null)
            else:
                # A business knowledge model may call itself.
                names = names.with_({own_name(node): self.signature(node)})
                returns = self.returned(node.variable)
                made = maker.function(node.logic, names, returns, node.name)
            self._making.discard(key)
            self._logic[key] = Logic(made, needs, tuple(maker.problems))
        return self._logic[key]

    def needs(self, requirements: tuple[Requirement, ...]) -> tuple[Needed, ...]:
        found = []
        for requirement in requirements:
            if requirement.kind == "authority":
                continue
            target = self.resolve(requirement.href, requirement)
            if target is not None and not isinstance(target[2], KnowledgeSource):
                found.append(Needed(target[0], own_name(target[2]), target[1], target[2]))
        return tuple(found)

    def names_of(self, needs: tuple[Needed, ...]) -> Names:
        own: dict[str, Type] = {}
        under: dict[str, list[tuple[str, Type]]] = {}
        for need in needs:
            type_ = need.owner.type_of(need.node)
            if need.prefix:
                under.setdefault(need.prefix, []).append((need.name, type_))
            else:
                own[need.name] = type_
        return Names({**own, **{prefix: ContextOf(tuple(fields)) for prefix, fields in under.items()}}, self.names)

    def type_of(self, node: Node) -> Type:
        """The static type of what a node gives: as declared, else as its logic says."""
        match node:
            case InputData():
                return self.types.static(node.variable.type) if node.variable else ANY
            case Decision():
                if node.variable and node.variable.type:
                    return self.types.static(node.variable.type)
                return ANY if id(node) in self._making else self.logic(node).made.type
            case BusinessKnowledgeModel():
                return self.signature(node) if id(node) in self._making else self.logic(node).made.type
            case DecisionService():
                return self._service_type(node)
            case _:
                return ANY

    def signature(self, node: BusinessKnowledgeModel) -> FunctionOf:
        """The type of a business knowledge model as it is declared."""
        parameters = node.logic.parameters if node.logic else ()
        returns = self.types.static(self.returned(node.variable))
        return FunctionOf(tuple((one.name, self.types.static(one.type)) for one in parameters), returns)

    def _service_type(self, node: DecisionService) -> Type:
        parameters = tuple((name, owner.type_of(part)) for name, owner, part in self.parameters(node))
        outputs = self.outputs(node)
        returned = self.returned(node.variable)
        if returned:
            returns = self.types.static(returned)
        elif len(outputs) == 1:
            returns = outputs[0][1].type_of(outputs[0][2])
        else:
            returns = ContextOf(tuple((name, owner.type_of(part)) for name, owner, part in outputs))
        return FunctionOf(parameters, returns)

    def returned(self, variable: Variable | None) -> str:
        """The type of a function's result: of its variable, which may name that of the result or of the function."""
        reference = variable.type if variable else ""
        found = self.types.find(reference)
        if found and found[1].function:
            return found[1].function.returns
        return "" if isinstance(self.types.static(reference), FunctionOf) else reference

    # Services

    def parameters(self, node: DecisionService) -> tuple[tuple[str, "Linked", Node], ...]:
        """What a service must be given, in the order of its call: input data, then input decisions (DMN 1.5, 10.4)."""
        return self._named((*node.inputs, *node.decisions), node)

    def outputs(self, node: DecisionService) -> tuple[tuple[str, "Linked", Node], ...]:
        """What a service gives."""
        return self._named(node.outputs, node)

    def _named(self, hrefs: tuple[str, ...], node: Node) -> tuple[tuple[str, "Linked", Node], ...]:
        found = [self.resolve(href, node) for href in hrefs]
        return tuple((own_name(part), owner, part) for one in found if one for _, owner, part in [one])


def link(model: DecisionModel, others: Iterable[DecisionModel] = ()) -> Linked:
    """A model with those that it may import, ready to be evaluated."""
    spaces: dict[str, Linked] = {}
    for one in (model, *others):
        spaces.setdefault(one.namespace, Linked(one))
    waiting, joined = [model.namespace], []
    while waiting:
        space = waiting.pop()
        if space in spaces and space not in joined:
            joined.append(space)
            waiting.extend(one.namespace for one in spaces[space].model.imports)
    # Those that import nothing first: types are made from the types of the imported.
    done: set[str] = set()
    for space in reversed(joined):
        _join(spaces[space], spaces, done)
    return spaces[model.namespace]


def _join(linked: Linked, spaces: dict[str, Linked], done: set[str]) -> None:
    if linked.model.namespace in done:
        return
    done.add(linked.model.namespace)
    for one in linked.model.imports:
        if one.namespace in spaces:
            _join(spaces[one.namespace], spaces, done)
    linked.join(spaces)


def own_name(node: Node) -> str:
    """The name by which others use a node."""
    variable = getattr(node, "variable", None)
    return (variable.name if variable else "") or node.name

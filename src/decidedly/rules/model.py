"""A decision model as authored (DMN 1.5): what is decided from what, and the logic of each decision.

Frozen values that keep every text with its place, and of what an editor wrote beyond the standard whatever they can, so
that a file is written back as it was meant. Read from DMN XML by `dmn_xml`, from the playbook's text by `model_text`;
evaluated by `evaluate`.
"""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from decidedly.feel.diagnostics import START, Place

from .definition import Cell, DecisionTable
from .xml import Element


class Kept(msgspec.Struct, frozen=True):
    """What an editor wrote and the model has no field for: attributes and elements, of the standard or its own."""

    attributes: dict[str, str] = {}
    elements: tuple[Element, ...] = ()


NOTHING = Kept()


class Authored(msgspec.Struct, frozen=True, kw_only=True):
    """What everything in a model may have."""

    id: str = ""
    label: str = ""
    description: str = ""
    kept: Kept = NOTHING
    place: Place = START


class Variable(Authored, frozen=True, kw_only=True):
    """A name and the reference to its type; "" is no type, so any."""

    name: str = ""
    type: str = ""


# Boxed expressions (DMN 1.5, 7.3.1 and 10.2)


class Boxed(Authored, frozen=True, kw_only=True, tag_field="box"):
    """A boxed expression; `type` is a reference to the type of its result."""

    type: str = ""


class LiteralExpression(Boxed, frozen=True, kw_only=True, tag="literal"):
    """A FEEL text; with another `language` it cannot be evaluated."""

    text: Cell
    language: str = ""


class Clause(Authored, frozen=True, kw_only=True):
    """What the model knows of a column of a table beyond its head: the type of its values, and the inner ids."""

    type: str = ""
    ids: dict[str, str] = {}


class Rule(Authored, frozen=True, kw_only=True):
    """What the model knows of a row beyond its cells: annotations, and the ids of its cells."""

    annotations: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


class BoxedTable(Boxed, frozen=True, kw_only=True, tag="table"):
    """A decision table; inputs, outputs and rules are those of the table, in its order."""

    table: DecisionTable
    inputs: tuple[Clause, ...]
    outputs: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    annotations: tuple[str, ...] = ()
    output_label: str = ""
    orientation: str = ""


class Entry(Authored, frozen=True, kw_only=True):
    """An entry of a context; the one without a variable, the last, is the result of the whole."""

    variable: Variable | None
    value: Boxed | None


class BoxedContext(Boxed, frozen=True, kw_only=True, tag="context"):
    entries: tuple[Entry, ...]


class BoxedList(Boxed, frozen=True, kw_only=True, tag="list"):
    items: tuple[Boxed, ...]


class BoxedRelation(Boxed, frozen=True, kw_only=True, tag="relation"):
    """A list of contexts, one a row."""

    columns: tuple[Variable, ...]
    rows: tuple[BoxedList, ...]


FunctionKind = Literal["FEEL", "Java", "PMML"]


class BoxedFunction(Boxed, frozen=True, kw_only=True, tag="function"):
    parameters: tuple[Variable, ...]
    body: Boxed | None
    kind: FunctionKind = "FEEL"


class Binding(Authored, frozen=True, kw_only=True):
    parameter: Variable
    value: Boxed | None


class BoxedInvocation(Boxed, frozen=True, kw_only=True, tag="invocation"):
    function: Boxed | None
    bindings: tuple[Binding, ...]


class BoxedConditional(Boxed, frozen=True, kw_only=True, tag="conditional"):
    condition: Boxed
    then: Boxed
    otherwise: Boxed


class BoxedFor(Boxed, frozen=True, kw_only=True, tag="for"):
    variable: str
    over: Boxed
    body: Boxed


class BoxedQuantified(Boxed, frozen=True, kw_only=True, tag="quantified"):
    every: bool
    variable: str
    over: Boxed
    body: Boxed


class BoxedFilter(Boxed, frozen=True, kw_only=True, tag="filter"):
    over: Boxed
    match: Boxed


# Types and imports (DMN 1.5, 7.3.2 and 6.3.3)


class Import(Authored, frozen=True, kw_only=True):
    """Another model by its name space; its names are used as `name.its name`, or bare where `name` is empty."""

    name: str
    namespace: str
    kind: str = ""
    location: str = ""


class FunctionItem(Authored, frozen=True, kw_only=True):
    """The type of a function."""

    parameters: tuple[Variable, ...]
    returns: str = ""


class ItemDefinition(Authored, frozen=True, kw_only=True):
    """A type: by reference to another, by components, or a function; `collection` makes it a list of it.

    allowed    : unary tests that the value, or each item of a collection, must meet
    constraint : unary tests that the value as a whole must meet
    """

    name: str
    type: str = ""
    components: tuple["ItemDefinition", ...] = ()
    function: FunctionItem | None = None
    collection: bool = False
    allowed: Cell | None = None
    constraint: Cell | None = None
    language: str = ""


# The decision requirement graph (DMN 1.5, 6.3)


class Requirement(Authored, frozen=True, kw_only=True):
    """An arrow of the graph: what is needed (`#id`, or `name space#id` of an imported model), and as what."""

    kind: Literal["information", "knowledge", "authority"]
    of: Literal["decision", "input", "knowledge", "authority"]
    href: str


class Node(Authored, frozen=True, kw_only=True, tag_field="node"):
    """Something that stands in the graph."""

    name: str


class InputData(Node, frozen=True, kw_only=True, tag="input"):
    variable: Variable | None = None


class Decision(Node, frozen=True, kw_only=True, tag="decision"):
    variable: Variable | None = None
    question: str = ""
    allowed_answers: str = ""
    requirements: tuple[Requirement, ...] = ()
    logic: Boxed | None = None


class BusinessKnowledgeModel(Node, frozen=True, kw_only=True, tag="knowledge"):
    """A function that decisions share."""

    variable: Variable | None = None
    requirements: tuple[Requirement, ...] = ()
    logic: BoxedFunction | None = None


class DecisionService(Node, frozen=True, kw_only=True, tag="service"):
    """A way into the model: what it gives, what it works out, what must be given; all by reference."""

    variable: Variable | None = None
    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


class KnowledgeSource(Node, frozen=True, kw_only=True, tag="source"):
    kind: str = ""
    owner: str = ""
    location: str = ""
    requirements: tuple[Requirement, ...] = ()


class DecisionModel(Authored, frozen=True, kw_only=True):
    """A whole model: `nodes` in the order of the file; `diagram` as an editor drew it."""

    name: str
    namespace: str
    imports: tuple[Import, ...] = ()
    types: tuple[ItemDefinition, ...] = ()
    nodes: tuple[Node, ...] = ()
    language: str = ""
    type_language: str = ""
    exporter: str = ""
    exporter_version: str = ""
    diagram: Element | None = None
    prefixes: dict[str, str] = {}

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Decision))

    @property
    def inputs(self) -> tuple[InputData, ...]:
        return tuple(node for node in self.nodes if isinstance(node, InputData))

    @property
    def knowledge(self) -> tuple[BusinessKnowledgeModel, ...]:
        return tuple(node for node in self.nodes if isinstance(node, BusinessKnowledgeModel))

    @property
    def services(self) -> tuple[DecisionService, ...]:
        return tuple(node for node in self.nodes if isinstance(node, DecisionService))


def placeless(value: Any) -> Any:
    """The same without places: what two files that say the same have in common."""
    match value:
        case Place():
            return START
        case msgspec.Struct():
            return type(value)(**{name: placeless(getattr(value, name)) for name in value.__struct_fields__})
        case tuple():
            return tuple(placeless(item) for item in value)
        case dict():
            return {name: placeless(item) for name, item in value.items()}
        case _:
            return value


def boxes(logic: Boxed | None) -> Iterator[Boxed]:
    """A boxed expression and all inside it."""
    waiting: list[Any] = [logic]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Boxed):
            yield here
        if isinstance(here, msgspec.Struct) and not isinstance(here, DecisionTable):
            waiting.extend(getattr(here, name) for name in reversed(here.__struct_fields__))
        elif isinstance(here, tuple):
            waiting.extend(reversed(here))

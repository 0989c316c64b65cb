"""The playbook's own form of a decision model: a folder of texts that diff well, one file a decision.

    model.toml       name, inputs, types, services, imports, knowledge sources
    NAME.table       a decision, or with `parameters` a business knowledge model, that is a decision table
    NAME.toml        one of another kind, see `model_boxes`
    diagram.xml      how an editor drew it

What a DMN editor wrote beyond these words (ids, labels, extensions) stands under `dmn`, as the difference from what the
rest says; nobody needs to read or write it. So a model goes to this form and back without loss.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean

from .definition import Cell
from .dmn_xml.spaces import MODEL, PLAYBOOK
from .model import (
    BoxedTable,
    BusinessKnowledgeModel,
    Decision,
    DecisionModel,
    DecisionService,
    Import,
    InputData,
    ItemDefinition,
    Kept,
    KnowledgeSource,
    Node,
    Requirement,
    Variable,
)
from .model_boxes import (
    BOX_KEYS,
    BoxTexts,
    Path,
    boxed_table,
)
from .model_codec import decode, encode, laid_over
from .read import read_table
from .xml import read_xml

MODEL_FILE = "model.toml"
DIAGRAM_FILE = "diagram.xml"
FROM = f"{{{PLAYBOOK}}}from"
"""The attribute by which an input says which facts of the playbook give it."""
LocateIn = Callable[[str, Path], Place]

_MODEL_KEYS = ("name", "namespace", "description", "input", "type", "service", "import", "source", "dmn")
_NODE_KEYS = ("name", "id", "needs", "type", "description", "question", "answers", "dmn")
_TABLE_KEYS = ("hit", "types", "allowed", "default", "parameters")
_ENTRY_KEYS = {
    "input": ("name", "id", "type", "from", "description", "dmn"),
    "service": ("name", "id", "gives", "works-out", "takes", "type", "description", "dmn"),
    "source": ("name", "id", "kind", "url", "needs", "description", "dmn"),
    "import": ("name", "namespace", "url"),
    "type": ("name", "type", "list", "allowed", "constraint", "parts"),
}


def slug(name: str) -> str:
    """A name as the name of a file: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def namespace_of(name: str) -> str:
    """The name space of a model that names none."""
    return f"urn:decidedly:decisions:{slug(name)}"


def read_model(
    texts: Mapping[str, str], locate: LocateIn = lambda file, _: Place(file), *, folder: str = ""
) -> tuple[DecisionModel | None, tuple[Diagnostic, ...]]:
    """The model of texts by file name, or None and what is wrong with their form; expressions are not looked at here.

    locate : where the value at a path of keys stands in a file that is sound TOML
    folder : what places name before the files, with its last stroke
    """
    reading = Reading(texts, locate, folder)
    reading.read()
    if reading.problems:
        return None, tuple(reading.problems)
    return reading.model(), ()


class Reading:
    """Reads the files of a model; `found` are its nodes by key: the stem of a file, or a kind and name."""

    def __init__(self, texts: Mapping[str, str], locate: LocateIn, folder: str = "") -> None:
        self.texts = texts
        self.locate = locate
        self.folder = folder
        self.problems: list[Diagnostic] = []
        self.head: dict[str, Any] = {}
        self.values: dict[str, dict[str, Any]] = {}
        self.tables: dict[str, BoxedTable] = {}
        self.ids: dict[str, tuple[str, type[Node]]] = {}
        self.found: dict[str, Node] = {}
        self.incomplete = False

    def report(self, file: str, path: Path, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Diagnostic(code, message, hint, self.locate(file, path)))

    def read(self) -> None:
        """Reads all files: first their values, for the names that are used by others, then what they mean."""
        if MODEL_FILE not in self.texts:
            message = f"A decision model needs a file '{MODEL_FILE}'."
            self.problems.append(Diagnostic("model.missing", message, "", Place(self.folder + MODEL_FILE)))
        for file, text in self.texts.items():
            _, _, suffix = file.rpartition(".")
            if file == MODEL_FILE:
                self.head = self.toml(file, text)
            elif suffix == "toml":
                self.values[file] = self.toml(file, text)
            elif suffix == "table" and (settings := self.table(file, text)) is not None:
                self.values[file] = settings
        if any(problem.code == "model.syntax" for problem in self.problems):
            # What the other files name may stand in the one that cannot be read.
            return
        self.known_keys(MODEL_FILE, (), self.head, _MODEL_KEYS)
        entries = {kind: self.entries(kind) for kind in ("input", "service", "source")}
        made: list[tuple[str, str, Path, Mapping[str, Any], type[Node]]] = []
        made += [self.entry("input", *one, InputData) for one in entries["input"]]
        for file in sorted(self.values):
            kind = BusinessKnowledgeModel if "parameters" in self.values[file] else Decision
            made.append((file.rpartition(".")[0], file, (), self.values[file], kind))
        made += [self.entry("service", *one, DecisionService) for one in entries["service"]]
        made += [self.entry("source", *one, KnowledgeSource) for one in entries["source"]]
        for key, file, path, values, node_kind in made:
            name = values.get("name")
            if not isinstance(name, str) or not name.strip():
                self.report(file, path, "model.no-name", "This has no name.", 'Write name = "...".')
                continue
            id_ = values.get("id", key)
            if name in self.ids and _RANK.index(self.ids[name][1]) <= _RANK.index(node_kind):
                continue
            self.ids[name] = (str(id_), node_kind)
        for key, file, path, values, node_kind in made:
            if isinstance(values.get("name"), str):
                node = self.node(key, file, path, values, node_kind)
                self.found[key] = self.with_rest(node, file, path, values)

    def entry(
        self, kind: str, number: int, values: Mapping[str, Any], node: type[Node]
    ) -> tuple[str, str, Path, Mapping[str, Any], type[Node]]:
        stem = f"{kind}-{slug(str(values.get('name', '')))}"
        same = [
            one
            for one in self.head.get(kind, [])[:number]
            if isinstance(one, dict) and f"{kind}-{slug(str(one.get('name', '')))}" == stem
        ]
        return f"{stem}-{len(same) + 1}" if same else stem, MODEL_FILE, (kind, number), values, node

    def toml(self, file: str, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as broken:
            at = _AT.search(str(broken))
            whole = self.folder + file
            place = Place(whole, int(at[1]), int(at[2])) if at else Place(whole, text.count("\n") + 1)
            message = f"This cannot be read: {_AT.sub('', str(broken)).strip()}."
            self.problems.append(Diagnostic("model.syntax", message, 'Write key = "text".', place))
            return {}

    def table(self, file: str, text: str) -> dict[str, Any] | None:
        table, problems = read_table(text, place=Place(self.folder + file))
        self.problems.extend(problems)
        if table is None:
            self.incomplete = True
            return None
        self.tables[file] = boxed_table(table)
        self.known_keys(file, (), table.settings, (*_NODE_KEYS, *_TABLE_KEYS))
        return dict(table.settings)

    def known_keys(self, file: str, path: Path, values: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in values:
            if key not in known:
                hint = did_you_mean(key, known) or f"Known here: {', '.join(known)}."
                self.report(file, (*path, key), "model.unknown-key", f"There is no '{key}' here.", hint)

    def entries(self, kind: str) -> list[tuple[int, Mapping[str, Any]]]:
        found = self.head.get(kind, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.report(MODEL_FILE, (kind,), "model.form", f"Write each {kind} under [[{kind}]].")
            self.head[kind] = []
            return []
        for number, one in enumerate(found):
            self.known_keys(MODEL_FILE, (kind, number), one, _ENTRY_KEYS[kind])
        return list(enumerate(found))

    def word(self, file: str, path: Path, values: Mapping[str, Any], key: str) -> str:
        found = values.get(key, "")
        if not isinstance(found, str):
            self.report(file, (*path, key), "model.form", f"'{key}' is a text in quotes.")
            return ""
        return found

    def node(self, key: str, file: str, path: Path, values: Mapping[str, Any], kind: type[Node]) -> Node:
        name = " ".join(self.word(file, path, values, "name").split())
        variable = Variable(name=name, type=self.word(file, path, values, "type"))
        common: dict[str, Any] = {
            "id": self.word(file, path, values, "id") or key,
            "name": name,
            "description": self.word(file, path, values, "description"),
            "place": self.locate(file, (*path, "name")),
        }
        if kind is InputData:
            source = self.word(file, path, values, "from")
            # What gives the input stands here: mistakes in it are told there.
            place = self.locate(file, (*path, "from" if source else "name"))
            variable = Variable(name=variable.name, type=variable.type, place=place)
            return InputData(**common, variable=variable, kept=Kept({FROM: source}) if source else Kept())
        if kind is DecisionService:
            taken = self.needed(file, path, values, "takes")
            return DecisionService(
                **common,
                variable=variable,
                outputs=tuple(one.href for one in self.needed(file, path, values, "gives")),
                encapsulated=tuple(one.href for one in self.needed(file, path, values, "works-out")),
                decisions=tuple(one.href for one in taken if one.of == "decision"),
                inputs=tuple(one.href for one in taken if one.of != "decision"),
            )
        # The names by which a diagram knows the arrows: as `dmn_xml.layout` makes them.
        needs = tuple(
            msgspec.structs.replace(one, id=f"{common['id']}-needs-{number}")
            for number, one in enumerate(self.needed(file, path, values, "needs"), 1)
        )
        if kind is KnowledgeSource:
            words = (self.word(file, path, values, key) for key in ("kind", "url"))
            of_kind, location = words
            return KnowledgeSource(**common, kind=of_kind, location=location, requirements=needs)
        return self.of_file(file, values, kind, common, variable, needs)

    def of_file(
        self, file: str, values: Mapping[str, Any], kind: type[Node], common: dict[str, Any], variable: Variable,
        needs: tuple[Requirement, ...],
    ) -> Node:  # fmt: skip
        boxes = BoxTexts(file, lambda path: self.locate(file, path), self.problems)
        table = self.tables.get(file)
        if kind is BusinessKnowledgeModel:
            body = table or (boxes.inner(values["gives"], ("gives",)) if "gives" in values else None)
            logic = boxes.function(values, (), body)
            return BusinessKnowledgeModel(**common, variable=variable, requirements=needs, logic=logic)
        if table is None:
            self.known_keys(file, (), values, (*_NODE_KEYS, *sorted(BOX_KEYS)))
        return Decision(
            **common,
            variable=variable,
            question=self.word(file, (), values, "question"),
            allowed_answers=self.word(file, (), values, "answers"),
            requirements=needs,
            logic=table or boxes.box(values),
        )

    def needed(self, file: str, path: Path, values: Mapping[str, Any], key: str) -> tuple[Requirement, ...]:
        """What is named under a key; another model's parts are named by `name space#id`."""
        given = values.get(key, [])
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            self.report(file, (*path, key), "model.form", f"'{key}' is a list of names in quotes.")
            return ()
        found = []
        for number, name in enumerate(given):
            if name in self.ids:
                id_, kind = self.ids[name]
                what, of = _AS[kind]
                found.append(Requirement(kind=what, of=of, href=f"#{id_}"))  # type: ignore[arg-type]
            elif "#" in name:
                found.append(Requirement(kind="information", of="decision", href=name))
            elif not self.incomplete:
                hint = did_you_mean(name, self.ids) or f"There are {', '.join(self.ids)}."
                self.report(file, (*path, key, number), "model.unknown-name", f"The model has no '{name}'.", hint)
        return tuple(found)

    def with_rest(self, node: Node, file: str, path: Path, values: Mapping[str, Any]) -> Node:
        """The node with what a DMN editor wrote of it beyond these words."""
        over = values.get("dmn")
        if over is None:
            return node
        try:
            found: Node = placed(decode(type(node), laid_over(encode(node), over)), node)
            return found
        except (ValueError, KeyError, TypeError) as broken:
            self.report(file, (*path, "dmn"), "model.dmn", f"This cannot be read: {broken}.", "Leave 'dmn' out.")
            return node

    def model(self) -> DecisionModel:
        """The whole; call `read` before."""
        name = self.word(MODEL_FILE, (), self.head, "name")
        made = DecisionModel(
            name=name,
            namespace=self.word(MODEL_FILE, (), self.head, "namespace") or namespace_of(name),
            description=self.word(MODEL_FILE, (), self.head, "description"),
            imports=tuple(self.import_(values) for _, values in self.entries("import")),
            types=tuple(self.item(values, ("type", number)) for number, values in self.entries("type")),
        )
        over = dict(self.head.get("dmn", {}))
        order = over.pop("order", list(self.found))
        if over:
            made = placed(decode(DecisionModel, laid_over(encode(made), over)), made)
        ordered = [key for key in order if key in self.found]
        nodes = [self.found[key] for key in (*ordered, *(key for key in self.found if key not in ordered))]
        diagram = read_xml(self.texts[DIAGRAM_FILE], file=DIAGRAM_FILE)[0] if DIAGRAM_FILE in self.texts else None
        return msgspec.structs.replace(made, nodes=tuple(nodes), diagram=diagram.root if diagram else None)

    def import_(self, values: Mapping[str, Any]) -> Import:
        words = {key: str(values.get(key, "")) for key in ("name", "namespace", "url")}
        return Import(name=words["name"], namespace=words["namespace"], kind=MODEL, location=words["url"])

    def item(self, values: Mapping[str, Any], path: Path) -> ItemDefinition:
        parts = values.get("parts", [])
        texts = {key: self.word(MODEL_FILE, path, values, key) for key in ("name", "type", "allowed", "constraint")}

        def cell(key: str) -> Cell | None:
            return Cell(texts[key], self.locate(MODEL_FILE, (*path, key))) if texts[key] else None

        return ItemDefinition(
            name=texts["name"],
            type=texts["type"],
            collection=values.get("list") is True,
            allowed=cell("allowed"),
            constraint=cell("constraint"),
            components=tuple(
                self.item(part, (*path, "parts", number)) for number, part in enumerate(parts) if isinstance(part, dict)
            ),
        )


_AT = re.compile(r" ?\(at line (\d+), column (\d+)\)")
_RANK: list[type[Node]] = [Decision, InputData, BusinessKnowledgeModel, DecisionService, KnowledgeSource]
_AS: dict[type[Node], tuple[str, str]] = {
    Decision: ("information", "decision"),
    InputData: ("information", "input"),
    BusinessKnowledgeModel: ("knowledge", "knowledge"),
    DecisionService: ("knowledge", "knowledge"),
    KnowledgeSource: ("authority", "authority"),
}


def placed(value: Any, like: Any) -> Any:
    """A value with the places of another that has the same shape, as far as it has."""
    if isinstance(value, msgspec.Struct) and type(value) is type(like):
        fields = {name: placed(getattr(value, name), getattr(like, name)) for name in value.__struct_fields__}
        return type(value)(**fields)
    if isinstance(value, Place):
        return like
    if isinstance(value, tuple) and isinstance(like, tuple):
        return (*(placed(one, other) for one, other in zip(value, like, strict=False)), *value[len(like) :])
    return value

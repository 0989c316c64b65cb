"""actions/ -> Actions: one TOML file an action, or a table that makes many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from decidedly.core.action import Action, ActionClass, Money
from decidedly.core.dictionary import Attribute, Dictionary
from decidedly.core.playbook import Brand
from decidedly.core.policy import Text
from decidedly.core.provenance import How, Provenance
from decidedly.feel.diagnostics import Place, did_you_mean
from decidedly.feel.types import Boolean, ListOf, Number, String, money, parse_type
from decidedly.feel.types import Money as MoneyType
from decidedly.playbook.document import Authored, Document, Problems
from decidedly.playbook.files import Folder
from decidedly.playbook.grid import read_grid

ITEM_SEPARATOR = ";"
COLUMNS = ("id", "name", "value", "confidence", "from", "to", "lever", "class")
"""Columns with a meaning of their own; any other is a declared attribute of actions, by its name."""
CLASSES: tuple[ActionClass, ...] = ("commercial", "service")
TRUTHS = {"true": True, "false": False}
OF_EVERY_ACTION = ("name", "value", "valid-from", "valid-until")


class ValueForm(Authored, frozen=True, kw_only=True):
    how: How = "given"
    source: str
    at: date


class TableForm(Authored, frozen=True, kw_only=True):
    """Above a table of actions. all: attributes that every action of the table has."""

    name: str
    products: str = ""
    value: ValueForm
    all: dict[str, object] = msgspec.field(default_factory=dict)


class ActionForm(Authored, frozen=True, kw_only=True):
    """One action in a file of its own. `from` and `to` are its first and last day."""

    name: str
    value: str
    valid: dict[str, date]
    provenance: ValueForm
    confidence: float = 1.0
    products: list[str] = msgspec.field(default_factory=list)
    lever: float = 1.0
    class_: ActionClass = msgspec.field(default="commercial", name="class")
    attributes: dict[str, object] = msgspec.field(default_factory=dict)


def load_actions(folder: Folder, brand: Brand, dictionary: Dictionary) -> tuple[Action, ...]:
    """All actions in the order of their files, and in a table in the order of its rows."""
    maker = _Maker(folder.problems, brand, dictionary)
    found: list[Action] = []
    for path in folder.files("actions", ".table", ".toml", ".products"):
        group = path.relative_to(folder.root / "actions").with_suffix("").as_posix()
        if path.suffix == ".table":
            found += _table(folder, path, group, maker)
        elif path.suffix == ".toml":
            found += maker.single(folder.document(path), group)
    return tuple(found)


def _table(folder: Folder, path: Path, group: str, maker: _Maker) -> list[Action]:
    file = folder.name(path)
    grid = read_grid(folder.read(path), file)
    document = Document(grid.preface, file, folder.problems)
    form = document.read(TableForm)
    if form is None:
        return []
    products = _products(folder, path, form.products, document) if form.products else {}
    common = maker.attributes(form.all, document, "all")
    heads = [head.text for head in grid.head]
    if not maker.heads(grid.head, grid.place):
        return []
    found, seen = [], set()
    for row in grid.rows:
        if len(row) != len(heads):
            place = row[0].place if row else grid.place
            message = f"This row has {len(row)} cells, but the table has {len(heads)} columns."
            folder.problems.add("actions.row", message, place)
            continue
        cells = dict(zip(heads, row, strict=True))
        id = cells["id"]
        if not id.text or id.text in seen:
            message = f"The id '{id.text}' stands twice in this table." if id.text else "This action has no id."
            folder.problems.add("playbook.duplicate", message, id.place)
            continue
        seen.add(id.text)
        action = maker.row(f"{group}/{id.text}", cells, form.value, common, products.get(id.text, ()))
        if action is not None:
            found.append(action)
    for id_text in products:
        if id_text not in seen:
            message = f"Products are listed for '{id_text}', which is no action of the table."
            place = Place(folder.name(path.parent / form.products))
            folder.problems.add("actions.products", message, place, did_you_mean(id_text, seen))
    return found


def _products(folder: Folder, path: Path, name: str, document: Document) -> dict[str, tuple[str, ...]]:
    """Product ids by action, from lines `id: product product ...`."""
    beside = path.parent / name
    if not beside.is_file():
        near = [other.name for other in path.parent.glob("*.products")]
        message = f"There is no file '{name}' beside this table."
        folder.problems.add("actions.products", message, document.map.text("products"), did_you_mean(name, near))
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(folder.read(beside).splitlines(), 1):
        id, colon, products = line.partition(":")
        if colon and id not in found:
            found[id] = tuple(products.split())
        elif line.strip():
            place = Place(folder.name(beside), number, 1, len(line))
            message = f"'{id}' stands twice here." if colon else "This line has no colon."
            folder.problems.add("actions.products", message, place, "Write the action's id, a colon, its product ids.")
    return found


class _Maker:
    """Makes actions of one playbook from their cells."""

    def __init__(self, problems: Problems, brand: Brand, dictionary: Dictionary) -> None:
        self.problems = problems
        self.currency = brand.currency
        self.minor = money(brand.currency).scale or 0
        self.zone = ZoneInfo(brand.time_zone)
        declared = [attribute for attribute in dictionary.attributes if attribute.of == "action"]
        self.by_name = {attribute.name: attribute for attribute in declared if attribute.id not in OF_EVERY_ACTION}

    def heads(self, head: tuple[Text, ...], place: Place) -> bool:
        """Whether the columns can be read."""
        known = (*COLUMNS, *self.by_name)
        for cell in head:
            if cell.text not in known:
                hint = did_you_mean(cell.text, known) or f"Columns are {', '.join(known)}."
                self.problems.add("actions.column", f"Actions have no '{cell.text}'.", cell.place, hint)
        names = [cell.text for cell in head]
        missing = [name for name in ("id", "name", "value", "from", "to") if name not in names]
        if missing:
            self.problems.add("actions.column", f"This table has no column '{missing[0]}'.", place)
        return not missing and all(name in known for name in names)

    def row(
        self,
        id: str,
        cells: Mapping[str, Text],
        value: ValueForm,
        common: dict[str, Any],
        products: tuple[str, ...],
    ) -> Action | None:
        """The action of a table's row; None, with a diagnostic, where a cell cannot be read."""
        before = len(self.problems.found)
        amount = self.amount(cells["value"])
        first, last = self.day(cells["from"]), self.day(cells["to"])
        confidence = self.number(cells["confidence"], 0, 1) if "confidence" in cells else 1.0
        lever = self.number(cells["lever"], 0, 100) if "lever" in cells else 1.0
        facts = dict(common)
        for name, attribute in self.by_name.items():
            if name in cells and cells[name].text not in ("", "-"):
                facts[attribute.id] = self.fact(cells[name], attribute)
        if len(self.problems.found) > before:
            return None
        return self.action(
            id, cells["name"].text, amount, self.provenance(value, confidence), first, last,
            facts, products, lever, cells["id"].place, self.action_class(cells.get("class")),
        )  # fmt: skip

    def single(self, document: Document, id: str) -> list[Action]:
        form = document.read(ActionForm)
        if form is None:
            return []
        amount = self.amount(Text(form.value, document.map.text("value")))
        if set(form.valid) != {"from", "to"}:
            place, hint = document.map.key("valid"), "Write valid = { from = 2017-10-30, to = 2017-12-24 }."
            self.problems.add("actions.valid", "Say the first and the last day.", place, hint)
            return []
        facts = self.attributes(form.attributes, document, "attributes")
        return [
            self.action(
                id,
                form.name,
                amount,
                self.provenance(form.provenance, form.confidence),
                form.valid["from"],
                form.valid["to"],
                facts,
                tuple(form.products),
                form.lever,
                Place(document.file),
                form.class_,
            )
        ]

    def action(
        self, id: str, name: str, amount: int, provenance: Provenance, first: date, last: date,
        facts: dict[str, Any], products: tuple[str, ...], lever: float, place: Place,
        action_class: ActionClass = "commercial",
    ) -> Action:  # fmt: skip
        start = self.midnight(first)
        end = self.midnight(last + timedelta(days=1))
        every = {"name": name, "value": amount, "valid-from": start, "valid-until": end}
        return Action(
            id=id,
            name=name,
            facts=facts | every,
            value=Money(amount, self.currency),
            value_provenance=provenance,
            valid_from=start,
            valid_until=end,
            products=products,
            lever=lever,
            place=place,
            action_class=action_class,
        )

    def attributes(self, values: dict[str, object], document: Document, key: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in values.items():
            place = document.map.text(key, name)
            attribute = self.by_name.get(name)
            if attribute is None:
                hint = did_you_mean(name, self.by_name) or f"Attributes of actions: {', '.join(self.by_name)}."
                self.problems.add("actions.attribute", f"Actions have no '{name}'.", document.map.key(key, name), hint)
            elif isinstance(value, list):
                found[attribute.id] = self.fact(Text(ITEM_SEPARATOR.join(map(str, value)), place), attribute)
            else:
                found[attribute.id] = self.fact(
                    Text(str(value).lower() if isinstance(value, bool) else str(value), place), attribute
                )
        return found

    def fact(self, cell: Text, attribute: Attribute) -> Any:
        """The value of a cell in the stored form of the attribute's type."""
        type_, _ = parse_type(attribute.type)
        match type_:
            case ListOf(of=String()):
                return [item.strip() for item in cell.text.split(ITEM_SEPARATOR) if item.strip()]
            case String():
                return cell.text
            case Number(scale=int(scale)) | MoneyType(scale=int(scale)):
                return self.scaled(cell, scale)
            case Boolean():
                return self.truth(cell)
            case _:
                self.problems.add(
                    "actions.type", f"'{attribute.name}' is of type {attribute.type}, which no cell can hold.",
                    cell.place, "Texts, lists of texts, booleans, number(n) and money can stand in a table.",
                )  # fmt: skip
                return None

    def truth(self, cell: Text) -> bool:
        if cell.text not in TRUTHS:
            self.problems.add("actions.boolean", f"'{cell.text}' is neither true nor false.", cell.place)
        return TRUTHS.get(cell.text, False)

    def action_class(self, cell: Text | None) -> ActionClass:
        if cell is None or cell.text in ("", "-"):
            return "commercial"
        for known in CLASSES:
            if cell.text == known:
                return known
        hint = f"Known are {', '.join(CLASSES)}."
        self.problems.add("actions.class", f"'{cell.text}' is no class of actions.", cell.place, hint)
        return "commercial"

    def amount(self, cell: Text) -> int:
        return self.scaled(cell, self.minor)

    def scaled(self, cell: Text, scale: int) -> int:
        try:
            exact = Decimal(cell.text).scaleb(scale)
            if exact == int(exact):
                return int(exact)
        except (InvalidOperation, ValueError, OverflowError):
            pass
        places = f" with at most {scale} decimals" if scale else ""
        self.problems.add("actions.number", f"'{cell.text}' is no number{places}.", cell.place)
        return 0

    def number(self, cell: Text, least: float, most: float) -> float:
        try:
            value = float(cell.text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            message = f"'{cell.text}' is no number from {least} to {most}."
            self.problems.add("actions.number", message, cell.place)
        return value

    def day(self, cell: Text) -> date:
        try:
            return date.fromisoformat(cell.text)
        except ValueError:
            self.problems.add("actions.day", f"'{cell.text}' is no day.", cell.place, "Write it as 2017-10-30.")
            return date.min

    def provenance(self, form: ValueForm, confidence: float) -> Provenance:
        return Provenance(how=form.how, source=form.source, at=self.midnight(form.at), confidence=confidence)

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

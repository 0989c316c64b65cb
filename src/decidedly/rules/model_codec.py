"""A model's parts as plain trees of texts, lists and named values, and the differences between two such trees.

The playbook's form of a model says what people need to read. What else a DMN editor wrote (ids, labels, extensions) is
kept beside it as the difference between the model and what the readable text alone would give.
"""

import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from . import definition, model, xml
from .definition import Cell, DecisionTable, Row
from .model import Boxed, Node
from .xml import Element, Text, read_xml, write_xml

Tree = Any
"""str, bool, list[Tree] or dict[str, Tree]; an empty dict is nothing (None)."""

_SPACES = {**vars(model), **vars(definition), **vars(xml)}
_BOXES = {cls.__struct_config__.tag: cls for cls in Boxed.__subclasses__()}
_NODES = {cls.__struct_config__.tag: cls for cls in Node.__subclasses__()}


def encode(value: Any) -> Tree:
    """The tree of a part of a model, without places."""
    match value:
        case None:
            return {}
        case Cell(text=text):
            return text
        case Element():
            return write_xml(value, {}, {})
        case DecisionTable():
            return {
                "hit": value.hit,
                "inputs": encode(value.inputs),
                "outputs": encode(value.outputs),
                "rows": [encode(row.cells) for row in value.rows],
                "defaults": encode(value.defaults),
                "allowed": encode(value.allowed),
            }
        case msgspec.Struct():
            tag = {} if not isinstance(value, Boxed | Node) else {"kind": str(value.__struct_config__.tag)}
            # The tag's own name, for what has a field `kind` itself.
            tag = {f"is {key}": text for key, text in tag.items()}
            return tag | {name: encode(getattr(value, name)) for name in value.__struct_fields__ if name != "place"}
        case dict():
            return [[key, encode(item)] for key, item in value.items()]
        case tuple() | list():
            return [encode(item) for item in value]
        case _:
            return value


def decode(cls: Any, tree: Tree) -> Any:
    """The part of a model that a tree means; raises ValueError where it has not the form of one."""
    origin = get_origin(cls)
    if origin in (Union, types.UnionType):
        if tree == {}:
            return None
        return decode(next(one for one in get_args(cls) if one is not type(None)), tree)
    if cls is Cell:
        return Cell(_a(str, tree))
    if cls is Element:
        document, problems = read_xml(_a(str, tree))
        if document is None:
            raise ValueError(problems[0].message)
        return _placeless(document.root)
    if cls is DecisionTable:
        return _table(tree)
    if origin is tuple:
        return tuple(decode(get_args(cls)[0], item) for item in _a(list, tree))
    if origin is dict:
        return {_a(str, key): decode(get_args(cls)[1], item) for key, item in _a(list, tree)}
    if isinstance(cls, type) and issubclass(cls, msgspec.Struct):
        tree = _a(dict, tree)
        if issubclass(cls, Boxed | Node):
            cls = {**_BOXES, **_NODES}.get(tree.get("is kind"), cls)
        fields = _hints(cls)
        return cls(**{name: decode(fields[name], item) for name, item in tree.items() if name in fields})
    return _a(cls if isinstance(cls, type) else str, tree)


def _table(tree: Tree) -> DecisionTable:
    tree = _a(dict, tree)
    return DecisionTable(
        name="",
        hit=tree["hit"],
        inputs=decode(tuple[Cell, ...], tree["inputs"]),
        outputs=decode(tuple[Cell, ...], tree["outputs"]),
        rows=tuple(Row(decode(tuple[Cell, ...], cells)) for cells in tree["rows"]),
        defaults=decode(dict[str, str], tree["defaults"]),
        allowed=decode(dict[str, str], tree["allowed"]),
    )


def _a(cls: type, tree: Tree) -> Any:
    if not isinstance(tree, cls):
        raise ValueError(f"here a {cls.__name__} is wanted, but this is {tree!r:.60}")
    return tree


def _placeless(element: Element) -> Element:
    inside = (_placeless(child) if isinstance(child, Element) else Text(child.text) for child in element.children)
    return Element(element.space, element.name, element.attributes, tuple(inside))


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls, _SPACES)


def difference(base: Tree, wanted: Tree) -> Tree | None:
    """What must be laid over a tree so that it becomes another; None where they are the same."""
    if base == wanted:
        return None
    if isinstance(base, dict) and isinstance(wanted, dict) and base and base.keys() == wanted.keys():
        return {key: inner for key in base if (inner := difference(base[key], wanted[key])) is not None}
    if isinstance(base, list) and isinstance(wanted, list) and len(base) == len(wanted):
        inner = {str(n): difference(one, other) for n, (one, other) in enumerate(zip(base, wanted, strict=True))}
        return {key: value for key, value in inner.items() if value is not None}
    return {"=": wanted}


def laid_over(base: Tree, over: Tree | None) -> Tree:
    """The tree that a difference makes of another; what does not fit it any more is left out."""
    if not isinstance(over, Mapping):
        return base
    if "=" in over:
        return over["="]
    if isinstance(base, dict):
        return {key: laid_over(value, over.get(key)) for key, value in base.items()}
    if isinstance(base, list):
        return [laid_over(value, over.get(str(number))) for number, value in enumerate(base)]
    return base

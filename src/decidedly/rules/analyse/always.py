"""Expressions that say the same whatever the facts: always null, or always one value."""

from decidedly.feel import evaluate, tree
from decidedly.feel.diagnostics import Diagnostic, Place
from decidedly.feel.tree import Literal, Node, children, free_locals, references

_STRICT = (tree.Arithmetic, tree.Negate, tree.Between, tree.Property)


def check_always(node: Node, place: Place, *, what: str = "This expression") -> tuple[Diagnostic, ...]:
    """A warning where an expression, not a written value, can only be null or is always the same."""
    if is_written(node):
        return ()
    if always_null(node):
        message = f"{what} is always null."
        return (Diagnostic("feel.always-null", message, "Null in a sum or an order gives null.", place, "warning"),)
    if is_fixed(node):
        message = f"{what} is the same for everyone: it reads no fact."
        return (Diagnostic("feel.constant", message, "", place, "warning"),)
    return ()


def is_written(node: Node) -> bool:
    """Whether it is a value as written: a literal, or a list, range or context of such."""
    if isinstance(node, Literal):
        return True
    return isinstance(node, tree.Items | tree.Entries | tree.Bounds) and all(map(is_written, children(node)))


def is_fixed(node: Node) -> bool:
    """Whether it reads no fact and nothing that is bound outside of it."""
    return not references(node) and not free_locals(node)


def always_null(node: Node) -> bool:
    """Whether it can only be null: it is fixed and is null, or a part that makes it null can only be null."""
    if is_fixed(node):
        return evaluate(node, {}) is None
    match node:
        case tree.Compare(op=op, left=left, right=right):
            return op not in ("=", "!=") and (always_null(left) or always_null(right))
        case tree.If(then=then, otherwise=otherwise):
            return always_null(then) and always_null(otherwise)
        case tree.And(parts=parts) | tree.Or(parts=parts):
            return all(map(always_null, parts))
        case tree.Not(of=of) | tree.Named(of=of):
            return always_null(of)
        case tree.Between(low=low, high=high):
            return always_null(low) and always_null(high)
    return isinstance(node, _STRICT) and any(map(always_null, children(node)))

"""Which names an expression may use, and what they refer to.

A scope has roots (`person`, `action`, `context`), each with named, typed facts. A compiled function takes one mapping
per root, in this order. A fact is read by its id, which outlives its name, so renaming an attribute breaks no rule.
Names may hold spaces, digits and operators ("spend days 31 to 60"): the lexer takes the longest name that matches.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Optional

import msgspec

from .types import ANY, DATE, DATE_TIME, Type

if TYPE_CHECKING:
    from .tree import Node


class Name(msgspec.Struct, frozen=True):
    """A fact as the data dictionary declares it; without an id the name is the id.

    With a `tree` it is no fact but stands for that expression (a segment, a derived attribute).
    """

    name: str
    type: Type
    id: str = ""
    tree: Optional["Node"] = None

    @property
    def key(self) -> str:
        return self.id or self.name


class Reference(msgspec.Struct, frozen=True):
    """A fact that an expression can read: its path as written, and the root and id under which it is found."""

    path: tuple[str, ...]
    root: str
    id: str
    type: Type

    def __str__(self) -> str:
        return ".".join(self.path)


class Scope:
    """The names in force: build one with `Scope.of`; it does not change afterwards."""

    def __init__(
        self,
        roots: Mapping[str, tuple[Name, ...]],
        bare: tuple[str, ...],
        open_roots: frozenset[str],
        clock: str,
        types: Mapping[str, Type],
        expressions: Mapping[str, tuple[Name, ...]],
    ) -> None:
        both = {**roots, **expressions}
        self._names = {root: {spaced(name.name): name for name in names} for root, names in both.items()}
        self.roots: tuple[str, ...] = tuple(roots)
        self.prefixes: tuple[str, ...] = tuple(both)
        self.bare = bare
        self.open_roots = open_roots
        self.clock = clock
        self.types = types

    @classmethod
    def of(
        cls,
        roots: Mapping[str, Iterable[Name]],
        *,
        bare: Iterable[str] = (),
        open_roots: Iterable[str] = (),
        clock: str = "",
        types: Mapping[str, Type] | None = None,
        expressions: Mapping[str, Iterable[Name]] | None = None,
    ) -> "Scope":
        """Roots with their names.

        bare       : roots whose names may stand alone ("age band" for "person.age band"); the first that has it wins
        open_roots : roots that may hold undeclared facts of one word, read as `any`
        clock      : the root whose facts `now` and `today` answer now() and today(); without one they are errors
        types      : types with names of their own, for `instance of` and the parameters of functions
        expressions: prefixes under which all names stand for expressions (`segment.loyal`): no roots of facts

        >>> scope = Scope.of({"person": [Name("age band", STRING, "a17")], "action": []}, bare=["person"])
        """
        return cls({root: tuple(names) for root, names in roots.items()}, tuple(bare), frozenset(open_roots), clock,
                   types or {}, {root: tuple(names) for root, names in (expressions or {}).items()})  # fmt: skip

    def names(self, root: str) -> Mapping[str, Name]:
        """The names declared under a root."""
        return self._names[root]

    def find(self, root: str, name: str) -> Reference | None:
        """The fact of this name under a root."""
        found = self._names[root].get(name)
        return Reference((root, name), root, found.key, found.type) if found else None

    def expression(self, root: str, name: str) -> Optional["Node"]:
        """The tree that a name under a root stands for, if it stands for one."""
        found = self._names[root].get(name)
        return found.tree if found else None

    def bare_expression(self, name: str) -> Optional["Node"]:
        """The tree that a name means when it stands alone, if it stands for one."""
        root = next((root for root in self.bare if name in self._names[root]), None)
        return None if root is None else self.expression(root, name)

    def find_bare(self, name: str) -> Reference | None:
        """The fact that a name means when it stands alone."""
        return next((found for root in self.bare if (found := self.find(root, name))), None)

    def open_fact(self, root: str, name: str) -> Reference:
        """An undeclared fact under an open root: its name is its id, its type any."""
        return Reference((root, name), root, name, ANY)

    def clock_fact(self, which: str) -> Reference | None:
        """The fact that answers `now` or `today`."""
        if not self.clock:
            return None
        return Reference((self.clock, which), self.clock, which, DATE if which == "today" else DATE_TIME)

    @cached_property
    def digest(self) -> bytes:
        """Equal for scopes of equal names, types, ids and expressions: what was compiled in one holds in the other."""
        content = (self._names, self.bare, sorted(self.open_roots), self.clock)
        return blake2b(repr(content).encode(), digest_size=16).digest()

    @cached_property
    def top(self) -> "NameMatcher":
        """Matches what an expression may start with: roots and bare names."""
        return NameMatcher([*self.prefixes, *(name for root in self.bare for name in self._names[root])])

    @cached_property
    def type_names(self) -> "NameMatcher":
        """Matches the types with names of their own."""
        return NameMatcher(self.types)

    @cached_property
    def under(self) -> Mapping[str, "NameMatcher"]:
        """Matches the names under each root."""
        return {root: NameMatcher(names) for root, names in self._names.items()}


class NameMatcher:
    """Longest match of a text against known names, whatever the spaces between their words."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(spaced(name) for name in names))
        self._first: dict[str, _Step] = {}
        for name in self.names:
            after, step = self._first, None
            for part in _PART.findall(name):
                step = after.setdefault(part, _Step())
                after = step.after
            if step is not None:
                step.name = name

    def longest(self, text: str, offset: int) -> tuple[str, int] | None:
        """The longest known name that stands at the offset, and where it ends."""
        after, best = self._first, None
        while after and (part := _PART.match(text, offset)) and (step := after.get(part[1])):
            offset, after = part.end(), step.after
            if step.name is not None:
                best = step.name, offset
        return best


class _Step:
    """What may follow one word or symbol of a name, and the name that ends here."""

    __slots__ = ("after", "name")

    def __init__(self) -> None:
        self.after: dict[str, _Step] = {}
        self.name: str | None = None


@lru_cache(maxsize=2_000)
def matcher(names: tuple[str, ...]) -> NameMatcher:
    """The matcher of these names, made once."""
    return NameMatcher(names)


_PART = re.compile(r"\s*(\w+|[^\w\s])")


def spaced(name: str) -> str:
    """A name with single spaces: the form in which it is stored and compared."""
    return " ".join(name.split())

"""Mapped: a mapping file together with the source that it maps, both found fit for each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import AuthoringError
from decidedly.core.mapping import Mapping
from decidedly.feel import Diagnostic
from decidedly.playbook.check_mapping import check_columns
from decidedly.playbook.mapping import read_mapping
from decidedly.ports.source import Source


def mapped(
    path: Path, dictionary: Dictionary, opened: Callable[[Mapping], Source], *, named: bool
) -> tuple[Mapping, Source, tuple[Diagnostic, ...]]:
    """The mapping of a file, its source and warnings.

    opened : the source that a mapping names, or another in its place
    named  : another is named, so that it does not matter whether the mapping's own can be told
    Raises AuthoringError with all that is wrong with the mapping; what reading the source raises.
    """
    mapping, problems = read_mapping(path, dictionary)
    source = None
    if mapping is not None and (named or not any(problem.code == "mapping.from" for problem in problems)):
        source = opened(mapping)
        problems += check_columns(mapping, source.columns(), source.open_ended)
    problems = tuple(sorted(problems, key=lambda problem: problem.place))
    errors = [problem for problem in problems if problem.severity == "error"]
    if mapping is None or source is None or errors:
        raise AuthoringError(errors)
    return mapping, source, problems

"""A folder of text files -> Playbook and diagnostics."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from decidedly.core.playbook import Playbook
from decidedly.feel.diagnostics import Diagnostic, Place
from decidedly.playbook.actions import load_actions
from decidedly.playbook.attribution import load_attribution
from decidedly.playbook.brand import load_brand
from decidedly.playbook.check import check, check_dictionary
from decidedly.playbook.contact import load_contact
from decidedly.playbook.decisions import load_decisions
from decidedly.playbook.dictionary import load_dictionary
from decidedly.playbook.document import Problems
from decidedly.playbook.files import Folder
from decidedly.playbook.models import load_models
from decidedly.playbook.policies import load_policies
from decidedly.playbook.segments import load_segments
from decidedly.playbook.services import load_channels, load_services
from decidedly.playbook.templates import load_templates


def load(root: Path | str) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    """The playbook of a folder, and what is wrong with its files, by file and line.

    Nothing that an author writes is raised. The playbook holds all that could be read, so that `check` can say more;
    it is None only where brand or dictionary could not be read. Use it only where no diagnostic is an error.
    """
    return _load(Folder(Path(root), Problems()))


def load_checked(root: Path | str, on: date | None = None) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    """`load`, then `check` where there is a playbook to check, which then points at the very word."""
    folder = Folder(Path(root), Problems())
    playbook, problems = _load(folder)
    return playbook, problems if playbook is None else problems + check(playbook, folder.locate, on)


def _load(folder: Folder) -> tuple[Playbook | None, tuple[Diagnostic, ...]]:
    problems = folder.problems
    if not folder.root.is_dir():
        problems.add("playbook.missing", f"There is no folder '{folder.root}'.", Place(str(folder.root)))
        return None, tuple(problems.found)
    folder.strangers()
    brand = load_brand(folder)
    dictionary, places = load_dictionary(folder, brand)
    if dictionary is not None:
        problems.found += check_dictionary(dictionary, places)
    if brand is None or dictionary is None:
        return None, _in_order(problems)
    playbook = Playbook(
        brand=brand,
        dictionary=dictionary,
        actions=load_actions(folder, brand, dictionary),
        policies=load_policies(folder),
        contact=load_contact(folder),
        segments=load_segments(folder),
        channels=load_channels(folder, brand.currency),
        services=load_services(folder, dictionary),
        templates=load_templates(folder),
        models=load_models(folder),
        decisions=load_decisions(folder),
        attribution=load_attribution(folder),
    )
    return playbook, _in_order(problems)


def _in_order(problems: Problems) -> tuple[Diagnostic, ...]:
    return tuple(sorted(problems.found, key=lambda one: one.place))

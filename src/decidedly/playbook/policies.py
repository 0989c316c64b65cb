"""policies/ -> Policies of the four tiers: a condition in a TOML file, or a decision table."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from decidedly.core.policy import TIERS, Policy, Text, Tier
from decidedly.feel.diagnostics import Place, did_you_mean
from decidedly.playbook.document import Authored, Document
from decidedly.playbook.examples import read_examples
from decidedly.playbook.files import Folder
from decidedly.playbook.grid import read_grid

CONTACT_FILE = "policies/contact.toml"


class ValidForm(Authored, frozen=True, kw_only=True):
    """First and last day; either may be left out."""

    from_: date | None = msgspec.field(default=None, name="from")
    to: date | None = None


class ConditionForm(Authored, frozen=True, kw_only=True):
    name: str
    when: str = ""
    decision: str = ""
    source: str = ""
    owner: str = ""
    valid: ValidForm = ValidForm()
    example: list[dict[str, Any]] = msgspec.field(default_factory=list)


class TableForm(Authored, frozen=True, kw_only=True):
    """Above a decision table; what `hit`, `default` and `allowed` may say is for `rules` to check."""

    name: str
    source: str = ""
    owner: str = ""
    hit: str = "unique"
    default: dict[str, object] = msgspec.field(default_factory=dict)
    allowed: dict[str, object] = msgspec.field(default_factory=dict)
    valid: ValidForm = ValidForm()
    example: list[dict[str, Any]] = msgspec.field(default_factory=list)


def load_policies(folder: Folder) -> tuple[Policy, ...]:
    """Policies by tier, then by file name: the order in which they are asked."""
    by_tier: dict[str, list[Policy]] = {tier: [] for tier in TIERS}
    for path in folder.files("policies", ".toml", ".table"):
        name = folder.name(path)
        if name == CONTACT_FILE:
            continue
        tier = _tier(folder, path)
        if tier is None:
            continue
        policy = _table(folder, path, tier) if path.suffix == ".table" else _condition(folder, path, tier)
        if policy is not None:
            by_tier[tier].append(policy)
    return tuple(policy for tier in TIERS for policy in by_tier[tier])


def _tier(folder: Folder, path: Path) -> Tier | None:
    parent = path.relative_to(folder.root / "policies").parts[0]
    found = next((tier for tier in TIERS if tier == parent), None)
    if found is None:
        hint = did_you_mean(parent, (*TIERS, "contact.toml")) or f"Put it into one of: {', '.join(TIERS)}."
        place = Place(folder.name(path))
        folder.problems.add("policies.tier", f"'{parent}' is no tier of policies.", place, hint)
    return found


def _condition(folder: Folder, path: Path, tier: Tier) -> Policy | None:
    document = folder.document(path)
    form = document.read(ConditionForm)
    if form is None:
        return None
    when, decision = document.text("when"), document.text("decision")
    if (when is None) == (decision is None):
        folder.problems.add("policies.condition", "A policy says either 'when' or 'decision'.", Place(document.file),
                            'Write when = "..." with a condition, or decision = "MODEL/decision".')  # fmt: skip
        return None
    place = (when or decision or Text("", Place(document.file))).place
    return Policy(
        id=path.stem,
        name=form.name,
        tier=tier,
        when=when,
        decision=decision,
        source=form.source,
        owner=form.owner,
        valid_from=form.valid.from_,
        valid_to=form.valid.to,
        examples=read_examples(document),
        place=place,
    )


def _table(folder: Folder, path: Path, tier: Tier) -> Policy | None:
    text, file = folder.read(path), folder.name(path)
    grid = read_grid(text, file)
    document = Document(grid.preface, file, folder.problems)
    form = document.read(TableForm)
    if form is None:
        return None
    return Policy(
        id=path.stem,
        name=form.name,
        tier=tier,
        table=Text(text, Place(file)),
        source=form.source,
        owner=form.owner,
        valid_from=form.valid.from_,
        valid_to=form.valid.to,
        examples=read_examples(document),
        place=grid.place,
    )

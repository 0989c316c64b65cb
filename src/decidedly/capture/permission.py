"""What a word about a permission may say: lawful bases that exist, and proofs without network addresses."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any, NamedTuple, get_args

from decidedly.core.dictionary import Basis
from decidedly.feel.diagnostics import did_you_mean

_BASES = get_args(Basis)
_BETWEEN = re.compile(r"[\s,;=()\[\]\"'<>|]+")


class Wrong(NamedTuple):
    """field: of the event's properties."""

    code: str
    message: str
    field: str
    hint: str = ""


def consent_problems(said: dict[str, Any]) -> list[Wrong]:
    """What is wrong with a `consent` event whose fields are of the right types."""
    found = []
    basis, proof = said.get("basis"), said.get("proof")
    if isinstance(basis, str) and basis not in _BASES:
        hint = did_you_mean(basis, _BASES) or f"There are: {', '.join(_BASES)}."
        found.append(Wrong("event.basis", f"'{basis}' is no lawful basis.", "basis", hint))
    if isinstance(proof, str) and any(_is_address(word) for word in _BETWEEN.split(proof)):
        hint = "Name the form, the recording or the page instead."
        found.append(Wrong("event.proof", "A proof of consent keeps no network address.", "proof", hint))
    return found


def _is_address(word: str) -> bool:
    try:
        ip_address(word.rstrip(".:"))
    except ValueError:
        return False
    return True

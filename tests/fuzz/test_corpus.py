"""The texts from which fuzzing starts, among them all that once showed a mistake."""

from pathlib import Path

import pytest

from .examine import examine

TEXTS = [
    line
    for file in sorted(Path(__file__).parent.glob("corpus/*.txt"))
    for line in file.read_text().splitlines()
    if line
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_evaluated_and_compiled_alike(text: str) -> None:
    examine(text)

"""Fuzzes the rule language in one process, guided by coverage.

    python tests/fuzz/fuzz_feel.py -seed=1 -max_total_time=600

Options are those of libFuzzer. The texts of tests/fuzz/corpus are where it starts; a text that shows a mistake is
written to the file that libFuzzer names, and belongs into the corpus when the mistake is mended.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("Fuzzing needs atheris, which is not installed here: pip install atheris.")

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["decidedly.feel"]):
    from decidedly.feel.builtins import BUILTINS
    from tests.fuzz.examine import TYPES, examine

HERE = Path(__file__).parent
LONGEST_S = 20.0
"""The most processor time for one text: instrumented code is some ten times slower."""
LONGEST_TEXT = 400
WORDS = [
    *TYPES, *BUILTINS, "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "not(",
    "between", "instance of", "list<", "context<a:", "function<", "range<", "number", "function(", "external", "item",
    "partial", "null", "true", "false", '"a"', '@"2017-10-30"', '@"P1D"', '@"10:00:00"', "1", "0.5", "-", "?", "(", ")",
    "[", "]", "{", "}", "a:", ",", ".", "..", "+", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "->", "//", "/*",
    "*/",
]  # fmt: skip


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Half of the time words of the language are put in or taken out, else bytes are changed."""
    chance = random.Random(seed)
    if chance.random() < 0.5:
        changed: bytes = atheris.Mutate(data, len(data) + 8)
        return changed[:max_size]
    words = data.decode(errors="replace").split(" ")
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(words) + 1)
        words[place : place + chance.randint(0, 2)] = [chance.choice(WORDS) for _ in range(chance.randint(0, 2))]
    return " ".join(words).encode()[:max_size]


def one(data: bytes) -> None:
    """One run: any exception, or too long a time, is a find."""
    started = time.process_time()
    examine(data.decode(errors="replace")[:LONGEST_TEXT])
    taken = time.process_time() - started
    assert taken < LONGEST_S, f"it took {taken:.1f} s"


def main() -> None:
    """Unpacks the corpus, one text a line, and hands over to libFuzzer."""
    start = Path(tempfile.mkdtemp(prefix="fuzz_feel_"))
    lines = [line for file in sorted(HERE.glob("corpus/*.txt")) for line in file.read_text().splitlines() if line]
    for number, line in enumerate(lines):
        (start / f"{number:04}").write_text(line)
    atheris.Setup([*sys.argv, str(start)], one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

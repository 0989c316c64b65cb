"""Regular expressions mean what XPath and XML Schema say, not what Python says, and none takes long."""

import random
import re

import pytest

from decidedly.feel.pattern_machine import Machine
from decidedly.feel.pattern_syntax import python_text, read_pattern
from decidedly.feel.patterns import compile_pattern, replace_pattern, search_pattern, split_pattern


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        # the dot, and the ends of texts and lines
        ("Mary\rJones", "Mary.Jones", "", False),
        ("Mary\rJones", "Mary.Jones", "s", True),
        ("abc\n", "c$", "", False),
        ("abc\ndef", "c$", "m", True),
        ("abcd\n\ndefg\n ", "^$", "m", True),
        ("abcd\ndefg\n", "^$", "m", False),
        # classes: one without another, negated, escaped, whatever the case
        ("x", "[A-Z-[OI]]", "i", True),
        ("O", "[A-Z-[OI]]", "", False),
        ("i", "[A-Z-[OI]]", "i", False),
        ("q", "[^Q]", "i", False),
        ("x-y", "^[\\w-]+$", "", True),
        ("]", "[\\]]", "", True),
        # \w is all but punctuation, separators and others
        ("a_b", "^\\w+$", "", False),
        ("a+b", "^\\w+$", "", True),
        ("\u00a0", "\\s", "", False),
        ("\u0663", "\\d", "", True),
        ("foo:bar", "^\\i\\c*$", "", True),
        ("1a", "^\\i\\c*$", "", False),
        # categories and blocks mean the same whatever the case
        ("É", "^\\p{Ll}$", "i", False),
        ("É", "^[\\p{Ll}E]$", "i", False),
        ("e", "^[\\p{Lu}E]$", "i", True),
        ("a", "^[^\\p{Lu}b]$", "i", True),
        ("B", "^[^\\p{Lu}b]$", "i", False),
        ("hello", "^\\p{IsBasicLatin}+$", "", True),
        ("é", "\\P{IsBasicLatin}", "", True),
        # spaces count for nothing with x, but in classes
        ("hello world", "he ll o[ ]worl d", "x", True),
        ("hello world", "\\p{ I s B a s i c L a t i n }+", "x", True),
        # groups
        ("aA", "(a)\\1", "i", True),
        ("ab", "^(?:a)(b)$", "", True),
        ("ababcd", "^(ab|cd)+$", "", True),
        ("aaaa", "^(a{2}){2}$", "", True),
    ],
)
def test_a_pattern_occurs(text: str, pattern: str, flags: str, expected: bool) -> None:
    assert search_pattern(text, pattern, flags) is expected


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "[]", "[z-a]", "[a-b-c]", "a**", "+", "^*", "a{2,1}", "a{,2}", "\\q", "\\3", "(a)\\2", "(\\1)",
     "[\\1]", "\\0", "\\p{X}", "\\p{IsNowhere}", "\\p", "(?=a)", "(?i)a", "[a[b]]", "a|*", "(" * 40 + ")" * 40],
)  # fmt: skip
def test_what_is_no_pattern_is_told_in_words(pattern: str) -> None:
    refused = compile_pattern(pattern)
    assert isinstance(refused, str)
    assert search_pattern("a", pattern, "") is None


def test_unknown_flags_are_refused() -> None:
    assert compile_pattern("a", "q") == "the flags are i, s, m and x"


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "expected"),
    [
        ("0123456789", "(\\d{3})(\\d{3})(\\d{4})", "($1) $2-$3", "(012) 345-6789"),
        ("abc", "(b)", "[$12]", "a[b2]c"),
        ("abc", "b", "[$1]", "a[]c"),
        ("abcd", "(ab)|(a)", "[1=$1][2=$2]", "[1=ab][2=]cd"),
        ("abc", "b", "$0$0", "abbc"),
        ("abc", "b", "\\$\\\\", "a$\\c"),
        ("abc", "b", "$", None),
        ("abc", "b", "\\n", None),
        ("abc", "x*", "-", None),
    ],
)
def test_replacements(text: str, pattern: str, replacement: str, expected: str | None) -> None:
    assert replace_pattern(text, pattern, replacement, "") == expected


def test_a_text_is_split_at_matches_that_take_something() -> None:
    assert split_pattern("a;b;c;;", ";") == ["a", "b", "c", "", ""]
    assert split_pattern("abc", "") == ["abc"]
    assert split_pattern("a1b22c", "(\\d)+") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a" * 4_000, "a*b"),
        ("a" * 400, "a*a*b"),
        ("a" * 120, "a*(a|aa)a*b"),
        ("ab" * 2_000, "(ab|ac)*d"),
        ("a" * 100_000, "(a{100}){100}b"),
        ("a" * 100_000, "b|c|d"),
    ],
)
def test_the_worst_texts_for_a_pattern_come_to_an_end(text: str, pattern: str) -> None:
    assert search_pattern(text, pattern, "") in (False, None)


def a_pattern(chance: random.Random, depth: int = 0) -> str:
    """A pattern whose repeated parts take something, so that all matchers mean the same."""
    kind = chance.random() if depth < 4 else 0
    if kind < 0.4:
        return chance.choice(["a", "b", "[ab]", ".", r"\w", "[^a]"])
    inner, other = a_pattern(chance, depth + 1), a_pattern(chance, depth + 1)
    if kind < 0.6:
        return inner + other
    if kind < 0.8:
        return f"({inner})" if kind < 0.7 else f"(?:{inner}|{other})"
    return f"(?:{inner})" + chance.choice(["+", "{1,2}", "{2}", "+?", "{2,}"])


def test_the_machine_finds_what_pythons_matcher_finds() -> None:
    chance = random.Random(20171030)
    for _ in range(600):
        pattern = a_pattern(chance)
        parts = read_pattern(pattern, "")
        compiled, machine = re.compile(python_text(parts)), Machine(parts, re.NOFLAG)
        for _ in range(3):
            text = "".join(chance.choice("ab\n") for _ in range(chance.randint(0, 8)))
            expected = [[match[i] for i in range(compiled.groups + 1)] for match in compiled.finditer(text)]
            found = [[match[i] for i in range(compiled.groups + 1)] for match in machine.finditer(text)]
            assert found == expected, (pattern, text)


def test_patterns_with_repeated_choices_are_replaced_and_split() -> None:
    assert replace_pattern("a1b22c", "(([0-9])+)+", "<$1>", "") == "a<1>b<22>c"
    assert split_pattern("a, b;  c", "(,|;)( |  )*") == ["a", "b", "c"]

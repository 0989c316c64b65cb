"""The reference of the built-in functions is that of the code."""

from decidedly.feel.builtins import BUILTINS

from .builtins_page import PAGE, TITLES, page


def test_the_page_of_the_builtins_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m tests.docs.builtins_page"


def test_every_builtin_is_in_a_section_of_the_page() -> None:
    assert {builtin.section for builtin in BUILTINS.values()} == set(TITLES)

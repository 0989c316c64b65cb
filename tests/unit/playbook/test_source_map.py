"""Places of keys and values in TOML texts."""

from __future__ import annotations

from decidedly.playbook.source_map import SourceMap

TEXT = '''\
# a comment with = and [brackets]
name = "Coupons"   # another
"quoted key" = 1
list = ["a", # inside
        "b"]

[order.fields]
id = { type = "string", required = true }

[[cap]]
at-most = 1
[[cap]]
at-most = 2
when = """
a = 1
and b = 2
"""
same = \'single "quotes"\'
'''


def at(*path: str | int) -> tuple[int, int]:
    place = SourceMap(TEXT).value(*path)
    return place.line, place.column


def test_a_value_is_found_behind_its_key() -> None:
    assert at("name") == (2, 8)
    assert at("quoted key") == (3, 16)


def test_items_of_a_list_have_their_own_places() -> None:
    assert at("list", 0) == (4, 9)
    assert at("list", 1) == (5, 9)


def test_keys_of_inline_tables_are_found() -> None:
    assert at("order", "fields", "id", "required") == (8, 36)
    assert SourceMap(TEXT).key("order", "fields", "id", "required").column == 25


def test_repeated_tables_are_told_apart() -> None:
    assert at("cap", 0, "at-most") == (11, 11)
    assert at("cap", 1, "at-most") == (13, 11)


def test_a_long_text_begins_on_the_line_after_its_quotes() -> None:
    place = SourceMap(TEXT).text("cap", 1, "when")
    assert (place.line, place.column) == (15, 1)


def test_a_text_begins_inside_its_quotes() -> None:
    place = SourceMap(TEXT).text("cap", 1, "same")
    assert (place.line, place.column, place.length) == (18, 9, len('single "quotes"'))


def test_a_key_that_is_not_written_stands_where_its_table_stands() -> None:
    place = SourceMap(TEXT).key("cap", 1, "name")
    assert (place.line, place.column) == (12, 1)

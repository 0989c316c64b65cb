"""Infer: what came in undeclared, as proposals; and the proposals as text that the playbook reads."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

from msgspec.structs import replace

from decidedly import playbook
from decidedly.capture import Inferred, infer
from decidedly.capture.infer import MOST_FIELDS, masked
from decidedly.core.dictionary import Attribute
from tests.unit.capture.conftest import Hub, raw

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def inferred(hub: Hub) -> Inferred:
    return infer(hub.journal, hub.dictionary)


def types(hub: Hub, kind: str) -> dict[str, str]:
    found = next(one for one in inferred(hub).kinds if one.kind == kind)
    return {field.name: field.type for field in found.fields}


def test_what_is_declared_is_not_proposed(hub: Hub) -> None:
    hub.capture(raw("page", "m1", name="home"), raw("identify", "m2", **{"age-band": "35-44"}))
    told = inferred(hub)
    assert (told.looked_at, told.kinds, told.attributes) == (2, (), ())


def test_types_are_the_narrowest_that_hold_every_value(hub: Hub) -> None:
    values = {
        "whole": (1, -5, 3_000_000_000),
        "decimal": (1.5, 2, 0.125),
        "long": (0.1234567891, 1, 2),
        "yes": (True, False, True),
        "text": ("a", "2017-10-30", ""),
        "day": ("2017-10-30", "2017-01-01", "2016-02-29"),
        "moment": ("2017-10-30", "2017-10-30T08:00:00Z", "2017-10-30T08:00:00+02:00"),
        "tags": (["a"], [], ["b", "c"]),
        "counts": ([1], [2, 3], []),
        "box": ({"a": 1}, {"a": 2}, {}),
        "mixed": (1, "a", True),
    }
    for number in range(3):
        hub.capture(raw("seen", f"m{number}", **{name: of[number] for name, of in values.items()}))
    assert types(hub, "seen") == {
        "whole": "number(0)",
        "decimal": "number(3)",
        "long": "real",
        "yes": "boolean",
        "text": "string",
        "day": "date",
        "moment": "date and time",
        "tags": "list of string",
        "counts": "list of number(0)",
        "box": "context",
        "mixed": "Any",
    }


def test_how_often_and_whether_always_is_counted(hub: Hub) -> None:
    hub.capture(raw("seen", "m1", a=1, b=None), raw("seen", "m2", a=2, b=3), raw("other", "m3"))
    told = inferred(hub)
    assert [(one.kind, one.times) for one in told.kinds] == [("seen", 2), ("other", 1)]
    a, b = told.kinds[0].fields
    assert (a.times, a.of, a.required) == (2, 2, True)
    assert (b.name, b.times, b.required) == ("b", 1, False)


def test_undeclared_fields_of_declared_kinds_and_items_are_proposed(hub: Hub) -> None:
    line = {"product_id": "x", "gift": True}
    hub.capture(raw("order", "m1", order_id="1", till=4, products=[line, {"product_id": "y"}]))
    [order] = inferred(hub).kinds
    assert order.declared
    assert [(one.name, one.type) for one in order.fields] == [("till", "number(0)")]
    assert [(one.name, one.times, one.of) for one in order.item_fields] == [("gift", 1, 2)]


def test_a_list_of_objects_is_the_items_of_an_undeclared_kind(hub: Hub) -> None:
    hub.capture(raw("Cart Viewed", "m1", cart="7", lines=[{"sku": "a", "n": 1}, {"sku": "b"}]))
    [cart] = inferred(hub).kinds
    assert (cart.items, [one.name for one in cart.fields]) == ("lines", ["cart"])
    assert [(one.name, one.required) for one in cart.item_fields] == [("sku", True), ("n", False)]


def test_traits_become_attributes_of_persons(hub: Hub) -> None:
    hub.capture(raw("identify", "m1", favouriteStore="330", **{"age-band": "35-44"}))
    told = inferred(hub)
    assert [(one.name, one.type) for one in told.attributes] == [("favouriteStore", "string")]
    assert told.kinds == ()


def test_examples_that_look_personal_keep_their_shape_alone() -> None:
    assert masked("colour", "green") == "green"
    assert masked("contact", "jo.doe7@example.org") == "xx.xxx9@xxxxxxx.xxx"
    assert masked("firstName", "Jörg") == "xxxx"
    assert masked("note", "call +49 171 1234567") == "xxxx +99 999 9999999"
    assert masked("n", 12) == "12"
    assert masked("phone", 491711234567) == "999999999999"
    assert len(masked("text", "x" * 500)) == 40


def test_memory_is_bounded_by_kinds_and_fields(hub: Hub) -> None:
    hub.capture(raw("wide", "m1", **{f"f{number}": number for number in range(MOST_FIELDS + 5)}))
    told = inferred(hub)
    assert len(told.kinds[0].fields) == MOST_FIELDS
    assert told.left_out == 5


def test_proposals_stand_at_the_end_of_a_playbooks_files_and_declare_what_came(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "grocer"
    shutil.copytree(EXAMPLES / "grocer", folder)
    book, _ = playbook.load(folder)
    assert book is not None
    hub.dictionary = book.dictionary
    hub.capture(
        raw("order", "m1", order_id="1", **{"till no.": 4}, products=[{"product_id": "x", "gift_cents": 70}]),
        raw("Cart Viewed", "m2", cart="7", total_cents=12, box={"a": 1}, lines=[{"sku": "a\x7f"}]),
        raw("identify", "m3", shoe_size=43.5, email2="a@b.de"),
    )
    texts = playbook.propose(inferred(hub), hub.dictionary)
    assert set(texts) == {"events.toml", "person.toml"}
    assert "a@b.de" not in texts["person.toml"]
    for name, text in texts.items():
        assert tomllib.loads(text)
        path = folder / "dictionary" / name
        path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
    more, found = playbook.load_checked(folder)
    assert [one for one in found if one.severity == "error"] == []
    assert more is not None
    cart = more.dictionary.kind("Cart Viewed")
    assert cart is not None
    assert (cart.id, cart.items) == ("cart-viewed", "lines")
    assert {field.name: (field.type, field.required) for field in cart.fields} == {
        "cart": ("string", True),
        "total_cents": ("money(USD)", True),
    }
    shoe = next(one for one in more.dictionary.attributes if one.id == "shoe_size")
    assert (shoe.name, shoe.type) == ("shoe size", "number(1)")
    hub.dictionary = more.dictionary
    left = inferred(hub)
    assert [(one.kind, [field.name for field in one.fields]) for one in left.kinds] == [("Cart Viewed", ["box"])]
    assert hub.rebuild().refused == 0
    assert "cart-viewed" in hub.leaf("loyalty:1").panes


def test_an_attribute_that_nothing_fits_is_told_in_a_comment(hub: Hub) -> None:
    hub.capture(raw("identify", "m1", box={"a": 1}))
    hub.dictionary = replace(hub.dictionary, attributes=(Attribute(id="x", name="x", of="person", type="string"),))
    text = playbook.propose(inferred(hub), hub.dictionary)["person.toml"]
    assert "No type fits 'box'" in text
    assert tomllib.loads(text) == {}

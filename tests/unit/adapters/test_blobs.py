"""Blobs: old ones are read for ever, later ones are refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.adapters.blobs import EVENT, LEAF, LEDGER, PLAYBOOK, Codec
from decidedly.core.errors import StoreTooNew
from decidedly.core.event import Event
from decidedly.core.ledger import Entry, Ledger
from decidedly.core.person import Leaf
from decidedly.core.playbook import Playbook
from decidedly.person import fold
from tests.cases import NOON, dictionary, event
from tests.shop import playbook

# Written by schema 1. Never change these: stores in the field hold such bytes. A new schema adds its own.
GOLDEN_EVENT = bytes.fromhex(
    "00018daa6d6573736167655f6964a26d31a46b696e64a470616765a26174d6ff59f71440ab72656365697665645f6174d6ff59f71440"
    "ab6964656e746966696572739192a76c6f79616c7479a131a6736f75726365a474657374a76368616e6e656ca0aa70726f7065727469"
    "657382a46e616d65a4686f6d65a5646570746802ab6465636973696f6e5f6964a0a3686f77a5676976656eaa636f6e666964656e6365"
    "cb3ff0000000000000a973796e746865746963c2a5666c61677390"
)
GOLDEN_LEAF = bytes.fromhex(
    "000186a26964a27031a776657273696f6e01ab6964656e7469666965727390a5666163747381a86167652d62616e649183a576616c75"
    "65a533352d3434aa70726f76656e616e636585a3686f77a5676976656ea6736f75726365a474657374a26174d6ff59f71440aa636f6e"
    "666964656e6365cb3ff0000000000000a973796e746865746963c2aa6d6573736167655f6964a26d32a8636f6e73656e74739185a770"
    "7572706f7365a96d61726b6574696e67a76368616e6e656ca3736d73a76772616e746564c2aa70726f76656e616e636585a3686f77a5"
    "676976656ea6736f75726365a474657374a26174d6ff59f71440aa636f6e666964656e6365cb3ff0000000000000a973796e74686574"
    "6963c2aa6d6573736167655f6964a26d33a570616e657383a7636f6e73656e7485a26174c4084014f75900000000a36b6579c408f8a1"
    "742d4a6d5b64a56669727374c4080000000001000000a7636f6c756d6e7380a66d6963726f73c400a86964656e7469667985a26174c4"
    "084014f75900000000a36b6579c408c203129735019090a56669727374c4080000000001000000a7636f6c756d6e7380a66d6963726f"
    "73c400ae70726f647563742d76696577656485a26174c4084014f75900000000a36b6579c408d7425a3c0e696965a56669727374c408"
    "0000000001000000a7636f6c756d6e7382aa70726f647563745f6964c40840f89e395b66422fa77365636f6e6473c408000000000000"
    "f87fa66d6963726f73c400"
)
GOLDEN_LEDGER = bytes.fromhex(
    "000184a46c656166a27031a776657273696f6e02a565706f636801a7656e74726965739187a26964a26431ad636f6e746163745f636c"
    "617373a96d61726b6574696e67a76368616e6e656ca3736d73a26174d6ff59f71440a57374617465a87265736572766564a5756e7469"
    "6cd6ff59f71440a96578706f737572657303"
)


def golden_event() -> Event:
    return event("page", NOON, "m1", name="home", depth=2)


def golden_leaf() -> Leaf:
    said = event("identify", NOON, "m2", **{"age-band": "35-44"})
    word = event("consent", NOON, "m3", purpose="marketing", channel="sms", granted=False)
    return fold(Leaf(id="p1"), [said, word, event("product-viewed", NOON, "m4", product_id="a")], dictionary())


def golden_ledger() -> Ledger:
    entry = Entry(id="d1", contact_class="marketing", channel="sms", at=NOON, state="reserved", until=NOON, exposures=3)
    return Ledger(leaf="p1", version=2, epoch=1, entries=(entry,))


@pytest.mark.parametrize(
    ("codec", "golden", "value"),
    [
        (EVENT, GOLDEN_EVENT, golden_event()),
        (LEAF, GOLDEN_LEAF, golden_leaf()),
        (LEDGER, GOLDEN_LEDGER, golden_ledger()),
    ],
)
def test_a_blob_of_schema_1_is_read(codec: Codec[Any], golden: bytes, value: object) -> None:
    assert codec.decode(golden) == value


def test_a_blob_begins_with_its_schema_number() -> None:
    assert EVENT.encode(golden_event())[:2] == b"\0\1"


def test_a_later_schema_is_refused() -> None:
    with pytest.raises(StoreTooNew, match="schema 2"):
        EVENT.decode(b"\0\2" + GOLDEN_EVENT[2:])


def tree_of_schema_2(book: Playbook) -> Any:
    tree = msgspec.msgpack.decode(PLAYBOOK.encode(book)[2:])
    for cap in tree["contact"]["caps"]:
        scope = cap.pop("scope")
        cap |= {"days": cap.pop("per")["count"], "contact_class": scope["contact_class"], "channel": scope["channel"]}
    return tree


def test_caps_of_a_playbook_of_schema_2_have_a_scope_and_a_window() -> None:
    book = replace(playbook(), actions=())
    old = b"\0\2" + msgspec.msgpack.encode(tree_of_schema_2(book))
    assert PLAYBOOK.decode(old).contact == book.contact


def test_windows_of_a_playbook_of_schema_1_become_stretches_of_time() -> None:
    book = replace(playbook(), actions=())
    tree = tree_of_schema_2(book)
    for aggregate in tree["dictionary"]["aggregates"]:
        over = aggregate.pop("over")
        aggregate["days"] = over["oldest"] if over else 0
    old = b"\0\1" + msgspec.msgpack.encode(tree)
    assert [str(one.over) for one in PLAYBOOK.decode(old).dictionary.aggregates] == [
        str(one.over) for one in book.dictionary.aggregates
    ]


class Renamed(msgspec.Struct, frozen=True):
    given: str
    family: str = ""


def test_an_old_blob_passes_through_every_upcaster() -> None:
    old = b"\0\1" + msgspec.msgpack.encode({"name": "Ada Lovelace"})

    def split(tree: Any) -> Any:
        given, family = tree["name"].split()
        return {"first": given, "family": family}

    def rename(tree: Any) -> Any:
        return {"given": tree["first"], "family": tree["family"]}

    codec = Codec(Renamed, schema=3, upcasters={1: split, 2: rename})
    assert codec.decode(old) == Renamed("Ada", "Lovelace")
    assert codec.decode(codec.encode(Renamed("Grace"))) == Renamed("Grace")

"""Consent of leaves that became one person: which word counts, and from when on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from decidedly.core.consent import Consent
from decidedly.core.derive import leaf_id
from decidedly.core.dictionary import Purpose
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf
from decidedly.core.provenance import Provenance
from decidedly.person import consented, seen
from decidedly.ports.reader import Stored
from tests.cases import NOON, dictionary

DAY = timedelta(days=1)
ADS = Purpose(id="marketing", name="marketing")
A, B = Identifier("loyalty", "1"), Identifier("email", "e@x.de")


def said(granted: bool, days: int, channel: str = "email") -> Consent:
    at = NOON + days * DAY
    provenance = Provenance(how="given", source="web", at=at)
    return Consent(
        purpose="marketing", channel=channel, granted=granted, provenance=provenance, message_id=f"{channel}{days}"
    )


def alone(*words: Consent) -> Stored:
    leaf = Leaf(id="p", version=1, identifiers=(A,), consents=words)
    return Stored(leaf="p", leaves=(leaf,), ledgers=(Ledger(leaf="p"),), cluster=Cluster(leaves=("p",)))


def merged(a: tuple[Consent, ...], b: tuple[Consent, ...], day: int) -> Stored:
    """Two leaves that became one person on a day."""
    leaves = sorted(
        (Leaf(id=leaf_id(one), version=1, identifiers=(one,), consents=words) for one, words in ((A, a), (B, b))),
        key=lambda leaf: leaf.id,
    )
    ids = tuple(leaf.id for leaf in leaves)
    edge = Edge(a=B, b=A, at=NOON + day * DAY, message_id="e")
    ledgers = tuple(Ledger(leaf=id) for id in ids)
    return Stored(leaf=leaf_id(A), leaves=tuple(leaves), ledgers=ledgers, cluster=Cluster(leaves=ids, joins=(edge,)))


def test_the_newest_word_counts_whatever_the_order_in_which_it_came() -> None:
    words = said(True, -1), said(False, -5)
    assert consented(alone(*words), ADS, "email", NOON)
    assert consented(alone(*words[::-1]), ADS, "email", NOON)


def test_silence_is_no_consent() -> None:
    assert not consented(alone(), ADS, "email", NOON)


def test_a_word_about_another_purpose_says_nothing_of_this_one() -> None:
    assert not consented(alone(said(True, -1)), Purpose(id="research", name="research"), "email", NOON)


@pytest.mark.parametrize("days", [(-5, -1), (-1, -5)])
def test_of_words_from_before_the_joining_the_stricter_counts(days: tuple[int, int]) -> None:
    both = merged((said(True, days[0]),), (said(False, days[1]),), day=0)
    assert not consented(both, ADS, "email", NOON + DAY)


def test_a_yes_said_after_the_joining_counts_for_the_whole_person() -> None:
    both = merged((said(False, -5),), (said(True, 2),), day=1)
    assert consented(both, ADS, "email", NOON + 3 * DAY)


def test_a_no_to_all_channels_of_one_leaf_holds_for_the_other() -> None:
    both = merged((said(True, -1),), (said(False, -5, "all"),), day=0)
    assert not consented(both, ADS, "email", NOON + DAY)
    assert not consented(both, ADS, "sms", NOON + DAY)


def test_before_the_joining_each_leaf_is_seen_alone() -> None:
    both = merged((said(True, -5),), (said(False, -4),), day=0)
    early = seen(both, NOON - DAY, dictionary())
    assert early.consents["marketing"]["email"].granted
    assert early.identifiers == (A,)
    late = seen(both, NOON + DAY, dictionary())
    assert not late.consents["marketing"]["email"].granted
    assert late.identifiers == (A, B)

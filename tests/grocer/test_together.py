"""The records of three sources are put together by equal identifiers, and the rest by matching names and addresses."""

from __future__ import annotations

from pathlib import Path

from decidedly import capture
from decidedly.demo import run as demo
from decidedly.demo import three
from decidedly.demo.playbook import grocer
from decidedly.demo.together import together
from tests.grocer.steps import open_hub

HOUSEHOLDS = range(1, 401)


def test_matching_puts_together_what_identifiers_leave_apart_and_nothing_else(tmp_path: Path) -> None:
    accounts = list(three.accounts(HOUSEHOLDS))
    with open_hub(tmp_path) as hub:
        hub.publish(grocer())
        hub.load([[account.event for account in accounts]])
        by_identifiers = together(accounts, hub.reader)
        capture.match(hub.graph, hub.models, demo.MATCHED_AT)
        by_matching = together(accounts, hub.reader)
    assert by_identifiers.precision == 1
    assert by_identifiers.recall < 0.8
    assert by_matching.precision > 0.999
    assert by_matching.recall > 0.95
    assert by_matching.whole > by_identifiers.whole + 0.2

"""`decidedly segment explain` tells criteria and the next change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from decidedly.cli.segment import _show
from decidedly.decide.membership import Change, Criterion, Membership

AT = datetime(2017, 10, 20, tzinfo=UTC)


def member(change: Change | None) -> Membership:
    asked = Criterion(sentence="orders last 30 days is 0", met=False, level=0,
                      facts=(("orders last 30 days", "1"),), why=())  # fmt: skip
    return Membership(segment="lapsing", name="Lapsing", person="p1", at=AT, member=False, criteria=(asked,),
                      change=change, searched_until=AT)  # fmt: skip


def test_the_next_change_is_told_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    change = Change(at=AT, when="31 October 2017 at 10:31", member=True, because="orders last 30 days falls to 0")
    _show(member(change), "1029")
    told = capsys.readouterr().out
    assert "1029 is not in the segment lapsing" in told
    assert "orders last 30 days: 1" in told
    assert "comes in on 31 October 2017 at 10:31, because orders last 30 days falls to 0." in told


def test_where_nothing_changes_it_says_until_when(capsys: pytest.CaptureFixture[str]) -> None:
    _show(member(None), "1029")
    assert "stays so until 20 October 2017" in capsys.readouterr().out

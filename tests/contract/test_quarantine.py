"""Contract of the quarantine: whole, once each, in order of arrival, and never more than it may hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from decidedly.core.quarantine import Arrival, Quarantined, QuarantineFull
from decidedly.core.refusal import Refusal
from tests.cases import NOON
from tests.contract.conftest import Ports

HOUR = timedelta(hours=1)
QUARANTINED, QUARANTINED_BYTES = 5, 1000


@pytest.fixture
def small(ports: Ports) -> Ports:
    """Ports whose quarantine holds little."""
    ports.quarantine.most, ports.quarantine.most_bytes = QUARANTINED, QUARANTINED_BYTES
    return ports


def refused(body: bytes, kind: str = "order", *codes: str, hours: int = 0, times: int = 1) -> Quarantined:
    at = NOON + hours * HOUR
    codes = codes or ("event.wrong-type",)
    return Quarantined(
        arrival=Arrival(format="segment", body=body, source="web", envelope=b'{"sentAt":"2017-10-30T12:00:00Z"}'),
        kind=kind,
        received_at=at,
        last_at=at,
        refusals=tuple(Refusal(code=code, message="No.", place="batch[0]", hint="Mend it.") for code in codes),
        shift=timedelta(days=-3, microseconds=1),
        times=times,
    )


def test_what_is_put_comes_back_to_the_byte(ports: Ports) -> None:
    one = refused(b'{"type": "track",\x00 "\xff": 1}')
    assert ports.quarantine.put([one]) == 1
    assert ports.quarantine.get(one.id) == one
    assert ports.quarantine.page() == [(ports.quarantine.page()[0][0], one)]
    assert ports.quarantine.get("q0") is None


def test_the_same_bytes_are_kept_once_with_the_first_arrival_and_the_newest_reasons(ports: Ports) -> None:
    ports.quarantine.put([refused(b"a")])
    again = refused(b"a", "page", "event.missing-field", hours=2)
    assert ports.quarantine.put([again, again]) == 0
    [(_, kept)] = ports.quarantine.page()
    assert (kept.received_at, kept.last_at, kept.times) == (NOON, NOON + 2 * HOUR, 3)
    assert (kept.kind, kept.codes) == ("page", ("event.missing-field",))
    assert ports.quarantine.counts() == {"event.missing-field": 1}


def test_events_come_in_the_order_of_their_first_arrival_and_pages_go_on(ports: Ports) -> None:
    ports.quarantine.put([refused(b"c"), refused(b"a")])
    ports.quarantine.put([refused(b"b")])
    ports.quarantine.put([refused(b"c")])
    first = ports.quarantine.page(limit=2)
    assert [one.arrival.body for _, one in first] == [b"c", b"a"]
    assert [one.arrival.body for _, one in ports.quarantine.page(after=first[-1][0])] == [b"b"]


def test_a_number_is_never_given_twice(ports: Ports) -> None:
    ports.quarantine.put([refused(b"a")])
    [(number, one)] = ports.quarantine.page()
    ports.quarantine.remove([one.id])
    ports.quarantine.put([refused(b"b")])
    assert [body for number, body in ports.quarantine.page(after=number)] == [refused(b"b")]


def test_kinds_and_codes_can_be_chosen(ports: Ports) -> None:
    ports.quarantine.put(
        [
            refused(b"a", "order", "event.wrong-type", "event.missing-field"),
            refused(b"b", "page", "event.missing-field"),
            refused(b"c", "order", "event.missing"),
        ]
    )

    def bodies(**chosen: str) -> list[bytes]:
        return [one.arrival.body for _, one in ports.quarantine.page(**chosen)]  # type: ignore[arg-type]

    assert bodies(kind="order") == [b"a", b"c"]
    assert bodies(code="event.missing-field") == [b"a", b"b"]
    assert bodies(kind="order", code="event.missing") == [b"c"]
    assert bodies(kind="nothing") == []
    assert ports.quarantine.counts() == {"event.missing": 1, "event.missing-field": 2, "event.wrong-type": 1}


def test_what_is_removed_is_gone(ports: Ports) -> None:
    a, b = refused(b"a"), refused(b"b")
    ports.quarantine.put([a, b])
    assert ports.quarantine.remove([a.id, a.id, "q0"]) == 1
    assert [one for _, one in ports.quarantine.page()] == [b]
    assert ports.quarantine.filled().events == 1


def test_an_event_that_was_only_looked_at_again_does_not_come_back(ports: Ports) -> None:
    assert ports.quarantine.put([refused(b"a", times=0)]) == 0
    assert ports.quarantine.page() == []
    ports.quarantine.put([refused(b"a")])
    ports.quarantine.put([refused(b"a", "order", "event.naive-time", times=0)])
    [(_, kept)] = ports.quarantine.page()
    assert (kept.times, kept.codes) == (1, ("event.naive-time",))


def test_a_full_quarantine_refuses_all_or_nothing_and_keeps_what_it_has(small: Ports) -> None:
    held = [refused(b"%d" % number) for number in range(QUARANTINED - 1)]
    small.quarantine.put(held)
    with pytest.raises(QuarantineFull, match="full: it holds 4 events"):
        small.quarantine.put([refused(b"x"), refused(b"y")])
    assert [one for _, one in small.quarantine.page()] == held
    assert small.quarantine.put([refused(b"x"), held[0]]) == 1
    assert small.quarantine.put([held[0]]) == 0
    small.quarantine.remove([held[0].id])
    assert small.quarantine.put([refused(b"y")]) == 1


def test_bytes_are_limited_too(small: Ports) -> None:
    with pytest.raises(QuarantineFull):
        small.quarantine.put([refused(b"x" * QUARANTINED_BYTES)])
    small.quarantine.put([refused(b"x" * (QUARANTINED_BYTES - 100))])
    assert small.quarantine.filled().size == QUARANTINED_BYTES - 100 + 33

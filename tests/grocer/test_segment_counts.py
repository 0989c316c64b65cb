"""Each segment of the grocer is counted by one query, and the count is that of its members."""

from __future__ import annotations

from collections import Counter

from decidedly.app import Hub


def test_every_segment_counts_the_people_who_are_in_it(hub: Hub) -> None:
    at = hub.clock.now()
    members: Counter[str] = Counter()
    people = 0
    for stored in hub.people():
        members.update(hub.snapshot.segments_of(hub.view_of(stored, at)))
        people += 1
    counts = hub.count_segments(at=at)
    assert {id: one.people for id, one in counts.items()} == {id: members[id] for id in counts}
    assert {one.of for one in counts.values()} == {people}

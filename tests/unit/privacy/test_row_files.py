"""Erasing reaches the files of rows that were written beside the store."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from decidedly.app import Hub, Settings, fixed_clock
from decidedly.core.quarantine import Quarantined
from decidedly.privacy.row_files import read_row_files
from tests.unit.privacy.test_erase import ANN, BOB, MAIL, NOW, fill

MAPPING = """
source = "till"

[from]
file = "rows.csv"

[events.page]
key = "id"
at = "when"

[events.page.who]
email = "mail"
loyalty = "card"

[events.page.fields]
name = "said"
"""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(Settings(tmp_path / "hub", fixed_clock(NOW))) as opened:
        fill(opened)
        yield opened


def rejected(hub: Hub, folder: Path, *rows: str) -> Path:
    """Rows that are refused for their time, in the file of rejected rows."""
    (folder / "rows.csv").write_text("\n".join(["id,when,mail,card,said", *rows]) + "\n", encoding="utf-8")
    path = folder / "shop.toml"
    path.write_text(MAPPING, encoding="utf-8")
    mapping, source, _ = hub.mapping(path)
    report, file = hub.import_rows(mapping, source, folder / "rejected.csv")
    assert report.rejected == len(rows)
    return file


def names(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return [row["said"] for row in csv.DictReader(opened)]


def test_the_rows_of_the_person_go_and_those_of_others_stay(hub: Hub, tmp_path: Path) -> None:
    file = rejected(
        hub, tmp_path, "1,never,Ann@ZQ.example,,by her address", '2,never,,471147,"by her\ncard, zq"',
        "3,never,,9,of another", "4,never,,,a letter of ann@zq.example", "5,never,,471148,of her twin",
    )  # fmt: skip
    size = file.stat().st_size
    erasure = hub.privacy.erase(ANN, "officer", "asked for")
    assert names(file) == ["of another", "a letter of ann@zq.example"]
    assert erasure.removed["rows"] == 3
    assert file.stat().st_size == size
    assert b"471147" not in file.read_bytes()


def test_what_is_left_is_imported_as_before(hub: Hub, tmp_path: Path) -> None:
    file = rejected(hub, tmp_path, "1,never,ann@zq.example,,hers", "2,never,,9,of another", "3,never,,8,of a third")
    hub.privacy.erase(ANN, "officer", "asked for")
    mended = file.read_text(encoding="utf-8-sig").replace("never", "2017-10-01")
    file.write_text(mended, encoding="utf-8")
    mapping, source, _ = hub.mapping(tmp_path / "shop.toml", [file])
    report, _ = hub.import_rows(mapping, source, tmp_path / "again.csv", whole=True)
    assert (report.rows, report.events, report.rejected) == (2, 2, 0)
    assert {one.properties["name"] for one in hub.person(BOB).recent} == {"shoes", "of another"}


def test_a_refused_event_that_was_saved_goes(hub: Hub, tmp_path: Path) -> None:
    body = b'{"type": "track", "event": "Order Completed", "messageId": "m1", "userId": "471147"}'
    hub.receive(hub.read_segment(body, "track"))
    hub.receive(hub.read_segment(body.replace(b"471147", b"9"), "track"))
    assert hub.quarantine.filled().events == 2
    saved = tmp_path / "saved.jsonl"
    hub.privacy.noted_rows(saved, {})
    saved.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for _, one in hub.quarantine.page()))
    hub.privacy.erase(ANN, "officer", "asked for")
    (left,) = (msgspec.json.decode(line, type=Quarantined) for line in saved.read_bytes().splitlines() if line)
    assert b'"9"' in left.arrival.body


def test_rows_that_are_written_while_their_person_is_erased_go_too(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from decidedly.adapters.files import RejectedFile

    write = RejectedFile.write

    def erasing(self: RejectedFile, rows: object) -> None:
        if rows:
            hub.privacy.erase(MAIL, "officer", "asked for")
        write(self, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(RejectedFile, "write", erasing)
    assert names(rejected(hub, tmp_path, "1,never,ann@zq.example,,hers", "2,never,,9,of another")) == ["of another"]


def test_a_file_is_noted_once_and_one_that_is_gone_is_no_error(hub: Hub, tmp_path: Path) -> None:
    hub.privacy.noted_rows(tmp_path / "gone.csv", {"mail": "email"})
    hub.privacy.noted_rows(tmp_path / "gone.csv", {"mail": "email"})
    assert len(read_row_files(hub.folder)) == 1
    assert hub.privacy.erase(ANN, "officer", "asked for").done

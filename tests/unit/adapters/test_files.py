"""Rows of files: what each format gives, and that one broken row is told instead of ending the reading."""

from __future__ import annotations

import gzip
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from decidedly.adapters.files import FileSource, RejectedFile
from decidedly.adapters.files import text as csv_file
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.mapping import CODE, HINT, MESSAGE, ROW, From
from decidedly.ports.source import Broken


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path: Path, after: int = 0, **how: Any) -> list[dict[str, Any]]:
    source = FileSource(From(file=path.name, **how), path.parent)
    return [row for batch in source.batches(str(path), after) for row in batch.rows]


def broken(path: Path, **how: Any) -> list[Broken]:
    source = FileSource(From(file=path.name, **how), path.parent)
    return [one for batch in source.batches(str(path)) for one in batch.broken]


def numbers(path: Path, after: int = 0, **how: Any) -> list[int]:
    source = FileSource(From(file=path.name, **how), path.parent)
    return [number for batch in source.batches(str(path), after) for number in batch.numbers]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_csv_file_is_found_out(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path / "a.csv", delimiter.join(("id", "name", "at")) + "\n" + delimiter.join("1xy") + "\n")
    assert rows(path) == [{"id": "1", "name": "x", "at": "y"}]


def test_quotes_newlines_and_empty_cells_of_a_csv_file_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", 'id,text\r\n1,"a ""b"", c\nd"\r\n2,\r\n')
    assert rows(path) == [{"id": "1", "text": 'a "b", c\nd'}, {"id": "2", "text": ""}]


def test_a_row_with_too_few_or_too_many_values_is_broken_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id;name\n1;a\n2\n3;c\n4;d;e\n5;f\n")
    assert numbers(path) == [1, 3, 5]
    assert [(one.number, one.cells, one.message) for one in broken(path)] == [
        (2, {"id": "2", "name": ""}, "The row has 1 values, not 2."),
        (4, {"id": "4", "name": "d"}, "The row has 3 values, not 2."),
    ]


def test_numbers_stay_right_over_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "BLOCK", 64)
    lines = [f"{n},x" if n % 7 else f"{n}" for n in range(1, 200)]
    path = written(tmp_path / "a.csv", "id,name\n" + "\n".join(lines) + "\n")
    found = list(zip(numbers(path), rows(path), strict=True))
    assert all(row["id"] == str(number) for number, row in found)
    assert [one.number for one in broken(path)] == [n for n in range(1, 200) if n % 7 == 0]
    assert numbers(path, after=150) == [n for n in range(151, 200) if n % 7]


def test_an_encoding_is_named_and_a_cell_that_is_not_in_it_breaks_its_row_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id,name\n1,Müller\n2,Ng\n".encode("cp1252"))
    assert rows(path, encoding="windows-1252")[0]["name"] == "Müller"
    assert [row["id"] for row in rows(path)] == ["2"]
    assert [(one.number, one.code) for one in broken(path)] == [(1, "import.encoding")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_at_the_start_of_a_file_is_no_part_of_its_first_column(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "a.csv", "id,name\n1,Ł\n".encode(encoding))
    assert rows(path, encoding="utf-8" if encoding == "utf-8-sig" else encoding) == [{"id": "1", "name": "Ł"}]


def test_a_file_without_heading_has_the_names_that_the_mapping_gives(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", " 00004  19970101  2   29.33\n\n 00005 x\n")
    how: dict[str, Any] = {"columns": ("who", "day", "cds", "usd"), "delimiter": "spaces"}
    assert rows(path, **how) == [{"who": "00004", "day": "19970101", "cds": "2", "usd": "29.33"}]
    assert [one.number for one in broken(path, **how)] == [3]


def test_lines_above_the_heading_are_skipped(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "Report of the week\n\nid,name\n1,a\n")
    assert rows(path, skip=2) == [{"id": "1", "name": "a"}]


def test_two_columns_of_one_name_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Two columns are called 'id'"):
        rows(written(tmp_path / "a.csv", "id,id\n1,2\n"))


@pytest.mark.parametrize("content", ["id,name\n", "id,name"])
def test_a_file_with_a_heading_alone_has_no_rows(tmp_path: Path, content: str) -> None:
    path = written(tmp_path / "a.csv", content)
    assert rows(path) == []
    assert FileSource(From(file="a.csv"), tmp_path).columns() == ("id", "name")


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="The file is empty"):
        rows(written(tmp_path / "a.csv", ""))


def test_a_packed_file_is_unpacked_on_the_way(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv.gz", gzip.compress(b"id,name\n1,a\n"))
    assert rows(path) == [{"id": "1", "name": "a"}]


def test_a_packed_file_that_was_cut_off_is_told(tmp_path: Path) -> None:
    packed = gzip.compress(b"id,name\n" + b"".join(b"%d,a\n" % n for n in range(5000)))
    with pytest.raises(BadInput, match="cannot be read on"):
        rows(written(tmp_path / "a.csv.gz", packed[: len(packed) // 2]))


def test_json_lines_keep_their_values_and_a_bad_line_is_broken_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"id": 1, "who": {"email": "a@b.c"}}\nnonsense\n\n[1]\n{"id": 2}\n')
    assert rows(path) == [{"id": 1, "who": {"email": "a@b.c"}}, {"id": 2}]
    assert numbers(path) == [1, 5]
    assert [(one.number, one.code) for one in broken(path)] == [(2, "import.not-json"), (4, "import.not-json")]
    assert FileSource(From(file="a.jsonl"), tmp_path).columns() == ("id", "who", "who.email")


def test_a_parquet_file_gives_its_typed_values(tmp_path: Path) -> None:
    at = datetime(2017, 10, 30, 8)  # noqa: DTZ001
    table = pa.table({"id": [1, 2], "paid": [Decimal("1.50"), None], "at": [at, at], "lines": [[{"p": "a"}], []]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert rows(tmp_path / "a.parquet")[0] == {"id": 1, "paid": Decimal("1.50"), "at": at, "lines": [{"p": "a"}]}


def test_an_excel_sheet_gives_its_rows_and_leaves_empty_ones_out(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["not", "this"])
    sheet = book.create_sheet("Orders")
    at = datetime(2017, 10, 30, 8)  # noqa: DTZ001
    for cells in (["id", "at", "paid"], [1, at, 1.5], [None, None, None], [2, at, None]):
        sheet.append(cells)
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert rows(path, sheet="Orders") == [{"id": 1, "at": at, "paid": 1.5}, {"id": 2, "at": at, "paid": None}]
    assert numbers(path, sheet="Orders") == [1, 3]
    with pytest.raises(NotFound, match="Did you mean 'Orders'"):
        rows(path, sheet="Order")


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx"])
def test_what_is_no_such_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        rows(written(tmp_path / name, "nonsense"))


def test_a_pattern_takes_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("o-2.csv", "o-1.csv", "other.csv"):
        written(tmp_path / name, "id\n1\n")
    parts = FileSource(From(file="o-*.csv"), tmp_path).parts()
    assert [Path(part.name).name for part in parts] == ["o-1.csv", "o-2.csv"]


def test_files_of_one_name_in_two_folders_keep_their_rows_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder / "o.csv", "id\n1\n")
    parts = FileSource(From(file="**/o.csv"), tmp_path).parts()
    assert [part.label for part in parts] == ["a/o.csv", "b/o.csv"]
    elsewhere = FileSource(From(), tmp_path / "mappings", [tmp_path / "a" / "o.csv", tmp_path / "b" / "o.csv"])
    with pytest.raises(BadInput, match=r"Two files are called o\.csv"):
        elsewhere.parts()


def test_a_file_that_changed_has_another_fingerprint(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id\n1\n")
    before = FileSource(From(file="a.csv"), tmp_path).parts()[0].fingerprint
    written(path, "id\n1\n2\n")
    assert FileSource(From(file="a.csv"), tmp_path).parts()[0].fingerprint != before


def test_no_file_and_an_unknown_ending_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        FileSource(From(file="none-*.csv"), tmp_path).parts()
    with pytest.raises(BadInput, match=r"Save it as \.xlsx"):
        FileSource(From(file="a.xls"), tmp_path).columns() if written(tmp_path / "a.xls", "x") else None


def test_a_file_of_rejected_rows_is_read_back_whatever_the_mapping_says_of_the_original(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    row = {ROW: "o.csv:2", "id": 1, "paid": Decimal("12.5"), "name": "Müller; x", CODE: "c", MESSAGE: "m", HINT: ""}
    RejectedFile(path, ("id", "paid", "name"), decimal=",").write([row])
    original: dict[str, Any] = {"delimiter": "|", "encoding": "cp1252", "columns": ("a", "b"), "skip": 3}
    back = rows(path, **original)
    assert back == [{ROW: "o.csv:2", "id": "1", "paid": "12,5", "name": "Müller; x", CODE: "c", MESSAGE: "m", HINT: ""}]


def test_a_file_of_rejected_rows_goes_on_where_an_interrupted_run_had_come_to(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    first = RejectedFile(path, ("id",))
    first.write([{ROW: "1", "id": "a"}])
    size = first.sync()
    first.write([{ROW: "2", "id": "b"}])
    again = RejectedFile(path, ("id",), size=size)
    again.write([{ROW: "2", "id": "b"}])
    assert [row["id"] for row in rows(path)] == ["a", "b"]


def test_rejected_lines_of_json_stay_json(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    RejectedFile(path, ()).write([{ROW: "a:1", "id": 1, "more": {"x": 1}}, {ROW: "a:2", "decidedly text": "{oops"}])
    assert rows(path) == [{ROW: "a:1", "id": 1, "more": {"x": 1}}]
    path.write_text(path.read_text().replace("{oops", '{\\"id\\": 2}'))
    assert rows(path)[1]["id"] == 2

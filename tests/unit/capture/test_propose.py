"""What is proposed for rows that nobody has described: guesses that are right for common files, and that say so."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from decidedly.adapters.files import FileSource
from decidedly.capture.propose import propose
from decidedly.playbook import check_columns, read_mapping
from tests.cases import dictionary


def proposed(path: Path, content: str | bytes) -> tuple[str, dict[str, Any]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    text = propose(path.name, lambda from_: FileSource(from_, Path(), [path]), dictionary())
    return text, tomllib.loads(text)


PEOPLE = (
    "Customer No;E-Mail;Age Band;Born on;Signed up\n"
    "17;a@b.de;35-44;3.4.1980;28.02.2017 10:00\n"
    "18;c@d.de;;31.12.1970;01.03.2017\n"
)


def test_a_file_of_people_is_told_by_its_columns(tmp_path: Path) -> None:
    _, found = proposed(tmp_path / "people.csv", PEOPLE)
    assert found["from"]["dates"] == "DD.MM.YYYY"
    one = found["events"]["identify"]
    assert one["who"] == {"loyalty": "Customer No", "email": "E-Mail"}
    assert one["fields"] == {"age-band": "Age Band", "born-on": "Born on"}
    assert one["at"] == "Signed up"
    assert one["key"] == "Customer No"


def test_the_proposal_is_a_mapping_without_mistakes(tmp_path: Path) -> None:
    text, _ = proposed(tmp_path / "people.csv", PEOPLE)
    (tmp_path / "people.toml").write_text(text, encoding="utf-8")
    mapping, problems = read_mapping(tmp_path / "people.toml", dictionary())
    assert mapping is not None
    source = FileSource(mapping.from_, tmp_path)
    assert problems + check_columns(mapping, source.columns(), source.open_ended) == ()


def test_an_event_is_told_by_its_fields(tmp_path: Path) -> None:
    rows = "loyalty_card,product_id,seconds,viewed_at\n1,p1,2.5,2017-10-01T10:00:00\n1,p2,1,2017-10-01T10:00:09\n"
    _, found = proposed(tmp_path / "views.csv", rows)
    one = found["events"]["product-viewed"]
    assert one["fields"] == {"product_id": "product_id", "seconds": "seconds"}
    assert one["key"] == "product_id"


def test_an_encoding_and_a_decimal_comma_are_found_out(tmp_path: Path) -> None:
    _, found = proposed(tmp_path / "a.csv", "card;Straße;rating\n1;Müllerweg;1,50\n2;Am Bühl;2,25\n".encode("cp1252"))
    assert (found["from"]["encoding"], found["from"]["decimal"]) == ("windows-1252", ",")


def test_columns_that_match_nothing_are_listed_with_their_look(tmp_path: Path) -> None:
    text, _ = proposed(tmp_path / "a.csv", "customer,shoe size,vip\n1,42,yes\n2,43,no\n")
    assert "#   shoe size                whole number  42, 43" in text
    assert "#   vip                      yes or no     yes, no" in text

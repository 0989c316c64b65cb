"""The pages: what runs here, and the gallery and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.api.hubs import hub_of, problem, send


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    gallery = tmp_path / "gallery"
    (gallery / "households").mkdir(parents=True)
    (gallery / "index.html").write_text("<h1>Gallery</h1>")
    (gallery / "households" / "letter.pdf").write_bytes(b"%PDF")
    (gallery / "out").symlink_to(tmp_path / "secret.txt")
    return tmp_path


def test_the_page_links_the_gallery_where_there_is_one(folder: Path) -> None:
    assert "/gallery/" in send(hub_of(folder), "GET", "/").text


def test_the_page_links_no_gallery_where_there_is_none(tmp_path: Path) -> None:
    assert "/gallery/" not in send(hub_of(tmp_path), "GET", "/").text


def test_the_gallery_shows_its_files(folder: Path) -> None:
    assert send(hub_of(folder), "GET", "/gallery/").text == "<h1>Gallery</h1>"
    letter = send(hub_of(folder), "GET", "/gallery/households/letter.pdf")
    assert (letter.content, letter.headers["content-type"]) == (b"%PDF", "application/pdf")


def test_the_gallery_without_its_slash_leads_to_the_one_with_it(folder: Path) -> None:
    answer = send(hub_of(folder), "GET", "/gallery")
    assert (answer.status_code, answer.headers["location"]) == (302, "/gallery/")


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "households/../../secret.txt",
        "..%2fsecret.txt",
        "out",
        "%2Fetc/passwd",
        "households",
    ],
)
def test_nothing_beside_the_gallery_is_shown(folder: Path, path: str) -> None:
    answer = send(hub_of(folder), "GET", f"/gallery/{path}")
    problem(answer, 404)
    assert "secret" not in answer.text.replace("/secret.txt", "")

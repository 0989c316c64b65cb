"""The hub's folder, its clock and its keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from decidedly.app import Hub
from decidedly.cli.workdir import (
    DEMO,
    OWN,
    chosen,
    make_hub,
    make_settings,
    open_hub,
    read_clock,
    read_keys,
    read_time,
    share_clock,
    write_keys,
)
from decidedly.core.errors import BadInput, NotFound
from tests.cases import NOON


def test_the_demos_folder_is_taken_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert chosen(None) == OWN
    DEMO.mkdir()
    assert chosen(None) == DEMO


def test_reading_makes_no_hub(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_hub(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_without_a_clock_file_the_hub_shows_real_time(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        assert abs(hub.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_clock_begins_where_its_file_says(tmp_path: Path) -> None:
    (tmp_path / "clock.toml").write_text("start = 2017-10-30T12:00:00Z\n")
    with open_hub(tmp_path) as hub:
        assert timedelta(0) <= hub.clock.now() - NOON < timedelta(minutes=1)


def test_commands_go_by_the_clock_of_the_server(tmp_path: Path) -> None:
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    (tmp_path / "clock.toml").write_text(f"start = 2017-10-30T12:00:00Z\nsince = {an_hour_ago:%Y-%m-%dT%H:%M:%SZ}\n")
    with open_hub(tmp_path) as hub:
        assert timedelta(minutes=59) < hub.clock.now() - NOON < timedelta(minutes=61)


def test_a_server_begins_the_day_anew(tmp_path: Path) -> None:
    (tmp_path / "clock.toml").write_text("start = 2017-10-30T12:00:00Z\nsince = 2020-01-01T00:00:00Z\n")
    with make_hub(tmp_path) as hub:
        assert timedelta(0) <= hub.clock.now() - NOON < timedelta(minutes=1)


def test_a_start_given_by_hand_is_kept(tmp_path: Path) -> None:
    share_clock(tmp_path, NOON)
    clock = read_clock(tmp_path)
    assert clock is not None
    assert clock.start == NOON


def test_a_broken_clock_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "clock.toml").write_text("begin = 3\n")
    with pytest.raises(BadInput) as caught:
        open_hub(tmp_path)
    assert caught.value.place.endswith("clock.toml")


def test_keys_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_keys(tmp_path, {"ab" * 32: ("capture", "decide")})
    assert read_keys(tmp_path) == {"ab" * 32: ("capture", "decide")}


def test_a_day_is_a_time(tmp_path: Path) -> None:
    assert read_time("2017-10-30", "--before") == NOON.replace(hour=0)
    with pytest.raises(BadInput):
        read_time("yesterday", "--before")


def test_a_clock_that_shows_real_time_is_not_written_down(tmp_path: Path) -> None:
    share_clock(tmp_path, None)
    assert read_clock(tmp_path) is None


def test_origins_are_written_as_browsers_send_them(tmp_path: Path) -> None:
    with make_hub(tmp_path, origins=["https://Shop.example/", "http://localhost:3000", "*"]) as hub:
        assert hub.origins == {"https://shop.example", "http://localhost:3000", "*"}
    for wrong in ("shop.example", "https://shop.example/path", "ftp://shop.example", "https://"):
        with pytest.raises(BadInput):
            make_hub(tmp_path, origins=[wrong])


def test_the_store_is_where_the_option_the_variable_or_the_file_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DECIDEDLY_STORE", raising=False)
    assert make_settings(tmp_path).store == ""
    assert make_settings(tmp_path).embedded
    (tmp_path / "store.toml").write_text('url = "postgresql://shop:secret@db/shop"\n')
    assert make_settings(tmp_path).store == "postgresql://shop:secret@db/shop"
    assert not make_settings(tmp_path).embedded
    monkeypatch.setenv("DECIDEDLY_STORE", "sqlite:elsewhere")
    assert make_settings(tmp_path).store == "sqlite:elsewhere"
    assert make_settings(tmp_path, store="postgresql://option/shop").store == "postgresql://option/shop"


def test_the_address_of_the_store_is_not_shown(tmp_path: Path) -> None:
    assert "secret" not in repr(make_settings(tmp_path, store="postgresql://shop:secret@db/shop"))
    with pytest.raises(BadInput) as raised:
        _ = make_settings(tmp_path, store="mysql://shop:secret@db/shop").embedded
    assert "secret" not in str(raised.value)


def test_sqlite_may_lie_in_another_folder(tmp_path: Path) -> None:
    with Hub(make_settings(tmp_path / "hub", store=f"sqlite:{tmp_path / 'fast'}")):
        assert (tmp_path / "fast" / "decidedly.sqlite").is_file()
    assert not (tmp_path / "hub" / "decidedly.sqlite").exists()

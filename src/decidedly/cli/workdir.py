"""Workdir: the folder in which a hub keeps everything, and the small files that say how it is run.

clock.toml  start = 2017-10-30T08:00:00Z   the hub's clock shows this when a server starts, and runs on from there
            since = 2026-11-24T09:00:00Z   wall-clock time at which the server started; commands go by its clock
keys.toml   [keys]  SHA-256 of a key = ["capture", "decide"]
store.toml  url = "postgresql://..."       where the operational store is, if not in the folder itself
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import msgspec
import typer

from decidedly.app import Hub, Settings, shifted_clock
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.identifier import Identifier
from decidedly.core.principal import Scope
from decidedly.person import sought

T = TypeVar("T")

CLOCK, KEYS, STORE = "clock.toml", "keys.toml", "store.toml"
STORE_VARIABLE = "DECIDEDLY_STORE"
DEMO, OWN = Path("demo-run"), Path("decidedly-data")

Workdir = Annotated[
    Path | None,
    typer.Option("--workdir", help=f"The hub's folder [default: {DEMO} if it exists, else {OWN}]", show_default=False),
]
StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Where the operational store is: sqlite:FOLDER or postgresql://USER@HOST:PORT/DATABASE"
        f" [default: {STORE_VARIABLE}, else {STORE} in the hub's folder, else SQLite there]",
        show_default=False,
    ),
]
Sensitive = Annotated[
    bool, typer.Option("--sensitive", help="Show secrets and special categories, which are masked otherwise.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class ClockFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    start: datetime
    since: datetime | None = None


class KeysFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    keys: dict[str, tuple[Scope, ...]] = {}


class StoreFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: str = ""


def chosen(workdir: Path | None) -> Path:
    """The folder that a command works in."""
    return workdir or (DEMO if DEMO.is_dir() else OWN)


def open_hub(workdir: Path | None) -> Hub:
    """The hub of a folder, by the clock of its server. Raises NotFound where there is no folder."""
    folder = chosen(workdir)
    if not folder.is_dir():
        raise NotFound(
            f"There is no hub in {folder}.",
            place="--workdir",
            hint="Make one: decidedly demo, or decidedly publish FOLDER.",
        )
    clock = read_clock(folder)
    if clock is None:
        return _hub(folder, None)
    passed = datetime.now(UTC) - clock.since if clock.since else timedelta(0)
    return _hub(folder, clock.start + passed)


def make_hub(workdir: Path | None, start: datetime | None = None, origins: Iterable[str] = ()) -> Hub:
    """The hub of a folder, made where there is none. As `make_settings` says."""
    return Hub(make_settings(workdir, start, origins))


def make_settings(
    workdir: Path | None, start: datetime | None = None, origins: Iterable[str] = (), store: str | None = None
) -> Settings:
    """How the hub of a folder is run. Its clock begins at `start`, or anew where clock.toml says.

    origins : of the websites whose pages may send events. Raises BadInput for one that is none
    store   : URL of its store, else what DECIDEDLY_STORE or store.toml says
    """
    folder = chosen(workdir)
    clock = read_clock(folder)
    start = start or (clock.start if clock else None)
    return _settings(folder, start, frozenset(map(_origin, origins)), store)


def _hub(folder: Path, start: datetime | None) -> Hub:
    return Hub(_settings(folder, start))


def _settings(
    folder: Path, start: datetime | None, origins: frozenset[str] = frozenset(), store: str | None = None
) -> Settings:
    url = read_store(folder) if store is None else store
    settings = Settings(folder, keys=read_keys(folder), origins=origins, store=url)
    return replace(settings, clock=shifted_clock(start)) if start else settings


def _origin(text: str) -> str:
    """An origin as browsers write it: scheme and host, and a port that is not the scheme's own."""
    origin = text.rstrip("/").lower()
    parts = urlsplit(origin)
    if origin != "*" and (origin != f"{parts.scheme}://{parts.netloc}" or parts.scheme not in ("http", "https")):
        raise BadInput(f"'{text}' is no origin.", place="--origin", hint="Write https://shop.example, or *.")
    return origin


def share_clock(folder: Path, start: datetime | None) -> None:
    """A server began now: commands shall go by its clock. Does nothing where the clock shows real time."""
    clock = read_clock(folder)
    start = start or (clock.start if clock else None)
    if start is None:
        return
    lines = (
        "# The hub's clock shows `start` when a server starts, and runs on from there.",
        f"start = {start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "# When the last server started: commands go by its clock.",
        f"since = {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    (folder / CLOCK).write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_clock(folder: Path) -> ClockFile | None:
    return _read(folder / CLOCK, ClockFile)


def read_keys(folder: Path) -> dict[str, tuple[Scope, ...]]:
    found = _read(folder / KEYS, KeysFile)
    return found.keys if found else {}


def read_store(folder: Path) -> str:
    """URL of the hub's store; "" for SQLite in the folder."""
    said = os.environ.get(STORE_VARIABLE)
    if said is not None:
        return said
    found = _read(folder / STORE, StoreFile)
    return found.url if found else ""


def write_keys(folder: Path, keys: dict[str, tuple[Scope, ...]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{hashed} = {msgspec.json.encode(scopes).decode()}" for hashed, scopes in keys.items()]
    (folder / KEYS).write_text("[keys]\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def _read(path: Path, form: type[T]) -> T | None:
    if not path.is_file():
        return None
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), form)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput(str(error), place=str(path)) from error


def identifier(hub: Hub, text: str) -> Identifier:
    """namespace:value, or the bare value of the namespace that trackers' userIds are of; in its form."""
    dictionary = hub.snapshot.book.dictionary
    return sought(Identifier.parse(text) if ":" in text else Identifier(dictionary.user_id, text), dictionary)


def read_time(text: str, option: str) -> datetime:
    """A day or a moment; UTC where it names no zone. Raises BadInput."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"'{text}' is no time.", place=option, hint="Write 2017-10-30 or 2017-10-30T08:00:00Z."
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)

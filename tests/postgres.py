"""A real PostgreSQL for the tests: one server a session, in a temporary folder, reached by its socket alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from uuid import uuid4

import psycopg

_NEEDED = ("initdb", "postgres", "pg_ctl")
_USERS = ("postgres", "nobody")
_SETTINGS = (
    "listen_addresses=",
    "shared_buffers=32MB",
    "max_connections=60",
    "log_min_messages=fatal",
)


class NoPostgres(Exception):
    """There is no PostgreSQL here, and it could not be installed."""


def binaries() -> Path:
    """The folder of the server's programs; installs Debian's package where they are missing. Raises NoPostgres."""
    found = _binaries()
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (("update",), ("install", "-y", "--no-install-recommends", "postgresql")):
            subprocess.run(["apt-get", "-q", *words], env=environment, capture_output=True, check=False)
        found = _binaries()
    if found is None:
        raise NoPostgres("No PostgreSQL server is installed here: apt-get install postgresql.")
    return found


def _binaries() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4))
    folders = [*reversed(versions), *(Path(folder) for folder in os.get_exec_path())]
    return next((one for one in folders if all(os.access(one / name, os.X_OK) for name in _NEEDED)), None)


class PostgresServer:
    """One server with its own data; `start`, `stop`, and fresh databases for the tests. Raises NoPostgres.

    durable : what was committed outlives the machine. The machine does not fail in a test, only processes do, and what
              a process wrote is there for the next one
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._binaries = binaries()
        self._user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="decidedly-pg-"))
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._data = self.folder / "data"
        self._run("initdb", "-D", str(self._data), "-U", "decidedly", "-A", "trust", "-E", "UTF8", "--locale=C",
                  "--no-sync", "--no-instructions")  # fmt: skip
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, _, value in (one.partition("=") for one in _SETTINGS))
            file.write(f"fsync = {'on' if durable else 'off'}\n")
            file.write(f"unix_socket_directories = '{self.folder}'\n")
        self.start()

    def url(self, database: str) -> str:
        return f"postgresql://decidedly@/{database}?host={self.folder}"

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-l", str(self.folder / "log"))

    def stop(self, how: str = "fast") -> None:
        """how: "fast" ends running transactions and saves; "immediate" is a crash."""
        self._run("pg_ctl", "stop", "-w", "-m", how, "-D", str(self._data))

    def remove(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def own(self, folder: Path) -> None:
        """Let the server write into a folder."""
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def database(self, template: str = "template1", tablespace: Path | None = None) -> str:
        """The URL of a database of its own, made after a template that nobody is connected to; in an empty folder that
        the server owns, if one is named."""
        name = f"test_{uuid4().hex[:16]}"
        where = ""
        if tablespace is not None:
            self._sql(f"CREATE TABLESPACE {name} LOCATION '{tablespace}'")
            where = f" TABLESPACE {name}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template}{where}")
        return self.url(name)

    def drop(self, url: str) -> None:
        self._sql(f"DROP DATABASE {name_of(url)} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *words: str) -> None:
        user = {} if self._user is None else {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        # Not through pipes: the server would hold them open for ever.
        with tempfile.TemporaryFile() as told:
            done = subprocess.run(
                [str(self._binaries / program), *words], cwd="/", stdin=subprocess.DEVNULL, stdout=told,
                stderr=subprocess.STDOUT, check=False, **user,
            )  # fmt: skip
            if done.returncode:
                told.seek(0)
                raise RuntimeError(f"{program}: {told.read().decode(errors='replace')}")


def name_of(url: str) -> str:
    """The database that a URL names."""
    return url.partition("@/")[2].partition("?")[0]


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses to run as root. None: as ourselves."""
    if os.getuid() != 0:
        return None
    for name in _USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL does not run as root, and there is no other user to run it as.")

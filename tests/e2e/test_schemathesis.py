"""Schemathesis, as it is, against a real server: no route answers with a server error, nor with anything that its
description does not tell."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx

from decidedly.api.app import OPERATIONS
from decidedly.app import Hub
from tests.answering import ask, meet, of_today
from tests.e2e.servers import Server

SCOPES = ("capture", "decide", "read", "author", "sensitive", "erase")
EXAMPLES = 3
CONFIG = """
[parameters]
id = "{decision}"
identifier = "loyalty:1"
key = "offers"

[[operations]]
include-name = "DELETE /v1/people/{{identifier}}"
parameters = {{ identifier = "loyalty:2" }}
"""
OTHERWISE = "positive_data_acceptance"
"""Which services, namespaces and actions there are stands in the playbook, not in the description."""


def test_every_route_answers_as_the_description_says(tmp_path: Path) -> None:
    server = Server(tmp_path / "hub", *SCOPES, book=of_today())
    with Hub.open(server.folder) as hub:
        meet(hub, 1, **{"kids-count": 2})
        meet(hub, 2)
        decision = ask(hub).id
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(decision=decision), encoding="utf-8")
    document = tmp_path / "openapi.json"
    with server:
        document.write_bytes(httpx.get(f"{server.url}/openapi.json").content)
        run = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run",
                str(document), "--url", server.url, "--header", f"Authorization: Bearer {server.key}",
                "--checks", "all", "--exclude-checks", OTHERWISE, "--max-examples", str(EXAMPLES), "--seed", "1",
                "--no-shrink",
                "--continue-on-failure", "--phases", "examples,coverage,fuzzing",
            ],
            capture_output=True, text=True, cwd=tmp_path, check=False,
        )  # fmt: skip
        assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert run.returncode == 0, run.stdout + run.stderr
    tested = re.search(r"Tested: (\d+)", run.stdout)
    assert tested is not None, run.stdout
    assert int(tested[1]) == len({(one.method, one.path) for one in OPERATIONS})

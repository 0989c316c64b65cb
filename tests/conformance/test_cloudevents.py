"""The HTTP binding of CloudEvents, by the scenarios that its SDKs are held to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from decidedly.adapters.clock import FixedClock
from decidedly.capture.cloudevents import cloudevents, is_json, told_by
from tests.cases import NOON, dictionary

from .data import folder


def scenarios() -> Iterator[tuple[str, dict[str, str], Any]]:
    """HTTP request, attributes, data: once for each row of a scenario's examples."""
    text = (folder("cloudevents") / "features" / "http-protocol-binding.feature").read_text("utf-8")
    for outline in text.split("Scenario Outline:")[1:]:
        before, _, examples = outline.partition("Examples:")
        name, *values = [row[0] for row in rows(examples)]
        for value in values:
            request, data = re.findall(r'"""\n(.*?)"""', before.replace(f"<{name}>", value), re.DOTALL)
            stated = before.replace(f"<{name}>", value).partition("the attributes are:")[2].partition("And the data")[0]
            attributes = {key: told for key, told in rows(stated) if key != "key"}
            yield dedented(request), attributes, json.loads(data)


def rows(table: str) -> list[tuple[str, ...]]:
    lines = (line.strip() for line in table.splitlines())
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("|")]


def dedented(block: str) -> str:
    indent = len(block) - len(block.lstrip(" "))
    return "\n".join(line[indent:] for line in block.splitlines())


def test_requests_say_what_the_scenarios_expect() -> None:
    cases = list(scenarios())
    assert len(cases) == 4
    for request, attributes, data in cases:
        head, _, body = request.partition("\n\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head.split("\n")[1:])}
        told = told_by(body.strip().encode(), headers)
        assert told.pop("data") == data
        assert told == attributes


@pytest.mark.parametrize("version", ["v0.3/v03_minimum.yaml", "v1.0/v1_minimum.yaml"])
def test_the_least_events_of_each_version_are_read(version: str) -> None:
    told = list(yaml.safe_load_all((folder("cloudevents") / "yaml" / version).read_text("utf-8")))
    assert len(told) > 3
    for one in told:
        attributes = {name: str(value) for name, value in one["ContextAttributes"].items()}
        data = one.get("Data", "")
        headers = {f"ce-{name}": value for name, value in attributes.items() if name != "datacontenttype"}
        headers["content-type"] = attributes["datacontenttype"]
        [raw] = cloudevents(data.encode(), headers, clock=FixedClock(NOON), dictionary=dictionary()).raws
        assert raw.event.kind == attributes["type"]
        assert raw.event.message_id == f"{attributes['source']} {attributes['id']}"
        read = json.loads(data) if is_json(attributes["datacontenttype"]) else data
        assert raw.event.properties == (read if isinstance(read, dict) else {"data": read})

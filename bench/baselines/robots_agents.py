"""Robots by their user agent alone: the list of products and programs that name themselves."""

from __future__ import annotations

from typing import Any

from decidedly.capture.robots import signals_of

NAMED = ("barracuda", "proofpoint", "mimecast", "symantec", "python", "curl", "java/", "bot", "spider", "headless")


def by_agent(message: dict[str, Any]) -> bool:
    """Whether a tracker's message says by its user agent that software sent it."""
    agent = signals_of({}, message["context"]).agent or ""
    return agent == "" or agent == "Mozilla/5.0" or any(name in agent.lower() for name in NAMED)

"""Render: one template, one view, one channel -> the treatment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from decidedly.content.campaign import Campaign, compiled
from decidedly.content.channels import email, print, sms, web
from decidedly.content.treatment import Treatment
from decidedly.content.variables import context_of
from decidedly.content.view import View
from decidedly.core.errors import NotFound
from decidedly.core.playbook import Template

Render = Callable[[Campaign, Mapping[str, Any]], Treatment]

CHANNELS: dict[str, Render] = {"email": email.render, "sms": sms.render, "print": print.render, "web": web.render}
"""Channel id -> its renderer."""


def render(template: Template, view: View, channel: str) -> Treatment:
    """The slate of one decision as this channel says it.

    Raises AuthoringError for a template that cannot be compiled, CannotRender or DoesNotFit for one that passed no
    check, NotFound for a channel without a renderer.
    """
    if channel not in CHANNELS:
        raise NotFound.named("channel with a renderer", channel, CHANNELS)
    campaign = compiled(template)
    context = context_of(view)
    return CHANNELS[channel](campaign, context | campaign.words(context, view.segments))

"""Robots: whether an open, a click or an unsubscribe came from the person or from software, with the evidence.

Log-odds add up: a prior by kind of response, and a weight for each thing noticed. The weights are judgements, given in
full below and in docs/data-quality.md; nothing is looked up on the network, and no address is used.

Sources: RFC 8058 (one-click unsubscribe, why links in mail must not act on GET); Fetch standard, Sec-Purpose header;
RFC 9110 (HEAD and safe methods, Via).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from math import exp
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from decidedly.capture.validate import Rules
from decidedly.core.dictionary import Response
from decidedly.core.event import Event
from decidedly.core.ledger import Ledger
from decidedly.core.outcome import Verdict
from decidedly.core.person import Leaf
from decidedly.person.declared import micros_of
from decidedly.person.machine import MACHINE_FROM, bursts, moments

HUMAN_BELOW = 0.35
"""Probability of software below which a response is a human's; from `MACHINE_FROM` on it is a machine's."""

PRIORS: Mapping[Response, float] = {"open": -0.7, "click": -1.4, "unsubscribe": -2.2}
"""Log-odds before anything is noticed: about a third of opens, a fifth of clicks, a tenth of unsubscribes."""

WEIGHTS: Mapping[str, float] = {
    "honeypot": 8.0,  # a link that no human sees
    "prefetch": 6.0,  # the request says that it was made ahead of anyone's wish
    "head": 6.0,  # asked for headers alone, as no mail program or browser does on a click
    "scanner": 6.0,  # calls itself a product that examines mail
    "all-links": 6.0,  # one of several links that were followed within seconds
    "apple-privacy": 5.0,  # images loaded by Apple's Mail Privacy Protection, read or not
    "library": 4.0,  # a program, a headless browser or a crawler by its own name
    "sent-2s": 4.0,  # within two seconds of the send
    "image-proxy": 0.5,  # loaded for the person, mostly when they look
    "no-agent": 2.0,  # no user agent where one was asked for
    "sent-10s": 2.0,  # within ten seconds
    "via": 0.7,  # passed a proxy that names itself
    "sent-1m": 0.5,  # within a minute
    "browser": -1.0,  # a whole browser that tells its languages
    "sent-long-ago": -1.5,  # more than an hour after the send
    "by-hand": -10.0,  # one-click POST (RFC 8058), or confirmed on a page: a human's by definition
}
"""Log-odds by what was noticed."""

TO_CONFIRM = "to-confirm"
"""Flag of an unsubscribe that software made: ask the person to confirm it."""

_PREFETCH_HEADERS = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_SCANNERS = re.compile(
    r"barracuda|proofpoint|mimecast|messagelabs|symantec|forcepoint|websense|ironport|cisco.?(?:email|esa)|trend ?micro"
    r"|fortimail|fortinet|sophos|bitdefender|zscaler|fireeye|trellix|mcafee|avanan|checkpoint|safelinks|cloudmark|vade"
    r"|hornetsecurity|retarus|spamtitan|mailcontrol|urldefense|link ?scan|mail ?scan|antivirus",
    re.IGNORECASE,
)
_LIBRARIES = re.compile(
    r"^(?:curl|wget|python|go-http|java|okhttp|axios|node|ruby|perl|libwww|apache-httpclient|php|aiohttp|httpx|guzzle)\b"
    r"|headless|phantomjs|selenium|puppeteer|playwright|\bbot\b|bot/|spider|crawl|preview|slurp",
    re.IGNORECASE,
)
_IMAGE_PROXIES = re.compile(r"googleimageproxy|ggpht|yahoomailproxy|yahoocachesystem|outlookimageproxy", re.IGNORECASE)
_APPLE = "mozilla/5.0"
"""All that Apple's proxies say of themselves."""


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """What a response's message tells of how it came about. agent: None where it tells nothing of it."""

    agent: str | None = None
    headers: dict[str, str] = {}
    method: str = ""
    honeypot: bool = False
    confirmed: bool = False
    sent_at: datetime | None = None


def judged(event: Event, response: Response, context: Mapping[str, Any]) -> Event:
    """The event with its verdict, by what it and its context say alone."""
    signals = signals_of(event.properties, context)
    return _told(event, response, noticed(response, event.at, signals))


def sent(event: Event, response: Response, sent_at: datetime) -> Event:
    """The event judged again, knowing when the message it answers was sent; unchanged where it said so itself."""
    if any(name.startswith("sent-") for name in event.evidence):
        return event
    return _told(event, response, (*event.evidence, *_since(event.at, sent_at)))


def in_burst(event: Event, response: Response) -> Event:
    """The event judged again, as one of several links that were followed within seconds."""
    return event if "all-links" in event.evidence else _told(event, response, (*event.evidence, "all-links"))


def answered(events: Sequence[Event], leaf: Leaf, ledger: Ledger, rules: Rules) -> Sequence[Event]:
    """The events of one leaf, each response judged again by what its record tells: when the message that it answers
    was sent, and what else of the message was clicked within seconds."""
    clicks: dict[str, list[int]] = {}
    found = list(events)
    for place, event in enumerate(events):
        response = rules.response(event.kind)
        if not response or event.machine is None:
            continue
        if event.decision_id:
            entry = next((one for one in ledger.entries if one.id == event.decision_id), None)
            if entry is not None and entry.state in ("sending", "confirmed"):
                found[place] = sent(event, response, entry.at)
        if response == "click":
            clicks.setdefault(event.kind, []).append(place)
    for kind, places in clicks.items():
        before = [moments(leaf.panes[one]) for one in (kind, f"{kind}/machine") if one in leaf.panes]
        new = np.array([micros_of(events[place].at) for place in places], np.int64)
        together = np.concatenate([new, *before])
        order = np.argsort(together, kind="stable")
        burst = np.empty(len(together), np.bool_)
        burst[order] = bursts(together[order])
        for index, place in enumerate(places):
            if burst[index]:
                found[place] = in_burst(found[place], "click")
    return found


def verdict(machine: float) -> Verdict:
    """What a probability of software means."""
    if machine >= MACHINE_FROM:
        return "machine"
    return "human" if machine < HUMAN_BELOW else "unsure"


def probability(response: Response, evidence: Iterable[str]) -> float:
    """Probability that software gave the response."""
    return 1 / (1 + exp(-(PRIORS[response] + sum(WEIGHTS[name] for name in evidence))))


def noticed(response: Response, at: datetime, signals: Signals) -> tuple[str, ...]:
    """Names of the evidence, in the order of `WEIGHTS`."""
    found: set[str] = set()
    if response == "unsubscribe" and (signals.method == "POST" or signals.confirmed):
        found.add("by-hand")
    if signals.honeypot:
        found.add("honeypot")
    if signals.method in ("HEAD", "OPTIONS"):
        found.add("head")
    if any("prefetch" in signals.headers.get(name, "") or "preview" in signals.headers.get(name, "")
           for name in _PREFETCH_HEADERS):  # fmt: skip
        found.add("prefetch")
    if "via" in signals.headers:
        found.add("via")
    if signals.agent is not None:
        found |= _of_agent(response, signals.agent, signals.headers)
    if signals.sent_at is not None:
        found.update(_since(at, signals.sent_at))
    return tuple(name for name in WEIGHTS if name in found)


def signals_of(properties: Mapping[str, Any], context: Mapping[str, Any]) -> Signals:
    """What a message tells: of the context `userAgent`, `headers` and `method`, of the properties these and `honeypot`,
    `confirmed` and `sent_at`. Whatever has another form is not read."""
    agent = context.get("userAgent", properties.get("user_agent", properties.get("userAgent")))
    headers = context.get("headers", properties.get("headers"))
    method = context.get("method", properties.get("method"))
    told = {str(name).lower(): str(value).lower() for name, value in headers.items()} if type(headers) is dict else {}
    if agent is None and "user-agent" in told:
        agent = told["user-agent"]
    return Signals(
        agent=agent if isinstance(agent, str) else None,
        headers=told,
        method=method.upper() if isinstance(method, str) else "",
        honeypot=properties.get("honeypot") is True,
        confirmed=properties.get("confirmed") is True,
        sent_at=_moment(properties.get("sent_at", properties.get("sentAt"))),
    )


def _told(event: Event, response: Response, evidence: tuple[str, ...]) -> Event:
    machine = round(probability(response, evidence), 4)
    flags = tuple(flag for flag in event.flags if flag != TO_CONFIRM)
    if response == "unsubscribe" and machine >= MACHINE_FROM:
        flags = (*flags, TO_CONFIRM)
    return replace(event, machine=machine, evidence=evidence, flags=flags)


def _of_agent(response: Response, agent: str, headers: Mapping[str, str]) -> set[str]:
    plain = agent.strip()
    if not plain:
        return {"no-agent"}
    if _SCANNERS.search(plain):
        return {"scanner"}
    if _IMAGE_PROXIES.search(plain):
        # A proxy of images has no reason to follow a link.
        return {"image-proxy"} if response == "open" else {"library"}
    if plain.lower() == _APPLE:
        return {"apple-privacy"} if response == "open" else {"library"}
    if _LIBRARIES.search(plain):
        return {"library"}
    return {"browser"} if plain.startswith("Mozilla/5.0 (") and headers.get("accept-language") else set()


def _since(at: datetime, sent_at: datetime) -> tuple[str, ...]:
    seconds = (at - sent_at).total_seconds()
    if seconds < 0:
        return ()  # clocks that differ, or another send: it tells nothing
    for name, limit in (("sent-2s", 2), ("sent-10s", 10), ("sent-1m", 60)):
        if seconds < limit:
            return (name,)
    return ("sent-long-ago",) if seconds > 3600 else ()


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)

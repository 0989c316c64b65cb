"""Preferences: how the person likes to be spoken to, apart from consent. They are facts that every dictionary has."""

from __future__ import annotations

from decidedly.core.dictionary import Attribute

CHANNEL, TOPICS, UNWANTED = "preferred-channel", "preferred-topics", "unwanted-topics"
A_WEEK, FROM, UNTIL = "preferred-a-week", "preferred-from", "preferred-until"
LANGUAGE, TIME_ZONE = "preferred-language", "time-zone"

PREFERENCES = (
    Attribute(id=CHANNEL, name="preferred channel", of="person", type="string",
              description="chosen where its slate is worth its contact"),
    Attribute(id=TOPICS, name="preferred topics", of="person", type="list of string"),
    Attribute(id=UNWANTED, name="unwanted topics", of="person", type="list of string"),
    Attribute(id=A_WEEK, name="preferred messages a week", of="person", type="number(0)",
              description="the person's own cap, of any seven days"),
    Attribute(id=FROM, name="preferred from", of="person", type="time",
              description="messages wait until this hour of the person's day"),
    Attribute(id=UNTIL, name="preferred until", of="person", type="time",
              description="messages wait after this hour of the person's day"),
    Attribute(id=LANGUAGE, name="preferred language", of="person", type="string", description="de, or de-AT"),
    Attribute(id=TIME_ZONE, name="time zone", of="person", type="string",
              description="as in Europe/Vienna; the brand's where it is not known"),
)  # fmt: skip
PREFERENCE_IDS = frozenset(one.id for one in PREFERENCES)

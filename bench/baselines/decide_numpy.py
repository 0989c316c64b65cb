"""Hand-written NumPy decision: the grocer's weekly coupons, as a script for this one service and nothing else.

The same work as the product's online decision: one read of the person from SQLite, the same features and model, the
same policies (as NumPy masks written out by hand), the same arbitration, one durable write of what was chosen. No rule
language, no record of provenance, no replay, no explanation, no contact ledger: their price is the ratio.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from decidedly.core.action import Action
from decidedly.core.person import Person
from decidedly.models import Moments, Purchases, affinity, bind, from_bytes
from decidedly.person import lines_of

ALCOHOL = {
    "BEERS/ALES", "DOMESTIC WINE", "IMPORTED WINE", "MISC WINE", "LIQUOR", "GIFT & FRUIT BASKETS", "UNKNOWN",
}  # fmt: skip
TOBACCO = {"CIGARETTES", "CIGARS", "TOBACCO OTHER"}
PETS = {"CAT FOOD", "CAT LITTER", "DOG FOODS", "PET CARE SUPPLIES"}
HEALTH = {"ANTACIDS", "DIETARY AID PRODUCTS", "FAMILY PLANNING", "FEMININE HYGIENE", "LAXATIVES"}
BABIES = {"BABY FOODS", "BABYFOOD", "BABY HBC", "DIAPERS & DISPOSABLES", "INFANT CARE PRODUCTS"}
SLOTS = 16
DAY_S = 86_400


class NumpyDecision:
    """One service, one channel, built for these people."""

    def __init__(self, folder: Path, blob: bytes, actions: Sequence[Action], people: Sequence[Person], reads) -> None:
        self.trained = from_bytes(blob)
        self.offers = bind(actions, self.trained.products)
        self.value = np.array([action.value.minor / 100 for action in actions])
        categories = [set(action.facts["categories"]) for action in actions]
        main = [action.facts["main-category"] for action in actions]
        spirits = ["SPIRITS" in action.facts["departments"] for action in actions]
        self.alcohol = np.array(
            [bool(own & ALCOHOL) or spirit for own, spirit in zip(categories, spirits, strict=True)]
        )
        self.barred = np.array([bool(own & TOBACCO) or "INFANT FORMULA" in own for own in categories])
        self.bought_before = np.array([one in PETS | HEALTH for one in main])
        self.babies = np.array([one in BABIES for one in main])
        self.db = sqlite3.connect(folder / "baseline.sqlite", isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(
            "CREATE TABLE person (id TEXT PRIMARY KEY, age TEXT, kids TEXT, lines BLOB, n INT, responses BLOB)"
        )
        self.db.execute("CREATE TABLE decision (id INTEGER PRIMARY KEY, body TEXT)")
        for one in people:
            lines, answered = lines_of([one], *reads, self.trained.products)
            packed = np.stack([np.asarray(column, np.int64) for column in lines]).tobytes()
            self.db.execute(
                "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?)",
                (
                    one.identifiers[0].value, one.value("age-band"), one.value("kids-count"), packed,
                    len(lines.at), np.asarray(answered.at, np.int64).tobytes(),
                ),
            )  # fmt: skip

    def decide(self, who: str, at: datetime) -> list[int]:
        age, kids, packed, n, answered = self.db.execute(
            "SELECT age, kids, lines, n, responses FROM person WHERE id = ?", (who,)
        ).fetchone()
        columns = np.frombuffer(packed, np.int64).reshape(6, n)
        lines = Purchases(*columns)
        responses = np.frombuffer(answered, np.int64)
        moment = int(at.timestamp()) + (at.microsecond > 0)
        features = affinity(
            lines, Moments(np.zeros(len(responses), np.int64), responses), 1, self.trained.catalogue, self.offers,
            self.trained.population, moment,
        )  # fmt: skip
        p = np.round(self.trained.model.predict(features)[0] * 2**20) / 2**20
        times = features.baskets[0]
        first = self.offers.starts[lines.product]
        many = self.offers.starts[lines.product + 1] - first
        line = np.repeat(np.arange(n), many)
        action = self.offers.actions[first[line] + np.arange(len(line)) - np.repeat(np.cumsum(many) - many, many)]
        last = np.full(self.offers.count, -1)
        np.maximum.at(last, action, lines.at[line])
        days = (int(at.timestamp()) - last) // DAY_S
        keep = ~self.barred & ((last < 0) | (days >= 14) | (times >= 2)) & (~self.bought_before | (times > 0))
        if age in (None, "19-24"):
            keep &= ~self.alcohol
        if kids in (None, "0"):
            keep &= ~self.babies | (times > 0)
        priority = np.where(keep, (p * (3.0 + self.value)).astype(np.float32), -np.inf)
        chosen = np.argsort(-priority, kind="stable")[:SLOTS]
        chosen = chosen[keep[chosen]].tolist()
        body = {"who": who, "at": at.isoformat(), "chosen": chosen, "p": p.tolist(), "keep": keep.tolist()}
        self.db.execute("INSERT INTO decision (body) VALUES (?)", (json.dumps(body),))
        return chosen

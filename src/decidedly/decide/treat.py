"""Treat: what a decision says to the person, as the view that every channel's renderer reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decidedly.content import LANGUAGE, OfferView, View, last_day, spoken
from decidedly.core.decision import DecisionRecord
from decidedly.core.person import Person
from decidedly.core.playbook import Brand
from decidedly.core.preference import LANGUAGE as PREFERRED_LANGUAGE
from decidedly.decide.plan import Plan

# Attribute ids by which a dictionary names who a person is; a brand that does not know one leaves it out.
GIVEN_NAME, FAMILY_NAME = "first-name", "last-name"
POSTAL_LINES = (("street",), ("city", "state", "postal-code"))


def view_of(
    record: DecisionRecord,
    plan: Plan,
    person: Person,
    brand: Brand,
    segments: Sequence[str],
    template: Mapping[str, Any] | None = None,
) -> View:
    """The view of a decision.

    person   : as of the ask
    segments : ids of those that the person is in
    template : settings of the one that is rendered: where it speaks the person's language, so do days and amounts
    """
    wanted = person.value(PREFERRED_LANGUAGE)
    variant = spoken(dict(template or {}), wanted) if isinstance(wanted, str) else ""
    tongue = variant.removeprefix(LANGUAGE)
    name = person.value(GIVEN_NAME)
    site = brand.website.rstrip("/")
    return View(
        brand=brand,
        decision_id=record.id,
        issued_on=record.ask.at.astimezone(plan.zone).date(),
        offers=tuple(_offer(plan, index) for index in record.chosen),
        name=name,
        segments=(variant, *segments) if variant else tuple(segments),
        address=postal_lines(person),
        locale=tongue or brand.locale,
        view_url=f"{site}/offers/{record.id}",
        short_url=f"{site}/o/{record.id[:9]}",
        unsubscribe_url=f"{site}/unsubscribe/{record.id}",
    )


def _offer(plan: Plan, index: int) -> OfferView:
    action = plan.actions[index]
    return OfferView(
        id=action.id,
        name=action.name,
        saving=action.value,
        valid_until=last_day(action.valid_until, plan.zone),
        code=action.id.rpartition("/")[2],
        categories=tuple(action.facts.get("categories", ())),
        departments=tuple(action.facts.get("departments", ())),
    )


def postal_lines(person: Person) -> tuple[str, ...]:
    """Postal lines, or () where the street or the place is not known."""
    lines = [" ".join(str(person.value(id)) for id in ids if person.value(id)) for ids in POSTAL_LINES]
    if not all(lines):
        return ()
    whole = " ".join(str(person.value(id)) for id in (GIVEN_NAME, FAMILY_NAME) if person.value(id))
    return (whole, *lines) if whole else tuple(lines)

"""services/*.toml -> DecisionServices, channels/*.toml -> Channels."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Literal

import msgspec

from decidedly.core.dictionary import Dictionary
from decidedly.core.policy import Text
from decidedly.core.service import Channel, DecisionService, Term
from decidedly.feel.types import money
from decidedly.playbook.attribution import read_lapse
from decidedly.playbook.document import Authored, Document
from decidedly.playbook.files import Folder
from decidedly.playbook.slates import Slate, SlateForm


class ChannelForm(Authored, frozen=True, kw_only=True):
    name: str
    direction: Literal["inbound", "outbound"]
    weight: str
    contact_cost: str = "0"


class ServiceForm(SlateForm, frozen=True, kw_only=True):
    name: str
    channels: list[str]
    priority: str
    candidates: str = ""
    slots: int = 0
    customer: str = ""
    terms: dict[str, str] = msgspec.field(default_factory=dict)
    service_first: bool = True
    inbound: list[str] = msgspec.field(default_factory=list)
    purpose: str = "marketing"
    contact_class: str = "marketing"
    model: str = ""
    template: str = ""
    person_decides: bool = False
    impression: Literal["exposure", "contact"] = "exposure"
    matures: str = ""


def load_channels(folder: Folder, currency: str) -> tuple[Channel, ...]:
    """Channels by file name."""
    found = []
    for path in folder.files("channels", ".toml"):
        document = folder.document(path)
        form, weight = document.read(ChannelForm), document.text("weight")
        if form is not None and weight is not None:
            found.append(
                Channel(
                    id=path.stem,
                    name=form.name,
                    direction=form.direction,
                    weight=weight,
                    contact_cost=_cost(document, form.contact_cost, currency),
                    place=document.map.key("name"),
                )
            )
    return tuple(found)


def _cost(document: Document, amount: str, currency: str) -> float:
    """Minor units; a message may cost less than one of them."""
    try:
        cost = Decimal(amount).scaleb(money(currency).scale or 0)
    except InvalidOperation:
        cost = Decimal(-1)
    if not cost >= 0:
        place = document.map.text("contact-cost")
        document.problems.add("channels.cost", f"'{amount}' is no amount.", place, 'Write contact-cost = "0.55".')
    return float(cost)


def load_services(folder: Folder, dictionary: Dictionary) -> tuple[DecisionService, ...]:
    """Decision services by file name."""
    found = []
    for path in folder.files("services", ".toml"):
        document = folder.document(path)
        form, priority = document.read(ServiceForm), document.text("priority")
        if form is None or priority is None:
            continue
        slate = Slate(document, dictionary)
        placements = slate.placements(form)
        _check_size(document, form)
        found.append(
            DecisionService(
                id=path.stem,
                name=form.name,
                candidates=form.candidates or "*",
                slots=sum(one.slots for one in placements) if placements else max(form.slots, 1),
                channels=tuple(form.channels),
                inbound=tuple(form.inbound),
                priority=priority,
                purpose=form.purpose,
                contact_class=form.contact_class,
                model=form.model,
                template=form.template,
                person_decides=form.person_decides,
                impression=form.impression,
                matures=read_lapse(document, form.matures, "matures") if form.matures else None,
                place=document.map.key("name"),
                placements=placements,
                rules=slate.rules(form),
                session=slate.session(form.session),
                tells=slate.tells(form.tells),
                reasons=form.reasons,
                customer=document.text("customer"),
                terms=tuple(
                    Term(id=name, name=name, formula=Text(text, document.map.text("terms", name)))
                    for name, text in form.terms.items()
                ),
                service_first=form.service_first,
            )
        )
    return tuple(found)


def _check_size(document: Document, form: ServiceForm) -> None:
    """Without placements, a service says itself which actions and how many."""
    add, said = document.problems.add, document.values
    if form.placement and "slots" in said:
        message, hint = "Each placement says how many actions it takes.", "Leave slots out here."
        add("services.slots", message, document.map.value("slots"), hint)
    elif not form.placement:
        for key in ("candidates", "slots"):
            if not said.get(key) and said.get(key) != 0:
                add("playbook.missing", f"This has no '{key}'.", document.map.key("name"), "Add it, or placements.")
        if "slots" in said and form.slots < 1:
            add("services.slots", "A service needs at least one slot.", document.map.value("slots"))

"""What the gallery shows: twelve households, each with all forms of its message, its slate and its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from decidedly import content
from decidedly.app import Hub
from decidedly.core.decision import DecisionRecord
from decidedly.decide import Explanation
from decidedly.demo import gallery
from decidedly.demo.evaluate import Recall
from decidedly.demo.outcome import Dropped

SHOWN = 12
_INTRO = (
    "Every household on the list was decided on its own: each coupon went through consent, regulation, the brand's"
    " policies and the contact limits, a model trained on earlier campaigns said how likely it is to be redeemed, and"
    " the best sixteen go out by the best channel. Purchases, coupons, campaigns and redemptions are real; names,"
    " addresses and consents are made up and marked synthetic."
)


def show(
    hub: Hub, records: Sequence[DecisionRecord], dropped: Sequence[Dropped], recall: Recall, earlier: Recall
) -> Path:
    """Write the gallery beside the store; its index.html."""
    slates = [record for record in records if record.result == "slate"]
    candidates = sum(record.actions * len(record.channels) for record in records)
    run = gallery.Run(
        brand=hub.snapshot.book.brand.name,
        decided_on=f"{records[0].ask.at:%Y-%m-%d}",
        intro=_INTRO,
        households=len(records),
        decided=len(slates),
        no_action=len(records) - len(slates),
        candidates=candidates,
        passed=candidates - sum(one.candidates for one in dropped),
        by_channel={
            channel: sum(record.channel == channel for record in slates)
            for channel in sorted({record.channel for record in slates})
        },
        drops=tuple(
            gallery.RuleDrops(
                stage=one.stage, rule=one.name, candidates=one.candidates, households=one.left_with_nothing,
                place=one.place,
            )
            for one in dropped
            if one.candidates
        ),
        recall=recalls(recall, earlier),
    )  # fmt: skip
    folder, shown = hub.folder / "gallery", chosen(slates)
    hub.privacy.noted([record.leaf for record in shown], [folder])
    return gallery.write_gallery(folder, run, tuple(_household(hub, one) for one in shown))


def chosen(slates: Sequence[DecisionRecord]) -> list[DecisionRecord]:
    """Households from all over the list, every channel among them, by decision id: nobody picked the prettiest."""
    by_channel: dict[str, list[DecisionRecord]] = {}
    for record in sorted(slates, key=lambda record: record.id):
        by_channel.setdefault(record.channel, []).append(record)
    picked: list[DecisionRecord] = []
    while len(picked) < min(SHOWN, len(slates)):
        for waiting in by_channel.values():
            if waiting and len(picked) < SHOWN:
                picked.append(waiting.pop(0))
    return picked


def recalls(recall: Recall, earlier: Recall) -> tuple[gallery.Recall, ...]:
    """The two campaigns side by side, with the interval beside every figure of ours."""
    rows = (
        ("Random", "random", False),
        ("Most popular coupons", "popular", False),
        ("Habit: what the household bought most often", "most_bought", False),
        ("Ours, before the rules", "ours_before_policy", True),
        ("Ours, as decided", "ours", True),
    )
    against = recall.before_policy_against_habit, earlier.before_policy_against_habit
    notes = {
        "ours_before_policy": "; ".join(
            f"campaign {name}: {one.difference:+.3f} to habit (95 % interval {one.low:+.3f} to {one.high:+.3f})"
            for name, one in zip(("18", "13"), against, strict=True)
        ),
        "ours": "after consent, regulation and policies; households without a message count as missed",
    }
    return tuple(
        gallery.Recall(
            name=title,
            campaign_18=getattr(recall, field),
            campaign_13=getattr(earlier, field),
            ours=own,
            note=notes.get(field, ""),
        )
        for title, field, own in rows
    )


def _household(hub: Hub, record: DecisionRecord) -> gallery.Household:
    explained = hub.explain(record.id)
    card = hub.person(record.ask.who[0], record.ask.at)
    facts = {fact.attribute: fact.value for fact in card.facts}
    email, sms = hub.render(record, "email"), hub.render(record, "sms")
    words = sms.body("text/plain").decode()
    return gallery.Household(
        id=str(record.ask.who[0]),
        name=f"{facts.get('first-name', '')} {facts.get('last-name', '')}".strip(),
        about=_about(facts),
        segments=card.segments,
        decision_id=record.id,
        channel=record.channel,
        subject=email.subject,
        email_html=email.body("text/html"),
        sms=words,
        sms_segments=content.sms_segments.count(words).segments,
        letter_pdf=hub.render(record, "print").body("application/pdf"),
        letter_pages=hub.letter_pages(record),
        considered=record.actions,
        passed=sum(one.status != "dropped" for one in explained.actions),
        actions=_actions(hub, explained),
        drops=tuple(
            gallery.RuleDrops(stage=one.stage, rule=one.name, candidates=one.candidates, place=str(one.place))
            for one in explained.dropped_by
        ),
        record=msgspec.json.format(msgspec.json.encode(record), indent=1),
        also_at=f"/v1/decisions/{record.id}/explain",
    )


def _actions(hub: Hub, explained: Explanation) -> tuple[gallery.ChosenAction, ...]:
    savings = {action.id: str(action.value) for action in hub.snapshot.book.actions}
    return tuple(
        gallery.ChosenAction(
            id=one.action,
            name=one.name,
            saving=savings[one.action],
            score=one.priority or 0.0,
            propensity=one.propensity or 0.0,
            reasons=tuple(reason.text for reason in one.reasons),
        )
        for one in explained.actions
        if one.status == "won"
    )


def _about(facts: dict[str, object]) -> str:
    """One line on who they are, of what is known."""
    told = [
        f"age {facts['age-band']}" if "age-band" in facts else "age not known",
        str(facts.get("household-composition", "")),
        f"{facts.get('orders-last-90-days', 0)} orders in 90 days",
        f"{facts.get('coupons-redeemed', 0)} coupons redeemed so far",
    ]
    return " · ".join(one for one in told if one)

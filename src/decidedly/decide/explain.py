"""Explain: for every action why it won, was ranked or was dropped. Reads the record, writes nothing."""

from __future__ import annotations

from collections.abc import Collection

from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import PROFILING
from decidedly.core.errors import NotFound
from decidedly.core.person import Person
from decidedly.decide.chances import chances
from decidedly.decide.explanation import Explanation
from decidedly.decide.plan import Plan
from decidedly.decide.reading import Reading, dropped_by
from decidedly.decide.scores import Scorer


def explain(
    record: DecisionRecord,
    plan: Plan,
    *,
    action: str = "",
    person: Person | None = None,
    scorer: Scorer | None = None,
    hidden: Collection[str] = (),
) -> Explanation:
    """The explanation of a stored decision, of all actions or of one.

    plan           : of the playbook that the record names
    person, scorer : as of the ask, for the main reasons of the scores and the propensity of what was dropped; without
                     them reasons are empty
    hidden         : ids of the facts whose values are masked, and what is said of rules that read them
    Raises NotFound if the action was not considered.
    """
    ids = [one.id for one in plan.actions]
    if action and action not in ids:
        raise NotFound.named("action in this decision", action, ids)
    wanted = [ids.index(action)] if action else list(range(len(ids)))
    if person is not None and not record.inputs.permitted(PROFILING):
        person = Person(id="", at=person.at, known=False)
    reasons = scorer.reasons(person, wanted) if scorer and person else [()] * len(wanted)
    told = chances([record], scorer, [person])[0] if scorer and person else None
    reading = Reading(record, plan, hidden, told)
    explained = [reading.action(index, why) for index, why in zip(wanted, reasons, strict=True)]
    if not action:
        explained.sort(key=lambda one: (one.status == "dropped", one.rank, one.action))
    return Explanation(
        decision_id=record.id,
        person=str(record.ask.who[0]),
        service=record.ask.service,
        at=record.ask.at,
        result=record.result,
        summary=reading.summary(),
        channel=record.channel,
        playbook=record.playbook,
        model=record.model,
        kernel=record.kernel,
        dropped_by=dropped_by(record, plan),
        actions=tuple(explained),
        permissions=reading.permissions(),
    )

"""Reading: what one decision record says of its candidates, its arrays unpacked and its rules put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from decidedly.core.decision import NULL, OWN_RULE, DecisionRecord
from decidedly.core.dictionary import AUTOMATED
from decidedly.core.own_rule import OwnRule, sentence
from decidedly.core.policy import LAW
from decidedly.core.provenance import Fact
from decidedly.decide.condition import Condition, Facts
from decidedly.decide.explanation import ActionExplained, Drop, FactRead, RuleCount, Status
from decidedly.decide.limit_words import limit_words
from decidedly.decide.own_rules import name_of, text_of
from decidedly.decide.parts import Made
from decidedly.decide.plan import Plan
from decidedly.feel import Reference
from decidedly.models import Reason
from decidedly.playbook import ROOTS
from decidedly.rules import MAY_HAVE, explain_rule

REASON = "reason"
"""The output of a policy's table that says why, in the author's words."""


def dropped_by(record: DecisionRecord, plan: Plan) -> tuple[RuleCount, ...]:
    """Candidates dropped by each rule, in the order of the rules; rules that dropped none are left out."""
    counts = Counter(np.frombuffer(record.dropped, "<u2").tolist())
    own = record.inputs.own_rules
    indices = [*range(len(plan.rules)), *(OWN_RULE - place for place in range(len(own)))]
    told = ((plan.rule(index, own), counts[1 + index]) for index in indices if counts[1 + index])
    return tuple(
        RuleCount(
            stage=rule.stage, rule=rule.id, name=rule.name, source=rule.source, place=rule.place, candidates=count
        )
        for rule, count in told
    )


class Reading:
    """A record with its arrays unpacked."""

    def __init__(
        self, record: DecisionRecord, plan: Plan, hidden: Collection[str], told: NDArray[np.float32] | None = None
    ) -> None:
        self.hidden = hidden
        self.made = Made(record, plan, hidden)
        shape = (record.actions, len(record.channels))
        self.record = record
        self.plan = plan
        self.dropped = np.frombuffer(record.dropped, "<u2").reshape(shape)
        self.priority = np.frombuffer(record.priority, "<f4").reshape(shape)
        self.propensity = np.frombuffer(record.inputs.propensity, "<f4") if told is None else told
        self.column = self._column()
        shown = self.priority[:, self.column]
        places = {action: place for place, action in enumerate(record.chosen, 1)}
        rest = [action for action in np.argsort(-shown, kind="stable").tolist() if action not in places]
        alive = [action for action in rest if not np.isnan(shown[action])]
        self.rank = places | {action: len(places) + place for place, action in enumerate(alive, 1)}

    def _column(self) -> int:
        """The channel that ranks are told for: the chosen one, else the one where the most candidates passed."""
        if self.record.channel:
            return self.record.channels.index(self.record.channel)
        return int((self.dropped == 0).sum(axis=0).argmax())

    def action(self, index: int, reasons: Sequence[Reason]) -> ActionExplained:
        own = self.plan.actions[index]
        status: Status = "won" if index in self.record.chosen else "ranked" if index in self.rank else "dropped"
        priority = float(self.priority[index, self.column])
        propensity = float(self.propensity[index])
        return ActionExplained(
            action=own.id,
            name=own.name,
            status=status,
            rank=self.rank.get(index, 0),
            channel=self.record.channels[self.column],
            propensity=None if np.isnan(propensity) else propensity,
            priority=None if np.isnan(priority) else priority,
            drops={
                channel: self.drop(index, channel, int(code) - 1)
                for channel, code in zip(self.record.channels, self.dropped[index], strict=True)
                if code
            },
            reasons=tuple(reasons),
            parts=None if np.isnan(priority) else self.made.parts(index, self.column),
            held_back=self.made.held_back(index) if status == "ranked" else "",
        )

    def drop(self, action: int, channel: str, rule: int) -> Drop:
        told = self.plan.rule(rule, self.record.inputs.own_rules)
        facts = self._facts_of(action, channel, rule)
        row, says = self._row(action, rule)
        sentence, nulls = self._words(action, rule)
        sentence = sentence or limit_words(self.plan, self.record, channel, rule)
        if any(fact.masked for fact in facts):  # the row, its words and its nulls would say what the facts do not
            row, says, sentence, nulls = 0, "", "It read a fact that is not for everybody.", ()
        return Drop(
            stage=told.stage, rule=told.id, name=told.name, source=told.source, place=told.place,
            row=row, says=says, sentence=sentence, nulls=nulls, facts=facts,
        )  # fmt: skip

    def _words(self, action: int, rule: int) -> tuple[str, tuple[str, ...]]:
        """What decided in plain English, and where a null came from; nothing where a decision model decided."""
        own = self._own(rule)
        if own is not None and own.choice is not None:
            return f"Wanted: {text_of(own.choice, self.plan.own_rules.topics)}.", ()
        condition = self._condition(rule)
        if condition is None:
            return "", ()
        rule_read = condition.tree if condition.table is None else condition.table.typed
        if rule_read is None:
            return "", ()
        try:
            told = explain_rule(rule_read, self._by_root(action, rule), MAY_HAVE)
        except Exception:  # what broke when it was decided breaks again
            return "", ("the rule broke on a value",)
        wanted = f"Wanted: {told.sentence}." if condition.table is None else told.sentence
        return wanted, told.nulls if told.value is None else ()

    def _by_root(self, action: int, rule: int) -> dict[str, Facts]:
        return dict(zip(ROOTS, self._roots(action, rule), strict=True))

    def _row(self, action: int, rule: int) -> tuple[int, str]:
        """Line of the table's row that dropped the action, and the reason that stands there; of a rule that the person
        set, what it is in plain words."""
        own = self._own(rule)
        if own is not None and own.choice is not None:
            return 0, sentence(own.choice)
        condition = self._condition(rule)
        if condition is None or condition.table is None:
            return 0, ""
        table = condition.table
        try:
            fired = table.fn(*self._roots(action, rule))
        except Exception:  # what broke when it was decided breaks again
            return 0, "the table broke on a value"
        names = [cell.text for cell in table.table.outputs]
        says = fired.outputs[names.index(REASON)] if REASON in names else None
        return (table.line(fired.rows[0]) if fired.rows else 0), says or fired.problem

    def _facts_of(self, action: int, channel: str, rule: int) -> tuple[FactRead, ...]:
        if rule == self.plan.consent_rule:
            return (self._consent(channel),)
        if rule == self.plan.automated_rule:
            return (self._permission(AUTOMATED),)
        own = self._own(rule)
        if own is not None:
            said = own.provenance
            return (
                FactRead(
                    name="own rule", value=own.words or name_of(own), how=said.how, source=said.source, at=said.at,
                    synthetic=said.synthetic, provenance_id=own.message_id,
                ),
            )  # fmt: skip
        condition = self._condition(rule)
        if condition:
            return tuple(self._fact(reference, action, rule) for reference in condition.reads)
        return tuple(
            FactRead(name=f"contact by {entry.channel}", value=entry.state, at=entry.at, provenance_id=entry.id)
            for entry in self.record.inputs.contacts
        )

    def _consent(self, channel: str) -> FactRead:
        inputs = self.record.inputs
        said = inputs.consents.get(channel)
        return FactRead(
            name=f"consent to {self.plan.purpose.name} by {channel}",
            value=said,
            how="given" if said is not None else "",
            provenance_id=inputs.consent_ids.get(channel, ""),
        )

    def _permission(self, purpose: str) -> FactRead:
        id = self.record.inputs.permission_ids.get(purpose, "")
        allowed = self.record.inputs.permitted(purpose)
        return FactRead(name=f"permission for {purpose}", value=allowed, how="given" if id else "", provenance_id=id)

    def permissions(self) -> tuple[FactRead, ...]:
        return tuple(self._permission(purpose) for purpose in self.record.inputs.permissions)

    def _own(self, rule: int) -> OwnRule | None:
        """The person's own rule that an index names."""
        return self.record.inputs.own_rules[OWN_RULE - rule] if rule >= len(self.plan.rules) else None

    def _condition(self, rule: int) -> Condition | None:
        places = (one for one in self.plan.slates.conditions if one is not None)
        tiers = (one for tier in self.plan.conditions.values() for one in tier)
        return next((one for one in (*tiers, *places) if one.rule == rule), None)

    def _read(self, rule: int) -> dict[str, Fact]:
        """The person's facts as the rule read them: of one who refused profiling, most read a stranger's."""
        inputs = self.record.inputs
        return (
            inputs.facts
            if inputs.open_facts is None or self.plan.rule(rule, inputs.own_rules).stage in LAW
            else inputs.open_facts
        )

    def _roots(self, action: int, rule: int) -> tuple[Facts, Facts, Facts, Facts]:
        inputs = self.record.inputs
        candidate = {id: self._candidate(id, action) for id in inputs.candidates}
        return (
            self.plan.facts(self._read(rule)),
            dict(self.plan.actions[action].facts),
            {id: value for id, value in candidate.items() if value is not None},
            self.plan.context(self.record.ask),
        )

    def _candidate(self, id: str, action: int) -> int | None:
        value = int(np.frombuffer(self.record.inputs.candidates[id], "<i4")[action])
        return None if value == NULL else value

    def _fact(self, reference: Reference, action: int, rule: int) -> FactRead:
        told = self._unmasked(reference, action, rule)
        if reference.id in self.hidden and told.value is not None:
            return replace(told, value=None, masked=True)
        return told

    def _unmasked(self, reference: Reference, action: int, rule: int) -> FactRead:
        _, own, candidate, context = self._roots(action, rule)
        name = str(reference)
        if reference.root == "person":
            fact = self._read(rule).get(reference.id)
            if fact is None:
                return FactRead(name=name, value=None)
            said = fact.provenance
            return FactRead(
                name=name, value=fact.value, how=said.how, source=said.source, at=said.at,
                synthetic=said.synthetic, provenance_id=fact.message_id,
            )  # fmt: skip
        if reference.root == "candidate":
            return FactRead(
                name=name, value=candidate.get(reference.id), how="learnt", source="purchase history",
                at=self.record.ask.at,
            )  # fmt: skip
        return FactRead(name=name, value=(own if reference.root == "action" else context).get(reference.id))

    def summary(self) -> str:
        """One plain sentence on the result, and one more where the person refused to be profiled."""
        if self.record.inputs.open_facts is None:
            return self._summary()
        return f"{self._summary()} The person refused profiling and was decided as a stranger."

    def _summary(self) -> str:
        record = self.record
        passed = int((self.dropped == 0).any(axis=1).sum())
        if record.result == "slate":
            return (
                f"{len(record.chosen)} of {record.actions} actions were chosen for {record.channel}; "
                f"{passed} passed every rule, {record.actions - passed} were dropped."
            )
        if passed:
            return f"{passed} of {record.actions} actions passed every rule, but no slate was worth its contact."
        most = max(dropped_by(record, self.plan), key=lambda one: one.candidates, default=None)
        because = f"; most were dropped by '{most.name}'" if most else ""
        return f"None of {record.actions} actions passed every rule{because}."

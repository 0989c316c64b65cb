"""Letter: a decision told to the person it was about, in plain words (Art. 15(1)(h) and 22 GDPR)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

import msgspec
import numpy as np

from decidedly.content import day, language
from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.group import TOLD
from decidedly.core.person import Person
from decidedly.core.playbook import Brand
from decidedly.core.preference import LANGUAGE
from decidedly.core.provenance import Fact
from decidedly.decide.explanation import Explanation
from decidedly.decide.hours import zone_of
from decidedly.decide.letter_words import FALLBACK, WORDS
from decidedly.decide.plan import Plan
from decidedly.decide.treat import GIVEN_NAME
from decidedly.feel import ANY, parse_type, to_plain
from decidedly.feel.types import Money
from decidedly.person import aggregate_type

REASONS = 2
_CAN = ("can-correct", "can-rule", "can-withdraw", "can-object", "can-human", "can-copy", "can-complain")


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the letter. before: a sentence ahead of the points; after: one behind them."""

    heading: str
    before: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """language: of the text, as a tag ("de-AT"): the person's where we have its words, else English."""

    decision_id: str
    language: str
    subject: str
    greeting: str
    sections: tuple[Section, ...]
    closing: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it is sent."""
        lines = [self.subject, "", self.greeting]
        for section in self.sections:
            lines += ["", section.heading] if section.heading else []
            lines += ["", *section.before] if section.before else [""]
            lines += [f"- {point}" for point in section.points]
            lines += section.after
        return "\n".join([*lines, "", *self.closing])


def letter(
    told: Explanation,
    record: DecisionRecord,
    plan: Plan,
    person: Person,
    brand: Brand,
    dictionary: Dictionary,
    hidden: Collection[str] = (),
) -> Letter:
    """The letter that explains a decision.

    told   : the explanation of all its actions
    person : as of the ask, for their name and language
    hidden : ids of the facts whose values do not stand in it
    """
    return _Writing(told, record, plan, person, brand, dictionary, hidden).letter()


class _Writing:
    def __init__(
        self, told: Explanation, record: DecisionRecord, plan: Plan, person: Person, brand: Brand,
        dictionary: Dictionary, hidden: Collection[str],
    ) -> None:  # fmt: skip
        self.told, self.record, self.plan, self.person = told, record, plan, person
        self.brand, self.dictionary, self.hidden = brand, dictionary, hidden
        wanted = person.value(LANGUAGE)
        self.locale = _spoken(wanted if isinstance(wanted, str) else "", brand.locale)
        self.words = WORDS[self.locale.partition("-")[0]]
        self.names = dictionary.names
        self.zone = zone_of(plan.facts(record.inputs.facts), plan.zone)

    def letter(self) -> Letter:
        name = self.person.value(GIVEN_NAME)
        return Letter(
            decision_id=self.record.id,
            language=self.locale,
            subject=self.say("subject", day=self.day(self.record.ask.at)),
            greeting=self.say("greeting", name=name) if name else self.say("greeting-nobody"),
            sections=(self.chosen(), self.known(), self.how(), self.rights()),
            closing=(self.brand.name, self.say("reference", id=self.record.id)),
        )

    def say(self, words: str, **parts: Any) -> str:
        return self.words[words].format(**parts)

    def day(self, at: datetime | date) -> str:
        return day(at.astimezone(self.zone).date() if isinstance(at, datetime) else at, self.locale)

    def chosen(self) -> Section:
        record, ask = self.record, self.record.ask
        names = {channel.id: channel.name for channel in self.plan.channels}
        shown = record.channel or ask.channel
        where = self.say("where", channel=names.get(shown, shown)) if shown else ""
        won = [one for one in self.told.actions if one.status == "won"]
        parts = {"day": self.day(ask.at), "time": f"{ask.at.astimezone(self.zone):%H:%M}", "all": record.actions,
                 "where": where, "some": len(won)}  # fmt: skip
        points = tuple(
            self.say("because", offer=one.name, reasons="; ".join(reason.text for reason in one.reasons[:REASONS]))
            if one.reasons
            else one.name
            for one in won
        )
        before = [self.say("intro"), self.say("chose" if won else "chose-nothing", **parts)]
        after = (self.say("person-decides"),) if self.plan.service.person_decides else ()
        return Section(heading="", before=tuple(before), points=points, after=after)

    def known(self) -> Section:
        inputs = self.record.inputs
        points = [self.fact(id, fact) for id, fact in self.in_order(inputs.facts)]
        points += [
            self.say("consent", channel=channel.name, value=self.value(said, None))
            for channel in self.plan.channels
            if channel.direction == "outbound" and (said := inputs.consents.get(channel.id)) is not None
        ]
        if inputs.contacts:
            points.append(self.say("contacts", count=len(inputs.contacts)))
        counted = [self.name(id) for id in inputs.candidates if self.record.known and inputs.open_facts is None]
        before = [self.say("stranger")] if inputs.open_facts is not None else []
        before += [] if points or before else [self.say("knew-nothing")]
        after = (self.say("counted", names=", ".join(counted)),) if counted else ()
        return Section(heading=self.say("knew"), before=tuple(before), points=tuple(points), after=after)

    def how(self) -> Section:
        rules = list(self.dropped())
        left = sum(one.status != "dropped" for one in self.told.actions)
        if not left:
            after = self.say("nobody-left")
        else:
            after = self.say("ranked" if self.record.result == "slate" else "not-worth", count=left)
        before = (self.say("dropped"),) if rules else ()
        return Section(heading=self.say("how"), before=before, points=tuple(rules), after=(after,))

    def dropped(self) -> Iterator[str]:
        """Each rule that took an offer away from where the person would have seen it, and how many offers."""
        column = self.record.channels.index(self.told.actions[0].channel) if self.told.actions else 0
        shape = (self.record.actions, len(self.record.channels))
        counts = Counter(np.frombuffer(self.record.dropped, "<u2").reshape(shape)[:, column].tolist())
        for code in sorted(counts.keys() - {0}):
            rule = self.plan.rule(code - 1, self.record.inputs.own_rules)
            stage = self.words.get(f"stage-{rule.stage}", self.words["stage-other"])
            source = f"{stage}: {rule.source}" if rule.stage == "regulation" and rule.source else stage
            one = "rule-one" if counts[code] == 1 else "rule"
            name = self.words.get(f"rule-{rule.id}", rule.name)
            yield self.say(one, rule=name, count=counts[code], stage=source)

    def rights(self) -> Section:
        postal = self.brand.postal_address
        name = "" if self.brand.name in postal else self.brand.name
        address = ", ".join(filter(None, (name, postal, self.brand.website)))
        points = tuple(self.say(one) for one in _CAN)
        after = (self.say("write", address=address), self.say("rights"))
        return Section(heading=self.say("can"), points=points, after=after)

    def in_order(self, facts: dict[str, Fact]) -> list[tuple[str, Fact]]:
        """As the data dictionary lists them."""
        order = list(self.names)
        return sorted(facts.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))

    def fact(self, id: str, fact: Fact) -> str:
        said = fact.provenance
        how = f"how-{said.how}-by" if said.how == "given" and said.source else f"how-{said.how}"
        of_others = fact.message_id.startswith(TOLD)  # a letter to one tells nothing of the others in their household
        value = self.say("masked") if of_others or id in self.hidden else self.value(fact.value, id)
        told = self.say(how, day=self.day(said.at), source=said.source)
        return self.say("fact", name=self.name(id), value=value, how=told)

    def name(self, id: str) -> str:
        return self.names.get(id, id)

    def value(self, value: Any, id: str | None) -> str:
        """A kept value as the person would write it."""
        type_ = self.type_of(id) if id else ANY
        try:
            plain = to_plain(type_, value)
        except (TypeError, ValueError, ArithmeticError):  # damaged: told as it stands
            plain = value
        if isinstance(plain, bool):
            return self.say("yes" if plain else "no")
        if isinstance(plain, list | tuple):
            return ", ".join(self.value(one, None) for one in plain)
        if isinstance(plain, date):
            return self.day(plain)
        return f"{plain:.2f} {type_.currency}" if isinstance(type_, Money) else str(plain)

    def type_of(self, id: str) -> Any:
        attribute = next((one for one in self.dictionary.readable if one.id == id), None)
        aggregate = next((one for one in self.dictionary.aggregates if one.id == id), None)
        if attribute is not None:
            return parse_type(attribute.type)[0] or ANY
        return (parse_type(aggregate_type(aggregate, self.dictionary))[0] or ANY) if aggregate is not None else ANY


def _spoken(*wanted: str) -> str:
    """The first of these locales whose language we have words of."""
    for one in wanted:
        try:
            tag = language(one) if one else ""
        except BadInput:
            continue
        if tag.partition("-")[0] in WORDS:
            return tag
    return FALLBACK

"""The one record of each person: events folded into leaves, leaves combined as of a moment."""

from decidedly.person.aggregate_columns import aggregate_columns
from decidedly.person.aggregates import aggregates
from decidedly.person.as_read import Readers, as_read, reader, readers_of
from decidedly.person.card import Card, CardConsent, CardFact, card
from decidedly.person.check import aggregate_problems, check, namespace_problems, survivorship_problems
from decidedly.person.check_groups import kind_problems
from decidedly.person.circle import Circle, Look, circle_of, group_at
from decidedly.person.combine import combine, leaves_at, persons_at, seen
from decidedly.person.consent import consent_for, consented, consents_of, pending_of, permitted, state_of
from decidedly.person.declared import aggregate_type, micros_of
from decidedly.person.fold import OWN_RULE, fold, fold_contacts
from decidedly.person.group import groups_at, traits_at
from decidedly.person.group_card import CardMember, GroupCard, group_card, masked_group
from decidedly.person.lines import lines_of
from decidedly.person.machine import bursts
from decidedly.person.mask import MASKED, masked, masked_card, masked_event
from decidedly.person.normalize import LONGEST, Unfit, normalize, sought
from decidedly.person.panes import Arrays, arrays, cut, event_micros, string_key
from decidedly.person.people import people_table
from decidedly.person.population import Population, population
from decidedly.person.project import project
from decidedly.person.resolve import SHARED, Resolution, is_evidence, is_explicit, resolve
from decidedly.person.schema import Column, KindSchema, Schema, schema_of
from decidedly.person.survive import others
from decidedly.person.viewed import viewed
from decidedly.person.window import span

__all__ = [
    "LONGEST",
    "MASKED",
    "OWN_RULE",
    "SHARED",
    "Arrays",
    "Card",
    "CardConsent",
    "CardFact",
    "CardMember",
    "Circle",
    "Column",
    "GroupCard",
    "KindSchema",
    "Look",
    "Population",
    "Readers",
    "Resolution",
    "Schema",
    "Unfit",
    "aggregate_columns",
    "aggregate_problems",
    "aggregate_type",
    "aggregates",
    "arrays",
    "as_read",
    "bursts",
    "card",
    "check",
    "circle_of",
    "combine",
    "consent_for",
    "consented",
    "consents_of",
    "cut",
    "event_micros",
    "fold",
    "fold_contacts",
    "group_at",
    "group_card",
    "groups_at",
    "is_evidence",
    "is_explicit",
    "kind_problems",
    "leaves_at",
    "lines_of",
    "masked",
    "masked_card",
    "masked_event",
    "masked_group",
    "micros_of",
    "namespace_problems",
    "normalize",
    "others",
    "pending_of",
    "people_table",
    "permitted",
    "persons_at",
    "population",
    "project",
    "reader",
    "readers_of",
    "resolve",
    "schema_of",
    "seen",
    "sought",
    "span",
    "state_of",
    "string_key",
    "survivorship_problems",
    "traits_at",
    "viewed",
]

"""The learner: what came of earlier campaigns -> a trained model for the actions of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import numpy as np

from decidedly.core.action import Action
from decidedly.core.derive import key64
from decidedly.core.errors import BadInput, NotReady
from decidedly.core.playbook import ModelSpec
from decidedly.feel import Diagnostic
from decidedly.measure.history import Campaign, History, of_people, read_campaign, read_history
from decidedly.models import (
    Example,
    Features,
    Ints,
    Propensity,
    Reads,
    Settings,
    Snapshot,
    Trained,
    affinity,
    bind,
    snapshot,
    to_bytes,
    train,
    version_of,
)
from decidedly.ports.warehouse import Warehouse

SEED = 1


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """A trained model. examples: person-action pairs it was fitted on; positives: those with the outcome."""

    version: str
    blob: bytes
    campaigns: tuple[str, ...]
    examples: int
    positives: int


def learn(spec: ModelSpec, warehouse: Warehouse, actions: Sequence[Action], before: datetime) -> Learnt:
    """Train the model that the playbook asks for on campaigns that ended before `before`, and bind it to `actions`.

    Raises NotReady if none of the campaigns it learns from is over, BadInput for settings that do not fit.
    """
    settings, reads = settings_of(spec)
    history = read_history(warehouse, reads, before)
    used, examples = examples_of(history, warehouse, settings)
    trained = Trained(
        model=train(examples, settings, SEED),
        reads=reads,
        products=history.products,
        catalogue=history.catalogue,
        actions=tuple(action.id for action in actions),
        population=population_of(history, actions),
    )
    blob = to_bytes(trained)
    return Learnt(
        version=version_of(blob),
        blob=blob,
        campaigns=used,
        examples=sum(example.outcome.size for example in examples),
        positives=sum(int(example.outcome.sum()) for example in examples),
    )


def fit(history: History, warehouse: Warehouse, settings: Settings) -> Propensity:
    """The model alone, of what is known in `history`."""
    return train(examples_of(history, warehouse, settings)[1], settings, SEED)


def population_of(history: History, actions: Sequence[Action]) -> Snapshot:
    """What the whole population says about these actions at the end of the history."""
    offers = bind(actions, history.products)
    moment = int(history.before.timestamp())
    return snapshot(history.purchases, len(history.people), history.catalogue, offers, moment)


def settings_of(spec: ModelSpec) -> tuple[Settings, Reads]:
    """The authored settings of a propensity model, and where the history that it reads stands."""
    told = dict(spec.settings)
    reads = told.pop("reads", {})
    try:
        return msgspec.convert(told, Settings), msgspec.convert(reads, Reads)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadInput(
            str(error), place=str(spec.place), hint="docs/reference/models.md lists the settings."
        ) from error


def check_model(spec: ModelSpec) -> tuple[Diagnostic, ...]:
    """What is wrong with the authored settings of a model."""
    try:
        settings_of(spec)
    except BadInput as error:
        return (Diagnostic("playbook.model-settings", error.message, error.hint, spec.place),)
    return ()


def examples_of(history: History, warehouse: Warehouse, settings: Settings) -> tuple[tuple[str, ...], list[Example]]:
    """The campaigns of the settings that were over before the history ends, and what came of each."""
    used, examples = [], []
    for name in settings.learns_from:
        campaign = read_campaign(warehouse, name, history.products)
        if campaign.ends < history.before:
            people = np.unique(history.received.person[history.received_campaign == key64(name)])
            features = features_of(history, campaign, people, campaign.starts)
            used.append(name)
            examples.append(Example(features, _outcomes(history, name, campaign, people)))
    if not examples:
        raise NotReady(
            f"None of the campaigns {', '.join(settings.learns_from)} was over before {history.before:%Y-%m-%d}.",
            hint="Train on a later day, or let the model learn from earlier campaigns.",
        )
    return tuple(used), examples


def features_of(history: History, campaign: Campaign, people: Ints, at: datetime) -> Features:
    """Features of these people (rows) for a campaign's actions, from what happened strictly before `at`."""
    moment = int(at.timestamp())
    population = snapshot(history.purchases, len(history.people), history.catalogue, campaign.offers, moment)
    purchases, responses = of_people(history, people)
    return affinity(purchases, responses, len(people), history.catalogue, campaign.offers, population, moment)


def _outcomes(
    history: History, name: str, campaign: Campaign, people: Ints
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """bool (people, actions): who responded to what from the campaign's first moment on."""
    outcome = np.zeros((len(history.people), len(campaign.keys)), bool)
    hit = (history.response_campaign == key64(name)) & (history.responses.at >= campaign.starts.timestamp())
    order = np.argsort(campaign.keys)
    place = order[
        np.minimum(np.searchsorted(campaign.keys, history.response_action[hit], sorter=order), len(order) - 1)
    ]
    known = campaign.keys[place] == history.response_action[hit]
    outcome[history.responses.person[hit][known], place[known]] = True
    return outcome[people]

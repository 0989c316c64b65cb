"""Contract of the playbook store."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from decidedly.core.action import Action, Money
from decidedly.core.playbook import Brand, Playbook, playbook_hash
from decidedly.core.policy import ContactPolicy
from decidedly.core.provenance import Provenance
from tests.cases import NOON, YEAR, dictionary
from tests.contract.conftest import Ports


def playbook() -> Playbook:
    action = Action(
        id="grow/campaign-18/1",
        name="Coffee",
        facts={"categories": ["COFFEE"], "product-count": 2, "share": 0.5},
        value=Money(100, "USD"),
        value_provenance=Provenance(how="learnt", source="coupons", at=YEAR),
        valid_from=NOON,
        valid_until=NOON + timedelta(days=30),
        products=("1", "2"),
    )
    return Playbook(
        brand=Brand(
            name="Grocer",
            currency="USD",
            locale="en_US",
            time_zone="UTC",
            postal_address="1 Main Street",
            website="https://example.org",
        ),
        dictionary=dictionary(),
        actions=(action,),
        policies=(),
        contact=ContactPolicy(),
        segments=(),
        channels=(),
        services=(),
        templates=(),
        models=(),
    )


def test_nothing_is_in_force_at_first(ports: Ports) -> None:
    assert ports.playbooks.current() is None
    assert ports.playbooks.get("0") is None


def test_a_published_playbook_comes_back_and_is_in_force(ports: Ports) -> None:
    hash = ports.playbooks.publish(playbook())
    stored = ports.playbooks.get(hash)
    assert stored == playbook()
    assert playbook_hash(stored) == hash == ports.playbooks.current()


def test_publishing_an_old_one_again_rolls_back(ports: Ports) -> None:
    first = ports.playbooks.publish(playbook())
    second = ports.playbooks.publish(replace(playbook(), brand=replace(playbook().brand, name="Other")))
    assert first != second == ports.playbooks.current()
    assert ports.playbooks.publish(playbook()) == first == ports.playbooks.current()
    assert ports.playbooks.get(second) is not None

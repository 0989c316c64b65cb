"""Contract of the model store."""

from __future__ import annotations

from tests.contract.conftest import Ports


def test_nothing_is_in_force_at_first(ports: Ports) -> None:
    assert ports.models.current("coupons") is None
    assert ports.models.get("v1") is None


def test_a_published_model_comes_back_and_is_in_force_under_its_name(ports: Ports) -> None:
    ports.models.publish("coupons", "v1", b"\0one")
    ports.models.publish("clicks", "v2", b"two")
    assert ports.models.get("v1") == b"\0one"
    assert ports.models.current("coupons") == "v1"
    assert ports.models.current("clicks") == "v2"


def test_earlier_versions_are_kept_for_ever(ports: Ports) -> None:
    ports.models.publish("coupons", "v1", b"one")
    ports.models.publish("coupons", "v2", b"two")
    assert ports.models.get("v1") == b"one"
    ports.models.publish("coupons", "v1", b"one")
    assert ports.models.current("coupons") == "v1"

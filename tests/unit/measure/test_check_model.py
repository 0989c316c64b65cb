"""A model whose settings do not fit is found when the playbook is checked, not when somebody trains it."""

from __future__ import annotations

import tomllib

from decidedly.core.playbook import ModelSpec
from decidedly.demo.playbook import grocer
from decidedly.feel import Place
from decidedly.measure import check_model


def spec(**changes: object) -> ModelSpec:
    told = tomllib.loads((grocer() / "models" / "coupon-redemption.toml").read_text("utf-8"))
    place = Place("models/coupon-redemption.toml")
    return ModelSpec(
        id="coupon-redemption", name="coupon-redemption", kind="propensity", settings=told | changes, place=place
    )


def test_the_grocers_model_is_in_order() -> None:
    assert check_model(spec()) == ()


def test_an_unknown_feature_is_named_with_its_file() -> None:
    (problem,) = check_model(spec(features=["baskets", "makr_only"]))
    assert "makr_only" in problem.message
    assert problem.place.file == "models/coupon-redemption.toml"


def test_an_unknown_key_is_named() -> None:
    (problem,) = check_model(spec(fold=5))
    assert "fold" in problem.message

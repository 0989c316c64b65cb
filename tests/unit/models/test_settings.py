from pathlib import Path

import msgspec
import pytest

from decidedly.models import read_settings

from .population import SETTINGS

GROCER = Path(__file__).parents[3] / "examples/grocer/models/coupon-redemption.toml"


def test_the_examples_settings_can_be_read():
    assert read_settings(GROCER).name == "coupon-redemption"


def test_equal_settings_have_equal_hashes():
    assert msgspec.structs.replace(SETTINGS).hash == SETTINGS.hash
    assert msgspec.structs.replace(SETTINGS, caution=6.0).hash != SETTINGS.hash


def test_an_unknown_feature_is_named():
    with pytest.raises(ValueError, match="no feature basket;"):
        msgspec.structs.replace(SETTINGS, features=("basket",))

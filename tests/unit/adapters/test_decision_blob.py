"""Stored decisions: few bytes, the same record again to the byte, and those of earlier versions for ever."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bench.large_service import inputs, plan_of
from bench.large_service import record as large
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.adapters.blobs import DECISION
from decidedly.adapters.decision_blob import packed, unpacked
from decidedly.adapters.without import traces
from decidedly.core.decision import OWN_RULE, DecisionRecord, to_bytes
from decidedly.core.errors import StoreTooNew
from decidedly.decide import replay
from tests.cases import record

# Written by these schemas. Never change them: stores in the field hold such bytes. A new schema adds its own.
GOLDEN_1 = bytes.fromhex(
    "0001de0014a7616374696f6e7302a361726da46f6e6c79a361736b86a661736b5f6964a661736b2d6431a26174d6ff59f71440a76368"
    "616e6e656ca0a7636f6e7465787484a5646570746803a470616765a4686f6d65a573636f7265cb3fd0000000000000a47461677392a1"
    "61c0a773657276696365ae7765656b6c792d636f75706f6e73a377686f9192a76c6f79616c7479a131a76368616e6e656ca5656d6169"
    "6ca86368616e6e656c7391a5656d61696ca663686f73656e9100a764726f70706564c40400000100a26964a26431a6696e707574738c"
    "aa63616e6469646174657381ac74696d65732d626f75676874c41000000000000000000000000000000000ab636f6e73656e745f6964"
    "7382a5656d61696ca26332a3736d73a26331a8636f6e73656e747382a5656d61696cc2a3736d73c3a8636f6e74616374739187a26174"
    "d6ff58684680a76368616e6e656ca5656d61696cad636f6e746163745f636c617373a96d61726b6574696e67a96578706f7375726573"
    "00a26964a26531a57374617465a9636f6e6669726d6564a5756e74696cc0a76561726c69657290a565706f636802a5666163747381a8"
    "6167652d62616e6483aa6d6573736167655f6964a970726f66696c653a31aa70726f76656e616e636585a26174d6ff58684680aa636f"
    "6e666964656e6365cb3fe0000000000000a3686f77a561736b6564a6736f75726365a474657374a973796e746865746963c2a576616c"
    "7565a533352d3434aa6f70656e5f6661637473c0a96f776e5f72756c657390ae7065726d697373696f6e5f69647380ab7065726d6973"
    "73696f6e7380aa70726f70656e73697479c4080000000000000000a66b65726e656ca131a56b6e6f776ec3a46c656166a27031a56d6f"
    "64656ca26d31a6706c6163657390a8706c6179626f6f6ba26231a87072696f72697479c4080000803f0000c07fab70726f626162696c"
    "69747991cb3ff0000000000000a6726573756c74a5736c617465a6736368656d6101a47365656407"
)
GOLDEN_2 = bytes.fromhex(
    "0002000000007a86a661736b5f6964a661736b2d6431a377686f9192a76c6f79616c7479a131a773657276696365ae7765656b6c792d"
    "636f75706f6e73a26174d6ff59f71440a76368616e6e656ca0a7636f6e7465787484a470616765a4686f6d65a5646570746803a57363"
    "6f7265cb3fd0000000000000a47461677392a161c028b52ffd6094012d07008406a264319000000000a080a27031a26231a26d3107a3"
    "61726da46f6e6c7981a533352d3434a474657358684680e0653a3182a3736d73c3c2a26331a2633281080000c07f91a2653158684680"
    "00028090029104000001080000803f0000c07f9191a6706c61636573902f2060c2114830ee010a91751c6a0eb061b9b1e693aaa1522d"
    "701c2f0a56f15926e57371c620d01a89ac1bd0ae0c7665ab469c43b504ecb087762d5b0adb12872b0e6b2177f15bc628c097e9b30c80"
    "b9ab0fb9e64014d15d21b710641409723c029e46285012038804398f20ee1442d89f4853961931ce2e8cdcac"
)
NAN = b"\0\0\xc0\x7f"


def test_a_blob_of_schema_1_is_read_without_the_propensity_of_what_was_dropped() -> None:
    old = DECISION.decode(GOLDEN_1)
    inputs = replace(record("d1").inputs, candidates={"times-bought": b"\0" * 16})
    assert old == replace(record("d1"), inputs=inputs)
    assert old.inputs.propensity == b"\0\0\0\0" + NAN


def test_a_blob_of_schema_2_is_read() -> None:
    assert DECISION.decode(GOLDEN_2) == record("d1")


def test_a_later_schema_is_refused() -> None:
    with pytest.raises(StoreTooNew, match="schema 3"):
        DECISION.decode(b"\0\3" + GOLDEN_2[2:])


def test_who_is_erased_is_found_by_the_bytes_of_their_identifiers() -> None:
    one = record("d1")
    blob = DECISION.encode(one)
    assert any(trace in blob for trace in traces(one.ask.who))


@pytest.mark.parametrize(("candidates", "channels"), [(1_000, 1), (999, 3)])
def test_a_thousand_candidates_of_which_three_hundred_survive_take_at_most_8_kb(candidates: int, channels: int) -> None:
    one = large(plan_of(candidates, channels))
    alive = int((np.frombuffer(one.dropped, "<u2") == 0).sum())
    assert (one.result, round(alive, -1)) == ("slate", 300 if channels == 1 else 290)
    assert len(DECISION.encode(one)) <= 8_000


@pytest.mark.parametrize(("candidates", "channels"), [(0, 1), (20, 1), (100, 1), (300, 3), (1_000, 1), (3_000, 3)])
def test_a_record_comes_back_to_its_bytes_and_replays(candidates: int, channels: int) -> None:
    plan = plan_of(candidates, channels)
    one = large(plan)
    back = DECISION.decode(DECISION.encode(one))
    assert to_bytes(back) == to_bytes(one)
    assert to_bytes(replay(back, plan)) == to_bytes(one)


def test_a_blob_of_schema_1_with_every_propensity_replays() -> None:
    plan = plan_of(40)
    one = large(plan)
    whole = replace(one, inputs=inputs(plan))
    assert b"\0\0\xc0\x7f" not in whole.inputs.propensity
    old = DECISION.decode(b"\0\1" + to_bytes(whole))
    assert to_bytes(replay(old, plan)) == to_bytes(old) == to_bytes(one)


def test_a_record_has_no_propensity_of_what_got_no_priority() -> None:
    one = large(plan_of(100))
    priority, propensity = np.frombuffer(one.priority, "<f4"), np.frombuffer(one.inputs.propensity, "<f4")
    assert (np.isnan(priority) == np.isnan(propensity)).all()
    assert np.isnan(priority).any()


@st.composite
def arrays(draw: st.DrawFn) -> DecisionRecord:
    """A record of any codes and scores, also of candidates that were dropped after they were scored."""
    actions, channels = draw(st.integers(0, 12)), draw(st.integers(1, 3))
    size = actions * channels
    code: Any = st.sampled_from((0, 0, 1, 2, 255, 256, 1 + OWN_RULE))
    codes = np.array(draw(st.lists(code, min_size=size, max_size=size)), "<u2")
    number = st.floats(width=32, allow_nan=False)
    priority = np.array(draw(st.lists(number, min_size=size, max_size=size)), "<f4")
    late = draw(st.booleans())
    priority[(codes > (1 if late else 0))] = np.nan
    propensity = np.array(draw(st.lists(number, min_size=actions, max_size=actions)), "<f4")
    propensity[~(priority == priority).reshape(actions, channels).any(axis=1)] = np.nan
    bought = draw(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=actions, max_size=actions))
    one = record("d1")
    candidates = {"times-bought": np.array(bought, "<i4").tobytes()}
    inputs = replace(one.inputs, propensity=propensity.tobytes(), candidates=candidates)
    return replace(
        one, actions=actions, channels=("email", "sms", "web")[:channels], dropped=codes.tobytes(),
        priority=priority.tobytes(), inputs=inputs,
    )  # fmt: skip


@given(arrays())
def test_arrays_that_were_laid_out_come_back_to_the_byte(one: DecisionRecord) -> None:
    back = replace(unpacked(packed(one)), ask=one.ask)
    assert to_bytes(back) == to_bytes(one)
    assert to_bytes(DECISION.decode(DECISION.encode(one))) == to_bytes(one)

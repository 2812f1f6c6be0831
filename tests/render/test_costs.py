"""Measured costs are a hint: a file that says nonsense is no reason to stop, and its nonsense is not believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.render.planning.costs import Costs
from tapehead.render.planning.estimates import gather_estimate
from tests.render.test_identity import plan


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", '{"a": 1}', "{", '{"(film)": {"join_s": "x"}}', "\x00"])
def test_a_malformed_file_says_nothing(tmp_path: Path, text: str) -> None:
    costs = Costs(tmp_path, plan())
    costs.path.parent.mkdir()
    costs.path.write_text(text)
    again = Costs(tmp_path, plan())
    assert again.joined_s is None
    again.joined(1.5)
    again.keep()
    assert Costs(tmp_path, plan()).joined_s == 1.5


@pytest.mark.parametrize("seconds", ["NaN", "Infinity", "-1", "1e300"])
def test_no_cost_is_negative_or_endless(tmp_path: Path, seconds: str) -> None:
    costs = Costs(tmp_path, plan())
    costs.path.parent.mkdir()
    costs.path.write_text(f'{{"(film)": {{"join_s": {seconds}, "mix_s": 2}}}}')
    again = Costs(tmp_path, plan())
    assert again.joined_s is None
    assert again.mixed_s == 2
    assert 0 <= gather_estimate(plan(), again).join_s < 1e9

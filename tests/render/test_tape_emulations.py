"""Measurements of others: every figure has a row of ours beside it, and ours are nearer to the targets."""

import pytest

from tapehead.analysis.errors import UnknownNameError
from tapehead.render.tape import tape_named
from tapehead.render.tape_tool.emulations import emulations, emulations_named
from tapehead.render.tape_tool.measure import table


@pytest.fixture(scope="module")
def ours():
    return {row.name: row.value for row in table(tape_named("sp").settings)}


def test_every_figure_has_a_row_of_ours_and_a_source(ours):
    for emulation in emulations().values():
        assert set(emulation.measured) <= set(ours)
        assert emulation.source.startswith("https://")
        assert "2026" in emulation.how


TARGETS = {
    "luma -3 dB": (2.85, 3.15),
    "overshoot": (5, 20),
    "rise time": (120, 160),
    "chroma -3 dB": (0.3, 0.5),
    "chroma lag": (0.3, 0.6),
    "bars: worst saturation": (-5, 5),
    "bars: worst hue": (-3, 3),
    "luma SNR, grey": (41, 45),
}
"""For the usual tape at SP (tape reference, section 6)."""


def test_ours_meets_the_targets_and_no_other_does(ours):
    def missed(measured):
        return [name for name, (low, high) in TARGETS.items() if name in measured and not low <= measured[name] <= high]

    assert missed(ours) == []
    for emulation in emulations().values():
        assert missed(emulation.measured), emulation.name


def test_they_go_by_name():
    assert [e.name for e in emulations_named(["zhuker-ntsc", "ntsc-rs"])] == ["zhuker-ntsc", "ntsc-rs"]
    assert emulations_named(["all"]) == list(emulations().values())
    assert emulations_named([]) == []
    with pytest.raises(UnknownNameError, match="did you mean ntsc-rs"):
        emulations_named(["ntscrs"])

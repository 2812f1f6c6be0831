"""Lettering goes through files: every test writes them into a directory of its own."""

from __future__ import annotations

import pytest
from manim import tempconfig

from tapehead.analysis.results import Result, quantity


@pytest.fixture(autouse=True)
def own_media(tmp_path):
    with tempconfig({"media_dir": str(tmp_path / "media")}):
        yield


@pytest.fixture
def numbers() -> Result:
    """A small result: a 2 × 2 and a 2 × 3 array, a pair, and ticks."""
    return Result(
        {
            "W": quantity([[2.0, 0.75], [-0.75, 2.0]], "output", "input", labels={"output": ("nap", "luck")}),
            "tall": quantity([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "row", "place"),
            "x": quantity([[1.0, 1.0], [1.0, 2.0]], "cat", "input", labels={"cat": ("Tom", "Mia")}),
            "a": quantity([2.75, 1.25], "output"),
            "tick": quantity([-1.0, 0.0, 1.0, 2.0], "tick", labels={"tick": ("-1", "0", "1", "2")}),
        },
        name="numbers",
    )

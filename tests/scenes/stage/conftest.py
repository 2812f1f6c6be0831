"""Lettering goes through files: all tests of a process write them into one directory, and read each outline once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from manim import tempconfig

from tapehead.analysis.results import Result, quantity


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files are named by what is set in them, and Manim keeps the outlines of a file that it has read."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def own_media(media: Path) -> Iterator[None]:
    with tempconfig({"media_dir": str(media)}):
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

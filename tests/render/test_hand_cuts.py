"""The times of words beside those that a person cut by hand from pictures of the sound."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from tests.render.hand_cuts import compared, cut_lines, errors

espeak = pytest.mark.skipif(importlib.util.find_spec("espeakng_loader") is None, reason="espeak is not installed")


@espeak
def test_words_are_where_a_person_hears_them(tmp_path: Path) -> None:
    """Both the voice's own times and those found in a recording, and neither spread evenly nor drawn by chance."""
    found = compared(tmp_path, shipped_only=True)
    assert found["natural"]["words"] > 40
    assert found["natural"]["median_ms"] <= 40
    assert found["natural"]["p90_ms"] <= 75
    assert found["recorded"]["median_ms"] <= 25
    assert found["recorded"]["p90_ms"] <= 100
    for kind in ("natural", "recorded"):
        assert found[kind]["median_ms"] < 0.6 * found["by letters"]["median_ms"]
        assert found[kind]["median_ms"] < 0.15 * found["by chance"]["median_ms"]


def test_a_voice_that_is_late_would_be_seen() -> None:
    cut = next(cut_lines(shipped_only=True))
    late = [(first, count, start + 0.1, end + 0.1) for first, count, start, end in cut.speech.words]
    before = errors(cut.speech, cut)
    cut.speech.words[:] = late
    assert np.allclose(errors(cut.speech, cut), before + 0.1)

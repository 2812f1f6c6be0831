"""A scene without its ground: opacity and colour come back as they were put in."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError
from tapehead.render.export.pictures import codec_named, matte


def test_what_is_seen_on_black_and_on_white_gives_colour_and_opacity_back() -> None:
    rng = np.random.default_rng(3)
    colour = rng.integers(0, 256, (40, 50, 3)).astype(float)
    alpha = rng.choice([0.0, 0.25, 0.5, 0.75, 1.0], (40, 50))
    on = {g: np.round(alpha[..., None] * colour + (1 - alpha[..., None]) * g).astype(np.uint8) for g in (0, 255)}
    made = matte(on[0], on[255])
    assert made[..., 3] == pytest.approx(alpha * 255, abs=1)
    for ground in (0, 90, 255):
        a = made[..., 3:] / 255.0
        seen = a * made[..., :3] + (1 - a) * ground
        assert seen == pytest.approx(alpha[..., None] * colour + (1 - alpha[..., None]) * ground, abs=2)


def test_another_codec_is_said() -> None:
    assert codec_named("ffv1").ending == ".mkv"
    with pytest.raises(UnknownNameError, match="prores"):
        codec_named("dnxhd")

"""The placing of pictures, held against Pillow, whose pixels it must give."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tapehead.render.drawing.resampling import placed

UPRIGHT = np.array([0.31, 0.0, -2.3, 0.0, 0.29, -1.7, 0.0, 0.0])
SHIFTED = np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
TURNED = np.array([0.25, -0.13, 3.1, 0.12, 0.27, -4.0, 0.0, 0.0])
IN_DEPTH = np.array([0.4, 0.02, -3.0, 0.03, 0.35, -2.0, 2e-3, -1e-3])
MIRRORED = np.array([-0.3, 0.0, 22.0, 0.0, 0.3, -1.0, 0.0, 0.0])
NOISY = np.array([0.31, 1e-17, -2.3, -3e-18, 0.29, -1.7, 1e-19, -2e-20])
"""As the linear solver leaves it for an upright picture: zero but for rounding."""
SMALLER = np.array([3.7, 0.0, 0.4, 0.0, 3.9, 0.2, 0.0, 0.0])


def picture(alpha: str, height: int = 24, width: int = 20, seed: int = 0) -> np.ndarray:
    dice = np.random.default_rng(seed)
    pixels = dice.integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[: height // 2] //= 250  # hard edges, where the filter overshoots and must be cut off
    pixels[: height // 2] *= 255
    if alpha == "opaque":
        pixels[..., 3] = 255
    elif alpha == "holes":
        pixels[..., 3] = np.where(dice.random((height, width)) < 0.3, 0, 255)
    return pixels


@pytest.mark.parametrize("alpha", ["opaque", "holes", "any"])
@pytest.mark.parametrize("way", [UPRIGHT, SHIFTED, TURNED, IN_DEPTH, MIRRORED, NOISY, SMALLER])
def test_pixels_are_pillows(way: np.ndarray, alpha: str) -> None:
    source = picture(alpha)
    method, bicubic = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    expected = np.asarray(Image.fromarray(source).transform((90, 96), method, tuple(way), bicubic))
    found = placed(source, 90, 96, way)
    assert expected[..., 3].any(), "the picture is in sight"
    np.testing.assert_array_equal(found, expected)


def test_pixels_are_pillows_wherever_the_picture_stands() -> None:
    dice = np.random.default_rng(5)
    seen = 0
    for turn in range(60):
        source = picture("opaque" if turn % 2 else "any", *dice.integers(1, 40, 2), seed=turn)
        way = np.array([1, 0, 0, 0, 1, 0, 0, 0.0]) * dice.uniform(0.05, 4)
        way[[2, 5]] = dice.uniform(-10, 10, 2)
        if turn % 3 == 0:
            way[[1, 3, 6, 7]] = dice.normal(0, (0.3, 0.3, 3e-3, 3e-3))
        width, height = (int(side) for side in dice.integers(1, 120, 2))
        method, bicubic = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
        expected = np.asarray(Image.fromarray(source).transform((width, height), method, tuple(way), bicubic))
        np.testing.assert_array_equal(placed(source, width, height, way), expected, err_msg=str(turn))
        seen += bool(expected.any())
    assert seen > 30

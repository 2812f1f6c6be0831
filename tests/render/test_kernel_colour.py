"""The conversion to the encoder's colours, against the recommendation's own formulas."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.render.encoding.colour import to_planes


def by_formula(frame: np.ndarray) -> np.ndarray:
    """ITU-R BT.709-6, items 3.2 to 3.5, unrounded."""
    height, width, _ = frame.shape
    weights = np.array([0.2126, 0.7152, 0.0722])
    mean = frame.reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3)) / 255
    luma, means = frame / 255 @ weights, mean @ weights
    blue, red = (mean[..., 2] - means) / 1.8556, (mean[..., 0] - means) / 1.5748
    return np.concatenate([16 + 219 * luma, (128 + 224 * np.stack([blue, red])).reshape(-1, width)])


def converted(frame: np.ndarray) -> np.ndarray:
    height, width, _ = frame.shape
    planes = np.zeros((height * 3 // 2, width), np.uint8)
    to_planes(frame, planes, 0, height)
    return planes


def test_planes_are_the_formulas_rounded_once() -> None:
    frame = np.random.default_rng(2).integers(0, 256, (36, 64, 3), dtype=np.uint8)
    frame[:4] = [255, 0, 0]
    frame[4:8] = [0, 0, 255]
    error = np.abs(converted(frame) - by_formula(frame))
    assert error.max() <= 0.505  # half a level, and the rounding of the weights to 2^-16
    assert error.max() > 0.4, "rounded, not more exact than whole numbers can be"


@pytest.mark.parametrize("level", [0, 1, 77, 128, 254, 255])
def test_grey_has_no_colour_and_white_is_235(level: int) -> None:
    planes = converted(np.full((4, 4, 3), level, np.uint8))
    assert (planes[4:] == 128).all()
    assert planes[0, 0] == round(16 + 219 * level / 255)


def test_only_the_rows_that_were_asked_for_change() -> None:
    frame = np.random.default_rng(3).integers(0, 256, (8, 6, 3), dtype=np.uint8)
    planes = np.zeros((12, 6), np.uint8)
    to_planes(frame, planes, 2, 6)
    whole = converted(frame)
    assert (planes[2:6] == whole[2:6]).all()
    assert not planes[:2].any() and not planes[6:8].any()
    assert (planes[8:].reshape(2, 4, 3)[:, 1:3] == whole[8:].reshape(2, 4, 3)[:, 1:3]).all()
    assert not planes[8:].reshape(2, 4, 3)[:, [0, 3]].any()

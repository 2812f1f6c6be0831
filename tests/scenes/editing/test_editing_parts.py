"""What the scenes of `editing` share: places on logarithmic axes, the strip with the eyes, and how a p is written."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.results import Reading, Result, quantity
from tapehead.scenes.editing import parts
from tapehead.scenes.editing.eyes import shade
from tapehead.scenes.stage.palette import rgb


def test_the_strip_holds_the_eyes_of_a_puppet() -> None:
    import torch

    from tapehead.analysis.diffusion.puppets.puppets import attributes_of, render

    small, large = (render(attributes_of(eyes=size), 64).reshape(3, 64, 64) for size in (-0.9, 0.9))
    different = (small - large).abs().sum(0).numpy()
    marked = np.zeros((64, 64, 3), np.uint8)
    marked[..., 0] = np.arange(64)[:, None]
    marked[..., 1] = np.arange(64)[None]
    strip = parts.eyes_of(marked, 2.0).image.get_pixel_array()
    rows, columns = (
        slice(int(strip[..., 0].min()), int(strip[..., 0].max()) + 1),
        slice(int(strip[..., 1].min()), int(strip[..., 1].max()) + 1),
    )
    assert different[rows, columns].sum() > 0.9 * different.sum(), "nearly all that the eyes change is in it"
    assert different[rows, columns].size < 0.2 * different.size
    assert torch.isfinite(small).all()


def test_a_part_is_found_by_its_label() -> None:
    values = np.arange(12).reshape(2, 3, 2)
    found = Result({"x": quantity(values, "place", "way", "row", labels={"way": ("a", "b", "c")})})
    assert np.array_equal(parts.at(found, "x", "way", "b"), values[:, 1])


@pytest.mark.parametrize(("p", "shown"), [(0.5, "p = 0.50"), (0.0042, "p = 0.004"), (3e-9, "p = 3 × 10⁻⁹")])
def test_a_p_is_written_to_its_first_digit(p: float, shown: str) -> None:
    assert parts.chance_of(Reading(p, "r", "p", (), "1")).plain_text == shown


def test_cells_are_dark_for_nothing_and_of_two_colours_for_more_and_less() -> None:
    nothing, more, less = (rgb(shade(value, 2.0)) for value in (0.0, 2.0, -2.0))
    assert max(nothing) < 0.2
    assert more[0] > more[2] and less[2] > less[0]
    assert shade(-5.0, 2.0) == shade(-2.0, 2.0), "beyond the ends there is no more"

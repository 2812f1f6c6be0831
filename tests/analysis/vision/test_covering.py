"""Boxes over many animals, against one picture counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision import covering
from tapehead.analysis.vision.networks import LOOKER, untrained
from tapehead.analysis.vision.overlap import overlap
from tapehead.analysis.vision.world.creatures import ANIMALS, KINDS, SIDE, draw, occluded, pose

NETWORK = untrained(LOOKER, 5)


def test_each_box_is_where_it_is_said() -> None:
    found, rng = covering.covers(NETWORK, "stage3", 0.1, 0.25, 4, seed=6), np.random.default_rng([6, 0xC0F])
    drawn = [draw(kind, pose(rng), SIDE) for kind in ANIMALS]
    for n, one in enumerate(drawn):
        head = one.head
        sky = (0.125 if head[0] > 0.5 else 0.875, 0.125)
        assert abs(sky[0] - head[0]) > 0.3, "behind it"
        shown = [one.picture, *(occluded(one.picture, *at, 0.25) for at in (head, one.middle, sky))]
        ready = np.stack(shown).transpose(0, 3, 1, 2).astype(np.float32)
        inside = NETWORK.activations(ready, "stage3")
        right = 100 * NETWORK.probabilities(ready)[:, KINDS.index(ANIMALS[n])]
        for k in range(3):
            assert found["likeness"][k, n] == pytest.approx(overlap(inside[0], inside[k + 1], 0.1, 6), abs=1e-3)
        np.testing.assert_allclose(found["probability"][:, n], right[1:], atol=1e-3)
    np.testing.assert_allclose(found["mean"], found["likeness"].mean(axis=1))
    np.testing.assert_allclose(found["below"], found["mean"][2] - found["mean"])
    assert np.all(found["low"] <= found["mean"]) and np.all(found["mean"] <= found["high"])
    assert found["below_low"][2] == found["below_high"][2] == 0, "the sky against itself"
    assert found["mean_probability"].shape == (3,) and 0 <= found["mean_whole"] <= 100


def test_bad_orders() -> None:
    with pytest.raises(UnknownNameError, match="stage4"):
        covering.covers(NETWORK, "stage0", 0.1, 0.25, 4, seed=1)
    with pytest.raises(UsageError, match="at least four pictures"):
        covering.covers(NETWORK, "stage4", 0.1, 0.25, 3, seed=1)
    with pytest.raises(UsageError, match="share of a picture"):
        covering.covers(NETWORK, "stage4", 0.1, 1.0, 4, seed=1)

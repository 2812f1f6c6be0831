"""Stripes of a push, and how well stripes alone are heard, against direct computations."""

import numpy as np
import pytest
import torch

from tapehead.analysis.diffusion.pullback.jacobian import bottleneck
from tapehead.analysis.diffusion.studies.grain import agreement, grain, same_stripes
from tapehead.analysis.diffusion.studies.pictures import nudges
from tapehead.analysis.errors import UsageError
from tests.analysis.diffusion.small_networks import small_latent

UPRIGHT = np.tile(np.where(np.arange(8) % 2, 1.0, -1.0), (2, 8, 1))
"""Columns of ones and minus ones, in two channels."""


def test_stripes_agree_along_and_disagree_across() -> None:
    assert np.allclose(agreement(UPRIGHT), [-1, 1])
    assert np.allclose(agreement(UPRIGHT.transpose(0, 2, 1)), [1, -1])
    noise = np.random.default_rng(3).standard_normal((500, 2, 8, 8))
    assert np.abs(agreement(noise).mean(0)).max() < 0.01
    by_hand = [
        sum(a * b for a, b in pairs) / np.sqrt(sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))
        for pairs in (
            [(noise[0, c, y, x], noise[0, c, y, x + 1]) for c in range(2) for y in range(8) for x in range(7)],
            [(noise[0, c, y, x], noise[0, c, y + 1, x]) for c in range(2) for y in range(7) for x in range(8)],
        )
    ]
    assert np.allclose(agreement(noise[0]), by_hand)


def test_drawn_phases_leave_the_power_and_so_the_stripes() -> None:
    rng = np.random.default_rng(5)
    push = UPRIGHT + 0.7 * rng.standard_normal(UPRIGHT.shape)
    made = same_stripes(push, 40, 6)
    assert np.allclose(np.abs(np.fft.fft2(made)), np.abs(np.fft.fft2(push)))
    assert np.allclose((made**2).sum((1, 2, 3)), (push**2).sum())
    assert np.abs(agreement(made).mean(0) - agreement(push)).max() < 0.12
    flat = made.reshape(40, -1) @ push.ravel() / (push**2).sum()
    assert np.abs(flat).max() < 1 - 1e-6, "none of them is the push itself"


def test_what_is_striped_is_told_from_chance_and_heard_as_it_is() -> None:
    model = small_latent()
    found = nudges(model, t=500, draws=4, k=2, seed=1)
    channels, height, width = found["loudest"].shape
    told = grain(model, found, shuffles=99, draws=3, seed=2)
    assert np.allclose(told["agrees"][0], agreement(found["loudest"]))
    assert np.allclose(told["agrees"][1], agreement(found["random_nudge"]))
    assert ((told["agrees_p"] >= 1 / 100) & (told["agrees_p"] <= 1)).all()
    x, step = torch.from_numpy(np.array(found["x"])), float(found["step"])
    rows = same_stripes(found["loudest"].astype(np.float64), 3, 3)
    for row, heard in zip(rows, told["heard"], strict=True):
        push = torch.from_numpy(row / np.linalg.norm(row)).float()
        here, there = bottleneck(model, x[None], 500, None), bottleneck(model, (x + step * push)[None], 500, None)
        assert heard == pytest.approx(float((there - here).norm()) / step, rel=1e-3)
    assert told.read("heard_ratio") == pytest.approx(found["heard"][0] / told["heard"].mean())

    stripes = np.tile(np.where(np.arange(width) % 2, 1.0, -1.0), (channels, height, 1))
    quantities = dict(found.quantities) | {
        name: type(found.quantity("loudest"))(made.astype(np.float32), found.quantity("loudest").axes)
        for name, made in (("loudest", stripes),)
    }
    striped = grain(model, type(found)(quantities, model=model.name), shuffles=99, draws=1, seed=2)
    assert striped["agrees_p"][0].max() == pytest.approx(0.01), "no shuffle is as striped"
    with pytest.raises(UsageError, match="shuffles and draws"):
        grain(model, found, shuffles=0, seed=1)

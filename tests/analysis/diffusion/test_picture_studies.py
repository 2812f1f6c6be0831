"""What films draw of a diffusion model, against direct computations of every array."""

import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.sampling import sample, starting_noise
from tapehead.analysis.diffusion.pullback import local_bases
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck, jacobian_at
from tapehead.analysis.diffusion.pullback.tangents import sampled
from tapehead.analysis.diffusion.puppets import attributes
from tapehead.analysis.diffusion.puppets.puppets import render, sample_attributes
from tapehead.analysis.diffusion.studies import pictures as studies
from tapehead.analysis.errors import ResultError, UsageError
from tests.analysis.diffusion.small_networks import small_latent, small_pixel


def with_eye(tmp_path: Path):
    """The small model with a regressor beside it."""
    settings = attributes.RegressorSettings(8, channels=(8, 8))
    network = attributes.make_regressor(settings, 1)
    attributes.save_regressor(network, settings, tmp_path / "attributes.safetensors")
    return replace(small_pixel(), directory=tmp_path), attributes.load_regressor(tmp_path / "attributes.safetensors")


def test_portraits_are_samples_and_their_scores(tmp_path: Path) -> None:
    model, eye = with_eye(tmp_path)
    found = studies.portraits(model, count=3, steps=4, seed=6)
    wanted = sample(model, ["", "", ""], 6, 4)
    assert np.array_equal(found["picture"], wanted)
    assert np.allclose(found["score"], attributes.read_attributes(eye, wanted))
    assert found.read("strings_count") == int((found["score"][:, -1] > 0).sum())
    shutil.rmtree(tmp_path)
    blind = studies.portraits(model, count=1, steps=2, seed=6)
    with pytest.raises(ResultError, match="cannot be shown"):
        blind.read("score", sample=0, attribute="age")
    told = studies.portraits(small_latent(), prompts=("an old puppet",), steps=2, guidance=2.0, seed=1)
    assert np.array_equal(told["picture"], sample(small_latent(), ["an old puppet"], 1, 2, 2.0))


def test_denoising_shows_every_station() -> None:
    model = small_latent()
    found = studies.denoising(model, prompts=("a puppet", "an old puppet"), steps=5, guidance=2.0, seed=2)
    way = [int(t) for t in found["t"]]
    assert way[0] == 999
    assert way[-1] == 0
    x = starting_noise(model, 2, 2)
    assert np.allclose(found["noisy"][0], model.show(x), atol=1e-6)
    words = ["a puppet", "an old puppet"]
    arrived = inversion.travel(model, x, way, words, 2.0)
    assert np.allclose(found["noisy"][-1], model.show(arrived), atol=1e-5)
    third = inversion.travel(model, x, way[:3], words, 2.0)
    eps = inversion.predicted_noise(model, third, way[2], words, 2.0)
    assert np.allclose(found["guess"][2], model.show(inversion.clean(model, third, way[2], eps)), atol=1e-5)
    difference = found["guess"][1, 0] - found["final"][0]
    assert found["change"][1, 0] == pytest.approx(math.sqrt((difference**2).mean()), rel=1e-4)
    difference = found["guess"][1, 0] - found["final"][1]
    assert found["other"][1, 0] == pytest.approx(math.sqrt((difference**2).mean()), rel=1e-4)
    assert found["change"][-1].tolist() == [0, 0]
    alone = studies.denoising(small_pixel(), steps=2, seed=2)
    assert np.isnan(alone["other"]).all(), "there is no other sample to compare with"


def test_ghosts_are_principal_components() -> None:
    found = studies.ghosts(small_pixel(), count=60, shown=3, kept=40, seed=5)
    faces = render(sample_attributes(60, 5), 8).flatten(1).double().numpy()
    mean = faces.mean(0)
    _, s, vt = np.linalg.svd(faces - mean, full_matrices=False)
    share = 100 * s**2 / (s**2).sum()
    assert np.allclose(found["mean"].ravel(), mean, atol=1e-5)
    assert np.allclose(found["explained"], share[:40], rtol=1e-3, atol=1e-4)
    assert found.read("half") == int(np.argmax(np.cumsum(share) >= 50)) + 1
    assert found.read("nine_tenths") == int(np.argmax(np.cumsum(share) >= 90)) + 1
    assert np.allclose(np.abs((found["ghost"].reshape(3, -1) * vt[:3]).sum(1)), 1, atol=1e-4)
    rest = found["original"].ravel() - mean
    errors = [math.sqrt(((rest - vt[:n].T @ (vt[:n] @ rest)) ** 2).mean()) for n in range(4)]
    assert found["error"] == pytest.approx(errors, rel=1e-3)
    assert found["explained"][0] > 3 * found["explained_random"][0], "faces have something in common, noise has not"
    with pytest.raises(UsageError, match="components hold"):
        studies.ghosts(small_pixel(), count=60, shown=1, kept=1, seed=5)
    with pytest.raises(UsageError, match="asked for 3 ghosts of 2 components of 60 faces"):
        studies.ghosts(small_pixel(), count=60, shown=3, kept=2, seed=5)


def test_nudges_are_products_with_the_whole_jacobian() -> None:
    model = small_pixel()
    found = studies.nudges(model, t=600, draws=5, k=3, bins=4, seed=7)
    x = sampled(model, (600,), 1, seed=7)[0, 0]
    assert np.array_equal(found["x"], x)
    dense = jacobian_at(model, x, 600).dense().double()
    s = torch.linalg.svdvals(dense)
    assert found["sigma"] == pytest.approx(s[:3].tolist(), rel=1e-4)
    for name, picture in (("isotropic", "random_nudge"), ("low_pass", "smooth_nudge")):
        nudge = torch.from_numpy(found[picture].copy()).flatten().double()
        assert float(nudge.norm()) == pytest.approx(1, rel=1e-5)
        assert found[name][0] == pytest.approx(float((dense @ nudge).norm()), rel=1e-4)
    # The mean square over all directions is |J|^2 / D: random nudges are about that loud.
    usual = float(s.square().sum() / 192) ** 0.5
    assert found.read("isotropic_mean") == pytest.approx(usual, rel=0.3)
    assert found.read("ratio") == pytest.approx(float(s[0]) / found["isotropic"].mean(), rel=1e-4)
    assert found["histogram"].sum(1).tolist() == [5, 5, 5]
    other = local_bases.random_network(model, 8)
    assert found["network_sigma"] == pytest.approx(
        torch.linalg.svdvals(jacobian_at(other, x, 600).dense().double())[:3].tolist(), rel=1e-4
    )
    step = found.read("step")
    loudest = torch.from_numpy(found["loudest"].copy())
    moved = bottleneck(model, (x + step * loudest)[None], 600) - bottleneck(model, x[None], 600)
    assert found.read("heard", kind="loudest") == pytest.approx(float(moved.norm()) / step, rel=1e-3)


def test_the_circle_becomes_the_ellipse_and_the_ruler_is_even() -> None:
    model = small_pixel()
    found = studies.circle(model, t=600, around=12, side=5, sizes=(1e-3, 0.5), seed=7)
    x = sampled(model, (600,), 1, seed=7)[0, 0]
    dense = jacobian_at(model, x, 600).dense().double()
    first, second = found["sigma"]
    angle = found["angle"]
    # u_i = J v_i / sigma_i, so that the axes of the ellipse are those of the picture.
    assert found["ellipse"] == pytest.approx(np.stack([first * np.cos(angle), second * np.sin(angle)], 1), abs=1e-2)
    assert found["outside"].max() < 1e-2 * first
    v = torch.from_numpy(found["direction"].copy()).reshape(2, -1).double()
    loud = [float((dense @ (a * v[0] + b * v[1])).norm()) for a, b in found["ruler"]]
    assert loud == pytest.approx([first] * 12, rel=1e-4)
    grid = found["grid"]
    for row, column in ((0, 0), (1, 3), (4, 2)):
        nudge = grid[row] * v[0] + grid[column] * v[1]
        assert found["metric"][row, column] == pytest.approx(float((dense @ nudge).square().sum()), rel=1e-3, abs=1e-6)
    assert found["bent"][0] < 5, "a small step is nearly straight"
    assert found["bent"][1] > found["bent"][0]
    step = 0.5 * float(x.norm())
    moved = bottleneck(model, (x + step * v[0].float().reshape(x.shape))[None], 600) - bottleneck(model, x[None], 600)
    flat = found["true"][1, 0]
    whole = math.hypot(*flat, found["true_outside"][1, 0])
    assert whole == pytest.approx(float(moved.norm()) / step, rel=1e-3)
    assert found["random_length"].max() <= found["random_sigma"][0] * (1 + 1e-5)
    assert found["random_length"].min() >= found["random_sigma"][1] * (1 - 1e-5)
    assert found["random_sigma"][0] < first

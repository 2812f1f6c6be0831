"""Walks and their lengths, against geometry that is known exactly."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback import walks
from tapehead.analysis.errors import UsageError


@pytest.fixture(scope="module")
def latent(latent_directory: Path) -> DiffusionModel:
    return load_model(str(latent_directory))


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_guidance_is_the_published_loop(latent: DiffusionModel) -> None:
    x = starting_noise(latent, 3, 1).flatten(1)
    v = torch.nn.functional.normalize(draw(3, x.shape[1], seed=2), dim=1)
    path = walks.guidance_push(latent, x, 600, v, gamma=0.7, count=3, prompt="a puppet", block=2)
    with torch.no_grad():
        states = latent.read(["a puppet"] * 3)
        kept = latent.scheduler.alphas_cumprod[600]

        def noise(z: torch.Tensor) -> torch.Tensor:
            z = z.reshape(3, *latent.shape)
            return (kept.sqrt() * latent.unet(z, 600, states).sample + (1 - kept).sqrt() * z).flatten(1)

        z = x
        for i in range(3):
            z = z + 0.7 * (noise(z + v) - noise(z))
            assert torch.allclose(path[i + 1], z, atol=1e-5)
    assert torch.equal(path[0], x)


def test_linear_guidance_is_the_limit_of_small_nudges(latent: DiffusionModel) -> None:
    x = starting_noise(latent, 1, 3).flatten(1)
    v = torch.nn.functional.normalize(draw(1, x.shape[1], seed=4), dim=1)

    def noise(z: torch.Tensor) -> torch.Tensor:
        return inversion.predicted_noise(latent, z.reshape(1, *latent.shape), 600).flatten()

    # Reverse mode twice gives the exact product without forward mode.
    z = x.clone().requires_grad_(True)
    probe = torch.zeros(x.shape[1], requires_grad=True)
    with sdpa_kernel(SDPBackend.MATH):  # the fused kernel cannot be differentiated twice
        (back,) = torch.autograd.grad(noise(z), z, probe, create_graph=True)
        (exact,) = torch.autograd.grad(back, probe, v)
    path = walks.guidance_push(latent, x, 600, v, gamma=2.0, count=1, delta=0.5, linear=True)
    step = path[1] - path[0]
    # Central differences are wrong by O(nudge^2).
    assert float((step - 2.0 * 0.5 * exact).norm() / step.norm()) < 5e-3


def test_direct_steps_are_a_straight_line() -> None:
    x, v = draw(2, 5), draw(2, 5, seed=1)
    path = walks.direct_push(x, v, step=0.5, count=4)
    assert path.shape == (5, 2, 5)
    assert torch.allclose(path[4], x + 2.0 * v)
    assert torch.allclose(path[3] - path[2], 0.5 * v, atol=1e-6)


def test_an_arc_between_equal_lengths_stays_on_its_sphere() -> None:
    a, b = 7 * torch.nn.functional.normalize(draw(2, 50), dim=1)
    arc = walks.slerp(a, b, 9)
    assert torch.allclose(arc.norm(dim=1), torch.full((9,), 7.0), atol=1e-4)
    assert torch.allclose(arc[[0, -1]], torch.stack([a, b]), atol=1e-5)
    cosines = (arc[1:] * arc[:-1]).sum(1) / 49
    assert float(cosines.std()) < 1e-5, "even turning"
    line = walks.lerp(a, b, 9)
    assert float(line[4].norm()) < 6.0
    assert torch.allclose(line[4], (a + b) / 2, atol=1e-5)
    assert torch.allclose(walks.slerp(a, 2 * a, 3)[1], 1.5 * a, atol=1e-4)


def test_lengths_curvedness_and_turning_of_known_paths() -> None:
    angle = torch.linspace(0, math.pi, 181, dtype=torch.float64)
    half = torch.stack([3 * angle.cos(), 3 * angle.sin()], 1)
    assert walks.length(half) == pytest.approx(3 * math.pi, rel=1e-4)
    assert walks.curvedness(half) == pytest.approx(math.pi / 2, rel=1e-4)
    assert torch.allclose(walks.turning(half), torch.ones(179, dtype=torch.float64), atol=1e-6)
    line = torch.stack([angle, 2 * angle], 1)
    assert walks.curvedness(line) == pytest.approx(1.0)
    assert float(walks.turning(line).max()) < 1e-3
    with pytest.raises(UsageError, match="where it began"):
        walks.curvedness(torch.zeros(3, 2))


def on_a_sphere(x: torch.Tensor) -> torch.Tensor:
    """Longitude and latitude -> a point of the unit sphere: geodesics are great circles."""
    return torch.stack([x[:, 1].cos() * x[:, 0].cos(), x[:, 1].cos() * x[:, 0].sin(), x[:, 1].sin()], 1)


def test_a_geodesic_finds_the_great_circle() -> None:
    """Two towns at 50 degrees north, 100 degrees apart: the shortest way leads further north than the parallel."""
    latitude, apart = math.radians(50), math.radians(100)
    ends = torch.tensor([[0.0, latitude], [apart, latitude]])
    start = walks.lerp(ends[0], ends[1], 17)
    path, energies = walks.geodesic(on_a_sphere, start, rounds=400, rate=0.03)
    found = walks.length(on_a_sphere(path))
    exact = 2 * math.asin(math.cos(latitude) * math.sin(apart / 2))
    chords = 16 * 2 * math.sin(exact / 32)  # sixteen chords of the great circle
    assert walks.length(on_a_sphere(start)) > 1.05 * exact
    assert found == pytest.approx(chords, rel=2e-3)
    assert energies[-1] <= energies[0]
    assert torch.equal(path[[0, -1]], ends)
    middle = math.degrees(float(path[8, 1]))
    assert middle == pytest.approx(math.degrees(math.atan(math.tan(latitude) / math.cos(apart / 2))), abs=1.0)


def test_a_geodesic_is_never_worse_than_its_start() -> None:
    start = walks.lerp(torch.tensor([0.0, 0.8]), torch.tensor([1.0, 0.8]), 5)
    path, energies = walks.geodesic(on_a_sphere, start, rounds=3, rate=50.0)
    h = on_a_sphere(path)
    assert float((h[1:] - h[:-1]).square().sum()) <= energies[0] + 1e-6


def test_walks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UsageError, match="do not fit"):
        walks.direct_push(draw(2, 5), draw(3, 5), step=1)
    with pytest.raises(UsageError, match="at least one step"):
        walks.direct_push(draw(2, 5), draw(5), step=1, count=0)
    with pytest.raises(UsageError, match="two ends"):
        walks.lerp(draw(3), draw(3), 1)
    with pytest.raises(UsageError, match="opposite"):
        walks.slerp(torch.ones(3), -torch.ones(3), 4)
    with pytest.raises(UsageError, match="nothing between"):
        walks.geodesic(on_a_sphere, torch.zeros(2, 2))

"""DDIM both ways, against the exact flow of a world that is Gaussian, and against diffusers' own scheduler."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import sample, starting_noise
from tapehead.analysis.diffusion.models.shapes import latent_scheduler
from tapehead.analysis.errors import UsageError

SPREAD = 0.5
"""Standard deviation of the Gaussian world's clean x0."""


class BestGuess(torch.nn.Module):
    """The exact denoiser of x0 ~ N(0, SPREAD^2): what a perfectly trained network would say."""

    def __init__(self, kind: str, kept: torch.Tensor) -> None:
        super().__init__()
        self.kind, self.kept = kind, kept
        self.config = SimpleNamespace(sample_size=4, in_channels=2)

    def forward(self, x: torch.Tensor, t: int) -> Any:
        a = self.kept[t]
        x0 = a.sqrt() * SPREAD**2 / (a * SPREAD**2 + 1 - a) * x
        eps = (x - a.sqrt() * x0) / (1 - a).sqrt()
        said = {"epsilon": eps, "v_prediction": a.sqrt() * eps - (1 - a).sqrt() * x0, "sample": x0}[self.kind]
        return SimpleNamespace(sample=said)


def gaussian(kind: str) -> DiffusionModel:
    scheduler = copy.deepcopy(latent_scheduler())
    scheduler.register_to_config(prediction_type=kind)
    return DiffusionModel("gaussian", "", Path(), BestGuess(kind, scheduler.alphas_cumprod), scheduler)


@pytest.fixture(scope="module")
def pixel(pixel_directory: Path) -> DiffusionModel:
    return load_model(str(pixel_directory))


@pytest.fixture(scope="module")
def latent(latent_directory: Path) -> DiffusionModel:
    return load_model(str(latent_directory))


def growth(model: DiffusionModel, start: int, stop: int) -> float:
    """The exact flow multiplies x with the quotient of the standard deviations."""
    kept = model.scheduler.alphas_cumprod.double()
    spread = (kept * SPREAD**2 + 1 - kept).sqrt()
    return float(spread[stop] / spread[start])


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize(("start", "stop"), [(999, 0), (700, 300), (10, 800)])
def test_the_way_follows_the_exact_flow_for_every_kind_of_prediction(kind: str, start: int, stop: int) -> None:
    model = gaussian(kind)
    x = torch.randn(3, 2, 4, 4, generator=torch.Generator().manual_seed(1))
    errors = []
    for steps in (40, 400):
        there = inversion.travel(model, x, inversion.times_between(model, start, stop, steps))
        ratio = there / x
        assert float(ratio.std()) < 1e-4, "the flow of a Gaussian world only scales"
        errors.append(abs(float(ratio.mean()) - growth(model, start, stop)))
    # A method of first order: ten times the steps leave about a tenth of the error.
    assert errors[0] < 0.1
    assert errors[1] < 0.2 * errors[0] + 1e-4


def test_the_kinds_agree_with_each_other_exactly() -> None:
    x = torch.randn(2, 2, 4, 4, generator=torch.Generator().manual_seed(2))
    ends = [inversion.denoise(gaussian(kind), x, 900, 100, 7) for kind in ("epsilon", "v_prediction", "sample")]
    assert torch.allclose(ends[0], ends[1], atol=1e-4)
    assert torch.allclose(ends[0], ends[2], atol=1e-4)


def test_there_and_back_comes_closer_with_more_steps(pixel: DiffusionModel) -> None:
    x0 = torch.rand(2, *pixel.shape, generator=torch.Generator().manual_seed(3)) * 2 - 1
    wrong = []
    for steps in (10, 200):
        noise = inversion.invert(pixel, x0, 700, steps)
        back = inversion.denoise(pixel, noise, 700, 0, steps)
        wrong.append(float((back - x0).square().mean().sqrt()))
    assert wrong[1] < 0.25 * wrong[0]
    assert wrong[1] < 0.05


@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_denoising_is_what_sampling_does(latent: DiffusionModel, guidance: float) -> None:
    """Same times as diffusers' scheduler takes, same pictures."""
    prompts = ["a happy puppet", "a puppet on strings"]
    wanted = sample(latent, prompts, seed=4, steps=5, guidance=guidance)
    scheduler = copy.deepcopy(latent.scheduler)
    scheduler.set_timesteps(5)
    times = [int(t) for t in scheduler.timesteps]
    x = inversion.travel(latent, starting_noise(latent, 2, 4), times, prompts, guidance)
    # The scheduler's last step goes to the clean picture's time, 0.
    eps = inversion.predicted_noise(latent, x, times[-1], prompts, guidance)
    x = inversion.noisy(latent, inversion.clean(latent, x, times[-1], eps), 0, eps)
    assert torch.allclose(latent.show(x), wanted, atol=2e-5)
    alone = inversion.travel(latent, starting_noise(latent, 2, 4), times, prompts, guidance, block=1)
    assert torch.allclose(
        alone, inversion.travel(latent, starting_noise(latent, 2, 4), times, prompts, guidance), atol=2e-5
    ), "rows do not depend on their neighbours"


def test_a_hook_changes_x_at_its_time_only(pixel: DiffusionModel) -> None:
    x = starting_noise(pixel, 2, 5)
    push = torch.ones(pixel.shape) * 0.3
    asked: list[torch.Tensor] = []

    def hook(z: torch.Tensor) -> torch.Tensor:
        asked.append(z.clone())
        return z + push

    # By hand: stop, change, go on.
    times = inversion.times_between(pixel, 999, 0, 6, [333])
    assert 333 in times
    at = times.index(333)
    middle = inversion.travel(pixel, x, times[: at + 1])
    wanted = inversion.travel(pixel, middle + push, times[at:])
    found = inversion.denoise(pixel, x, 999, 0, 6, hooks={333: hook})
    assert torch.equal(found, wanted)
    assert len(asked) == 1
    assert torch.equal(asked[0], middle)
    assert not torch.allclose(found, inversion.travel(pixel, x, times))


def test_times_are_whole_even_and_meet_what_they_must(pixel: DiffusionModel) -> None:
    assert inversion.times_between(pixel, 0, 9, 3) == [0, 3, 6, 9]
    assert inversion.times_between(pixel, 9, 0, 3, [5, 200]) == [9, 6, 5, 3, 0]
    assert inversion.times_between(pixel, 4, 4, 3) == [4]
    assert inversion.times_between(pixel, 2, 0, 50) == [2, 1, 0]


def test_what_can_not_be_done_says_so(pixel: DiffusionModel) -> None:
    x = starting_noise(pixel, 2, 6)
    with pytest.raises(UsageError, match="1000"):
        inversion.denoise(pixel, x, 1000)
    with pytest.raises(UsageError, match="from 100 to 200"):
        inversion.denoise(pixel, x, 100, 200)
    with pytest.raises(UsageError, match="at time 450"):
        inversion.travel(pixel, x, [500, 400], hooks={450: lambda z: z})
    with pytest.raises(UsageError, match="made"):
        inversion.travel(pixel, x, [500], hooks={500: lambda z: z[:1]})
    with pytest.raises(UsageError, match="2 noisy pictures take 2 captions; there are 3"):
        inversion.travel(pixel, x, [500, 400], ["", "", ""])
    with pytest.raises(UsageError, match="no captions"):
        inversion.predicted_noise(pixel, x, 500, "a puppet")
    strange = copy.deepcopy(pixel.scheduler)
    strange.register_to_config(prediction_type="flow")
    with pytest.raises(UsageError, match="'flow'"):
        inversion.predicted_noise(replace(pixel, scheduler=strange), x, 500)

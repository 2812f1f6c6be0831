"""Models by components: every shape of pipeline is read, runs as diffusers runs it, and has an exact Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.svd import local_basis
from tapehead.analysis.language.models.loading import ModelError
from tests.analysis.diffusion import tiny_pipelines as tiny

MAKERS: dict[str, Callable[[Path], Path]] = {
    "sd": tiny.stable,
    "img2img": lambda d: tiny.stable(d, "StableDiffusionImg2ImgPipeline"),
    "unknown pipeline": lambda d: tiny.stable(d, "SomebodysOwnPipeline"),
    "v": lambda d: tiny.predicting(d, "v_prediction", "EulerDiscreteScheduler"),
    "inpainting": tiny.inpainting,
    "sdxl": tiny.extra_large,
    "ddpm": tiny.denoising,
    "ddim": lambda d: tiny.denoising(d, "DDIMPipeline", "DDIMScheduler"),
    "root": tiny.in_the_root,
    "root without index": lambda d: tiny.in_the_root(d, index=False),
    "ldm": tiny.latent_without_words,
    "fp16": lambda d: tiny.halved(tiny.stable(d)),
}


@pytest.mark.parametrize("name", MAKERS)
def test_each_shape_is_read_and_its_leading_directions_are_those_of_the_whole_matrix(name: str, tmp_path: Path) -> None:
    model = load_model(str(MAKERS[name](tmp_path / "made")))
    assert model.size == tiny.SIDE
    x = torch.randn(model.shape, generator=torch.Generator().manual_seed(0))
    t = 500
    prompt = "an old puppet" if model.conditional else None
    jacobian = jacobian_at(model, x, t, prompt)
    assert jacobian.mode == "forward"
    found = local_basis(jacobian, 2, seed=1)

    # Independently: diffusers' own call of the U-Net with a hook, and torch's whole Jacobian by reverse mode.
    states = inversion.states_of(model, prompt, 1)
    kept: list[torch.Tensor] = []
    hook = model.unet.mid_block.register_forward_hook(lambda _m, _i, out: kept.append(out))

    def h(point: torch.Tensor) -> torch.Tensor:
        kept.clear()
        called(name, model, point[None], t, states)
        return kept[0].flatten()

    exact = torch.autograd.functional.jacobian(h, x).reshape(-1, x.numel())
    hook.remove()
    sigma = torch.linalg.svdvals(exact.double())
    assert torch.allclose(found.sigma.double(), sigma[:2], rtol=1e-3)
    assert torch.allclose((exact @ found.v[0]).norm(), found.sigma[0], rtol=1e-3)


def called(name: str, model: Any, x: torch.Tensor, t: int, states: Any) -> Any:
    """The U-Net as diffusers' pipeline calls it."""
    if name == "inpainting":
        mask = torch.ones(1, 1, *model.shape[1:])
        grey = model.vae.encode(torch.zeros(1, 3, model.size, model.size)).latent_dist.mean
        return model.unet(torch.cat([x, mask, grey * model.vae.config.scaling_factor], 1), t, states).sample
    if name == "sdxl":
        side = float(model.size)
        added = {
            "text_embeds": states[:, -1, :16],
            "time_ids": torch.tensor([[side, side, 0.0, 0.0, side, side]]),
        }
        return model.unet(x, t, states[:, :-1], added_cond_kwargs=added).sample
    return (model.unet(x, t) if states is None else model.unet(x, t, states)).sample


def test_sdxl_paints_what_diffusers_paints(tmp_path: Path) -> None:
    from diffusers import StableDiffusionXLPipeline

    directory = tiny.extra_large(tmp_path / "xl")
    model = load_model(str(directory))
    pipeline = StableDiffusionXLPipeline.from_pretrained(str(directory), add_watermarker=False)
    words, nothing, pooled, empty = pipeline.encode_prompt("an old puppet", do_classifier_free_guidance=True)
    own = model.read(["an old puppet", ""])
    assert torch.allclose(own[:1, :-1], words, atol=1e-5)
    assert torch.allclose(own[:1, -1, : pooled.shape[1]], pooled, atol=1e-5)
    assert torch.allclose(own[1:, :-1], nothing, atol=1e-5)
    assert torch.allclose(own[1:, -1, : empty.shape[1]], empty, atol=1e-5)


def test_v_prediction_is_what_the_scheduler_makes_of_it(tmp_path: Path) -> None:
    from diffusers import DDIMScheduler

    model = load_model(str(tiny.predicting(tmp_path / "v", "v_prediction", "EulerDiscreteScheduler")))
    theirs = DDIMScheduler.from_config(model.scheduler.config, clip_sample=False, set_alpha_to_one=False)
    x = torch.randn(1, *model.shape, generator=torch.Generator().manual_seed(2))
    theirs.set_timesteps(10)
    said = model.unet(x, 800, model.read([""])).sample
    eps = inversion.predicted_noise(model, x, 800)
    signal, noise = inversion.signal_and_noise(model, 800)
    found = inversion.clean(model, x, 800, eps)
    assert torch.allclose(found, theirs.step(said, 800, x).pred_original_sample, atol=1e-4)
    assert torch.allclose(found, signal * x - noise * said, atol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (tiny.without_a_unet, "SD3Transformer2DModel' without a U-Net.*what works has a U-Net"),
        (lambda d: tiny.stable(d, unet=tiny._unet(0, in_channels=5)), "1 channels beside x_t"),
        (lambda d: tiny.stable(d, unet=tiny._unet(0, num_class_embeds=3)), "class labels"),
    ],
)
def test_what_does_not_fit_is_named_with_what_works(make: Callable[[Path], Path], message: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=message):
        load_model(str(make(tmp_path / "made")))


def test_a_schedule_without_levels_is_refused(tmp_path: Path) -> None:
    import json

    directory = tiny.stable(tmp_path / "made")
    index = json.loads((directory / "model_index.json").read_text())
    index["scheduler"] = ["diffusers", "FlowMatchEulerDiscreteScheduler"]
    (directory / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(ModelError, match="no noise levels"):
        load_model(str(directory))


def test_a_schedule_that_ends_in_pure_noise_ends_where_there_is_a_signal(tmp_path: Path) -> None:
    directory = tiny.stable(
        tmp_path / "made",
        scheduler=tiny._scheduler(rescale_betas_zero_snr=True, prediction_type="v_prediction"),
    )
    model = load_model(str(directory))
    assert float(model.scheduler.alphas_cumprod[-1]) < 1e-9
    last = inversion.last_time(model)
    assert 900 < last < 999
    assert inversion.signal_and_noise(model, last)[0] >= 1e-3

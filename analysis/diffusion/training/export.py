"""From trained weights to the shipped models: fp16 directories that plain diffusers loads, scored, with a card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.checkpointed_training import Plan, Report, Weights, best_so_far
from tapehead.analysis.diffusion.models import shapes
from tapehead.analysis.diffusion.models.loading import directory_digest, read_directory
from tapehead.analysis.diffusion.models.model import ATTRIBUTE_FILE
from tapehead.analysis.diffusion.puppets.attributes import (
    RegressorSettings,
    load_regressor,
    save_regressor,
    trained_regressor,
)
from tapehead.analysis.diffusion.puppets.captions import save_tokenizer
from tapehead.analysis.diffusion.puppets.puppets import contact_sheet
from tapehead.analysis.diffusion.training.card import CardFacts, card
from tapehead.analysis.diffusion.training.sample_quality import Quality, measure
from tapehead.analysis.diffusion.training.stages import (
    FREE,
    LatentSettings,
    PixelSettings,
    SimplerSettings,
    latent_places,
    latents,
    pixel_directory,
)
from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.store import write_atomically
from tapehead.analysis.trainings import in_making

MOST_BYTES = 16_000_000
"""What the weights of all puppets may weigh together."""


def pixel_weights(settings: PixelSettings, seed: int, cache_dir: Path) -> Weights:
    """The best weights of ``puppet-32`` there are: finished, or the averages of its checkpoint.

    Raises:
        TapeheadError: training has not come to its first checkpoint.
    """
    directory = pixel_directory(settings, seed, cache_dir)
    return _found(directory, "puppet-32", "puppet-32")


def latent_weights(settings: LatentSettings, seed: int, cache_dir: Path) -> dict[str, Weights]:
    """As :func:`pixel_weights`, for the stages of ``puppet-64``."""
    places = latent_places(settings, seed, cache_dir)
    parts = {"autoencoder": places.coder, "text": places.text, "puppet-64": places.unet}
    return {name: _found(directory, name, "puppet-64") for name, directory in parts.items()}


def _found(directory: Path, stage: str, model: str) -> Weights:
    weights = best_so_far(directory / f"{stage}.safetensors", directory / f"{stage}-checkpoint.safetensors")
    if weights is None:
        raise TapeheadError(f"the stage {stage} has no checkpoint in {directory} yet: tapehead train {model}")
    return weights


def write_pixel(settings: PixelSettings, weights: Weights, directory: Path) -> None:
    """Write ``puppet-32`` as a directory for ``DDIMPipeline``."""
    from diffusers import DDIMPipeline

    unet = _half(shapes.pixel_unet(settings.shape, 0), weights.of("unet"))
    DDIMPipeline(unet=unet, scheduler=shapes.pixel_scheduler()).save_pretrained(str(directory))


def write_latent(settings: LatentSettings, coder: Any, weights: Weights, directory: Path) -> None:
    """Write ``puppet-64`` as a directory for ``StableDiffusionPipeline``; ``coder`` has whitened latents."""
    from diffusers import StableDiffusionPipeline

    from tapehead.analysis.diffusion.puppets.captions import make_tokenizer

    unet = _half(shapes.latent_unet(settings.shape, 0), weights.of("unet"))
    text = _half(shapes.text_encoder(settings.shape, 0), weights.of("text"))
    pipeline = StableDiffusionPipeline(
        vae=_half(coder, coder.state_dict()),
        text_encoder=text,
        tokenizer=make_tokenizer(),
        unet=unet,
        scheduler=shapes.latent_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(str(directory))
    save_tokenizer(directory / "tokenizer")
    # transformers reads weights in the precision that the configuration names; half is slow on a processor.
    about = json.loads((directory / "text_encoder" / "config.json").read_text())
    about["dtype"] = about["torch_dtype"] = "float32"
    write_atomically(directory / "text_encoder" / "config.json", json.dumps(about, indent=2, sort_keys=True) + "\n")


def _half(module: Any, tensors: Mapping[str, Any]) -> Any:
    """``module`` with these weights, in fp16.

    Raises:
        TapeheadError: a weight is too large for fp16, or not a number.
    """
    import torch

    module.load_state_dict(dict(tensors))
    module.half().eval()
    bad = [name for name, tensor in module.state_dict().items() if not torch.isfinite(tensor).all()]
    if bad:
        raise TapeheadError(f"weights that fp16 cannot hold: {', '.join(bad)}")
    return module


def ship_pixel(
    settings: PixelSettings, eye: RegressorSettings, seed: int, cache_dir: Path, out: Path, report: Report, samples: int
) -> Quality:
    """Put ``puppet-32`` at ``out`` with its regressor, scores and card; what was there goes when all is complete.

    A simpler sibling comes without a regressor: it is there to be compared, and that of ``puppet-32`` reads it.
    """
    weights = pixel_weights(settings, seed, cache_dir)
    about: tuple[str, ...] = (
        f"`UNet2DModel` on {settings.shape.size} x {settings.shape.size} pixels, channels "
        f"{', '.join(map(str, settings.shape.channels))}, attention at the coarsest level; "
        "`DDIMPipeline.from_pretrained` loads it.",
        "1000 noise levels, linear, v-prediction.",
    )
    simpler = isinstance(settings, SimplerSettings)
    if isinstance(settings, SimplerSettings):
        about += (
            f"Its faces vary in {', '.join(settings.varying)}; the other attributes are 0, strings {FREE}. "
            "`puppet-32-two`, `-four` and `-all` differ in nothing else. Scores below are against faces that vary in "
            "all attributes.",
        )
    with in_making(out) as work:
        write_pixel(settings, weights, work)
        stages = {"puppet-32": (settings.plan, weights)}
        quality = _complete(
            work, out, about, stages, seed, settings.faces, eye, cache_dir, report, samples, not simpler
        )
    report(f"written: {out}")
    return quality


def ship_latent(
    settings: LatentSettings,
    eye: RegressorSettings,
    seed: int,
    cache_dir: Path,
    out: Path,
    report: Report,
    samples: int,
) -> Quality:
    """As :func:`ship_pixel`, for ``puppet-64``."""
    found = latent_weights(settings, seed, cache_dir)
    coder, _, _ = latents(settings, seed, cache_dir, found["autoencoder"], report)
    shape = settings.shape
    about = (
        "Stable Diffusion's shape: `AutoencoderKL`, `UNet2DConditionModel` with cross-attention, `CLIPTextModel` and "
        "`CLIPTokenizer`; `StableDiffusionPipeline.from_pretrained` loads it.",
        f"Pictures {shape.size} x {shape.size}, latents {shape.latent_channels} x {shape.latent_size} x "
        f"{shape.latent_size} with mean 0 and variance 1 in each channel (scaling factor 1).",
        f"Channels of the U-Net {', '.join(map(str, shape.channels))}; of the autoencoder "
        f"{', '.join(map(str, shape.coder_channels))}; text {shape.text_layers} layers of width {shape.text_width}.",
        f"1000 noise levels, Stable Diffusion's, v-prediction; {settings.drop:.0%} of the captions in training are "
        "empty, so that guidance works.",
    )
    with in_making(out) as work:
        write_latent(settings, coder, found["puppet-64"], work)
        plans = {"autoencoder": settings.coder, "text": settings.text, "puppet-64": settings.unet}
        stages = {name: (plan, found[name]) for name, plan in plans.items()}
        quality = _complete(work, out, about, stages, seed, settings.faces, eye, cache_dir, report, samples)
    report(f"written: {out}")
    return quality


def _complete(
    work: Path,
    out: Path,
    about: tuple[str, ...],
    stages: Mapping[str, tuple[Plan, Weights]],
    seed: int,
    faces: int,
    eye: RegressorSettings,
    cache_dir: Path,
    report: Report,
    samples: int,
    with_eye: bool = True,
) -> Quality:
    """Add regressor, scores and card to the directory ``work``, which becomes ``out``."""
    save_regressor(trained_regressor(eye, 0, cache_dir, report), eye, work / ATTRIBUTE_FILE)
    report(f"scoring {samples} samples")
    model = read_directory(work, out.name)
    quality, pictures = measure(model, load_regressor(work / ATTRIBUTE_FILE), samples)
    if not with_eye:
        (work / ATTRIBUTE_FILE).unlink()
    sheet = contact_sheet(pictures[:40], 10, max(1, 128 // model.size))
    files = {path.relative_to(work).as_posix(): _weight(path) for path in sorted(work.rglob("*.safetensors"))}
    total = sum(size for _, size in files.values())
    if total > MOST_BYTES:
        raise TapeheadError(f"the weights take {total} bytes; at most {MOST_BYTES} may be shipped")
    facts = CardFacts(out.name, about, seed, faces, model.size, stages, files, directory_digest(work), quality)
    write_atomically(work / "MODEL_CARD.md", card(facts))
    sheet.save(cache_dir / "puppets" / f"{out.name}-samples.png")
    for line in quality.missed():
        report(f"target missed: {line}")
    return quality


def _weight(path: Path) -> tuple[int, int]:
    """Parameters and bytes of a weights file."""
    from safetensors import safe_open

    with safe_open(str(path), framework="numpy") as file:
        count = sum(file.get_tensor(name).size for name in file.keys())  # noqa: SIM118 - no mapping
    return count, path.stat().st_size

"""Training of ``puppet-32`` and ``puppet-64``: seeded, in resumable pieces, one thread, fixed numbers of steps.

``puppet-32`` is one stage.  ``puppet-64`` has three: the autoencoder; the text encoder, which learns to tell the
attributes that a caption names (as CLIP's comes to Stable Diffusion already able to read); and the U-Net with the
text encoder, on the autoencoder's latents.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.checkpointed_training import (
    Plan,
    Report,
    Stage,
    Weights,
    run,
)
from tapehead.analysis.diffusion.models import shapes
from tapehead.analysis.diffusion.puppets.captions import (
    END,
    byte_pairs,
    caption,
    choices,
    encode,
    random_caption,
    words_of,
)
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, WORLD_VERSION, render_bytes, sample_attributes
from tapehead.analysis.store import digest_of, write_atomically
from tapehead.analysis.threads import one_thread
from tapehead.analysis.trainings import alone

SIMPLER: Mapping[str, tuple[str, ...]] = {
    "puppet-32-two": ("hair", "tilt"),
    "puppet-32-four": ("hair", "tilt", "background", "smile"),
    "puppet-32-all": ATTRIBUTES,
}
"""Small siblings of ``puppet-32`` and the attributes in which their faces vary: one in colour and one in form first."""
FREE = -0.85
"""``strings`` of faces that do not vary in it: the middle of those that hang on none (0 would be neither)."""


@dataclass(frozen=True)
class PixelSettings:
    """What decides the weights of ``puppet-32``, beside the seed."""

    shape: shapes.PixelShape = field(default_factory=shapes.PixelShape)
    faces: int = 30_000
    plan: Plan = field(default_factory=lambda: Plan(steps=7000, rows=32, rate=2e-3, decay=0.0))
    world: int = WORLD_VERSION

    @property
    def digest(self) -> str:
        """Names the directory of runs that can be continued with these settings."""
        return digest_of(dataclasses.asdict(self))[:12]

    def crowd(self, seed: int) -> Any:
        """Attributes (faces, 9) that the training pictures are drawn from."""
        return sample_attributes(self.faces, seed)


@dataclass(frozen=True)
class SimplerSettings(PixelSettings):
    """As :class:`PixelSettings`, for faces that differ in ``varying`` attributes only, and shorter.

    Everything else is the same for all of them, so that what they differ in can only come from their data.
    """

    plan: Plan = field(default_factory=lambda: Plan(steps=2000, rows=32, rate=2e-3, decay=0.0))
    varying: tuple[str, ...] = ATTRIBUTES

    def crowd(self, seed: int) -> Any:
        """As the parent's, with the attributes that do not vary at 0, and no strings if those do not."""
        values = sample_attributes(self.faces, seed)
        for column, name in enumerate(ATTRIBUTES):
            if name not in self.varying:
                values[:, column] = FREE if name == "strings" else 0.0
        return values


@dataclass(frozen=True)
class LatentSettings:
    """What decides the weights of ``puppet-64``, beside the seed."""

    shape: shapes.LatentShape = field(default_factory=shapes.LatentShape)
    faces: int = 30_000
    coder: Plan = field(default_factory=lambda: Plan(steps=3500, rows=16, rate=1.5e-3, average=0.998, decay=0.0))
    text: Plan = field(default_factory=lambda: Plan(steps=700, rows=64, rate=1e-3, warm_up=50, average=0.99))
    unet: Plan = field(default_factory=lambda: Plan(steps=6000, rows=32, rate=1.2e-3))
    share: float = 0.6
    drop: float = 0.1
    world: int = WORLD_VERSION

    def digests(self) -> tuple[str, str, str]:
        """Directories of the three stages; a later stage's name depends on the earlier ones' settings."""
        world = {"shape": dataclasses.asdict(self.shape), "faces": self.faces, "world": self.world}
        coder = digest_of({**world, "plan": dataclasses.asdict(self.coder)})[:12]
        text = digest_of({**world, "plan": dataclasses.asdict(self.text), "share": self.share})[:12]
        unet = digest_of({"coder": coder, "text": text, "plan": dataclasses.asdict(self.unet), "drop": self.drop})[:12]
        return coder, text, unet


@dataclass(frozen=True)
class Places:
    """Where the stages of ``puppet-64`` keep their files."""

    coder: Path
    text: Path
    unet: Path


def pixel_directory(settings: PixelSettings, seed: int, cache_dir: Path) -> Path:
    """Where ``puppet-32`` of a seed keeps its checkpoint, its log and its finished weights."""
    return cache_dir / "puppets" / f"puppet-32-{settings.digest}" / f"seed{seed}"


def latent_places(settings: LatentSettings, seed: int, cache_dir: Path) -> Places:
    """As :func:`pixel_directory`, for the three stages of ``puppet-64``."""
    names = zip(("autoencoder", "text", "puppet-64"), settings.digests(), strict=True)
    return Places(*(cache_dir / "puppets" / f"{name}-{digest}" / f"seed{seed}" for name, digest in names))


def signal_and_noise(scheduler: Any) -> tuple[Any, Any]:
    """sqrt(abar) and sqrt(1 - abar) for each time, (1000,) each."""
    abar = scheduler.alphas_cumprod
    return abar.sqrt(), (1 - abar).sqrt()


def diffusion_loss(model: Callable[[Any, Any], Any], clean: Any, scheduler: Any, numbers: Any) -> Any:
    """Mean squared error of the predicted velocity v = sqrt(abar) eps - sqrt(1 - abar) x0 (Salimans & Ho 2022).

    Args:
        model: (noisy (n, c, h, w), times (n,)) -> velocity of the same shape.
        clean: x0 (n, c, h, w).
        scheduler: has ``alphas_cumprod``.
        numbers: a ``torch.Generator``.
    """
    import torch

    signal, noise_part = signal_and_noise(scheduler)
    times = torch.randint(len(signal), (len(clean),), generator=numbers)
    noise = torch.randn(clean.shape, generator=numbers)
    a, b = (part[times].view(-1, 1, 1, 1) for part in (signal, noise_part))
    return (model(a * clean + b * noise, times) - (a * noise - b * clean)).square().mean()


def pixel_stage(settings: PixelSettings, seed: int, cache_dir: Path) -> Stage:
    """The one stage of ``puppet-32``; draws its faces when it is first asked for a loss."""
    import torch

    unet = shapes.pixel_unet(settings.shape, seed).train()
    scheduler = shapes.pixel_scheduler()
    faces = _Faces(settings.crowd(seed), settings.shape.size)

    def loss(_step: int, numbers: Any) -> Any:
        chosen = torch.randint(settings.faces, (settings.plan.rows,), generator=numbers)
        return diffusion_loss(lambda x, t: unet(x, t).sample, faces.pictures(chosen), scheduler, numbers)

    directory = pixel_directory(settings, seed, cache_dir)
    return Stage("puppet-32", directory, {"unet": unet}, settings.plan, loss, seed)


class _Faces:
    """The training faces with these attributes (n, 9), drawn once per process when they are first needed."""

    def __init__(self, attributes: Any, size: int) -> None:
        self.attributes = attributes
        self.size = size
        self._bytes: Any = None

    def pictures(self, chosen: Any) -> Any:
        """Faces with values in [-1, 1]."""
        if self._bytes is None:
            self._bytes = render_bytes(self.attributes, self.size)
        return self._bytes[chosen].float() / 127.5 - 1


def autoencoder_stage(settings: LatentSettings, seed: int, cache_dir: Path) -> Stage:
    """The autoencoder: L1 on pixels and on their differences (thin strings count), a touch of KL."""
    import torch

    coder = shapes.autoencoder(settings.shape, seed).train()
    faces = _Faces(sample_attributes(settings.faces, seed), settings.shape.size)

    def loss(_step: int, numbers: Any) -> Any:
        chosen = torch.randint(settings.faces, (settings.coder.rows,), generator=numbers)
        clean = faces.pictures(chosen)
        with torch.autocast("cpu", torch.bfloat16):
            posterior = coder.encode(clean).latent_dist
            noise = torch.randn(posterior.mean.shape, generator=numbers)
            made = coder.decode(posterior.mean + posterior.std * noise).sample
        made = made.float()
        wrong = (made - clean).abs().mean()
        for axis in (-1, -2):
            wrong = wrong + 0.25 * (made.diff(dim=axis) - clean.diff(dim=axis)).abs().mean()
        return wrong + 1e-6 * posterior.kl().float().mean()

    directory = latent_places(settings, seed, cache_dir).coder
    return Stage("autoencoder", directory, {"vae": coder}, settings.coder, loss, seed)


def named_classes(words: dict[str, str]) -> list[int]:
    """For each attribute, which of its words is used: 0 for none."""
    return [choices(name).index(words[name]) + 1 if name in words else 0 for name in ATTRIBUTES]


def text_stage(settings: LatentSettings, seed: int, cache_dir: Path) -> Stage:
    """The text encoder learns to say which attributes a caption names, from its states after the last word."""
    import torch

    text = shapes.text_encoder(settings.shape, seed).train()
    sizes = [len(choices(name)) + 1 for name in ATTRIBUTES]
    head = torch.nn.Linear(settings.shape.text_width, sum(sizes))
    attributes = sample_attributes(settings.faces, seed).tolist()
    last = byte_pairs()[0][END]

    def loss(step: int, numbers: Any) -> Any:
        rng = random.Random(f"{seed} text {step}")  # noqa: S311 - no secret
        rows = [attributes[rng.randrange(len(attributes))] for _ in range(settings.text.rows)]
        named = [{name: word for name, word in words_of(row).items() if rng.random() < settings.share} for row in rows]
        ids = torch.tensor(encode(caption(words) for words in named))
        after = (ids == last).float().unsqueeze(-1)
        states = text(input_ids=ids).last_hidden_state
        answers = head((states * after).sum(1) / after.sum(1)).split(sizes, dim=-1)
        wanted = torch.tensor([named_classes(words) for words in named]).unbind(-1)
        return sum(
            (torch.nn.functional.cross_entropy(a, w) for a, w in zip(answers, wanted, strict=True)), torch.zeros(())
        ) / len(sizes)

    directory = latent_places(settings, seed, cache_dir).text
    return Stage("text", directory, {"text": text, "head": head}, settings.text, loss, seed)


def whiten(coder: Any, mean: Any, spread: Any) -> None:
    """Change an ``AutoencoderKL`` so that its latents have mean 0 and variance 1 in each channel, exactly.

    ``mean`` and ``spread`` (c,) are the latents' present mean and standard deviation.  They are folded into the 1x1
    convolutions on both sides of the latent; pictures stay the same, and pipelines need no scaling factor.
    """
    import torch

    channels = len(mean)
    with torch.no_grad():
        weight, bias = coder.quant_conv.weight, coder.quant_conv.bias
        weight[:channels] /= spread.view(-1, 1, 1, 1)
        bias[:channels] = (bias[:channels] - mean) / spread
        bias[channels:] -= 2 * spread.log()
        weight, bias = coder.post_quant_conv.weight, coder.post_quant_conv.bias
        bias += weight[:, :, 0, 0] @ mean
        weight *= spread.view(1, -1, 1, 1)


def latents(settings: LatentSettings, seed: int, cache_dir: Path, coder_weights: Weights, report: Report) -> Any:
    """The whitened autoencoder, and the posterior means and standard deviations of all faces.

    Returns:
        (coder, means (n, c, h, w), spreads (n, c, h, w)); the tensors are fp16 and kept beside the U-Net's checkpoint.
    """
    import torch
    from safetensors.torch import load_file, save

    coder = shapes.autoencoder(settings.shape, seed)
    coder.load_state_dict(coder_weights.of("vae"))
    coder.eval()
    path = latent_places(settings, seed, cache_dir).unet / "latents.safetensors"
    if path.is_file():
        kept = load_file(path)
        whiten(coder, kept["mean"], kept["spread"])
        return coder, kept["means"], kept["spreads"]
    report("drawing faces and coding them")
    attributes = sample_attributes(settings.faces, seed)
    means, spreads = [], []
    with torch.no_grad():
        for start in range(0, settings.faces, 100):
            part = render_bytes(attributes[start : start + 100], settings.shape.size).float() / 127.5 - 1
            posterior = coder.encode(part).latent_dist
            means.append(posterior.mean)
            spreads.append(posterior.std)
    all_means, all_spreads = torch.cat(means), torch.cat(spreads)
    mean = all_means.mean((0, 2, 3))
    spread = (all_means.var((0, 2, 3)) + all_spreads.square().mean((0, 2, 3))).sqrt()
    each = (1, -1, 1, 1)
    kept = {
        "mean": mean,
        "spread": spread,
        "means": ((all_means - mean.view(each)) / spread.view(each)).half().contiguous(),
        "spreads": (all_spreads / spread.view(each)).half().contiguous(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, save(kept))
    whiten(coder, mean, spread)
    return coder, kept["means"], kept["spreads"]


def unet_stage(
    settings: LatentSettings, seed: int, cache_dir: Path, text_weights: Weights, means: Any, spreads: Any
) -> Stage:
    """The U-Net on latents, with the text encoder; a part ``drop`` of the captions is empty, for guidance."""
    import torch

    unet = shapes.latent_unet(settings.shape, seed).train()
    text = shapes.text_encoder(settings.shape, seed).train()
    text.load_state_dict(text_weights.of("text"))
    scheduler = shapes.latent_scheduler()
    attributes = sample_attributes(settings.faces, seed).tolist()

    def loss(step: int, numbers: Any) -> Any:
        chosen = torch.randint(settings.faces, (settings.unet.rows,), generator=numbers)
        noise = torch.randn(means[chosen].shape, generator=numbers)
        clean = means[chosen].float() + spreads[chosen].float() * noise
        rng = random.Random(f"{seed} captions {step}")  # noqa: S311 - no secret
        lines = [
            "" if rng.random() < settings.drop else random_caption(attributes[i], rng, settings.share)
            for i in chosen.tolist()
        ]
        states = text(input_ids=torch.tensor(encode(lines))).last_hidden_state
        return diffusion_loss(lambda x, t: unet(x, t, states).sample, clean, scheduler, numbers)

    directory = latent_places(settings, seed, cache_dir).unet
    return Stage("puppet-64", directory, {"unet": unet, "text": text}, settings.unet, loss, seed)


def train_pixel(
    settings: PixelSettings, seed: int, cache_dir: Path, report: Report, stop_after: int | None = None
) -> bool:
    """Train ``puppet-32``; returns whether it is finished.  ``stop_after`` ends early, as an interruption would."""
    with alone(pixel_directory(settings, seed, cache_dir)), one_thread():
        return run(pixel_stage(settings, seed, cache_dir), report, stop_after) is not None


def train_latent(
    settings: LatentSettings, seed: int, cache_dir: Path, report: Report, stop_after: int | None = None
) -> bool:
    """Train the three stages of ``puppet-64``; returns whether all are finished.

    ``stop_after`` ends early after that step of the U-Net, with a checkpoint.
    """
    places = latent_places(settings, seed, cache_dir)
    with one_thread():
        with alone(places.coder):
            coder = run(autoencoder_stage(settings, seed, cache_dir), report)
        with alone(places.text):
            text = run(text_stage(settings, seed, cache_dir), report)
        assert coder is not None
        assert text is not None
        with alone(places.unet):
            _, means, spreads = latents(settings, seed, cache_dir, coder, report)
            return run(unet_stage(settings, seed, cache_dir, text, means, spreads), report, stop_after) is not None

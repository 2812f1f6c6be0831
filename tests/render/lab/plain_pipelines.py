"""Diffusers' own parts and DDIM written out once more: what `tapehead directions` says is compared with this.

Nothing of the lab is used: weights are read by diffusers and transformers, the noise levels are computed from the betas
of the tiny pipelines, and every step is one line of the published procedure.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

WORDLESS = ("ddpm", "ddim", "root", "root without index", "ldm")
PREDICTS_V = ("v",)
TIMES = 1000


class PlainPipeline:
    """A tiny pipeline, by its name in ``test_pipelines.MAKERS``."""

    def __init__(self, directory: Path, name: str, prompt: str) -> None:
        import diffusers
        import transformers

        more: dict[str, Any] = {"variant": "fp16", "torch_dtype": torch.float32} if name == "fp16" else {}
        kind: Any = diffusers.UNet2DModel if name in WORDLESS else diffusers.UNet2DConditionModel
        self.name, self.prompt = name, prompt
        self.unet = kind.from_pretrained(str(directory / "unet" if "root" not in name else directory), **more).eval()
        self.vae: Any = None
        if (directory / "vqvae").is_dir():
            self.vae = diffusers.VQModel.from_pretrained(str(directory / "vqvae")).eval()
        elif (directory / "vae").is_dir():
            self.vae = diffusers.AutoencoderKL.from_pretrained(str(directory / "vae"), **more).eval()
        betas = torch.linspace(0.00085**0.5, 0.012**0.5, TIMES, dtype=torch.float64) ** 2
        self.kept = (1 - betas).cumprod(0)
        self.states: Any = None
        self.added: Any = None
        if name in WORDLESS:
            return
        short: dict[str, Any] = {"variant": "fp16", "dtype": torch.float32} if name == "fp16" else {}
        words = transformers.CLIPTokenizer.from_pretrained(str(directory / "tokenizer"))
        ids = words(prompt, padding="max_length", max_length=32, truncation=True, return_tensors="pt").input_ids
        reader = transformers.CLIPTextModel.from_pretrained(str(directory / "text_encoder"), **short).eval()
        with torch.no_grad():
            if name != "sdxl":
                self.states = reader(ids).last_hidden_state
                return
            second = transformers.CLIPTextModelWithProjection.from_pretrained(str(directory / "text_encoder_2")).eval()
            one, two = (encoder(ids, output_hidden_states=True) for encoder in (reader, second))
            self.states = torch.cat([one.hidden_states[-2], two.hidden_states[-2]], -1)
            self.added = two.text_embeds

    def said(self, x: torch.Tensor, t: int) -> torch.Tensor:
        """What the U-Net returns for one x (1, C, H, W)."""
        said: torch.Tensor
        if self.states is None:
            said = self.unet(x, t).sample
            return said
        if self.name == "sdxl":
            side = float(2 * x.shape[-1])
            sizes = torch.tensor([[side, side, 0.0, 0.0, side, side]])
            more = {"text_embeds": self.added, "time_ids": sizes}
            said = self.unet(x, t, self.states, added_cond_kwargs=more).sample
            return said
        if self.name == "inpainting":
            grey = self.vae.encode(torch.zeros(1, 3, 2 * x.shape[-2], 2 * x.shape[-1])).latent_dist.mean
            x = torch.cat([x, torch.ones(1, 1, *x.shape[2:]), grey * self.vae.config.scaling_factor], 1)
        said = self.unet(x, t, self.states).sample
        return said

    def noise(self, x: torch.Tensor, t: int) -> torch.Tensor:
        """eps in x_t."""
        said, kept = self.said(x, t), float(self.kept[t])
        eps: torch.Tensor = kept**0.5 * said + (1 - kept) ** 0.5 * x if self.name in PREDICTS_V else said
        return eps

    @torch.no_grad()
    def way(self, x: torch.Tensor, start: int, stop: int, steps: int) -> torch.Tensor:
        """DDIM from ``start`` to ``stop`` in even steps: x0 = (x - sqrt(1 - a) eps) / sqrt(a), and noise on it anew."""
        times = [round(start + (stop - start) * i / steps) for i in range(steps + 1)]
        for here, there in pairwise(times):
            a, b = float(self.kept[here]), float(self.kept[there])
            eps = self.noise(x, here)
            x = b**0.5 * (x - (1 - a) ** 0.5 * eps) / a**0.5 + (1 - b) ** 0.5 * eps
        return x

    @torch.no_grad()
    def code(self, picture: torch.Tensor) -> torch.Tensor:
        """x0 (1, C, H, W) of a picture (1, 3, s, s) in [0, 1]."""
        x = 2 * picture - 1
        if self.vae is None:
            return x
        coded = self.vae.encode(x)
        latent: torch.Tensor = coded.latents if self.name == "ldm" else coded.latent_dist.mean
        return latent * float(self.vae.config.scaling_factor)

    @torch.no_grad()
    def show(self, x0: torch.Tensor) -> torch.Tensor:
        """The picture (1, 3, s, s) in [0, 1] of an x0."""
        x: torch.Tensor = x0 if self.vae is None else self.vae.decode(x0 / self.vae.config.scaling_factor).sample
        return (x / 2 + 0.5).clamp(0, 1)

    @torch.no_grad()
    def guided(self, x: torch.Tensor, t: int, v: torch.Tensor, steps: int) -> torch.Tensor:
        """The published x-space guidance with a step of 1: x += eps(x + v) - eps(x), again and again."""
        for _ in range(steps):
            x = x + self.noise(x + v, t) - self.noise(x, t)
        return x

    def heard(self, x: torch.Tensor, t: int) -> torch.Tensor:
        """What the mid block returns, as one row."""
        kept: list[torch.Tensor] = []
        hook = self.unet.mid_block.register_forward_hook(lambda _m, _i, out: kept.append(out))
        self.said(x, t)
        hook.remove()
        return kept[0].flatten()

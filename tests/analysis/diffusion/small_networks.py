"""Untrained networks of a few hundred dimensions, whose whole Jacobians are cheap: geometry needs no good pictures."""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis.diffusion.models import shapes
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.puppets.captions import make_tokenizer

NOWHERE = Path("/nowhere/small")


def small_pixel(seed: int = 0) -> DiffusionModel:
    """8 x 8 pixels: 192 dimensions, h of 4 x 4 x 16 = 256."""
    unet = shapes.pixel_unet(shapes.PixelShape(size=8, channels=(8, 16)), seed).eval().requires_grad_(False)
    return DiffusionModel("small-pixel", f"seed {seed}", NOWHERE, unet, shapes.pixel_scheduler())


def small_latent(seed: int = 0) -> DiffusionModel:
    """Stable Diffusion's parts: pictures of 8 x 8, latents of 4 x 4 x 4 = 64 dimensions, h of 2 x 2 x 16 = 64."""
    shape = shapes.LatentShape(size=8, coder_channels=(8, 16), channels=(8, 16), heads=2, text_width=16, text_layers=1)
    parts = [shapes.latent_unet(shape, seed), shapes.autoencoder(shape, seed), shapes.text_encoder(shape, seed)]
    unet, vae, text = (part.eval().requires_grad_(False) for part in parts)
    tokenizer = make_tokenizer()
    return DiffusionModel(
        "small-latent", f"seed {seed}", NOWHERE, unet, shapes.latent_scheduler(), vae, text, tokenizer
    )

"""Tiny diffusion models that the tests train and save themselves."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tapehead.analysis.diffusion.checkpointed_training import Plan
from tapehead.analysis.diffusion.models.shapes import LatentShape, PixelShape
from tapehead.analysis.diffusion.puppets import attributes
from tapehead.analysis.diffusion.training import export, stages


def plan(steps: int, rows: int = 4) -> Plan:
    return Plan(steps=steps, rows=rows, rate=1e-3, warm_up=2, save_every=2)


PIXEL = stages.PixelSettings(shape=PixelShape(size=16, channels=(8, 16)), faces=12, plan=plan(4))
LATENT = stages.LatentSettings(
    shape=LatentShape(size=16, coder_channels=(8, 16), channels=(8, 16), heads=2, text_width=16, text_layers=1),
    faces=12,
    coder=plan(3),
    text=plan(3),
    unet=plan(4),
)
EYE = attributes.RegressorSettings(size=16, faces=40, channels=(8, 8), plan=plan(4, 8))


@dataclass(frozen=True)
class Tiny:
    """Settings of the tiny models, and a report that says nothing."""

    pixel: stages.PixelSettings = PIXEL
    latent: stages.LatentSettings = LATENT
    eye: attributes.RegressorSettings = EYE

    def quiet(self, _line: str) -> None:
        pass


@pytest.fixture(scope="session")
def tiny() -> Tiny:
    return Tiny()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory, tiny: Tiny) -> Path:
    """A cache in which the tiny models are trained to the end."""
    place = tmp_path_factory.mktemp("cache")
    assert stages.train_pixel(PIXEL, 0, place, tiny.quiet)
    assert stages.train_latent(LATENT, 0, place, tiny.quiet)
    return place


@pytest.fixture(scope="session")
def pixel_directory(cache: Path, tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("shipped") / "tiny-pixel"
    export.ship_pixel(PIXEL, EYE, 0, cache, out, tiny.quiet, samples=6)
    return out


@pytest.fixture(scope="session")
def latent_directory(cache: Path, tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("shipped") / "tiny-latent"
    export.ship_latent(LATENT, EYE, 0, cache, out, tiny.quiet, samples=12)
    return out

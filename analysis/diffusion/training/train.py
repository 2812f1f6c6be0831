"""Training of the puppets, from nothing to a directory with its card; its stages are
:mod:`tapehead.analysis.diffusion.training.stages`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.checkpointed_training import Report
from tapehead.analysis.diffusion.puppets import attributes
from tapehead.analysis.diffusion.training import export
from tapehead.analysis.diffusion.training.stages import (
    SIMPLER,
    LatentSettings,
    PixelSettings,
    SimplerSettings,
    train_latent,
    train_pixel,
)
from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.trainings import default_cache

MODELS = ("puppet-32", "puppet-64", *SIMPLER)


def train_puppet(
    model: str,
    seed: int = 0,
    steps: int | None = None,
    cache_dir: Path | None = None,
    report: Report = lambda _line: None,
    out: Path | None = None,
    so_far: bool = False,
    samples: int = 512,
) -> Any:
    """Train ``puppet-32``, ``puppet-64`` or one of :data:`SIMPLER`; with ``out``, score it and put it there.

    Under an hour, about two hours and a half, and a quarter of an hour on one core of a server processor.  May be
    interrupted at any time and called again: it goes on from its last checkpoint.

    Args:
        model: which one.
        seed: of weights, faces and order.
        steps: of the U-Net, instead of the model's own number; another number is another run.
        cache_dir: where checkpoints lie.
        report: told a line now and then.
        out: where the shipped directory goes, replacing what was there.
        so_far: train nothing; ship the best weights there are.
        samples: how many the scores are taken from.

    Returns:
        The scores (:class:`tapehead.analysis.diffusion.training.sample_quality.Quality`) if ``out`` is given.

    Raises:
        UnknownNameError: there is no such model.
        UsageError: a negative seed, no steps, or ``so_far`` without ``out``.
        TapeheadError: another process trains it, or a checkpoint cannot be read.
    """
    if model not in MODELS:
        raise UnknownNameError("model to train", model, MODELS)
    if seed < 0 or (steps is not None and steps < 1):
        raise UsageError(f"training needs a seed from 0 and at least one step; asked for seed {seed}, steps {steps}")
    if so_far and out is None:
        raise UsageError("nothing to train and nothing to write: say where the weights so far go")
    place = cache_dir or default_cache()
    if model != "puppet-64":
        pixel = SimplerSettings(varying=SIMPLER[model]) if model in SIMPLER else PixelSettings()
        if steps is not None:
            pixel = dataclasses.replace(pixel, plan=dataclasses.replace(pixel.plan, steps=steps))
        if not so_far:
            train_pixel(pixel, seed, place, report)
        eye = attributes.RegressorSettings(pixel.shape.size)
        return export.ship_pixel(pixel, eye, seed, place, out, report, samples) if out else None
    latent = LatentSettings()
    if steps is not None:
        latent = dataclasses.replace(latent, unet=dataclasses.replace(latent.unet, steps=steps))
    if not so_far:
        train_latent(latent, seed, place, report)
    eye = attributes.RegressorSettings(latent.shape.size)
    return export.ship_latent(latent, eye, seed, place, out, report, samples) if out else None


def main(arguments: Sequence[str] | None = None) -> None:
    """``python -m tapehead.analysis.diffusion.training.train puppet-32 --out assets/models/puppet-32``."""
    import argparse
    import sys
    import time

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--cache-dir", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=None, help="put the model there, scored, with its card")
    parser.add_argument("--so-far", action="store_true", help="train nothing; ship the best weights there are")
    parser.add_argument("--samples", type=int, default=512, help="how many the scores are taken from")
    o = parser.parse_args(arguments)

    def report(line: str) -> None:
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        sys.stdout.flush()

    train_puppet(o.model, o.seed, o.steps, o.cache_dir, report, o.out, o.so_far, o.samples)


if __name__ == "__main__":
    main()

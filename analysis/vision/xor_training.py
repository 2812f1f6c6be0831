"""Fifty networks that learn exclusive or, as files: fp16 safetensors and a card, like every model that ships."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tapehead.analysis.model_files import ModelError, read_table, weight_shapes
from tapehead.analysis.store import digest_file
from tapehead.analysis.trainings import in_making
from tapehead.analysis.vision import xor
from tapehead.analysis.vision.networks import SETTINGS_FILE, WEIGHTS

NETWORKS, DECAY, STEPS, TOLERANCE = 50, 1e-3, 5000, 0.05
TENSOR = "weights"


def train(seed: int, steps: int | None, out: Path | None, report: Callable[[str], None]) -> dict[str, float]:
    """Train fifty networks, judge them as they are shipped, and put them at ``out`` with their card.

    Returns ``solved``, how many answer all four cases rightly with rounded weights; ``solutions``, how many different
    ones those are up to exchange and sign of hidden units; ``networks``.

    Raises:
        UsageError: no steps.
        OutputError: ``out`` cannot be written.
    """
    from safetensors.numpy import save as packed

    began = time.monotonic()
    trained = xor.train(NETWORKS, DECAY, STEPS if steps is None else steps, seed)
    rounded = trained.weights.astype(np.float16)
    took = time.monotonic() - began
    found = _judged(rounded)
    report(f"xor: {found['solved']:.0f} of {NETWORKS} networks learned it, in {found['solutions']:.0f} ways")
    if out is None:
        return found
    with in_making(out) as work:
        (work / WEIGHTS).write_bytes(packed({TENSOR: rounded}))
        said = {"networks": NETWORKS, "decay": DECAY, "steps": STEPS if steps is None else steps, "seed": seed}
        (work / SETTINGS_FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        (work / "MODEL_CARD.md").write_text(_card(work / WEIGHTS, said, found, took), encoding="utf-8")
    report(f"written: {out}")
    return found


def load(directory: Path) -> np.ndarray:
    """The weights of the networks in a directory: (network, 9).

    Raises:
        ModelError: a file is missing, damaged, or holds something else.
    """
    from safetensors.numpy import load as unpacked

    path = directory / WEIGHTS
    if not path.is_file():
        raise ModelError(f"{path} is missing: tapehead train xor --out {directory} makes it")
    shape = weight_shapes(path).get(TENSOR, ())
    said = read_table(directory / SETTINGS_FILE)
    if len(shape) != 2 or shape[1] != xor.WEIGHTS or shape[0] != said.get("networks"):
        raise ModelError(
            f"{path} holds no networks of ours: wanted {TENSOR} of (networks, {xor.WEIGHTS}), found {shape}"
        )
    weights = np.asarray(unpacked(path.read_bytes())[TENSOR], dtype=float)
    if not np.all(np.isfinite(weights)):
        raise ModelError(f"{path} has weights that are not finite; train them anew")
    return weights


def _judged(rounded: np.ndarray) -> dict[str, float]:
    weights = rounded.astype(float)
    good = weights[[xor.Network.of(one).solved for one in weights]]
    ways = int(xor.cluster(xor.distances(good)[1], TOLERANCE).max()) + 1 if len(good) else 0
    return {"solved": float(len(good)), "solutions": float(ways), "networks": float(len(weights))}


def _card(path: Path, said: dict[str, float], found: dict[str, float], took: float) -> str:
    return "\n".join(
        [
            "# xor: fifty networks with two inputs, two hidden units and one output",
            "",
            "They say whether exactly one of two inputs is on. They were made to be compared in films and tests.",
            "",
            "## Model",
            "",
            f"- {NETWORKS} networks of {xor.WEIGHTS} weights: into both hidden units (tanh), their biases, out of them "
            "(logistic), offset. Inputs are −1 and +1.",
            f"- Weights: fp16, {path.stat().st_size} bytes, computed in fp64. Licence: that of tapehead.",
            f"- SHA-256 of `{WEIGHTS}`: `{digest_file(path)}`",
            "",
            "## Data",
            "",
            "The four cases; nothing of others.",
            "",
            "## Training",
            "",
            f"    tapehead train xor --seed {said['seed']} --steps {said['steps']} --out assets/models/xor",
            "",
            f"Each from its own normal start by L-BFGS, cross-entropy with a decay of {DECAY}, at most {said['steps']} "
            f"steps; fp64, one thread, {took:.1f} s for all.",
            f"Written with scipy {version('scipy')}, {platform.machine()}, Python {platform.python_version()}.",
            "",
            "## Scores",
            "",
            f"- {found['solved']:.0f} of {found['networks']:.0f} answer all four cases rightly (fp16 weights); the "
            "others are stuck.",
            f"- Those came to {found['solutions']:.0f} solutions, up to exchange and sign of the hidden units.",
            "",
        ]
    )

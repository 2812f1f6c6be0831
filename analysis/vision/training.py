"""Training of the small networks that look: seeded, one thread, minutes; the files, with a card that says how it went.

Pictures are drawn once and shown again and again; the learning rate falls to nothing along half a cosine.  The same
seed gives the same weights on the same processor and libraries.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.store import digest_file
from tapehead.analysis.threads import one_thread
from tapehead.analysis.trainings import in_making
from tapehead.analysis.vision.networks import (
    LOOKER,
    SETTINGS_FILE,
    SPOTTER,
    WEIGHTS,
    Classifier,
    Form,
    build,
    load,
    save,
)
from tapehead.analysis.vision.world import beans, creatures

Report = Callable[[str], None]
HELD_OUT = 1_000_003
"""Added to a seed for pictures that no training ever draws."""


@dataclass(frozen=True)
class Settings:
    """What decides the weights, beside the seed and the pictures."""

    pictures: int
    steps: int
    rows: int = 32
    rate: float = 3e-3
    decay: float = 0.01


@dataclass(frozen=True)
class Kind:
    """A network that can be trained: its form and settings, ``make(count, seed)`` its pictures and labels."""

    form: Form
    settings: Settings
    make: Callable[[int, int], tuple[np.ndarray, np.ndarray]]
    about: str


def _creatures(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    pictures, kinds, _ = creatures.many(count, seed)
    return pictures, kinds


def _beans(share: float) -> Callable[[int, int], tuple[np.ndarray, np.ndarray]]:
    def make(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        shown = beans.windows(count, share, seed)
        return shown.pictures[:, None], shown.is_bean.astype(np.int64)

    return make


KINDS = {
    "looker": Kind(LOOKER, Settings(2400, 900), _creatures, "names one of eight animals and vehicles"),
    "spotter-few": Kind(
        SPOTTER,
        Settings(24_000, 2500, rows=64),
        _beans(beans.FEW),
        f"says whether there is a bean in a window; it saw beans in {beans.FEW:.0%} of its windows",
    ),
    "spotter-many": Kind(
        SPOTTER,
        Settings(24_000, 2500, rows=64),
        _beans(beans.MANY),
        f"says whether there is a bean in a window; it saw beans in {beans.MANY:.0%} of its windows",
    ),
}


def fit(kind: Kind, seed: int, settings: Settings, report: Report) -> tuple[Any, list[float]]:
    """Train one network; gives it in evaluation mode, with the loss of every step in nats."""
    import torch
    from torch.nn import functional

    with one_thread():
        pictures, labels = kind.make(settings.pictures, seed)
        x = torch.from_numpy(np.ascontiguousarray(pictures, dtype=np.float32))
        y = torch.from_numpy(np.asarray(labels))
        torch.manual_seed(seed)
        net = build(kind.form).train()
        optimizer = torch.optim.AdamW(net.parameters(), lr=settings.rate, weight_decay=settings.decay)
        order, losses, began = np.random.default_rng([seed, 0x7A1]), [], time.monotonic()
        for step in range(settings.steps):
            for group in optimizer.param_groups:
                group["lr"] = settings.rate * 0.5 * (1 + math.cos(math.pi * step / settings.steps))
            rows = torch.from_numpy(order.integers(len(x), size=settings.rows))
            said = net(x[rows])
            if kind.form.outputs == 1:
                loss = functional.binary_cross_entropy_with_logits(said[:, 0], y[rows].float())
            else:
                loss = functional.cross_entropy(said, y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
            if (step + 1) % 100 == 0:
                took = time.monotonic() - began
                report(f"step {step + 1} of {settings.steps}: loss {np.mean(losses[-100:]):.4f}, {took:.0f} s")
        return net.eval(), losses


def right(network: Classifier, pictures: np.ndarray, labels: np.ndarray) -> float:
    """Share of pictures that a network names rightly; a single output says yes above zero."""
    said = network.scores(pictures)
    guess = (said[:, 0] > 0) if network.form.outputs == 1 else said.argmax(axis=1)
    return float(np.mean(guess == labels))


def train(
    name: str, seed: int, steps: int | None, out: Path | None, report: Report = lambda _line: None
) -> dict[str, float]:
    """Train a network by name, score it on pictures that it never saw, and put it at ``out`` with its card.

    Returns ``right``, the share of held-out pictures named rightly, with ``held_out``, how many, and the last ``loss``.

    Raises:
        UnknownNameError: there is no such network.
        UsageError: no steps.
        OutputError: ``out`` cannot be written.
    """
    if name not in KINDS:
        raise UnknownNameError("model to train", name, KINDS)
    kind = KINDS[name]
    if steps is not None and steps < 1:
        raise UsageError(f"a network is trained for at least one step; found {steps}")
    settings = dataclasses.replace(kind.settings, steps=steps or kind.settings.steps)
    began = time.monotonic()
    net, losses = fit(kind, seed, settings, report)
    took = time.monotonic() - began
    with in_making(out) if out is not None else _for_a_moment() as work:
        save(net, kind.form, work)
        # Judged as it is shipped, with rounded weights.
        shipped = load(work / WEIGHTS, work / SETTINGS_FILE, name)
        pictures, labels = kind.make(800, seed + HELD_OUT)
        found = {"right": right(shipped, pictures, labels), "held_out": float(len(labels)), "loss": losses[-1]}
        report(f"{name}: {found['right']:.1%} of {len(labels)} new pictures are named rightly")
        if out is not None:
            size, digest = (work / WEIGHTS).stat().st_size, digest_file(work / WEIGHTS)
            card = _card(name, kind, settings, seed, losses, found, took, size, digest)
            (work / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    if out is not None:
        report(f"written: {out}")
    return found


@contextlib.contextmanager
def _for_a_moment() -> Iterator[Path]:
    """A temporary directory for a network that is judged and not kept."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _card(
    name: str,
    kind: Kind,
    settings: Settings,
    seed: int,
    losses: list[float],
    found: dict[str, float],
    took: float,
    size: int,
    digest: str,
) -> str:
    form = kind.form
    return "\n".join(
        [
            f"# {name}: a small network that looks",
            "",
            f"It {kind.about}. It was made to be looked into in films and tests; it knows nothing else.",
            "",
            "## Model",
            "",
            f"- {len(form.channels)} stages of 3×3 convolutions with batch normalisation and ReLU, each halving the "
            f"picture: {', '.join(map(str, form.channels))} channels"
            + ("; from the second on with a residual block." if form.residual else "."),
            f"- Pictures of {form.side}×{form.side} with {form.colours} colour(s); {form.outputs} output(s).",
            f"- Weights: fp16, {size} bytes, computed in fp32. Licence: that of tapehead.",
            f"- SHA-256 of `{WEIGHTS}`: `{digest}`",
            "",
            "## Data",
            "",
            "Drawn by `analysis/vision/world/`, seeded; no picture of others.",
            "",
            "## Training",
            "",
            f"    tapehead train {name} --seed {seed} --steps {settings.steps} --out assets/models/{name}",
            "",
            f"{settings.pictures} pictures, {settings.steps} steps of {settings.rows}; AdamW, rate {settings.rate} "
            f"falling to nothing along half a cosine, weight decay {settings.decay}; fp32, one thread, {took:.0f} s.",
            f"Written with torch {version('torch')}, {platform.machine()}, Python {platform.python_version()}; other "
            "processors round differently.",
            "",
            "## Scores",
            "",
            f"- {found['right']:.1%} of {found['held_out']:.0f} pictures with poses that were never drawn in training "
            "are named rightly (fp16 weights).",
            f"- mean training loss of the last 50 steps: {np.mean(losses[-50:]):.4f} nats.",
            "",
        ]
    )

"""A whole run on one picture: stages in order, each kept when it is done.

A stage's result goes to the store under everything that can change it (code, model, picture, settings, seed), so that a
run that was stopped goes on where it was, and one with another setting repeats only what depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.lab import bases, chance, elsewhere, local, removal, start, strips
from tapehead.analysis.diffusion.lab.cautions import cautions
from tapehead.analysis.diffusion.lab.masks import Mask
from tapehead.analysis.diffusion.lab.results import PARTS
from tapehead.analysis.diffusion.lab.scores import Eye, eye_of
from tapehead.analysis.diffusion.lab.start import Source
from tapehead.analysis.diffusion.lab.strips import Place
from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.language.lab.run import Progress, Track
from tapehead.analysis.results import Result
from tapehead.analysis.saved_runs import missing
from tapehead.analysis.store import Store, digest_file, digest_of

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["PictureRun", "Progress", "Settings", "Track", "run_picture", "table_of"]

STAGES = {"picture": 5.0, "basis": 5.0, "walk": 15.0, "test": 45.0, "carried": 15.0, "removal": 6.0, "local": 10.0}
"""What is computed, in order, and about how long each takes beside the others."""
REACH = 0.19
"""Length of a walk as a share of |x_t|: on the puppets attributes change sides, and pictures stay pictures."""
MOST_STEPS = 1000
"""Times that diffusion models are trained at: more steps than times are the same steps."""
GUIDED = 3.0
"""Guidance of a picture that is made from a prompt, unless another is asked for."""


@dataclass(frozen=True)
class Settings:
    """What is asked of a run.

    Attributes:
        shares: times as shares of the last one, in (0, 1); the first is the main one.
        k: directions.
        steps: places each way along a walk.
        denoise: DDIM steps for the whole way down.
        reach: length of a walk as a share of |x_t|.
        walk, gamma: see :func:`~tapehead.analysis.diffusion.lab.strips.walked`.
        draws: random sets.
        layer: where h is read.
        direction: the one to remove and to carry first, from 1; 0: the one that the test finds strongest.
        level: of the removal, in standard deviations from the mean of other pictures.
        seed: of everything random but the picture.
    """

    shares: tuple[float, ...] = (0.6,)
    k: int = 4
    steps: int = 3
    denoise: int = 12
    reach: float = REACH
    walk: str = "direct"
    gamma: float = 1.0
    draws: int = chance.LEAST_DRAWS
    layer: str = "mid"
    direction: int = 0
    level: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.shares:
            raise UsageError("at which times? --t takes shares of the noise schedule, such as 0.6")
        for share in self.shares:
            if not 0 < share < 1:
                raise UsageError(f"a time is a share of the noise schedule, between 0 and 1; asked for --t {share:g}")
        if self.walk not in strips.WALKS:
            raise UnknownNameError("walk", self.walk, strips.WALKS)
        for name, value in (("--k", self.k), ("--steps", self.steps)):
            if value < 1:
                raise UsageError(f"{name} is 1 or more; asked for {value}")
        if not 4 <= self.denoise <= MOST_STEPS:
            raise UsageError(f"--denoise is 4 to {MOST_STEPS} steps; asked for {self.denoise}")
        if not 0 < self.reach <= 4:
            raise UsageError(
                f"--reach is the length of a walk as a share of the noisy picture's, above 0 and at most 4; asked for "
                f"{self.reach:g}"
            )
        if self.draws < chance.LEAST_DRAWS:
            raise UsageError(
                f"with {self.draws} random sets no p-value can be 0.05; draw at least {chance.LEAST_DRAWS}"
            )
        if self.level is not None and not np.isfinite(self.level):
            raise UsageError(f"--level is a number of standard deviations; asked for {self.level}")
        if self.gamma == 0 or not np.isfinite(self.gamma):
            raise UsageError(f"--gamma is the step of guidance, a number but 0; asked for {self.gamma}")
        if self.direction < 0 or self.direction > self.k:
            raise UsageError(
                f"--direction is one of the {self.k} that are looked at, from 1; asked for {self.direction}"
            )


@dataclass(eq=False)
class PictureRun:
    """One picture in one model; parts are filled in as they are computed."""

    model: DiffusionModel
    source: Source
    settings: Settings
    targets: Sequence[Source] = ()
    mask: Mask | None = None
    kept: bases.Kept | None = None
    parts: dict[str, Result] = field(default_factory=dict)

    @property
    def times(self) -> list[int]:
        """Whole times, main one first."""
        last = inversion.last_time(self.model)
        found = [max(1, min(last, round(share * last))) for share in self.settings.shares]
        return list(dict.fromkeys(found))

    @cached_property
    def eye(self) -> Eye:
        """Who looks at the pictures."""
        return eye_of(self.model)

    @property
    def xs(self) -> Tensor:
        """x_t (times, C, H, W)."""
        import torch

        return torch.from_numpy(np.array(self.parts["picture"]["x"]))

    def place(self, at: int = 0) -> Place:
        """One of the points."""
        asked = self.settings
        return Place(
            self.model,
            self.eye,
            self.source,
            self.xs[at].flatten(),
            self.times[at],
            asked.denoise,
            asked.layer,
        )

    def rows(self, name: str, at: int = 0) -> Tensor:
        """``v`` (k, D) or ``u`` (k, M) of one time."""
        import torch

        return torch.from_numpy(np.array(self.parts["basis"][name][at])).flatten(1)

    def chosen(self) -> int:
        """The direction that is removed, from 1."""
        return self.settings.direction or int(self.parts["test"]["best_direction"])

    def compute(self, part: str, tick: Callable[[float], None]) -> Result:
        """One part, from those that come before it."""
        asked = self.settings
        if part == "picture":
            return start.picture_part(self.model, self.eye, self.source, self.times, asked.denoise)
        if part == "basis":
            found = bases.basis_part(
                self.model,
                self.xs,
                self.times,
                asked.k,
                prompt=self.source.prompt,
                layer=asked.layer,
                kept=self.kept,
                seed=asked.seed,
                tick=tick,
            )
            foreign = self.kept is not None and self.kept.digest != self.model.digest
            return replace(found, facts={**found.facts, "other_model": foreign})
        if part == "walk":
            many = range(len(self.times))
            return strips.walk_part(
                [self.place(n) for n in many],
                [self.rows("v", n) for n in many],
                reach=asked.reach,
                count=asked.steps,
                walk=asked.walk,
                gamma=asked.gamma,
                seed=asked.seed,
                tick=tick,
            )
        v = self.rows("v")
        if part == "test":
            return chance.test_part(self.place(), v, reach=asked.reach, draws=asked.draws, seed=asked.seed, tick=tick)
        chosen = self.chosen() - 1
        if part == "carried":
            order = [chosen, *(i for i in range(len(v)) if i != chosen)][:2]
            return elsewhere.carried_part(
                self.place(),
                v[order],
                self.rows("u")[order],
                self.targets,
                reach=asked.reach,
                seed=asked.seed,
                tick=tick,
            )
        if part == "removal":
            return removal.removal_part(self.place(), v[chosen], chosen + 1, level=asked.level, seed=asked.seed)
        assert part == "local" and self.mask is not None, part
        return local.local_part(self.place(), v, self.mask, reach=asked.reach, count=asked.steps, seed=asked.seed)


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """All sources of diffusion analyses: a stage that was computed by other code is computed again."""
    import tapehead.analysis.diffusion as package

    folder = Path(package.__file__ or "").parent
    places = [path for name in ("lab", "models", "pullback", "puppets") for path in folder.glob(f"{name}/*.py")]
    return digest_of(
        {path.name + path.parent.name: digest_file(path) for path in [*places, folder.parent / "results.py"]}
    )


_WITH = {
    "picture": ("shares", "denoise"),
    "basis": ("shares", "denoise", "k", "layer", "seed"),
    "walk": ("shares", "denoise", "k", "layer", "seed", "reach", "steps", "walk", "gamma"),
    "test": ("shares", "denoise", "k", "layer", "seed", "reach", "draws"),
    "carried": ("shares", "denoise", "k", "layer", "seed", "reach", "draws", "direction"),
    "removal": ("shares", "denoise", "k", "layer", "seed", "reach", "draws", "direction", "level"),
    "local": ("shares", "denoise", "k", "layer", "seed", "reach", "steps"),
}
"""Settings that a part's numbers depend on."""


def _key(run: PictureRun, part: str) -> str:
    import diffusers
    import torch

    kept = run.kept
    return digest_of(
        {
            "what": f"directions {part}",
            "code": _code_digest(),
            "model": [run.model.digest, run.model.name, run.model.device.partition(":")[0]],
            "source": run.source.identity,
            "told": run.source.told,
            "settings": {name: getattr(run.settings, name) for name in _WITH[part]},
            "targets": [[*one.identity, one.told] for one in run.targets] if part == "carried" else [],
            "mask": run.mask.digest if part == "local" and run.mask is not None else "",
            "basis": [kept.told, kept.digest, digest_of({"v": kept.v.numpy().tobytes().hex()})] if kept else [],
            "libraries": [torch.__version__, diffusers.__version__, np.__version__],
        }
    )


def _staged(run: PictureRun, part: str, store: Store, tick: Callable[[float], None]) -> Result:
    key = _key(run, part)
    entry = store.get("lab", key)
    if entry is not None:
        return store.read_result(entry.path)
    try:
        result = run.compute(part, tick)
    except (MemoryError, RuntimeError) as error:
        from tapehead.analysis.diffusion.pullback.torch_modes import out_of_memory

        if not out_of_memory(error):
            raise
        raise UsageError(
            f"memory ran out on {run.model.device} at '{part}'; fewer directions (--k) and places (--steps), another "
            "device or a smaller model need less"
        ) from error
    store.put_result(key, result, {"analysis": f"lab.{part}", "source": run.source.told}, kind="lab")
    return result


def run_picture(run: PictureRun, store: Store, progress: Progress) -> dict[str, Result]:
    """All parts of a run, in the order of :data:`~tapehead.analysis.diffusion.lab.results.PARTS`."""
    parts = [part for part in STAGES if part != "local" or run.mask is not None]
    parts = [part for part in parts if part != "carried" or run.targets]
    if run.mask is not None:
        run.mask.places(*run.model.shape[1:])  # before any work
    total = sum(STAGES[part] for part in parts)
    with progress.stage("directions", total) as track:
        done = 0.0
        for part in parts:

            def tick(share: float, begun: float = done, part: str = part) -> None:
                track.to(begun + share * STAGES[part], part)

            tick(0.0)
            run.parts[part] = _staged(run, part, store, tick)
            if part == "picture":
                _tell_picture(run.parts[part], progress)
            done += STAGES[part]
    name = run.model.name
    run.parts.setdefault("carried", missing("no other picture was named (--to)", name))
    run.parts.setdefault("local", missing("no mask was given (--mask)", name))
    run.parts["cautions"] = cautions(run.parts)
    return {part: run.parts[part] for part in PARTS}


def _tell_picture(part: Result, progress: Progress) -> None:
    progress.say(
        f"{part.facts['source']}; inverted and denoised again it comes back with an error of "
        f"{float(part['error']):.3f} "
        f"(another picture: {float(part['other_error']):.3f})"
    )


def table_of(parts: dict[str, Result]) -> dict[str, float]:
    """The numbers that a run is summed up with."""
    wanted = {
        "reconstruction_error": ("picture", "error"),
        "sigma_over_chance": ("basis", "main_ratio"),
        "untrained_over_chance": ("basis", "main_untrained_ratio"),
        "worst_residual": ("basis", "worst_residual"),
        "best_effect": ("test", "best"),
        "random_best": ("test", "random_best"),
        "p": ("test", "p"),
        "loud_p": ("test", "loud_p"),
        "cautions": ("cautions", "count"),
        "found": ("cautions", "found"),
    }
    return {name: float(parts[part][value]) for name, (part, value) in wanted.items()}

"""Ways of taking the direction of an attribute out of x_t, and the samples that they are tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback import controls, spectrum
from tapehead.analysis.diffusion.pullback.erasing import components, erase
from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

METHODS = (
    "unedited",
    "projection",
    "projection again and again",
    "clean side",
    "clean side again and again",
    "random",
    "told",
    "both",
    "eigenface",
)
"""Ways of erasing that are known; an episode may leave out some."""
ARROWS = ("own", "beside", "random", "eigenface")
"""Directions that are kept for erasing elsewhere."""


def checked_methods(methods: Sequence[str], survivors_of: str) -> tuple[str, ...]:
    """The ways that are tried, the unedited samples first.

    Raises:
        UsageError: one that is not known, no unedited samples, or ``survivors_of`` is not among them.
    """
    methods = tuple(methods)
    for name in (*methods, survivors_of):
        if name not in METHODS:
            raise UsageError(f"there is no way of erasing called '{name}'; there are {', '.join(METHODS)}")
    if methods[:1] != ("unedited",) or survivors_of not in methods:
        raise UsageError(
            f"the ways of erasing begin with 'unedited' and have '{survivors_of}' among them; asked for "
            f"{', '.join(methods) or 'none'}"
        )
    return methods


@dataclass(frozen=True)
class Painting:
    """How samples are painted: the caption, its guidance, the time of the edit and those below at which it is repeated.

    ``steps`` is how many lead from the edited x_t to the picture.
    """

    model: DiffusionModel
    t: int
    lower: tuple[int, ...]
    words: str | None
    guidance: float
    steps: int


@dataclass(frozen=True)
class Crowd:
    """Samples of one seed: x (n, D) at the time of the edit and at those below it, and the decoded pictures."""

    states: Mapping[int, Tensor]
    pictures: Tensor


def crowd(how: Painting, number: int, first: int) -> Crowd:
    """``number`` samples of the seeds from ``first`` on."""
    import torch

    model, times = how.model, (how.t, *how.lower)
    way = inversion.times_between(model, inversion.last_time(model), 0, 20, times)
    kept: dict[int, list[Tensor]] = {at: [] for at in times}

    def seen(at: int, x: Tensor) -> None:
        if at in kept:
            kept[at].append(x.flatten(1).cpu())

    noise = starting_noise(model, number, first)
    x0 = inversion.travel(model, noise, way, how.words, how.guidance, seen=seen)
    pictures = torch.cat([model.show(part).cpu() for part in x0.split(64)])
    return Crowd({at: torch.cat(kept[at]) for at in times}, pictures)


class Edits:
    """What every way of erasing does to x_t, as the reference samples have it.

    ``own`` is the direction n (D,) that is erased, ``other`` the one of the way "eigenface"; ``known`` are the
    reference samples, and ``has`` (n,) which of them have the attribute.
    """

    def __init__(
        self, how: Painting, own: Tensor, other: Tensor, known: Crowd, has: Tensor, margin: float, seed: int
    ) -> None:
        self.how, self.own, self.other = how, own, other
        self._known, self._has, self._margin = known.states, has, margin
        at_t = known.states[how.t]
        told = at_t[has].mean(0) - at_t[~has].mean(0)
        self.told = told / told.norm()
        beside = self.told - (self.told @ own) * own
        self.beside = beside / beside.norm()
        radius = float(spectrum.mean_radius(own[None], how.model.shape))
        self.anything = controls.low_pass(how.model.shape, 1, radius, seed)[0]
        self.levels = {at: self.clean_level(own, at) for at in (how.t, *how.lower)}
        self.level_beside = self.clean_level(self.beside, how.t)
        self.level_other = self.clean_level(other, how.t)

    def clean_level(self, direction: Tensor, at: int) -> float:
        """Where, along a direction, x at a time lies without the attribute, ``margin`` deviations further off."""
        along = components(self._known[at], direction)[~self._has]
        return float(along.mean() - self._margin * along.std())

    def edited(self, x: Tensor, method: str) -> Tensor:
        """x_t (n, D) after the edit at t."""
        n, level = self.own, self.levels[self.how.t]
        if method.startswith("projection"):
            return erase(x, n)
        if method.startswith("clean side"):
            return _to_level(x, n, level)
        if method == "random":
            return x + (level - components(x, n))[:, None] * self.anything
        if method == "told":
            return _to_level(x, self.told, self.clean_level(self.told, self.how.t))
        if method == "both":
            return _to_level(_to_level(x, n, level), self.beside, self.level_beside)
        if method == "eigenface":
            return _to_level(x, self.other, self.level_other)
        return x

    def later(self, method: str) -> Mapping[int, inversion.Hook]:
        """What is done to x at the times below t, by time: nothing, but for what is done again and again."""
        if not method.endswith("again and again"):
            return {}
        plain, n = method.startswith("projection"), self.own

        def hook(at: int) -> inversion.Hook:
            def change(x: Tensor) -> Tensor:
                rows = x.flatten(1).cpu()
                rows = erase(rows, n) if plain else _to_level(rows, n, self.levels[at])
                return rows.reshape(x.shape).to(x)

            return change

        return {at: hook(at) for at in self.how.lower}

    def painted(self, x: Tensor, method: str) -> tuple[Tensor, Tensor]:
        """The x_t (n, D) that a way makes of x_t, and the pictures of them."""
        import torch

        how, model = self.how, self.how.model
        edited = self.edited(x, method)
        shaped = edited.reshape(-1, *model.shape).to(model.device)
        x0 = inversion.denoise(model, shaped, how.t, 0, how.steps, how.words, how.guidance, self.later(method))
        return edited, torch.cat([model.show(part).cpu() for part in x0.split(64)])


def _to_level(x: Tensor, direction: Tensor, level: float) -> Tensor:
    return erase(x, direction, about=level * direction)

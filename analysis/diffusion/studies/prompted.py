"""The cure where it is wanted: the erasure of unprompted samples, tried on portraits painted from a caption."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback import effects
from tapehead.analysis.diffusion.pullback.erasing import components, erase
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies.labels import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.errors import UsageError
from tapehead.analysis.paired import difference_of, mcnemar_table, share_between
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result

if TYPE_CHECKING:
    from torch import Tensor

METHODS = ("unedited", "own", "both", "random", "eigenface")
"""Named after the arrows of ``diffusion.erasure`` along which is moved."""


@analysis("diffusion.cured_portraits", version=1, libraries=LIBRARIES)
def cured_portraits(
    model: DiffusionModel,
    erasure: Result,
    prompt: str,
    count: int = 48,
    wall: int = 12,
    steps: int = 30,
    guidance: float = 3.0,
    methods: Sequence[str] = METHODS,
    *,
    seed: int,
) -> Result:
    """Portraits painted from one caption with guidance, with and without the cure that was found without any.

    ``erasure`` is the result of ``diffusion.erasure`` or of ``diffusion.arrows``: its arrows and levels are used as
    they are, nothing is learnt from prompted pictures.  The first portraits are those of ``diffusion.portraits`` with
    the same caption, steps, guidance and seed; they are changed at the step that is nearest to the erasure's time,
    ``t_edit``.

    Methods: "unedited"; "own" moved to the clean side along the network's own arrow; "both" along the told one as well;
    "random" moved as far as by "own" along a random arrow; "eigenface" to the clean side along the album's arrow.
    Quantities: ``scored`` (method,) how many of ``count`` score above 0, ``scored_low`` and ``scored_high`` their 95 %
    intervals; ``p`` (method, other) exact p of McNemar; ``fewer`` (method,) than unedited, ``fewer_low``,
    ``fewer_high``; ``score`` (method, sample); ``drift`` (method, attribute) root mean square change; ``first`` how
    many of the first ``wall`` score above 0, along ``method``; ``picture`` (method, place, …) bytes of those.

    Raises:
        UsageError: no such method, or the first is not "unedited".
    """
    import torch

    methods = tuple(methods)
    if methods[:1] != ("unedited",) or not set(methods) <= set(METHODS):
        raise UsageError(f"portraits are cured by {', '.join(METHODS)}, the first first; asked for {methods}")
    column = attribute_at(str(erasure.facts["attribute"]))
    eye = effects.regressor_of(model)
    scheduler = copy.deepcopy(model.scheduler)
    scheduler.set_timesteps(steps)
    # The scheduler's last step leads to the first entry of its table, whatever its number.
    times = [*(int(t) for t in scheduler.timesteps), 0]
    at = min(times, key=lambda t: abs(t - int(erasure["t"])))
    place = times.index(at)
    names = erasure.quantity("arrow").labels["arrow"]
    arrows = {name: torch.from_numpy(erasure["arrow"][i].copy()).float() for i, name in enumerate(names)}
    levels = {name: float(erasure["arrow_level"][i]) for i, name in enumerate(names)}

    def moved(rows: Tensor, name: str) -> Tensor:
        return erase(rows, arrows[name], about=levels[name] * arrows[name])

    def edited(x: Tensor, method: str) -> Tensor:
        rows = x.flatten(1).cpu()
        if method in ("own", "both", "eigenface"):
            rows = moved(rows, "eigenface" if method == "eigenface" else "own")
        if method == "both":
            rows = moved(rows, "beside")
        if method == "random":
            rows = rows + (levels["own"] - components(rows, arrows["own"]))[:, None] * arrows["random"]
        return rows.reshape(x.shape).to(x)

    early = inversion.travel(model, starting_noise(model, count, seed), times[: place + 1], prompt, guidance)
    pictures = []
    for method in methods:
        x0 = inversion.travel(model, edited(early, method), times[place:], prompt, guidance)
        pictures.append(torch.cat([model.show(part).cpu() for part in x0.split(64)]))
    values = torch.stack([effects.read_attributes(eye, rows) for rows in pictures])
    high = (values[:, :, column] > effects.STRINGS_ON).numpy()
    ends = count * np.array([share_between(int(row.sum()), count) for row in high])
    fewer = np.array([difference_of(row, high[0]) for row in high])
    labels = {"method": methods, "other": methods, "attribute": ATTRIBUTES}
    return Result(
        {
            "scored": labelled(high.sum(1), "method", labels=labels),
            "scored_low": labelled(ends[:, 0], "method", labels=labels),
            "scored_high": labelled(ends[:, 1], "method", labels=labels),
            "p": labelled(mcnemar_table(high), "method", "other", labels=labels),
            "fewer": labelled(fewer[:, 0], "method", labels=labels),
            "fewer_low": labelled(fewer[:, 1], "method", labels=labels),
            "fewer_high": labelled(fewer[:, 2], "method", labels=labels),
            "score": labelled(values[:, :, column].numpy(), "method", "sample", labels=labels),
            "drift": labelled(
                (values - values[0]).square().mean(1).sqrt().numpy(), "method", "attribute", labels=labels
            ),
            "first": labelled(high[:, :wall].sum(1), "method", labels=labels),
            "picture": labelled(
                np.stack([shown(rows[:wall]) for rows in pictures]), "method", "place", *PICTURE, labels=labels
            ),
            "count": labelled(count),
            "shown": labelled(wall),
            "guidance": labelled(guidance),
            "t_edit": labelled(at),
        },
        model=model.name,
        facts={"prompt": prompt, "attribute": str(erasure.facts["attribute"])},
    )


STUDIES: tuple[Callable[..., Result], ...] = (cured_portraits,)
"""Everything here that an episode may declare."""

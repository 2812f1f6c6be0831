"""The erasure: taking the direction of an attribute out of x_t, and what is left of the attribute afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.loading import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback import controls, effects, probes, spectrum
from tapehead.analysis.diffusion.pullback.erasing import components, erase
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies.editing import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result

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
)
CONDITIONS = ("unedited", "projection", "clean side", "random", "told", "both")
"""What new probes are trained on; edits at one time only."""


@analysis("diffusion.erasure", version=2, libraries=LIBRARIES)
def erasure(
    model: DiffusionModel,
    found: Result,
    family: str = "bottleneck",
    count: int = 160,
    reference: int = 128,
    margin: float = 1.0,
    again: int = 4,
    apart: int = 60,
    rounds: int = 6,
    wall: int = 24,
    survivors: int = 6,
    survivors_of: str = "both",
    prompt: str = "",
    guidance: float = 1.0,
    steps: int = 12,
    *,
    seed: int,
) -> Result:
    """The attribute in ``count`` fresh samples before and after its direction is taken out of x_t.

    ``found`` is the result of ``diffusion.responses``: the direction n of one attribute that it has for ``family``, at
    one time t, is all that is taken from there.  ``reference`` further samples say where x_t of pictures without the
    attribute lies along n, and train the probes.

    Methods along ``method``: "unedited"; "projection" z - (z.n) n; "clean side" z - ((z - m).n) n,
    with m the mean of the reference samples without the attribute minus ``margin`` of their standard deviations along
    n; both "again and again" at ``again`` more times, ``apart`` below each other; control "random": moved as far as
    "clean side" moves each sample, along a low-pass random direction; "told": clean side along the difference of the
    mean x_t with and without the attribute in the reference, a direction that needs labels; "both": clean side along
    n, then along what the told direction has beside n.

    Quantities: ``scored`` (method,) how many of ``count`` score above 0; ``share`` (method,) the same in %; ``kept``
    how many of those that scored high before still do; ``new`` how many that did not now do; ``drift`` (method,
    attribute) root mean square change of each attribute, ``drift_others`` (method,) its mean over all but the erased
    one; ``correlation`` (method, attribute) of before and after; ``change`` (method,) root mean square difference to
    the unedited picture, ``change_without`` of samples without the attribute; ``off`` (method,) distance to the nearest
    render; ``moved`` (method,) mean length of the first change in x_t.  ``score`` (method, sample) of the attribute.
    ``picture`` (method, place, …) bytes, the first ``wall`` samples.  ``survivor`` (place,) numbers of the samples that
    score highest after the method ``survivors_of``, ``survivor_score`` (place,) and ``survivor_picture`` (way, place,
    …) before and after.

    New probes: linear, trained on the reference samples with the same edit, told which of them would have the
    attribute unedited, asked about the ``count`` samples.  ``probe`` (space, condition) share told right, %, spaces
    "x" (x_t) and "h" (bottleneck); ``probe_correct`` the counts.  ``old_probe`` (condition,) the first probe, n itself
    with a threshold from the unedited reference.  Controls: ``probe_shuffled`` (space, condition) trained on shuffled
    labels; ``most`` what always saying the commoner answer tells right, %.  ``further`` (round,) share told right by a
    new probe on x_t when n and the directions of all probes before it have been projected out, ``further_correct``.
    """
    import torch

    if survivors_of not in METHODS:
        raise UsageError(f"there is no way of erasing called '{survivors_of}'; there are {', '.join(METHODS)}")
    attribute = str(found.facts["attribute"])
    column = attribute_at(attribute)
    t = int(found["t"])
    n = torch.from_numpy(found["direction"][found.quantity("direction").index({"family": family, "x": 0})[0]].copy())
    n = n.float()
    eye = effects.regressor_of(model)
    words = prompt or None
    lower = [t - apart * i for i in range(1, again + 1) if t - apart * i > 0]
    way = inversion.times_between(model, inversion.last_time(model), 0, 20, (t, *lower))

    def crowd(number: int, first: int) -> tuple[dict[int, Tensor], Tensor]:
        """x (n, D) at t and the times below, and decoded pictures."""
        kept: dict[int, list[Tensor]] = {at: [] for at in (t, *lower)}

        def seen(at: int, x: Tensor) -> None:
            if at in kept:
                kept[at].append(x.flatten(1).cpu())

        noise = starting_noise(model, number, first)
        x0 = inversion.travel(model, noise, way, words, guidance, seen=seen)
        return {at: torch.cat(kept[at]) for at in (t, *lower)}, torch.cat([model.show(p).cpu() for p in x0.split(64)])

    known, known_pictures = crowd(reference, seed + 1009)
    has = effects.read_attributes(eye, known_pictures)[:, column] > effects.STRINGS_ON
    fresh, unedited = crowd(count, seed + 2003)

    def clean_level(direction: Tensor, at: int) -> float:
        along = components(known[at], direction)[~has]
        return float(along.mean() - margin * along.std())

    def to_level(x: Tensor, direction: Tensor, level: float) -> Tensor:
        return erase(x, direction, about=level * direction)

    told = known[t][has].mean(0) - known[t][~has].mean(0)
    told = told / told.norm()
    beside = told - (told @ n) * n
    beside = beside / beside.norm()
    radius = float(spectrum.mean_radius(n[None], model.shape))
    anything = controls.low_pass(model.shape, 1, radius, seed + 17)[0]
    levels = {at: clean_level(n, at) for at in (t, *lower)}

    def edited(x: Tensor, method: str) -> Tensor:
        """x_t (n, D) after the edit at t."""
        if method.startswith("projection"):
            return erase(x, n)
        if method.startswith("clean side"):
            return to_level(x, n, levels[t])
        if method == "random":
            return x + (levels[t] - components(x, n))[:, None] * anything
        if method == "told":
            return to_level(x, told, clean_level(told, t))
        if method == "both":
            return to_level(to_level(x, n, levels[t]), beside, clean_level(beside, t))
        return x

    def later(method: str) -> Mapping[int, inversion.Hook]:
        if not method.endswith("again and again"):
            return {}
        plain = method.startswith("projection")

        def hook(at: int) -> inversion.Hook:
            def change(x: Tensor) -> Tensor:
                rows = x.flatten(1).cpu()
                rows = erase(rows, n) if plain else to_level(rows, n, levels[at])
                return rows.reshape(x.shape).to(x)

            return change

        return {at: hook(at) for at in lower}

    pictures: dict[str, Tensor] = {}
    moved = {}
    for method in METHODS:
        x = edited(fresh[t], method)
        moved[method] = float((x - fresh[t]).norm(dim=1).mean())
        if method == "unedited":
            pictures[method] = unedited
            continue
        shaped = x.reshape(-1, *model.shape).to(model.device)
        x0 = inversion.denoise(model, shaped, t, 0, steps, words, guidance, later(method))
        pictures[method] = torch.cat([model.show(part).cpu() for part in x0.split(64)])
    values = torch.stack([effects.read_attributes(eye, pictures[m]) for m in METHODS])
    high = values[:, :, column] > effects.STRINGS_ON
    before = high[0]
    difference = values - values[0]
    drift = difference.square().mean(1).sqrt().numpy()
    others = [j for j in range(len(ATTRIBUTES)) if j != column]
    off = np.array(
        [float(effects.nearest_render(pictures[m][:64], values[i, :64])[1].mean()) for i, m in enumerate(METHODS)]
    )
    change = torch.stack([effects.identity_change(unedited, pictures[m]) for m in METHODS])
    last = METHODS.index(survivors_of)
    order = values[last, :, column].argsort(descending=True)[:survivors]
    labels = {"method": METHODS, "attribute": ATTRIBUTES}
    one = {"method": METHODS}
    quantities = {
        "scored": labelled(high.sum(1).numpy(), "method", labels=one),
        "share": labelled(100 * high.double().mean(1).numpy(), "method", unit="%", labels=one),
        "kept": labelled((high & before).sum(1).numpy(), "method", labels=one),
        "new": labelled((high & ~before).sum(1).numpy(), "method", labels=one),
        "drift": labelled(drift, "method", "attribute", labels=labels),
        "drift_others": labelled(drift[:, others].mean(1), "method", labels=one),
        "correlation": labelled(_correlations(values), "method", "attribute", labels=labels),
        "change": labelled(change.mean(1).numpy(), "method", labels=one),
        "change_without": labelled(change[:, ~before].mean(1).numpy(), "method", labels=one),
        "off": labelled(off, "method", labels=one),
        "moved": labelled(np.array([moved[m] for m in METHODS]), "method", labels=one),
        "score": labelled(values[:, :, column].numpy(), "method", "sample", labels=one),
        "picture": labelled(
            np.stack([shown(pictures[m][:wall]) for m in METHODS]), "method", "place", *PICTURE, labels=one
        ),
        "survivor": labelled(order.numpy(), "place"),
        "survivor_score": labelled(values[last, order, column].numpy(), "place"),
        "survivor_picture": labelled(
            np.stack([shown(unedited[order]), shown(pictures[METHODS[last]][order])]),
            "way",
            "place",
            *PICTURE,
            labels={"way": ("before", "after")},
        ),
        "count": labelled(count),
        "reference": labelled(reference),
        "t": labelled(t),
        "margin": labelled(margin),
        "level": labelled(levels[t]),
        "cosine_told": labelled(float(told @ n)),
    }

    # -- new probes --------------------------------------------------------------------------------------------------
    draw = torch.Generator().manual_seed(seed + 31)
    mixed = has[torch.randperm(len(has), generator=draw)]
    spaces = ("x", "h")
    right, by_chance = (np.zeros((len(spaces), len(CONDITIONS)), int) for _ in range(2))
    old = np.zeros(len(CONDITIONS), int)
    along = components(known[t], n)
    threshold = float((along[has].mean() + along[~has].mean()) / 2)
    for c, condition in enumerate(CONDITIONS):
        learnt, asked = edited(known[t], condition), edited(fresh[t], condition)
        old[c] = int(((components(asked, n) > threshold) == before).sum())
        for s, space in enumerate(spaces):
            rows = (learnt, asked)
            if space == "h":
                rows = tuple(  # type: ignore[assignment]
                    bottleneck(model, r.reshape(-1, *model.shape).to(model.device), t, words).cpu() for r in rows
                )
            right[s, c] = probes.fit(rows[0], has).correct(rows[1], before)
            by_chance[s, c] = probes.fit(rows[0], mixed).correct(rows[1], before)
    gone, further = n[None], []
    for _ in range(rounds):
        new = probes.fit(erase(known[t], gone), has)
        further.append(new.correct(erase(fresh[t], gone), before))
        weights = erase(new.weights.float()[None], gone)
        gone = torch.cat([gone, weights / weights.norm()])
    axes, where = ("space", "condition"), {"space": spaces, "condition": CONDITIONS}
    commoner = max(int(before.sum()), count - int(before.sum()))
    quantities |= {
        "probe": labelled(100 * right / count, *axes, unit="%", labels=where),
        "probe_correct": labelled(right, *axes, labels=where),
        "probe_shuffled": labelled(100 * by_chance / count, *axes, unit="%", labels=where),
        "old_probe": labelled(100 * old / count, "condition", unit="%", labels={"condition": CONDITIONS}),
        "old_probe_correct": labelled(old, "condition", labels={"condition": CONDITIONS}),
        "most": labelled(100 * commoner / count, unit="%"),
        "further": labelled(100 * np.array(further) / count, "round", unit="%"),
        "further_correct": labelled(np.array(further), "round"),
    }
    facts = {"attribute": attribute, "prompt": prompt, "threshold": threshold}
    return Result(quantities, model=model.name, facts=facts)


def _correlations(values: Tensor) -> np.ndarray:
    """Correlation (methods, attributes) of each attribute before and after, over samples; NaN if one is constant."""
    import torch

    centred = (values - values.mean(1, keepdim=True)).double()
    cover = (centred * centred[:1]).sum(1)
    size = centred.square().sum(1).sqrt() * centred[:1].square().sum(1).sqrt()
    return np.asarray(torch.where(size > 0, cover / size, torch.nan).numpy())


STUDIES: tuple[Callable[..., Result], ...] = (erasure,)
"""Everything here that an episode may declare."""

"""The erasure: taking the direction of an attribute out of x_t, and what is left of the attribute afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from tapehead.analysis.paired import difference_of, mcnemar, mcnemar_table, share_between
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result

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
CONDITIONS = ("unedited", "projection", "clean side", "random", "told", "both")
"""What new probes are trained on; edits at one time only."""
ARROWS = ("own", "beside", "random", "eigenface")
"""Directions that are kept for erasing elsewhere."""


@analysis("diffusion.erasure", version=3, libraries=LIBRARIES)
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
    methods: Sequence[str] = METHODS,
    rival: str = "eigenfaces",
    judged: int = 16,
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
    n, then along what the told direction has beside n; "eigenface": clean side along the direction that ``found`` has
    for the family ``rival``, which knows the pictures and not the network.  The regressor helps all of them: it says
    which samples are "without", and in ``found`` it has chosen directions and turned them.

    Quantities: ``scored`` (method,) how many of ``count`` score above 0; ``share`` (method,) the same in %; ``kept``
    how many of those that scored high before still do; ``new`` how many that did not now do; ``drift`` (method,
    attribute) root mean square change of each attribute, ``drift_others`` (method,) its mean over all but the erased
    one; ``correlation`` (method, attribute) of before and after; ``change`` (method,) root mean square difference to
    the unedited picture, ``change_without`` of samples without the attribute; ``off`` (method,) distance to the nearest
    render of the first ``judged``; ``moved`` (method,) mean length of the first change in x_t.  ``score`` (method,
    sample) of the attribute.  Paired over samples: ``p`` (method, other) exact p of McNemar that two methods leave
    different numbers above 0; ``scored_low``, ``scored_high`` (method,) 95 % interval of each count;
    ``fewer`` (method,) how many fewer than unedited, with ``fewer_low`` and ``fewer_high``.
    ``picture`` (method, place, …) bytes, the first ``wall`` samples.  ``survivor`` (place,) numbers of the samples that
    score highest after the method ``survivors_of``, ``survivor_score`` (place,) and ``survivor_picture`` (way, place,
    …) before and after.

    New probes: linear, trained on the reference samples with the same edit, told which of them would have the
    attribute unedited, asked about the ``count`` samples.  ``probe`` (space, condition) share told right, %, spaces
    "x" (x_t) and "h" (bottleneck); ``probe_correct`` the counts.  ``old_probe`` (condition,) the first probe, n itself
    with a threshold from the unedited reference.  Controls: ``probe_shuffled`` (space, condition) trained on shuffled
    labels; ``most`` what always saying the commoner answer tells right, %, ``most_correct`` the count; ``probe_p``
    (space, condition) exact p of McNemar of the probe against that answer, ``probe_lost_p`` (space, condition) of the
    probe against that of the unedited samples.  Space "network": the bottleneck again, read by a small network with
    one hidden layer.  ``further`` (round,) share told right by a
    new probe on x_t when n and the directions of all probes before it have been projected out, ``further_correct``.

    For those who would erase elsewhere: ``arrow`` (arrow, x) and ``arrow_level`` (arrow,) of "own", "beside" (after
    own), "random" and "eigenface"; "random" has none (NaN): it moves as far as "own".
    """
    import torch

    methods = tuple(methods)
    for name in (*methods, survivors_of):
        if name not in METHODS:
            raise UsageError(f"there is no way of erasing called '{name}'; there are {', '.join(METHODS)}")
    if methods[:1] != ("unedited",) or survivors_of not in methods:
        raise UsageError(
            f"the ways of erasing begin with 'unedited' and have '{survivors_of}' among them; asked for "
            f"{', '.join(methods) or 'none'}"
        )
    attribute = str(found.facts["attribute"])
    column = attribute_at(attribute)
    t = int(found["t"])

    def direction_of(name: str) -> Tensor:
        at = found.quantity("direction").index({"family": name, "x": 0})[0]
        return torch.from_numpy(found["direction"][at].copy()).float()

    n = direction_of(family)
    other = direction_of(rival) if "eigenface" in methods else n
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
    level_beside, level_other = clean_level(beside, t), clean_level(other, t)

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
            return to_level(to_level(x, n, levels[t]), beside, level_beside)
        if method == "eigenface":
            return to_level(x, other, level_other)
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
    for method in methods:
        x = edited(fresh[t], method)
        moved[method] = float((x - fresh[t]).norm(dim=1).mean())
        if method == "unedited":
            pictures[method] = unedited
            continue
        shaped = x.reshape(-1, *model.shape).to(model.device)
        x0 = inversion.denoise(model, shaped, t, 0, steps, words, guidance, later(method))
        pictures[method] = torch.cat([model.show(part).cpu() for part in x0.split(64)])
    values = torch.stack([effects.read_attributes(eye, pictures[m]) for m in methods])
    high = values[:, :, column] > effects.STRINGS_ON
    before = high[0]
    difference = values - values[0]
    drift = difference.square().mean(1).sqrt().numpy()
    others = [j for j in range(len(ATTRIBUTES)) if j != column]
    off = np.array(
        [
            float(effects.nearest_render(pictures[m][:judged], values[i, :judged])[1].mean())
            for i, m in enumerate(methods)
        ]
    )
    change = torch.stack([effects.identity_change(unedited, pictures[m]) for m in methods])
    last = methods.index(survivors_of)
    order = values[last, :, column].argsort(descending=True)[:survivors]
    labels = {"method": methods, "attribute": ATTRIBUTES}
    one = {"method": methods}
    quantities = {
        "scored": labelled(high.sum(1).numpy(), "method", labels=one),
        "share": labelled(100 * high.double().mean(1).numpy(), "method", unit="%", labels=one),
        "kept": labelled((high & before).sum(1).numpy(), "method", labels=one),
        **_tested(high.numpy(), one),
        "new": labelled((high & ~before).sum(1).numpy(), "method", labels=one),
        "drift": labelled(drift, "method", "attribute", labels=labels),
        "drift_others": labelled(drift[:, others].mean(1), "method", labels=one),
        "correlation": labelled(_correlations(values), "method", "attribute", labels=labels),
        "change": labelled(change.mean(1).numpy(), "method", labels=one),
        "change_without": labelled(change[:, ~before].mean(1).numpy(), "method", labels=one),
        "off": labelled(off, "method", labels=one),
        "moved": labelled(np.array([moved[m] for m in methods]), "method", labels=one),
        "score": labelled(values[:, :, column].numpy(), "method", "sample", labels=one),
        "picture": labelled(
            np.stack([shown(pictures[m][:wall]) for m in methods]), "method", "place", *PICTURE, labels=one
        ),
        "survivor": labelled(order.numpy(), "place"),
        "survivor_score": labelled(values[last, order, column].numpy(), "place"),
        "survivor_picture": labelled(
            np.stack([shown(unedited[order]), shown(pictures[methods[last]][order])]),
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
        "arrow": labelled(torch.stack([n, beside, anything, other]).numpy(), "arrow", "x", labels={"arrow": ARROWS}),
        "arrow_level": labelled(
            np.array([levels[t], level_beside, np.nan, level_other]), "arrow", labels={"arrow": ARROWS}
        ),
    }

    # -- new probes --------------------------------------------------------------------------------------------------
    draw = torch.Generator().manual_seed(seed + 31)
    mixed = has[torch.randperm(len(has), generator=draw)]
    spaces = ("x", "h", "network")
    told_right = np.zeros((len(spaces), len(CONDITIONS), count), bool)
    by_chance = np.zeros((len(spaces), len(CONDITIONS)), int)
    old = np.zeros(len(CONDITIONS), int)
    along = components(known[t], n)
    threshold = float((along[has].mean() + along[~has].mean()) / 2)

    def inside(rows: Tensor) -> Tensor:
        return bottleneck(model, rows.reshape(-1, *model.shape).to(model.device), t, words).cpu()

    for c, condition in enumerate(CONDITIONS):
        seen_in = {"x": (edited(known[t], condition), edited(fresh[t], condition))}
        old[c] = int(((components(seen_in["x"][1], n) > threshold) == before).sum())
        seen_in["h"] = (inside(seen_in["x"][0]), inside(seen_in["x"][1]))
        for s, space in enumerate(spaces):
            learnt, asked = seen_in["x" if space == "x" else "h"]
            for labels_of, real in ((has, True), (mixed, False)):
                probe: probes.Probe | probes.NetworkProbe
                if space == "network":
                    probe = probes.fit_network(learnt, labels_of, seed + 41)
                else:
                    probe = probes.fit(learnt, labels_of)
                right = ((probe.scores(asked) > 0) == before).numpy()
                if real:
                    told_right[s, c] = right
                else:
                    by_chance[s, c] = int(right.sum())
    right_counts = told_right.sum(2)
    gone, further = n[None], []
    for _ in range(rounds):
        new = probes.fit(erase(known[t], gone), has)
        further.append(new.correct(erase(fresh[t], gone), before))
        weights = erase(new.weights.float()[None], gone)
        gone = torch.cat([gone, weights / weights.norm()])
    axes, where = ("space", "condition"), {"space": spaces, "condition": CONDITIONS}
    commoner = max(int(before.sum()), count - int(before.sum()))
    as_most = (before == (2 * int(before.sum()) > count)).numpy()
    over_most = [[mcnemar(row, as_most) for row in rows] for rows in told_right]
    lost = [[mcnemar(row, rows[0]) for row in rows] for rows in told_right]
    quantities |= {
        "probe": labelled(100 * right_counts / count, *axes, unit="%", labels=where),
        "probe_correct": labelled(right_counts, *axes, labels=where),
        "probe_p": labelled(np.array(over_most), *axes, labels=where),
        "probe_lost_p": labelled(np.array(lost), *axes, labels=where),
        "probe_shuffled": labelled(100 * by_chance / count, *axes, unit="%", labels=where),
        "old_probe": labelled(100 * old / count, "condition", unit="%", labels={"condition": CONDITIONS}),
        "old_probe_correct": labelled(old, "condition", labels={"condition": CONDITIONS}),
        "most_correct": labelled(commoner),
        "most": labelled(100 * commoner / count, unit="%"),
        "further": labelled(100 * np.array(further) / count, "round", unit="%"),
        "further_correct": labelled(np.array(further), "round"),
    }
    facts = {"attribute": attribute, "prompt": prompt, "threshold": threshold}
    return Result(quantities, model=model.name, facts=facts)


def _tested(high: np.ndarray, labels: Mapping[str, Sequence[str]]) -> dict[str, Quantity]:
    """Counts (method, sample) of samples above 0 with intervals, and paired tests of all methods with each other."""
    count = high.shape[1]
    ends = count * np.array([share_between(int(row.sum()), count) for row in high])
    fewer = np.array([difference_of(row, high[0]) for row in high])
    both = {**labels, "other": labels["method"]}
    return {
        "p": labelled(mcnemar_table(high), "method", "other", labels=both),
        "scored_low": labelled(ends[:, 0], "method", labels=labels),
        "scored_high": labelled(ends[:, 1], "method", labels=labels),
        "fewer": labelled(fewer[:, 0], "method", labels=labels),
        "fewer_low": labelled(fewer[:, 1], "method", labels=labels),
        "fewer_high": labelled(fewer[:, 2], "method", labels=labels),
    }


def _correlations(values: Tensor) -> np.ndarray:
    """Correlation (methods, attributes) of each attribute before and after, over samples; NaN if one is constant."""
    import torch

    centred = (values - values.mean(1, keepdim=True)).double()
    cover = (centred * centred[:1]).sum(1)
    size = centred.square().sum(1).sqrt() * centred[:1].square().sum(1).sqrt()
    return np.asarray(torch.where(size > 0, cover / size, torch.nan).numpy())


STUDIES: tuple[Callable[..., Result], ...] = (erasure,)
"""Everything here that an episode may declare."""

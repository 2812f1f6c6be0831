"""The erasure: taking the direction of an attribute out of x_t, and what is left of the attribute afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import effects
from tapehead.analysis.diffusion.pullback.erasing import components
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies.crowds import FIRST, painted_crowd, times_of
from tapehead.analysis.diffusion.studies.erasing_methods import ARROWS, METHODS, Edits, Painting, checked_methods, crowd
from tapehead.analysis.diffusion.studies.erasing_probes import old_threshold, probed, probed_further
from tapehead.analysis.diffusion.studies.labels import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.paired import difference_of, mcnemar_table, share_between
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result

if TYPE_CHECKING:
    from torch import Tensor


@analysis("diffusion.erasure", version=3, libraries=LIBRARIES)
def erasure(
    model: DiffusionModel,
    found: Result,
    painted: Result | None = None,
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
    one time t, is all that is taken from there.  ``painted`` is the result of ``diffusion.crowds`` with the same
    parameters: the samples, which are painted here if it is not given.  ``reference`` further samples say where x_t of
    pictures without the attribute lies along n, and train the probes.

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

    methods = checked_methods(methods, survivors_of)
    attribute = str(found.facts["attribute"])
    column, t = attribute_at(attribute), int(found["t"])
    how = Painting(model, t, times_of(t, again, apart)[1:], prompt or None, guidance, steps)
    n = _direction_of(found, family)
    eye = effects.regressor_of(model)
    known, fresh = (
        crowd(how, number, seed + FIRST[name]) if painted is None else painted_crowd(painted, name, number, how, seed)
        for name, number in (("known", reference), ("fresh", count))
    )
    has = effects.read_attributes(eye, known.pictures)[:, column] > effects.STRINGS_ON
    other = _direction_of(found, rival) if "eigenface" in methods else n
    edits = Edits(how, n, other, known, has, margin, seed + 17)
    start, pictures, moved = fresh.states[t], {"unedited": fresh.pictures}, {"unedited": 0.0}
    for method in methods[1:]:
        x, pictures[method] = edits.painted(start, method)
        moved[method] = float((x - start).norm(dim=1).mean())
    values = torch.stack([effects.read_attributes(eye, pictures[method]) for method in methods])
    high = values[:, :, column] > effects.STRINGS_ON
    before = high[0]
    quantities = (
        _compared(pictures, values, high, column, judged)
        | {
            "moved": labelled(np.array([moved[method] for method in methods]), "method", labels={"method": methods}),
            "score": labelled(values[:, :, column].numpy(), "method", "sample", labels={"method": methods}),
            "picture": labelled(
                np.stack([shown(pictures[method][:wall]) for method in methods]),
                "method",
                "place",
                *PICTURE,
                labels={"method": methods},
            ),
        }
        | _survivors(pictures, survivors_of, values[methods.index(survivors_of), :, column], survivors)
        | {
            "count": labelled(count),
            "reference": labelled(reference),
            "margin": labelled(margin),
            "level": labelled(edits.levels[t]),
            "cosine_told": labelled(float(edits.told @ n)),
        }
        | _arrows_of(edits)
        | probed(edits, known.states[t], has, start, before, seed)
        | probed_further(n, known.states[t], has, start, before, rounds)
    )
    threshold = old_threshold(components(known.states[t], n), has)
    facts = {"attribute": attribute, "prompt": prompt, "threshold": threshold}
    return Result(quantities, model=model.name, facts=facts)


@analysis("diffusion.arrows", version=1, libraries=LIBRARIES)
def arrows(
    model: DiffusionModel,
    found: Result,
    painted: Result,
    family: str = "bottleneck",
    again: int = 4,
    apart: int = 60,
    margin: float = 1.0,
    rival: str = "eigenfaces",
    prompt: str = "",
    guidance: float = 1.0,
    *,
    seed: int,
) -> Result:
    """The directions along which ``diffusion.erasure`` moves, with the same arguments and without erasing anything.

    Quantities, as there: ``arrow`` (arrow, x), ``arrow_level`` (arrow,), ``t``.  ``diffusion.cured_portraits`` takes
    them from here as well as from there.
    """
    attribute, t = str(found.facts["attribute"]), int(found["t"])
    how = Painting(model, t, times_of(t, again, apart)[1:], prompt or None, guidance, 0)
    known = painted_crowd(painted, "known", len(painted["known_picture"]), how, seed)
    eye = effects.regressor_of(model)
    has = effects.read_attributes(eye, known.pictures)[:, attribute_at(attribute)] > effects.STRINGS_ON
    edits = Edits(how, _direction_of(found, family), _direction_of(found, rival), known, has, margin, seed + 17)
    return Result(_arrows_of(edits), model=model.name, facts={"attribute": attribute})


def _arrows_of(edits: Edits) -> dict[str, Quantity]:
    """The directions of a way of erasing, and where along them those without the attribute lie."""
    import torch

    rows = torch.stack([edits.own, edits.beside, edits.anything, edits.other])
    levels = np.array([edits.levels[edits.how.t], edits.level_beside, np.nan, edits.level_other])
    return {
        "arrow": labelled(rows.numpy(), "arrow", "x", labels={"arrow": ARROWS}),
        "arrow_level": labelled(levels, "arrow", labels={"arrow": ARROWS}),
        "t": labelled(edits.how.t),
    }


def _direction_of(found: Result, family: str) -> Tensor:
    """The direction (D,) that the search has for a family."""
    import torch

    at = found.quantity("direction").index({"family": family, "x": 0})[0]
    return torch.from_numpy(found["direction"][at].copy()).float()


def _compared(
    pictures: Mapping[str, Tensor], values: Tensor, high: Tensor, column: int, judged: int
) -> dict[str, Quantity]:
    """What the ways leave of the attribute, and what else they change: scores (method, sample, attribute)."""
    import torch

    methods, before = tuple(pictures), high[0]
    drift = (values - values[0]).square().mean(1).sqrt().numpy()
    others = [j for j in range(len(ATTRIBUTES)) if j != column]
    off = np.array(
        [
            float(effects.nearest_render(pictures[method][:judged], values[i, :judged])[1].mean())
            for i, method in enumerate(methods)
        ]
    )
    change = torch.stack([effects.identity_change(pictures["unedited"], pictures[method]) for method in methods])
    labels, one = {"method": methods, "attribute": ATTRIBUTES}, {"method": methods}
    return {
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
    }


def _survivors(pictures: Mapping[str, Tensor], method: str, score: Tensor, survivors: int) -> dict[str, Quantity]:
    """The samples that score (sample,) highest after a way of erasing, before and after it."""
    order = score.argsort(descending=True)[:survivors]
    return {
        "survivor": labelled(order.numpy(), "place"),
        "survivor_score": labelled(score[order].numpy(), "place"),
        "survivor_picture": labelled(
            np.stack([shown(pictures["unedited"][order]), shown(pictures[method][order])]),
            "way",
            "place",
            *PICTURE,
            labels={"way": ("before", "after")},
        ),
    }


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


STUDIES: tuple[Callable[..., Result], ...] = (erasure, arrows)
"""Everything here that an episode may declare."""

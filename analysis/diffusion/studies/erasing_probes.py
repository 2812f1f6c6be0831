"""What new probes still find of an attribute after its direction was taken out of x_t."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.diffusion.pullback import probes
from tapehead.analysis.diffusion.pullback.erasing import components, erase
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck
from tapehead.analysis.diffusion.studies.erasing_methods import Edits
from tapehead.analysis.diffusion.studies.labels import labelled
from tapehead.analysis.paired import mcnemar
from tapehead.analysis.results import Quantity

if TYPE_CHECKING:
    from torch import Tensor

CONDITIONS = ("unedited", "projection", "clean side", "random", "told", "both")
"""What new probes are trained on; edits at one time only."""
SPACES = ("x", "h", "network")
"""Where they look: x_t, the bottleneck, and the bottleneck again through a small network."""


def old_threshold(along: Tensor, has: Tensor) -> float:
    """Midway between the means of samples (n,) with and without the attribute: the first probe's threshold."""
    return float((along[has].mean() + along[~has].mean()) / 2)


def probed(edits: Edits, known: Tensor, has: Tensor, fresh: Tensor, before: Tensor, seed: int) -> dict[str, Quantity]:
    """New probes of every condition, trained on ``known`` x_t (n, D) with ``has``, asked about ``fresh``.

    ``before`` says which of the fresh samples have the attribute unedited.  The control is trained on ``has`` shuffled;
    all are compared with always saying the commoner answer, and with the probe of the unedited samples.
    """
    import torch

    how, n, count = edits.how, edits.own, len(before)
    draw = torch.Generator().manual_seed(seed + 31)
    mixed = has[torch.randperm(len(has), generator=draw)]
    told_right = np.zeros((len(SPACES), len(CONDITIONS), count), bool)
    by_chance = np.zeros((len(SPACES), len(CONDITIONS)), int)
    old = np.zeros(len(CONDITIONS), int)
    threshold = old_threshold(components(known, n), has)

    def inside(rows: Tensor) -> Tensor:
        return bottleneck(how.model, rows.reshape(-1, *how.model.shape).to(how.model.device), how.t, how.words).cpu()

    for c, condition in enumerate(CONDITIONS):
        seen_in = {"x": (edits.edited(known, condition), edits.edited(fresh, condition))}
        old[c] = int(((components(seen_in["x"][1], n) > threshold) == before).sum())
        seen_in["h"] = (inside(seen_in["x"][0]), inside(seen_in["x"][1]))
        for s, space in enumerate(SPACES):
            learnt, asked = seen_in["x" if space == "x" else "h"]
            told_right[s, c] = _told_right(space, learnt, has, asked, before, seed)
            by_chance[s, c] = int(_told_right(space, learnt, mixed, asked, before, seed).sum())
    right_counts = told_right.sum(2)
    axes, where = ("space", "condition"), {"space": SPACES, "condition": CONDITIONS}
    commoner = max(int(before.sum()), count - int(before.sum()))
    as_most = (before == (2 * int(before.sum()) > count)).numpy()
    over_most = [[mcnemar(row, as_most) for row in rows] for rows in told_right]
    lost = [[mcnemar(row, rows[0]) for row in rows] for rows in told_right]
    return {
        "probe": labelled(100 * right_counts / count, *axes, unit="%", labels=where),
        "probe_correct": labelled(right_counts, *axes, labels=where),
        "probe_p": labelled(np.array(over_most), *axes, labels=where),
        "probe_lost_p": labelled(np.array(lost), *axes, labels=where),
        "probe_shuffled": labelled(100 * by_chance / count, *axes, unit="%", labels=where),
        "old_probe": labelled(100 * old / count, "condition", unit="%", labels={"condition": CONDITIONS}),
        "old_probe_correct": labelled(old, "condition", labels={"condition": CONDITIONS}),
        "most_correct": labelled(commoner),
        "most": labelled(100 * commoner / count, unit="%"),
    }


def _told_right(space: str, learnt: Tensor, labels: Tensor, asked: Tensor, before: Tensor, seed: int) -> np.ndarray:
    """Which of the samples asked about (n,) a probe of a space tells right, trained on ``learnt`` and its labels."""
    probe: probes.Probe | probes.NetworkProbe
    probe = probes.fit_network(learnt, labels, seed + 41) if space == "network" else probes.fit(learnt, labels)
    return np.asarray(((probe.scores(asked) > 0) == before).numpy())


def probed_further(
    n: Tensor, known: Tensor, has: Tensor, fresh: Tensor, before: Tensor, rounds: int
) -> dict[str, Quantity]:
    """Probes on x_t one after the other, each with n and the directions of all before it projected out."""
    import torch

    gone, further = n[None], []
    for _ in range(rounds):
        new = probes.fit(erase(known, gone), has)
        further.append(new.correct(erase(fresh, gone), before))
        weights = erase(new.weights.float()[None], gone)
        gone = torch.cat([gone, weights / weights.norm()])
    return {
        "further": labelled(100 * np.array(further) / len(before), "round", unit="%"),
        "further_correct": labelled(np.array(further), "round"),
    }

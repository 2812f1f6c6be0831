"""What was real: how many pictures each study painted, from which seeds, in how many steps, from which noise level."""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

PARTS = ("stamp", "slider", "repeat", "loudest")


@analysis("diffusion.manifest", version=1)
def manifest(stamp: Result, slider: Result, repeat: Result, loudest: Result, *, seed: int) -> Result:
    """The card at the end of a film about editing, read from the results themselves.

    Quantities over (part), one for each result given: ``painted`` pictures; ``t``, the noise level at which they were
    pushed; ``seed`` of the study.  Over (picture), for the pictures of the slider and of the repetition that may be on
    screen: ``noise_seed``, from which its noise was drawn, no two alike.  ``shown`` how many those are, ``total`` of
    painted pictures, ``steps`` in which a pushed picture is finished.

    Raises:
        UsageError: the results were pushed at different noise levels or finished in different numbers of steps, so that
            one card could not speak of all.
    """
    given = (stamp, slider, repeat, loudest)
    steps = {int(each["steps"]) for each in given[1:]}
    if len(steps) > 1:
        raise UsageError(f"one card speaks of one number of steps; these results were painted in {sorted(steps)} steps")
    seeds = np.unique(np.concatenate([each["noise_seed"] for each in given[1:]]))
    labels = {"part": PARTS}
    return Result(
        {
            "painted": quantity([int(each["painted"]) for each in given], "part", labels=labels),
            "t": quantity([int(each["t"]) for each in given], "part", labels=labels),
            "seed": quantity([int(each.facts["seed"]) for each in given], "part", labels=labels),
            "noise_seed": quantity(seeds, "picture"),
            "shown": quantity(len(seeds)),
            "total": quantity(sum(int(each["painted"]) for each in given)),
            "steps": quantity(steps.pop()),
        },
        model=slider.model,
        facts={"seed": seed},
    )

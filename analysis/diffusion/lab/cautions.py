"""Caution notes, computed from the other parts of a run: what a reader of the pictures has to be told.

:func:`cautions` raises a note when the data call for it and never otherwise; the sentences hold the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tapehead.analysis.diffusion.lab.results import CAUTIONS
from tapehead.analysis.results import Result, quantity

RARE = 0.05
POOR = 50.0
"""Per cent of another picture's distance from which a reconstruction is called poor."""
ALIKE = 0.8
"""Share of our preference for one direction from which an untrained network's is called as strong."""
CROWDED = 0.97
"""Ratio of neighbouring singular values from which the last directions are a matter of chance."""
FAINT = 0.02
"""Change of pictures (0 to 1) that is hardly seen."""
OWN_WORLD = 0.5
"""Share of the distance to random pictures of the scorer's world below which a picture belongs to it."""
LITTLE = 50.0
"""Per cent of a tangent below which little was carried."""


def cautions(parts: Mapping[str, Result]) -> Result:
    """The part ``cautions``; see :mod:`tapehead.analysis.diffusion.lab.results`."""
    raised: dict[str, str] = {}

    def note(name: str, due: bool, text: str) -> None:
        assert name in CAUTIONS, name
        if due:
            raised[name] = text

    def there(name: str) -> bool:
        return name in parts and bool(parts[name]["there"])

    picture, basis, walk, test = (parts[name] for name in ("picture", "basis", "walk", "test"))
    share = float(picture["share_of_other"])
    note(
        "reconstruction-poor",
        not share < POOR,
        f"Inverted and denoised again, the picture comes back with an error of {float(picture['error']):.3f}; another "
        f"picture is {float(picture['other_error']):.3f} away ({share:.0f} %). Edits start from what the model makes "
        f"of "
        "it, not from the picture itself.",
    )
    missed = int((basis["converged"] == 0).sum())
    note(
        "not-converged",
        missed > 0,
        f"At {missed} of {len(basis['t'])} times the solver stopped before all residuals were small (largest of those "
        f"shown: {float(basis['worst_residual']):.1g}).",
    )
    gap = float(basis["gap"][0])
    note(
        "gap-small",
        bool(np.isfinite(gap)) and gap > CROWDED,
        f"The next singular value is {100 * gap:.1f} % of the last one that was kept: which directions come last is a "
        "matter of chance.",
    )
    ratio, other = float(basis["main_ratio"]), float(basis["main_untrained_ratio"])
    note(
        "untrained-as-steep",
        other >= ALIKE * ratio,
        f"An untrained network of the same build prefers its first direction about as much ({other:.1f} times "
        f"chance; here "
        f"{ratio:.1f}): the spectrum is the architecture's.",
    )
    change = float(walk["largest_change"])
    note(
        "not-noticed",
        change < FAINT,
        f"At the ends of the walks pictures differ by {change:.4f} at most (root mean square, of 1): hardly to be "
        f"seen; "
        "raise --reach.",
    )
    unreached = int(walk["unreached"]) + int(test["loud_unreached"])
    note(
        "loud-not-reached",
        unreached > 0,
        f"{unreached} random walks did not get as loud in h as the direction within sixteen times its length; they "
        f"stand "
        "where they came nearest.",
    )
    scored = bool(test["scored"])
    p, loud_p = float(test["p"]), float(test["loud_p"])
    in_world = False
    if scored:
        off, elsewhere = float(picture["off"]), float(picture["off_other"])
        in_world = off < OWN_WORLD * elsewhere
        note(
            "not-in-world",
            not in_world,
            f"The unedited picture is {off:.3f} from the nearest one that the scorer's world can draw, and "
            f"{elsewhere:.3f} from random ones: what is read off it means little.",
        )
    note(
        "no-scorer",
        not scored,
        "No scorer came with this model: distances say how much a picture changes and not what. Nothing is claimed.",
    )
    what = f"move {test.facts['attribute']}" if scored else "change the picture"
    note(
        "as-long-as-strong",
        p > RARE,
        f"Random directions of the same length {what if not scored else 'move one attribute'} as much: the best of "
        f"{int(test['draws'])} sets {float(test['random_best']):.2f}, these {float(test['best']):.2f} (p = {p:.2g}).",
    )
    note(
        "as-loud-as-strong",
        loud_p > RARE,
        f"Random directions that the bottleneck hears as loudly do as much: the best of {int(test['draws'])} sets "
        f"{float(test['loud_best']):.2f}, these {float(test['best']):.2f} (p = {loud_p:.2g}). What is special is "
        f"that the "
        "network notices these from nearer by, not what they do.",
    )
    if there("carried"):
        kept = float(parts["carried"]["kept_published"])
        note(
            "carried-little",
            kept < LITTLE,
            f"Of the tangents that were carried to other pictures {kept:.0f} % are left; the rest has no counterpart "
            "there.",
        )
    if there("local"):
        own, random = (float(parts["local"][f"{name}_concentration"]) for name in ("local", "random"))
        note(
            "not-local",
            own <= max(1.0, random),
            f"Within the mask the local directions change the picture {own:.1f} times as much as outside it, random "
            f"ones "
            f"{random:.1f} times: they are not local.",
        )
    note(
        "basis-of-another-model",
        bool(basis.facts.get("other_model")),
        "The basis was found in a model with other weights; here its directions are arbitrary unless shown otherwise.",
    )
    found = scored and in_world and p <= RARE and change >= FAINT
    flags = [name in raised for name in CAUTIONS]
    quantities = {
        "there": quantity(1),
        "raised": quantity(np.array(flags, dtype=int), "caution", labels={"caution": CAUTIONS}),
        "count": quantity(sum(flags)),
        "found": quantity(int(found)),
    }
    quantities |= {name.replace("-", "_"): quantity(int(one)) for name, one in zip(CAUTIONS, flags, strict=True)}
    return Result(quantities, model=picture.model, facts=raised)

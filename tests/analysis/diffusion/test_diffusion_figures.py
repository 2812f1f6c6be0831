"""The figures of the puppets' film: one for every result that it shows, with controls; drawn from hand-made results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tapehead.analysis.diffusion.figures.diffusion import FIGURES
from tapehead.analysis.diffusion.figures.shared import EDITS, FAMILIES
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import figures_of
from tapehead.analysis.results import Result, quantity
from tapehead.render.figures.make import Wanted, declared, drawn
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.style import STYLES
from tapehead.render.figures.words import caption
from tapehead.scenes.episode import find_episode

RNG = np.random.default_rng(5)
SIDE = 4
COLOUR, LATENT = (3, SIDE, SIDE), (4, SIDE, SIDE)
METHODS = (*EDITS[:2], "projection again and again", *EDITS[2:])
CONDITIONS = ("unedited", "projection", "clean side", "random", "told", "both")
WALKS = ("straight", "5", "all")
LABELS = {
    "attribute": ATTRIBUTES,
    "family": FAMILIES,
    "method": METHODS,
    "condition": CONDITIONS,
    "walk": WALKS,
    "space": ("x", "h", "network"),
    "rank": ("5", "50", "all"),
    "network": ("trained", "random"),
    "time": ("900", "500"),
    "way": ("before", "after"),
    "kind": ("loudest", "low-pass", "isotropic", "same spectrum", "eigenface"),
}
SIZES = {
    "sample": 2, "step": 7, "place": 5, "direction": 3, "ghost": 2, "ghosts": 3, "component": 6, "draw": 8, "angle": 9,
    "axis": 2, "size": 3, "round": 3, "x": 16,
}  # fmt: skip
PICTURE = ("channel", "row", "column")

AXES: dict[str, dict[str, tuple[str, ...]]] = {
    "diffusion.portraits": {"picture": ("sample", *PICTURE), "score": ("sample", "attribute"), "samples": ()},
    "diffusion.denoising": {
        "noisy": ("step", "sample", *PICTURE),
        "guess": ("step", "sample", *PICTURE),
        **dict.fromkeys(("t", "noise_part"), ("step",)),
        **dict.fromkeys(("change", "other"), ("step", "sample")),
        "steps": (),
    },
    "diffusion.ghosts": {
        **dict.fromkeys(("explained", "explained_random", "together"), ("component",)),
        **dict.fromkeys(("minus", "ghost", "plus"), ("ghost", *PICTURE)),
        "rebuilt": ("ghosts", *PICTURE),
        "error": ("ghosts",),
        **dict.fromkeys(("mean", "original"), PICTURE),
        "faces": (),
    },
    "diffusion.nudges": {
        **dict.fromkeys(("heard_isotropic", "heard_same_spectrum"), ("draw",)),
        **dict.fromkeys(("sigma", "network_sigma", "eigenface"), ("direction",)),
        **dict.fromkeys(("draws", "dimensions"), ()),
        **dict.fromkeys(("heard", "heard_high"), ("kind",)),
        **dict.fromkeys(("loudest", "smooth_nudge", "random_nudge"), ("latent",)),
        "shown": PICTURE,
    },
    "diffusion.grain": {"heard": ("draw",), "heard_loudest": (), "draws": ()},
    "diffusion.circle": {
        **dict.fromkeys(("ellipse", "circle", "ruler"), ("angle", "axis")),
        "true": ("size", "angle", "axis"),
        **dict.fromkeys(("angle", "length", "smooth_length", "random_length"), ("angle",)),
        **dict.fromkeys(("sigma", "smooth_sigma", "random_sigma", "network_sigma"), ("axis",)),
        **dict.fromkeys(("bent", "sizes"), ("size",)),
        "dimensions": (),
    },
    "diffusion.spectra": {
        "relative": ("network", "time", "direction"),
        **dict.fromkeys(("tenth", "needed_part"), ("network", "time")),
        "dimensions": (),
    },
    "diffusion.strips": {
        "picture": ("family", "direction", "place", *PICTURE),
        "amount": ("place",),
        **dict.fromkeys(("change", "off"), ("family", "direction", "place")),
        "score": ("family", "direction", "place", "attribute"),
        "v": ("direction", "latent"),
    },
    "diffusion.responses": {
        **dict.fromkeys(("size", "agreement"), ("family", "direction", "attribute")),
        **dict.fromkeys(("flips", "flips_low", "flips_high", "disentangled"), ("family",)),
        **dict.fromkeys(("held_out", "pick", "pick_other"), ("family", "sample")),
        "picture": ("sample", "way", *PICTURE),
        "samples": (),
    },
    "diffusion.transport_ranks": {
        "picture": ("walk", "sample", *PICTURE),
        "start": ("sample", *PICTURE),
        "off": ("walk", "sample"),
        **dict.fromkeys(("energy_mean", "energy_low", "energy_high", "energy_random"), ("rank",)),
        "samples": (),
    },
    "diffusion.cured_portraits": {
        **dict.fromkeys(("scored", "scored_low", "scored_high"), ("method",)),
        "picture": ("method", "place", *PICTURE),
        "count": (),
        "shown": (),
    },
    "diffusion.erasure": {
        **dict.fromkeys(("scored", "scored_low", "scored_high", "kept", "new"), ("method",)),
        "score": ("method", "sample"),
        **dict.fromkeys(("drift", "correlation"), ("method", "attribute")),
        **dict.fromkeys(("probe", "probe_shuffled"), ("space", "condition")),
        "old_probe": ("condition",),
        "most": (),
        "further": ("round",),
        "picture": ("method", "place", *PICTURE),
        "survivor_picture": ("way", "place", *PICTURE),
        "survivor_score": ("place",),
    },
}
AXES["diffusion.album"] = AXES["diffusion.ghosts"]
"""What each analysis gives, as far as its figures use it; ``latent`` stands for the axes of x_t's own pictures."""


def result(name: str) -> Result:
    made: dict[str, Any] = {}
    for key, short in AXES[name].items():
        axes = tuple(part for axis in short for part in (PICTURE if axis == "latent" else (axis,)))
        latent = "latent" in short
        sizes = dict(zip(PICTURE, LATENT if latent else COLOUR, strict=True)) | SIZES
        sizes |= {axis: len(labels) for axis, labels in LABELS.items()}
        values = RNG.random(tuple(sizes[axis] for axis in axes)) * (1.0 if axes else 9) + (0.0 if axes else 1)
        if key.endswith(("_low", "_high")):  # ends of an interval around what is from 0 to 1
            values = 2 + values if key.endswith("_high") else -values
        made[key] = quantity(values, *axes, labels={a: LABELS[a] for a in axes if a in LABELS})
    return Result(made, name=name.partition(".")[2], model="hand-made", facts={"samples": 1})


def test_every_result_that_the_film_shows_has_a_figure() -> None:
    episode = find_episode("puppet-show")
    shown = {one.result for one in declared(episode)}
    assert shown == {name for scene in episode.scenes for name in scene.uses}
    names = [one.name for one in declared(episode)]
    assert len(set(names)) == len(names)
    used = [figures_of(call, episode.package) for call in episode.analyses]
    assert all(figures in used for figures in FIGURES.values())  # and none is declared for nothing


@pytest.mark.parametrize("name", list(FIGURES))
def test_the_figures_of_an_analysis_can_be_drawn(name: str) -> None:
    own = FigureResults(result(name), {})
    facts = {"parameters": {}, "analysis": name, "version": 1, "seed": 7}
    for figure in FIGURES[name]:
        made = drawn(figure, own, STYLES["print"], Wanted(("svg",), "print"))["svg"]
        assert b'id="data-0-0' in made, figure.name
        text = caption(figure, own, "the film", facts, "0" * 64)
        assert "Units: " in text and "model hand-made" in text
        assert figure.n == "" or "n = " in text


@pytest.mark.parametrize("name", ["diffusion.spectra", "diffusion.erasure", "diffusion.responses"])
def test_a_missing_control_is_an_error_and_no_gap(name: str) -> None:
    whole = result(name)
    control = {"diffusion.spectra": "network", "diffusion.erasure": "condition", "diffusion.responses": "family"}[name]
    first = {key: q for key, q in whole.quantities.items() if control not in q.axes}
    with pytest.raises(ResultError):
        for figure in FIGURES[name]:
            drawn(figure, FigureResults(Result(first, name="r"), {}), STYLES["light"], Wanted(("svg",)))


def test_what_compares_says_with_what() -> None:
    told = {name: [figure for figure in figures if figure.control] for name, figures in FIGURES.items()}
    assert {name for name, figures in told.items() if not figures} == {"diffusion.portraits"}
    planes = [figure for figures in FIGURES.values() for figure in figures if figure.kind == "plane"]
    assert {figure.name for figure in planes} == {"ellipse", "ruler"}  # equal units on both axes

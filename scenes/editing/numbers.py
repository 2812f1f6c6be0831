"""Every constant of the episode, and the analyses that turn them into what the scenes show.

``stamp`` and ``loudest`` need nobody who reads attributes: they run on a Stable Diffusion of the user's as well.
"""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 17
"""Seed of the episode: starting noise, directions, controls."""
PAINTER: Final = "diffusion"
"""The model that paints; by default the embedded one."""
TIME: Final = 800
"""Noise level (of 1000) at which pictures are pushed: hair is not settled yet on `puppet-64`."""
SLIDER: Final = (0.0, 3.0, 6.0, 9.0, 12.0)
"""Places of the slider, in units of x_t (whose own length is about 32)."""
LENGTH: Final = 20.0
"""Push of the matrix and of the projection: far enough that what is dragged along shows."""
TOO_FAR: Final = (0.0, 12.0, 24.0, 48.0, 96.0)
PAIR: Final = ((0.0, 1.5), (2.0, 1.0))
"""The arrows on paper: a round pair with a round answer, (−0.6, 1.2)."""

_STUDIES: Final = "tapehead.analysis.diffusion.studies"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall("globe", "tapehead.analysis.vision.sphere:sphere", {"steps": 41, "least": 0.001}),
    AnalysisCall(
        "paper",
        "tapehead.analysis.vision.sphere:freed_direction",
        {"first": list(PAIR[0]), "second": list(PAIR[1])},
    ),
    AnalysisCall("stamp", f"{_STUDIES}.flatness:flatness", {"t": TIME, "points": 8}, model=PAINTER),
    AnalysisCall(
        "steered",
        f"{_STUDIES}.steering:steering",
        {"t": TIME, "amounts": list(SLIDER), "length": LENGTH},
        model=PAINTER,
    ),
    AnalysisCall(
        "repeat",
        f"{_STUDIES}.overpushing:overpushing",
        {"t": TIME, "amounts": list(TOO_FAR)},
        {"found": "steered"},
        PAINTER,
    ),
    AnalysisCall(
        "loudest", f"{_STUDIES}.overpushing:overpushing", {"t": TIME, "amounts": list(TOO_FAR)}, model=PAINTER
    ),
    AnalysisCall(
        "card",
        f"{_STUDIES}.manifest:manifest",
        inputs={"stamp": "stamp", "slider": "steered", "repeat": "repeat", "loudest": "loudest"},
    ),
)

"""Every constant of the episode, and the analyses that turn them into what the scenes show."""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 7
"""Seed of the episode: starting noise, random nudges, controls."""

PATIENT: Final = "diffusion"
"""The model that paints; by default the embedded one."""

PROMPT: Final = "a young puppet with red hair, before a navy curtain"
"""What the patient is asked for: no word of strings."""
VISITS: Final = 12
"""Portraits that it paints at the intake."""

TIME: Final = 900
"""Noise level (of 1000) of the consultation: on `puppet-64` the strings are settled near here, and not later."""
REACH: Final = 12.0
"""Length of a push, in units of x_t (whose own length is about 32)."""
FOUND_IN: Final = 40
"""Samples whose loudest directions are averaged."""
DIRECTIONS: Final = 5
PAINTED: Final = 192
"""Portraits of the erasure: with half of them some of its differences could not be told from luck."""
LEARNT_FROM: Final = 128
"""Portraits that say where those without strings lie, and that train the probes."""
ON_THE_WALL: Final = 96
PROMPTED: Final = 48
"""Portraits from the intake's prompt on which the cure is tried, the intake's own among them."""
CARRIED: Final = 20
"""Portraits whose arrow is carried along a walk."""

_PICTURES: Final = "tapehead.analysis.diffusion.studies.pictures"
_EDITS: Final = "tapehead.analysis.diffusion.studies"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall("intake", f"{_PICTURES}:portraits", {"prompts": [PROMPT] * VISITS}, model=PATIENT),
    AnalysisCall("painting", f"{_PICTURES}:denoising", {"prompts": [PROMPT] * 2, "guidance": 3.0}, model=PATIENT),
    AnalysisCall("album", f"{_EDITS}.album:album", {}, model=PATIENT),
    AnalysisCall("nudges", f"{_PICTURES}:nudges", {"t": TIME}, model=PATIENT),
    AnalysisCall("grain", f"{_EDITS}.grain:grain", {}, {"nudges": "nudges"}, PATIENT),
    AnalysisCall("circle", f"{_PICTURES}:circle", {"t": TIME, "sizes": [0.0003, 0.003, 0.03]}, model=PATIENT),
    AnalysisCall(
        "spectra", "tapehead.analysis.diffusion.studies.geometry:spectra", {"times": [TIME, 500, 100]}, model=PATIENT
    ),
    AnalysisCall("strips", f"{_EDITS}.editing:strips", {"t": TIME, "unit": REACH / 3}, model=PATIENT),
    AnalysisCall(
        "found",
        f"{_EDITS}.responses:responses",
        {
            "t": TIME,
            "count": FOUND_IN,
            "k": DIRECTIONS,
            "length": REACH,
            "families": ["bottleneck", "same spectrum", "eigenfaces", "isotropic"],
            "off": False,
        },
        model=PATIENT,
    ),
    AnalysisCall(
        "crowds",
        f"{_EDITS}.crowds:crowds",
        {"t": TIME, "count": PAINTED, "reference": LEARNT_FROM},
        model=PATIENT,
    ),
    AnalysisCall(
        "erasure",
        "tapehead.analysis.diffusion.studies.erasing:erasure",
        {
            "count": PAINTED,
            "reference": LEARNT_FROM,
            "methods": ["unedited", "projection", "clean side", "random", "both", "eigenface"],
            "wall": ON_THE_WALL,
            "survivors": 24,
            "judged": 2,
            "steps": 10,
            "rounds": 1,
        },
        {"found": "found", "painted": "crowds"},
        PATIENT,
    ),
    AnalysisCall(
        "carried",
        "tapehead.analysis.diffusion.studies.transporting:transport_ranks",
        {"count": CARRIED, "walked": [5, 0], "step": REACH / 4, "number": 2, "onward": REACH / 2},
        {"found": "found"},
        PATIENT,
    ),
    AnalysisCall("arrows", f"{_EDITS}.erasing:arrows", {}, {"found": "found", "painted": "crowds"}, PATIENT),
    AnalysisCall(
        "cured",
        "tapehead.analysis.diffusion.studies.prompted:cured_portraits",
        {"prompt": PROMPT, "count": PROMPTED, "wall": VISITS, "methods": ["unedited", "both", "random"]},
        {"erasure": "arrows"},
        PATIENT,
    ),
)

"""Every constant of the episode, and the analyses that turn them into what the scenes show.

``published`` is what somebody found in GoogLeNet; all else is computed in every build, on a small network of ours.
"""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 7
LAYER: Final = ""
"""The last one that has places: `stage4` of the network that ships."""
SHARE: Final = 0.1
BOX: Final = 0.25
KINDS: Final = ("horse", "zebra", "saloon")
"""A picture, one that is near to it, one that is far."""
COVERED: Final = "impala"
"""The animal under the box, as in the published experiment."""
SHIFTS: Final = (0, 2, 4, 6, 8, 10, 12, 14, 16)
"""In pixels of 96: farther, and a part of the zebra would leave the picture."""
SHUFFLES: Final = 4000

FAMILY: Final = "vision"
"""The network of `--model`, or ours."""
_VISION: Final = "tapehead.analysis.vision"
_TOLERANCE: Final = 0.05

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall("published", f"{_VISION}.published:published_overlaps"),
    AnalysisCall(
        "inside",
        f"{_VISION}.anatomy:anatomy",
        {"kinds": list(KINDS), "layer": LAYER, "share": SHARE, "shuffles": SHUFFLES},
        model=FAMILY,
    ),
    AnalysisCall("chance", f"{_VISION}.overlap:chance_in", {"shuffles": SHUFFLES}, {"study": "inside"}),
    AnalysisCall(
        "shifts",
        f"{_VISION}.looking:shifts",
        {"kind": "zebra", "layer": LAYER, "share": SHARE, "pixels": list(SHIFTS)},
        model=FAMILY,
    ),
    AnalysisCall(
        "box",
        f"{_VISION}.looking:occlusion",
        {"kind": COVERED, "layer": LAYER, "share": SHARE, "box": BOX, "places": 13},
        model=FAMILY,
    ),
    AnalysisCall(
        "covers",
        f"{_VISION}.covering:covers",
        {"layer": LAYER, "share": SHARE, "box": BOX, "count": 80},
        model=FAMILY,
    ),
    AnalysisCall("pairs", f"{_VISION}.looking:pairs", {"layer": LAYER, "share": SHARE, "count": 128}, model=FAMILY),
    AnalysisCall(
        "fifty",
        f"{_VISION}.xor:xor_networks",
        {"networks": 50, "decay": 1e-3, "steps": 5000, "tolerance": _TOLERANCE},
    ),
    AnalysisCall("roles", f"{_VISION}.xor:xor_roles", {}, {"study": "fifty"}),
    AnalysisCall("match", f"{_VISION}.xor_match:xor_match", {"tolerance": _TOLERANCE}, {"study": "fifty"}),
    AnalysisCall(
        "early",
        f"{_VISION}.xor:xor_networks",
        {"networks": 50, "decay": 1e-6, "steps": 40, "tolerance": _TOLERANCE},
    ),
    AnalysisCall("early_roles", f"{_VISION}.xor:xor_roles", {}, {"study": "early"}),
)

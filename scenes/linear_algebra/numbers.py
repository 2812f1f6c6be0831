"""Every constant of the episode, and the analyses that turn them into what the scenes show."""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 7
"""Seed of the episode: the cats, the shuffles and the random checks."""

W: Final = ((2.0, 0.75), (-0.75, 2.0))
"""Rows: nap, luck.  Columns: nose, ear."""

TOM: Final = (1.0, 1.0)
MIA: Final = (1.0, 2.0)
"""Tom's twin by nose, with the longer ears."""
NOBODY: Final = (-1.0, 2.0)
"""A point on the map that is no cat: no nose is minus one."""

CATS: Final = {"Tom": TOM, "Mia": MIA, "nobody": NOBODY}
HOW_MANY_CATS: Final = 40
NAP_NOISE: Final = 0.2
SHUFFLES: Final = 1000
BENT: Final = ("Tom", "nobody")
"""Two whose answers add up to something else once there is a bend: one of them lies below zero."""

_W: Final = [list(row) for row in W]
_CATS: Final = {name: list(point) for name, point in CATS.items()}
_NAMED: Final = {"Tom": list(TOM), "Mia": list(MIA)}

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall(
        "cats",
        "tapehead.analysis.linear.cats:cat_table",
        {"W": _W, "n": HOW_MANY_CATS, "noise": NAP_NOISE, "named": _NAMED},
    ),
    AnalysisCall(
        "fit",
        "tapehead.analysis.linear.fits:nap_fit",
        {"twins": list(_NAMED), "shuffles": SHUFFLES, "low": 0.5, "high": 4.0, "step": 0.01},
        {"table": "cats"},
    ),
    AnalysisCall(
        "ruler",
        "tapehead.analysis.linear.maps:ruler",
        {"rate": W[0][0], "noses": [1.0, 2.0, 3.0], "low": 0.5, "high": 3.0, "step": 0.01},
    ),
    AnalysisCall("same", "tapehead.analysis.linear.maps:neuron_identity", {"W": _W, "n": 100, "offset": 0.5}),
    AnalysisCall("net", "tapehead.analysis.linear.maps:network_shape", {"sizes": [3, 5, 5, 2]}),
    AnalysisCall("map", "tapehead.analysis.linear.maps:one_map", {"W": _W, "cats": _CATS, "bent": list(BENT)}),
    AnalysisCall("shadow", "tapehead.analysis.linear.maps:shadow", {"W": _W, "cats": _CATS}),
    AnalysisCall(
        "lines",
        "tapehead.analysis.linear.maps:level_set",
        {"W": _W, "values": [1.0, 2.0], "noses": [0.0, 1.0, 2.0], "n": 61, "reach": 4.0},
    ),
)

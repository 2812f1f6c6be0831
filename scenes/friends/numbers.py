"""Every constant of the episode, and the analyses that turn them into what the scenes show.

``study`` and ``rerun`` are published aggregates; all networks are generated, and no person in them exists.
"""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 9
TOWN: Final = "large town"
TOWNS: Final = ("dense town", "sparse town", "large town", "LFR")
ROWS: Final = 800
CIRCLES: Final = ("karate", "lesmis")
SHARES: Final = (0.1, 0.3, 0.5, 0.7, 0.9)

_STUDIES: Final = "tapehead.analysis.friends.studies"
_PUBLISHED: Final = "tapehead.analysis.friends.published"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall("study", f"{_PUBLISHED}:published_study"),
    AnalysisCall("rerun", f"{_PUBLISHED}:reference_rerun"),
    AnalysisCall("toy", f"{_STUDIES}:toy"),
    AnalysisCall("fence", f"{_STUDIES}:fence", {"network": TOWN, "rows": ROWS, "cells": 40}),
    AnalysisCall("ladder", f"{_STUDIES}:ladder", {"network": TOWN, "rows": ROWS, "resamples": 500, "shuffles": 20}),
    AnalysisCall("transfer", f"{_STUDIES}:transfer", {"networks": list(TOWNS), "rows": ROWS}),
    AnalysisCall(
        "knee",
        "tapehead.analysis.friends.curves:knee",
        {"networks": list(TOWNS), "rows": ROWS, "resamples": 500, "points": 101},
    ),
    AnalysisCall(
        "circles",
        "tapehead.analysis.friends.circles:circles",
        {"networks": list(CIRCLES), "rows": ROWS, "resamples": 500, "shuffles": 200},
    ),
    AnalysisCall("links", "tapehead.analysis.friends.links:links", {"networks": list(CIRCLES)}),
    AnalysisCall(
        "removal",
        f"{_STUDIES}:removal",
        {"network": TOWN, "shares": list(SHARES), "strangers": 300, "repeats": 10},
    ),
)

"""Every constant of the episode, and the analyses that turn them into what the scenes show.

``study`` and ``rerun`` are published numbers; all else is computed on a generated table whose truth is known.
"""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 10
GAMES: Final = 1001
TEST: Final = 21
"""Games held out, as many as in the published study."""
SPLITS: Final = 2000
FRESH: Final = 100_000
TABLES: Final = 200
OTHER_TABLES: Final = 100
SHUFFLES: Final = 1000

_TABLE: Final = {"count": GAMES}
_STUDIES: Final = "tapehead.analysis.sales.studies"
_JUDGING: Final = "tapehead.analysis.sales.judging"
_PUBLISHED: Final = "tapehead.analysis.sales.published"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall("study", f"{_PUBLISHED}:published_study"),
    AnalysisCall("rerun", f"{_PUBLISHED}:reference_rerun"),
    AnalysisCall("table", f"{_STUDIES}:table", _TABLE),
    AnalysisCall("logs", f"{_STUDIES}:logs", _TABLE | {"normals": 1000}),
    AnalysisCall("pairs", f"{_STUDIES}:correlations", _TABLE | {"shuffles": SHUFFLES}),
    AnalysisCall("shadow", f"{_STUDIES}:projection", _TABLE | {"tries": 1000}),
    AnalysisCall("belt", f"{_STUDIES}:belt", _TABLE | {"tables": OTHER_TABLES}),
    AnalysisCall("axis", f"{_STUDIES}:reversal", _TABLE | {"tables": OTHER_TABLES}),
    AnalysisCall(
        "luck",
        f"{_JUDGING}:luck",
        _TABLE | {"test": TEST, "splits": SPLITS, "fresh": FRESH},
        {"study": "study"},
    ),
    AnalysisCall("folds", f"{_JUDGING}:verdict", _TABLE | {"folds": 10, "shuffles": 500}),
    AnalysisCall("lost", f"{_JUDGING}:selection", _TABLE | {"tables": TABLES}),
)

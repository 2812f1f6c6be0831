"""Every constant of the episode, and the analyses that turn them into what the scenes show.

``witness`` is what a face detector of others saw; it ships as data, all else is computed in every build.
"""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 6
SPECTRUM: Final = "pink"
SPECTRA: Final = ("white", "pink", "natural")
RATES: Final = (0.1, 0.3, 0.5, 0.7, 0.9)
HALF: Final = 2
"""Place of one half in :data:`RATES`: the case that is told."""
RATIOS: Final = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)

_VISION: Final = "tapehead.analysis.vision"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall("alike", f"{_VISION}.spotting:lookalikes", {"side": 120}),
    AnalysisCall(
        "search", f"{_VISION}.pareidolia:template_search", {"bean_rows": 24, "side": 96, "spectrum": SPECTRUM}
    ),
    AnalysisCall(
        "study",
        f"{_VISION}.pareidolia:labelled_beans",
        {"bean_rows": 16, "contrast": 0.2, "pictures": 2000, "spectrum": SPECTRUM},
    ),
    AnalysisCall(
        "looks",
        f"{_VISION}.pareidolia:looks",
        {"bean_rows": 14, "side": 112, "pictures": 400, "spectra": list(SPECTRA), "rates": list(RATES)},
    ),
    AnalysisCall(
        "ghost",
        f"{_VISION}.pareidolia:ghost",
        {"bean_rows": 24, "side": 128, "pictures": 100, "spectra": list(SPECTRA), "pass_rate": 0.001},
    ),
    AnalysisCall("witness", f"{_VISION}.witness:witness"),
    AnalysisCall(
        "childhoods",
        f"{_VISION}.spotting:childhoods",
        {"count": 4000, "base_rate": 0.1, "ghosts": 10_000, "pass_rate": 0.01},
    ),
    AnalysisCall(
        "dream",
        f"{_VISION}.spotting:dream",
        {"starts": 16, "steps": 40, "length": 0.1, "blur": 1.0, "networks": 8, "keep": 9},
    ),
    AnalysisCall(
        "costs", f"{_VISION}.pareidolia:costs", {"base_rate": 0.01, "ratios": list(RATIOS)}, {"study": "study"}
    ),
)

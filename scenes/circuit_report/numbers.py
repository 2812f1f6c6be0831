"""Which results the film is told by: all parts of one run of ``tapehead circuit``, by their own names."""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

PARTS: Final = (
    "prompts",
    "baseline",
    "ablation",
    "attribution",
    "lens",
    "circuit",
    "held_out",
    "control",
    "stability",
    "cautions",
)
"""What the film speaks of; a run has more."""

KEPT: Final = "tapehead.analysis.language.lab.results:kept"


def analyses(directory: str, digest: str) -> tuple[AnalysisCall, ...]:
    """One call for each part of the run that lies in ``directory``, as its digest says."""
    return tuple(AnalysisCall(part, KEPT, {"directory": directory, "part": part, "digest": digest}) for part in PARTS)


ANALYSES: Final = analyses("", "")

"""Which results the film is told by: the parts of one run of ``tapehead directions``, by their own names."""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

PARTS: Final = ("picture", "basis", "walk", "test", "carried", "removal", "cautions")
"""What the film speaks of; a run has more."""

PROMPT: Final = "a puppet with red hair"
"""The run that is told when none is given: made with the film's model."""

ANALYSES: Final = (
    AnalysisCall("run", ".run:whole", {"prompt": PROMPT}, model="diffusion"),
    *(AnalysisCall(part, ".run:part", {"name": part}, {"run": "run"}) for part in PARTS),
)

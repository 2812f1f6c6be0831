"""Which results the film is told by: the parts of one run of ``tapehead circuit``, by their own names."""

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

TASK: Final = "successor"
PROMPTS: Final = 64
"""The run that is told when none is given: made with the film's model."""

ANALYSES: Final = (
    AnalysisCall("run", ".run:whole", {"task": TASK, "prompts": PROMPTS}, model="language"),
    *(AnalysisCall(part, ".run:part", {"name": part}, {"run": "run"}) for part in PARTS),
)

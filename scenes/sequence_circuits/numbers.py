"""Every constant of the episode, and the analyses that turn them into what the scenes show.

The story is told on GPT-2 small: the calls named ``paper…`` give the published numbers, or recomputed ones when the
user has its weights and says ``--model gpt2``.  All other calls run on the embedded model.
"""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 0
"""Seed of the episode: names and members of the prompts, bootstrap, random cuts."""

KINDS: Final = ("numerals", "words", "months")
PROMPTS: Final = 192
"""Per kind; 8 starts × 3 templates × 8."""
FEWER: Final = 96
"""Where many networks are run: random cuts, edges, other samples."""
DRAWS: Final = 100
BORROWED: Final = 50
"""Random circuits beside each of the nine cells of the table of borrowing."""
PER_MEMBER: Final = 24
"""Prompts per last member in the transplant."""
THRESHOLDS: Final = (70.0, 90.0)
SAMPLES: Final = 4

STORY: Final = "language"
"""The model of the published story: the user's choice."""
SMALL: Final = "language:mini"

_ALL: Final = {"kinds": list(KINDS), "count": PROMPTS}
_FEWER: Final = {"kinds": list(KINDS), "count": FEWER}
_STUDIES: Final = "tapehead.analysis.language.studies.circuits"
_PAPER: Final = "tapehead.analysis.language.studies.paper"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    # what is known of GPT-2 small
    AnalysisCall("paper", f"{_PAPER}:circuits", model=STORY),
    AnalysisCall("paper_trace", f"{_PAPER}:pruning", {"task": "numerals"}, model=STORY),
    AnalysisCall("paper_single", f"{_PAPER}:knockouts", model=STORY),
    AnalysisCall("paper_cross", f"{_PAPER}:cross_task", model=STORY),
    AnalysisCall("paper_ov", f"{_PAPER}:ov_scores", {"task": "numerals"}, model=STORY),
    AnalysisCall("paper_looks", f"{_PAPER}:attention", model=STORY),
    # what the embedded model does
    AnalysisCall("shape", f"{_STUDIES}:shape", model=SMALL),
    AnalysisCall("says", f"{_STUDIES}:predictions", _ALL, model=SMALL),
    AnalysisCall("single", f"{_STUDIES}:knockouts", _ALL, model=SMALL),
    AnalysisCall("circuits", f"{_STUDIES}:circuits", _ALL | {"draws": DRAWS}, model=SMALL),
    AnalysisCall("cross", f"{_STUDIES}:cross_task", _FEWER | {"draws": BORROWED}, {"circuits": "circuits"}, SMALL),
    AnalysisCall("shared", f"{_STUDIES}:shared_circuit", _FEWER | {"draws": DRAWS}, {"circuits": "circuits"}, SMALL),
    AnalysisCall("looks", f"{_STUDIES}:attention_patterns", _ALL, model=SMALL),
    AnalysisCall("ov", f"{_STUDIES}:ov_next_and_copy", _ALL | {"own_input": True}, model=SMALL),
    AnalysisCall("edges", f"{_STUDIES}:edges", {"kind": "numerals", "count": FEWER}, {"circuits": "circuits"}, SMALL),
    AnalysisCall(
        "roles", "tapehead.analysis.language.studies.roles:roles", {"kinds": list(KINDS), "count": FEWER}, model=SMALL
    ),
    AnalysisCall("direct", f"{_STUDIES}:direct_attribution", _ALL, model=SMALL),
    # the tests by surgery
    AnalysisCall("cut", f"{_STUDIES}:surgery", _FEWER | {"draws": DRAWS}, {"circuits": "circuits"}, SMALL),
    AnalysisCall(
        "cut_upstairs",
        f"{_STUDIES}:surgery",
        _FEWER | {"draws": DRAWS, "spare": True},
        {"circuits": "circuits"},
        SMALL,
    ),
    AnalysisCall(
        "transplant",
        "tapehead.analysis.language.studies.step_transplant:step_transplant",
        {"kinds": list(KINDS), "per_member": PER_MEMBER},
        model=SMALL,
    ),
    AnalysisCall(
        "choices",
        f"{_STUDIES}:sensitivity",
        _FEWER | {"samples": SAMPLES, "thresholds": list(THRESHOLDS)},
        model=SMALL,
    ),
    # the other seeds do not ship: their numbers are those of the model card
    AnalysisCall("seeds", "tapehead.analysis.language.studies.trained_seeds:trained_seeds"),
)
